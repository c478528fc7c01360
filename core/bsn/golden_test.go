package bsn

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"blindspot/core/kernel"

	"gorgonia.org/tensor"
)

// This file holds the network to the published one, number by number: outputs, gradients, and the weights after one and
// after five steps of Adam. The small set is part of the repository; the large one is used where BLINDSPOT_GOLDEN names its
// folder. make test runs the package once for each instruction set (BLINDSPOT_ISA).

// winogradSlack is how far outputs may be from the published ones, relative to the largest: 1e-5 for direct convolution
// in float32, and three times that because Winograd's transforms have factors up to 8.
const winogradSlack = 3e-5

// newPool is a pool that closes with the test.
func newPool(t testing.TB, threads int) *kernel.Pool {
	p := kernel.NewPool(threads)
	t.Cleanup(p.Close)
	return p
}

func newTeacher(t testing.TB, p *Params, threads int) *Teacher {
	t.Helper()
	teacher, err := NewTeacher(p, newPool(t, threads))
	if err != nil {
		t.Fatal(err)
	}
	return teacher
}

func newStudent(t testing.TB, p *Params, threads int) *Student {
	t.Helper()
	student, err := NewStudent(p, newPool(t, threads))
	if err != nil {
		t.Fatal(err)
	}
	return student
}

