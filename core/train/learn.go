package train

import (
	"context"
	"errors"
	"math"
	"time"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/say"
)

// Adam's constants (Kingma & Ba 2015, algorithm 1).
const (
	beta1   = 0.9
	beta2   = 0.999
	epsilon = 1e-8
)

// hopeless is how many steps in a row may give no number before training gives up.
const hopeless = 100

// learn runs a planned phase from the state's step to its end.
func (t *trainer) learn(ctx context.Context, st *state, p pupil) error {
	if st.Done {
		return nil
	}
	t.speed = meter{}
	ahead := prefetch(ctx, t.crops, st.Schedule, st.Step)
	defer ahead.close()
	grad := st.weights.Clone()
	p.sync()
	for st.Step < st.Schedule.Steps {
		err := t.boundary(ctx, st, p)
		if errors.Is(err, errStopped) {
			if st.Phase == PhaseFit {
				st.Early = float64(max(st.Step, 1)) / float64(st.Schedule.Steps)
			}
			break
		}
		if err == nil {
			err = t.step(ctx, st, p, ahead, grad)
		}
		if err != nil {
			return t.leave(ctx, st, err)
		}
	}
	err := t.judge(ctx, st, p)
	if err == nil {
		err = t.look(ctx, st, p)
	}
	if err != nil {
		return t.leave(ctx, st, err)
	}
	st.Done = true
	t.keep(st)
	t.tell(st, nil)
	return nil
}

// boundary does what happens between two steps: it gives way, saves, and judges when it is time.
func (t *trainer) boundary(ctx context.Context, st *state, p pupil) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.giveWay(ctx); err != nil {
		return err
	}
	if t.o.Stop != nil && t.o.Stop(st.Phase) {
		return errStopped
	}
	if time.Since(t.saved) >= t.o.CheckpointEvery {
		t.keep(st)
	}
	if st.Step%st.Schedule.EvalEvery == 0 {
		if err := t.judge(ctx, st, p); err != nil {
			return err
		}
	}
	if t.lookNow(st) {
		return t.look(ctx, st, p)
	}
	return nil
}

// step does one step of training.
func (t *trainer) step(ctx context.Context, st *state, p pupil, ahead *prefetcher, grad *bsn.Params) error {
	began := time.Now()
	b, err := ahead.next(ctx)
	if err != nil {
		return err
	}
	loss, err := p.gradient(ctx, st.Step, b, grad)
	if err != nil {
		return err
	}
	if t.update(st, loss, grad.Flat()) {
		p.sync()
	} else if st.InARow >= hopeless {
		return say.Errorf("the training ran away: %d steps in a row gave no number; a lower learning rate would help", st.InARow)
	}
	st.Step++
	took := time.Since(began)
	st.Elapsed += took
	t.speed.add(took)
	if st.Step%t.o.ReportEvery == 0 {
		t.tell(st, nil)
	}
	return nil
}

// update applies a gradient and reports whether it did: a loss or gradient that is no number changes nothing.
func (t *trainer) update(st *state, loss float64, grad []float32) bool {
	norm := globalNorm(grad)
	if bad := loss + norm; math.IsNaN(bad) || math.IsInf(bad, 0) {
		st.Skipped++
		st.InARow++
		return false
	}
	if limit := t.o.ClipNorm; limit > 0 && norm > limit {
		scale := float32(limit / norm)
		for i := range grad {
			grad[i] *= scale
		}
	}
	st.smooth(loss)
	decay := st.Schedule.decay(st.Updates)
	st.Updates++
	st.InARow = 0
	rate := st.Schedule.rate(st.Step)
	kernel.Adam(t.pool, st.weights.Flat(), grad, st.m, st.v, st.Updates, float32(rate), beta1, beta2, epsilon)
	kernel.EMA(t.pool, st.average.Flat(), st.weights.Flat(), float32(decay))
	return true
}

// globalNorm is the Euclidean norm of all gradients together, summed in a fixed order. It is no number exactly when one of
// them is none.
func globalNorm(grad []float32) float64 {
	sum := 0.0
	for _, g := range grad {
		sum += float64(g) * float64(g)
	}
	return math.Sqrt(sum)
}

// judge scores the average weights, once per step, and keeps them if they are the best.
func (t *trainer) judge(ctx context.Context, st *state, p pupil) error {
	if st.Judged == st.Step {
		return nil
	}
	began := t.clock()
	patch := st.knows(t.o)
	var v verdict
	err := st.withAverage(p, func() (err error) {
		v, err = p.judge(ctx, patch)
		return err
	})
	if err != nil {
		return err
	}
	if patch != st.JudgedPatch {
		st.JudgedPatch, st.LeastLeak = patch, math.MaxFloat64 // larger patches are new to the network: it leaks for a while
	}
	if st.note(v) {
		st.BestPatch = patch
		copy(st.best.Flat(), st.average.Flat())
	}
	st.Elapsed += t.clock().Sub(began)
	t.tell(st, v.Shown)
	return nil
}

// withAverage lets the network use the average weights.
func (st *state) withAverage(p pupil, do func() error) error { return st.with(st.average, p, do) }

// with lets the network use other weights. Those in training are put aside meanwhile and come back bit for bit.
func (st *state) with(weights *bsn.Params, p pupil, do func() error) error {
	aside := st.weights.Clone()
	copy(st.weights.Flat(), weights.Flat())
	p.sync()
	err := do()
	copy(st.weights.Flat(), aside.Flat())
	p.sync()
	return err
}

// leave saves the state where a phase ends before its time and returns why it did.
func (t *trainer) leave(ctx context.Context, st *state, why error) error {
	if ctx.Err() != nil {
		why = ctx.Err()
	}
	if err := t.save(st); err != nil {
		return errors.Join(why, err)
	}
	return why
}

// save writes a checkpoint, if there is a place for it.
func (t *trainer) save(st *state) error {
	if t.o.Checkpoint == "" {
		return nil
	}
	st.Dropped = t.album.drops()
	t.saved = time.Now()
	return t.store.save(st)
}

// keep writes a checkpoint, or notes that it cannot: a full disk may have room again later, and is no reason to end.
func (t *trainer) keep(st *state) {
	err := t.save(st)
	switch {
	case err != nil && t.unsure == nil:
		t.album.note(say.Errorf("the training goes on and tries again: %w", err))
	case err == nil && t.unsure != nil:
		t.album.note(say.Errorf("the checkpoint could be written again"))
	}
	t.unsure = err
}

// tell reports where the training stands.
func (t *trainer) tell(st *state, shown *Sample) {
	t.report(t.progress(st, shown))
}

func (t *trainer) progress(st *state, shown *Sample) Progress {
	g := st.Schedule.at(st.Step)
	left := t.speed.left(st.Schedule.Steps - st.Step)
	if st.Done {
		left = 0
	}
	if t.job == jobRun && st.Phase == PhaseFit && t.o.DistilSteps == 0 {
		left += t.distilBudget(st)
	}
	best := st.Best
	if best == math.MaxFloat64 {
		best = 0
	}
	return Progress{
		Phase: st.Phase, Step: st.Step, Steps: st.Schedule.Steps, Patch: g.Patch, Batch: g.Batch,
		Rate: st.Schedule.rate(st.Step), Skipped: st.Skipped,
		Loss: st.Loss, HeldOut: st.HeldOut, Best: best, Leak: st.Leak, LeakAlarm: st.LeakAlarm,
		Elapsed: st.Elapsed, Left: left, Notes: t.album.takeNotes(), Sample: shown,
	}
}
