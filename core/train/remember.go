package train

import "context"

// A student that is fine-tuned learns the noise of a few photos and forgets of others' what it is not shown. The weights halfway
// between those that it began with and those that it ends with do better than either, on photos like those of the folder too
// (Wortsman et al.: "Robust Fine-Tuning of Zero-Shot Models", CVPR 2022): as long as the two lie in one valley of the loss, which
// fine-tuned networks usually do.

// remembered is the share of the weights that a fine-tuned student began with.
const remembered = 0.5

// remember makes the blend of a student with the one that it began as, if both learned the same and the held-out crops do not speak
// against it: in one valley the blend's score is no worse than the mean of theirs.
func (t *trainer) remember(ctx context.Context, st *state, p pupil) error {
	from := t.o.From
	if st.Fresh || st.BestStep == 0 || from == nil || from.Info.Textured != t.pairs {
		return nil
	}
	blend := from.Student.Clone()
	for i, v := range st.best.Flat() {
		blend.Flat()[i] += (1 - remembered) * (v - blend.Flat()[i])
	}
	var v verdict
	err := st.with(blend, p, func() (err error) {
		v, err = p.judge(ctx, st.bestPatch(t.o))
		return err
	})
	if err != nil {
		return t.leave(ctx, st, err)
	}
	if v.Score <= remembered*st.BaseScore+(1-remembered)*st.Best {
		st.blend = blend
	}
	return nil
}
