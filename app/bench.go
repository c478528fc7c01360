package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
)

// BenchOptions says how to measure the speed of this computer.
type BenchOptions struct {
	Threads int           // 0 for all processors
	Time    time.Duration // to spend on each job; at least three runs are taken
}

// BenchResult is the speed of one job.
type BenchResult struct {
	Name   string  // student, teacher, holes, train or distil
	What   string  // the same in words
	Median float64 // seconds
	Runs   int
}

// BenchWidth is the width of the measured networks, whose weights are random.
const BenchWidth = 48

// InstructionSet is the one that the kernels use on this processor.
func InstructionSet() (string, error) { return kernel.InstructionSet() }

// BenchThreads is the number of threads that 0 stands for.
func BenchThreads(threads int) int {
	if threads <= 0 {
		return runtime.NumCPU()
	}
	return threads
}

// Bench measures five jobs, one after another; report is called after each.
//
//	student  one pass over 512×512
//	teacher  one pass over 256×256 at hole 3
//	holes    all stops of the slider of 256×256 in one go
//	train    a training step of the teacher on 4×128×128: gradient at hole 9, Adam, new weights in place
//	distil   a distillation step on 4×128×128: the teacher at all stops, the student's gradient, Adam
func Bench(ctx context.Context, o BenchOptions, report func(BenchResult)) error {
	b, err := newBench(BenchThreads(o.Threads))
	if err != nil {
		return err
	}
	defer b.pool.Close()
	patches := b.picture(4, 128)
	large, middle := b.picture(1, 512), b.picture(1, 256)
	jobs := []struct {
		name, what string
		run        func() error
	}{
		{"student", "student, 512×512", func() error {
			_, err := b.student.Forward(ctx, large)
			return err
		}},
		{"teacher", "teacher at one hole, 256×256", func() error {
			_, err := b.teacher.Forward(ctx, middle, []bsn.Hole{bsn.DefaultHole})
			return err
		}},
		{"holes", "teacher at all holes, 256×256", func() error {
			_, err := b.teacher.Forward(ctx, middle, bsn.Stops())
			return err
		}},
		{"train", "training step, 4×128×128", func() error { return b.train(ctx, patches) }},
		{"distil", "distillation step, 4×128×128", func() error { return b.distil(ctx, patches) }},
	}
	for _, job := range jobs {
		median, runs, err := measureTime(ctx, o.Time, job.run)
		if err != nil {
			return fmt.Errorf("measure %s: %w", job.what, err)
		}
		report(BenchResult{job.name, job.what, median, runs})
	}
	return nil
}

// bench holds the networks that are measured.
type bench struct {
	pool            *kernel.Pool
	rng             *rand.Rand
	weights, fast   *bsn.Params
	teacher         *bsn.Teacher
	student         *bsn.Student
	learning        learner // of the teacher
	learningFast    learner
	learningTeacher *bsn.Teacher
	learningStudent *bsn.Student
}

// learner is what Adam keeps for one network.
type learner struct {
	weights, grad *bsn.Params
	m, v          []float32
	step          int
}

func newLearner(weights *bsn.Params) learner {
	n := len(weights.Flat())
	grad := weights.Clone()
	grad.Zero()
	return learner{weights: weights, grad: grad, m: make([]float32, n), v: make([]float32, n)}
}

func (l *learner) update(pool *kernel.Pool) {
	l.step++
	kernel.Adam(pool, l.weights.Flat(), l.grad.Flat(), l.m, l.v, l.step, 3e-4, 0.9, 0.999, 1e-8)
}

func newBench(threads int) (*bench, error) {
	b := &bench{pool: kernel.NewPool(threads), rng: rand.New(rand.NewPCG(1, 2))}
	config := bsn.Config{Width: BenchWidth, Channels: 3}
	b.weights, b.fast = bsn.NewTeacherParams(config), bsn.NewStudentParams(config)
	b.weights.InitKaiming(b.rng)
	b.fast.InitKaiming(b.rng)
	b.learning, b.learningFast = newLearner(b.weights.Clone()), newLearner(b.fast.Clone())
	err := b.prepare()
	if err != nil {
		b.pool.Close()
	}
	return b, err
}

func (b *bench) prepare() (err error) {
	if b.teacher, err = bsn.NewTeacher(b.weights, b.pool); err != nil {
		return err
	}
	if b.student, err = bsn.NewStudent(b.fast, b.pool); err != nil {
		return err
	}
	if b.learningTeacher, err = bsn.NewTeacher(b.learning.weights, b.pool); err != nil {
		return err
	}
	b.learningStudent, err = bsn.NewStudent(b.learningFast.weights, b.pool)
	return err
}

// picture is a batch of n pictures of noise, n×3×side×side.
func (b *bench) picture(n, side int) *tensor.Dense {
	values := make([]float32, n*3*side*side)
	for i := range values {
		values[i] = b.rng.Float32() * 255
	}
	return tensor.New(tensor.WithShape(n, 3, side, side), tensor.WithBacking(values))
}

// train does one training step of the teacher.
func (b *bench) train(ctx context.Context, x *tensor.Dense) error {
	if _, err := b.learningTeacher.Gradient(ctx, x, x, bsn.DefaultTrainHole, b.learning.grad); err != nil {
		return err
	}
	b.learning.update(b.pool)
	b.learningTeacher.Sync()
	return nil
}

// distil does one distillation step of the student.
func (b *bench) distil(ctx context.Context, x *tensor.Dense) error {
	targets, err := b.teacher.Forward(ctx, x, bsn.Stops())
	if err != nil {
		return err
	}
	if _, err := b.learningStudent.Gradient(ctx, x, targets, b.learningFast.grad); err != nil {
		return err
	}
	b.learningFast.update(b.pool)
	b.learningStudent.Sync()
	return nil
}

// measureTime runs a job twice to warm up, then at least three times and until the time is spent.
func measureTime(ctx context.Context, budget time.Duration, job func() error) (median float64, runs int, err error) {
	var times []float64
	var spent time.Duration
	for i := 0; len(times) < 3 || spent < budget; i++ {
		began := time.Now()
		if err := job(); err != nil {
			return 0, 0, err
		}
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		if i < 2 {
			continue
		}
		took := time.Since(began)
		spent += took
		times = append(times, took.Seconds())
	}
	slices.Sort(times)
	n := len(times)
	return (times[(n-1)/2] + times[n/2]) / 2, n, nil
}
