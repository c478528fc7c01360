package train

import (
	"context"
	"time"

	"blindspot/core/kernel"
)

// A budget in minutes becomes a number of steps before the first step: the time of a step is measured at every size of
// patch, with the network and photos at hand, and the schedule is fixed from it and saved. From then on the training is
// the same as one that was given that number of steps.

// minutes is the whole budget as a duration.
func (o Options) minutes() time.Duration { return time.Duration(o.Minutes * float64(time.Minute)) }

// fitBudget is the time for Fit.
func (t *trainer) fitBudget() time.Duration {
	if t.job == jobFit || t.o.DistilSteps > 0 {
		return t.o.minutes()
	}
	return time.Duration(FitShare * float64(t.o.minutes()))
}

// distilBudget is the time for Distil: what Fit really left, within reason, because Fit may have met a busier computer than
// the one that was measured.
func (t *trainer) distilBudget(st *state) time.Duration {
	all := t.o.minutes()
	if t.job == jobDistil {
		return all
	}
	share := time.Duration((1 - FitShare) * float64(all))
	if st.Early > 0 {
		return min(max(time.Duration(st.Early*float64(share)), min(share, shortestDistil)), shortDistil)
	}
	if t.o.Steps > 0 { // Fit had its own number of steps
		return share
	}
	left := all - st.Elapsed
	if st.Phase == PhaseFit {
		left -= t.speed.left(st.Schedule.Steps - st.Step)
	}
	return min(max(left, share/2), 2*share)
}

// The time that Distil takes after a Fit that was stopped: little, because the user is waiting, but enough for a student that never
// learned before to become one.
const (
	shortestDistil = time.Minute
	shortDistil    = 5 * time.Minute
)

// distilSteps is the fixed number of steps for Distil, 0 if the budget decides.
func (t *trainer) distilSteps(st *state) int {
	if st.Early > 0 && t.o.DistilSteps > 0 {
		return max(int(st.Early*float64(t.o.DistilSteps)), 1)
	}
	return t.o.DistilSteps
}

// plan fixes the schedule of a phase and saves it, unless an earlier run has. steps is used when it is not 0,
// otherwise the budget.
func (t *trainer) plan(ctx context.Context, st *state, p pupil, steps int, rate float64, budget time.Duration) error {
	t.crops = newCropper(t.album, t.o.Seed, st.Phase, t.held.where, t.o.CacheBytes/2)
	if st.Schedule.Steps > 0 {
		t.saved = time.Now()
		return nil
	}
	began := t.clock()
	if steps == 0 {
		var err error
		if steps, err = t.affordable(ctx, st, p, budget); err != nil {
			return err
		}
	}
	st.Schedule = newSchedule(st.patches(t.o), steps, rate)
	st.Elapsed += t.clock().Sub(began)
	if t.saved.IsZero() { // a place that cannot be written is said at once
		return t.save(st)
	}
	t.keep(st)
	return nil
}

// timed is how many steps are measured per size of patch, after one that warms up.
const timed = 3

// affordable is the number of steps that fit into the budget, 1 at least. The state does not change.
func (t *trainer) affordable(ctx context.Context, st *state, p pupil, budget time.Duration) (int, error) {
	began := t.clock()
	probe := newSchedule(st.patches(t.o), 100, t.o.Rate)
	grad, moment := st.weights.Clone(), st.weights.Clone()
	p.sync()
	step, from := 0.0, 0
	for _, g := range probe.Stages {
		var stage time.Duration
		for n := range timed + 1 {
			if err := t.giveWay(ctx); err != nil {
				return 0, err
			}
			b, err := t.crops.batch(ctx, 0, g.Patch, g.Batch)
			if err != nil {
				return 0, err
			}
			mark := time.Now()
			if _, err := p.gradient(ctx, 0, b, grad); err != nil {
				return 0, err
			}
			kernel.EMA(t.pool, moment.Flat(), grad.Flat(), 0.5) // stands for the update's memory traffic
			globalNorm(grad.Flat())
			p.sync()
			if n > 0 {
				stage += time.Since(mark)
			}
		}
		step += stage.Seconds() / timed * float64(g.Until-from) / 100
		from = g.Until
	}
	mark := t.clock()
	if _, err := p.judge(ctx, probe.lastPatch()); err != nil {
		return 0, err
	}
	judging := t.clock().Sub(mark).Seconds()
	seconds := (budget - t.clock().Sub(began)).Seconds()
	// Judging happens every 25 steps in a short phase, 40 times in a long one (newSchedule), and once before and after.
	steps := (seconds - 2*judging) / (step + judging/25)
	if steps > 1000 {
		steps = (seconds - 42*judging) / step
	}
	return max(int(steps), 1), nil
}