func (t *Teacher) mustForward(tb testing.TB, x *tensor.Dense, holes []Hole) []*tensor.Dense {
	tb.Helper()
	out, err := t.Forward(context.Background(), x, holes)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// goldenWidths are the sets at hand.
func goldenWidths() map[string]Config {
	sets := map[string]Config{"tiny16": {16, 3}}
	if fullGoldenDir() != "" {
		sets["full48"] = Config{48, 3}
	}
	return sets
}

// A run that was meant to prove one instruction set must not quietly prove another.
func TestInstructionSet(t *testing.T) {
	isa, err := kernel.InstructionSet()
	if err != nil {
		t.Fatal(err)
	}
	runs := newPool(t, 1).InstructionSet()
	if forced := os.Getenv("BLINDSPOT_ISA"); runs != isa || (forced != "" && runs != forced) {
		t.Errorf("the kernels of %q run, want %q (forced: %q)", runs, isa, forced)
	}
}

func TestGoldenForward(t *testing.T) {
	for set, config := range goldenWidths() {
		g := readGolden(t, set+"_forward")
		teacher := newTeacher(t, readGolden(t, set+"_teacher_weights").fill(t, NewTeacherParams(config), ""), 2)
		student := newStudent(t, readGolden(t, set+"_student_weights").fill(t, NewStudentParams(config), ""), 2)
		check := func(name string, got *tensor.Dense) {
			if d := apart(t, widen(got), g.float64s(t, name)); !(d < winogradSlack) {
				t.Errorf("%s %s differs by %.2g of the largest value, want below %.0g", set, name, d, winogradSlack)
			} else {
				t.Logf("%s %s differs by %.2g", set, name, d)
			}
		}
		for _, size := range []string{"rect", "square"} {
			x := g.dense(t, size+".input")
			before := teacher.TrunkPasses()
			outs := teacher.mustForward(t, x, Stops())
			if passes := teacher.TrunkPasses() - before; passes != 1 {
				t.Errorf("the trunk ran %d times for %d holes, want once", passes, len(Stops()))
			}
			for i, k := range Stops() {
				if !slices.Equal(outs[i].Shape(), x.Shape()) {
					t.Fatalf("output has shape %v, want %v", outs[i].Shape(), x.Shape())
				}
				check(fmt.Sprintf("%s.teacher_k%d", size, k), outs[i])
			}
			out, err := student.Forward(context.Background(), x)
			if err != nil {
				t.Fatal(err)
			}
			check(size+".student", out)
		}
	}
}

// stepper is one network in training: it computes loss and gradient of its current weights.
type stepper struct {
	name   string
	golden golden
	params *Params
	step   func(grad *Params) (float64, error)
	sync   func()
}

// steppers are both networks of one set, at the start of the published training.
func steppers(t *testing.T, set string, config Config) []stepper {
	weights := readGolden(t, set+"_teacher_weights").fill(t, NewTeacherParams(config), "")
	teacher := newTeacher(t, weights.Clone(), 2)
	g := readGolden(t, set+"_teacher_train")
	x := g.dense(t, "input")
	list := []stepper{{
		"teacher", g, teacher.params,
		func(grad *Params) (float64, error) { return teacher.Gradient(context.Background(), x, x, 9, grad) },
		teacher.Sync,
	}}

	student := newStudent(t, readGolden(t, set+"_student_weights").fill(t, NewStudentParams(config), ""), 2)
	sg := readGolden(t, set+"_student_distill")
	sx := sg.dense(t, "input")
	targets := newTeacher(t, weights, 2).mustForward(t, sx, Stops())
	return append(list, stepper{
		"student", sg, student.params,
		func(grad *Params) (float64, error) {
			return student.Gradient(context.Background(), sx, targets, grad)
		},
		student.Sync,
	})
}

// thinned is every stride-th value: some tensors of the large set are stored that way.
func thinned(values []float32, stride string) []float64 {
	n, err := strconv.Atoi(stride)
	if err != nil {
		n = 1
	}
	var out []float64
	for i := 0; i < len(values); i += n {
		out = append(out, float64(values[i]))
	}
	return out
}

// TestGoldenTraining follows the published training for five steps of Adam (3e-4, 0.9, 0.999, 1e-8).
func TestGoldenTraining(t *testing.T) {
	const lr = 3e-4
	for set, config := range goldenWidths() {
		for _, s := range steppers(t, set, config) {
			name := set + " " + s.name
			pool := newPool(t, 2)
			grad, m, v := s.params.Clone(), s.params.Clone(), s.params.Clone() // grad holds rubbish: Gradient must overwrite all of it
			m.Zero()
			v.Zero()
			losses := s.golden.float64s(t, "losses")
			for step := 1; step <= 5; step++ {
				loss, err := s.step(grad)
				if err != nil {
					t.Fatal(err)
				}
				if want := losses[step-1]; !(math.Abs(loss/want-1) < 1e-3) {
					t.Errorf("%s: loss of step %d is %.9g, want %.9g", name, step, loss, want)
				}
				if step == 1 {
					checkGradients(t, name, s.golden, grad)
				}
				kernel.Adam(pool, s.params.Flat(), grad.Flat(), m.Flat(), v.Flat(), step, lr, 0.9, 0.999, 1e-8)
				s.sync()
				switch step {
				case 1:
					checkWeights(t, name, s.golden, "adam1.", s.params, 1e-6, 0.999, 2.1*lr)
				case 5:
					checkWeights(t, name, s.golden, "adam5.", s.params, 1e-4, 0.99, math.Inf(1))
				}
			}
		}
	}
}

func checkGradients(t *testing.T, name string, g golden, grad *Params) {
	t.Helper()
	worst, where := 0.0, ""
	for _, tensorName := range grad.Names() {
		got := thinned(grad.Get(tensorName), g.metadata["grad_stride"])
		want := g.float64s(t, "grad."+tensorName)
		if len(got) != len(want) {
			t.Fatalf("%s: %d gradients of %s, want %d", name, len(got), tensorName, len(want))
		}
		d := relativeL2(got, want)
		if !(d < gradientSlack) {
			t.Errorf("%s: gradient of %s differs by %.2g, want below %.0g", name, tensorName, d, gradientSlack)
		}
		if d > worst {
			worst, where = d, tensorName
		}
	}
	t.Logf("%s: the largest gradient error is %.2g in %s", name, worst, where)
}

// checkWeights wants the given share of all stored weights within near and every one within far.
func checkWeights(t *testing.T, name string, g golden, prefix string, p *Params, near, share, far float64) {
	t.Helper()
	within, count, worst := 0, 0, 0.0
	for _, tensorName := range p.Names() {
		got := thinned(p.Get(tensorName), g.metadata["adam_stride"])
		want := g.float64s(t, prefix+tensorName)
		if len(got) != len(want) {
			t.Fatalf("%s: %d weights of %s%s, want %d", name, len(got), prefix, tensorName, len(want))
		}
		for i := range want {
			d := math.Abs(got[i] - want[i])
			if d <= near {
				within++
			}
			worst = max(worst, d)
		}
		count += len(want)
	}
	have := float64(within) / float64(count)
	if have < share || !(worst <= far) {
		t.Errorf("%s %s: %.3f %% of weights within %.0g (want %.1f %%), the farthest %.2g (want %.2g)",
			name, strings.TrimSuffix(prefix, "."), 100*have, near, 100*share, worst, far)
	}
	t.Logf("%s %s: %.4f %% of weights within %.0g, the farthest %.2g", name, strings.TrimSuffix(prefix, "."), 100*have, near, worst)
}
