package train

import (
	"context"
	"slices"
	"time"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/noise"
)

// StepTimes measures how long a step of Fit and of Distil takes on this computer with a network and patches like those of o.
// No photo is needed. It calls o.Yield between steps.
func StepTimes(ctx context.Context, o Options) (fit, distil time.Duration, err error) {
	o.Photos, o.Steps, o.DistilSteps = []string{"none"}, 1, 1 // they take no part
	if o, err = o.filled(jobRun); err != nil {
		return 0, 0, err
	}
	t := &trainer{o: o, pool: kernel.NewPool(o.Threads)}
	defer t.pool.Close()
	weights, studentWeights := bsn.NewTeacherParams(o.config()), bsn.NewStudentParams(o.config())
	teacher, err := bsn.NewTeacher(weights, t.pool)
	if err != nil {
		return 0, 0, err
	}
	student, err := bsn.NewStudent(studentWeights, t.pool)
	if err != nil {
		return 0, 0, err
	}
	x := grayNoise(o)
	if fit, err = t.stepTime(ctx, &teacherPupil{net: teacher, hole: o.Hole}, weights, x); err != nil {
		return 0, 0, err
	}
	p := &studentPupil{net: student, teacher: teacher, pool: t.pool, holes: o.Holes}
	distil, err = t.stepTime(ctx, p, studentWeights, x)
	return fit, distil, err
}

// stepTime is the mean of a few steps after one that warms up.
func (t *trainer) stepTime(ctx context.Context, p pupil, weights *bsn.Params, b crops) (time.Duration, error) {
	const steps = 2
	grad, m, v := weights.Clone(), make([]float32, len(weights.Flat())), make([]float32, len(weights.Flat()))
	var sum time.Duration
	for n := range steps + 1 {
		if err := t.giveWay(ctx); err != nil {
			return 0, err
		}
		began := t.clock()
		if _, err := p.gradient(ctx, n, b, grad); err != nil {
			return 0, err
		}
		kernel.Adam(t.pool, weights.Flat(), grad.Flat(), m, v, n+1, 0, beta1, beta2, epsilon)
		kernel.EMA(t.pool, m, v, 0.5)
		p.sync()
		if n > 0 {
			sum += t.clock().Sub(began)
		}
	}
	return sum / steps, nil
}

// grayNoise is a batch of the first patches. Their noise is known for a pair's sake.
func grayNoise(o Options) crops {
	rng := draw(o.Seed, "step times", 0, 0)
	values := make([]float32, o.Batch*o.Channels*o.Patch*o.Patch)
	for i := range values {
		values[i] = float32(128 + 10*rng.NormFloat64())
	}
	report := noise.Report{Channels: make([]noise.Curve, o.Channels)}
	return crops{
		x:     dense(values, o.Batch, o.Channels, o.Patch, o.Patch),
		noise: slices.Repeat([]*noise.Model{report.Model()}, o.Batch),
		drawn: make([]float32, len(values)),
	}
}
