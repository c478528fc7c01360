package train

import (
	"math"
)

// schedule is the plan of one phase. It is fixed before the first step and kept in the checkpoint.
type schedule struct {
	Steps     int
	Rate      float64 // at the peak
	WarmUp    int     // steps
	Decay     float64 // of the moving average
	Stages    []stage
	EvalEvery int // steps between judgements on the held-out crops
}

// stage is a stretch of steps with patches of one size.
type stage struct {
	Until        int // the first step after it
	Patch, Batch int
}

// Shares of the steps at which the patches grow. Small patches come first because a step of many small ones sees more
// different content for its pixels; the last quarter, with the cosine still at 15 % of the peak, is long enough for the
// network to get used to the zeros that enter at its patches' borders being further away.
const (
	midShare  = 0.50
	lastShare = 0.75
)

// newSchedule plans a phase of that many steps.
func newSchedule(o Options, steps int, rate float64) schedule {
	s := schedule{
		Steps: steps, Rate: rate, Decay: o.Decay,
		WarmUp:    int(math.Ceil(o.WarmUp * float64(steps))),
		Stages:    stages(o),
		EvalEvery: max(25, steps/40),
	}
	shares := []float64{midShare, lastShare, 1}[3-len(s.Stages):]
	for i := range s.Stages {
		s.Stages[i].Until = int(math.Round(shares[i] * float64(steps)))
	}
	return s
}

// stages lists the sizes of patches: first, between (if it is another size) and last. Larger patches come in smaller
// batches so that every step costs about the same.
func stages(o Options) []stage {
	middle := (o.Patch + o.LastPatch) / 2 / patchUnit * patchUnit
	var list []stage
	for _, side := range []int{o.Patch, middle, o.LastPatch} {
		if n := len(list); n > 0 && list[n-1].Patch == side {
			continue
		}
		scale := float64(o.Patch*o.Patch) / float64(side*side)
		list = append(list, stage{Patch: side, Batch: max(min(o.Batch, 2), int(math.Round(float64(o.Batch)*scale)))})
	}
	return list
}

// at is the stage that step (from 0) belongs to.
func (s schedule) at(step int) stage {
	for _, g := range s.Stages {
		if step < g.Until {
			return g
		}
	}
	return s.Stages[len(s.Stages)-1]
}

// lastPatch is the side of the patches that the network saw last.
func (s schedule) lastPatch() int { return s.Stages[len(s.Stages)-1].Patch }

// rate is the learning rate of a step (from 0): a linear rise, then half a cosine down to 0 (Loshchilov & Hutter 2017,
// equation 5, one period).
func (s schedule) rate(step int) float64 {
	if step < s.WarmUp {
		return s.Rate * float64(step+1) / float64(s.WarmUp+1)
	}
	along := float64(step-s.WarmUp) / float64(max(s.Steps-s.WarmUp, 1))
	return s.Rate * 0.5 * (1 + math.Cos(math.Pi*along))
}

// decay is the moving average's decay at the n-th update (from 0). It begins low, so that the average forgets the random
// weights it started from.
func (s schedule) decay(n int) float64 {
	return min(s.Decay, (1+float64(n))/(10+float64(n)))
}
