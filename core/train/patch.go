package train

// What a network knows. With zeros at the borders of its patches and five halvings, a young network learns that the zeros
// are near, and fails where they are not: the same weights have given 24.8 dB on a picture and 32.2 dB on its 64-pixel
// patches. So a network is judged in patches of the side that it saw last, and the model says which side that was for the
// weights it holds, because it must be used in the same way.

// knows is the side of the patches that the network in training saw last. A model to fine-tune knows its own before the
// first step.
func (st *state) knows(o Options) int {
	if st.Step == 0 && !st.Fresh {
		return judgingPatch(o.From.Info.Patch, o)
	}
	return st.Schedule.at(max(st.Step-1, 0)).Patch
}

// judgingPatch is the side in which the held-out crops are shown to a model that says it knows patch; 0 is a model for
// pictures of any size, which sees them whole.
func judgingPatch(patch int, o Options) int {
	if patch <= 0 || patch > o.LastPatch {
		return o.LastPatch
	}
	return max(patch/patchUnit*patchUnit, patchUnit)
}

// bestPatch is what the best snapshot knows, for the model; 0 stands for any size.
func (st *state) bestPatch(o Options) int {
	switch {
	case st.BestStep == 0 && !st.Fresh: // the model to fine-tune, as it was
		return o.From.Info.Patch
	case st.BestPatch == 0: // nothing was ever judged well
		return st.Schedule.lastPatch()
	}
	return st.BestPatch
}

// smallerPatch is what two networks know that began alike: patches grow in a training, so the one with the larger has
// seen the smaller too. 0 stands for any size.
func smallerPatch(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// patches returns the options with the sizes of this phase's patches: a teacher shows a student nothing larger than
// what it knows itself.
func (st *state) patches(o Options) Options {
	if st.Phase == PhaseDistil && st.TeacherPatch > 0 {
		o.LastPatch = judgingPatch(st.TeacherPatch, o)
		o.Patch = min(o.Patch, o.LastPatch)
	}
	return o
}
