package bsn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// goldenArray is a reference tensor as an array.
func (g golden) array(t testing.TB, name string) *array {
	t.Helper()
	s := g.dense(t, name).Shape()
	a := newArray(s[0], s[1], s[2], s[3])
	copy(a.v, g.float64s(t, name))
	return a
}

// The published network's float64 run and ours do the same sums in another order: they agree to about 1e-13 of the
// largest value, 1e-11 leaves room. Its float32 run is 1e-5 away at most.
const (
	float64Slack = 1e-11
	float32Slack = 1e-5
)

func tinyTeacher(t testing.TB) *Params {
	return readGolden(t, "tiny16_teacher_weights").fill(t, NewTeacherParams(Config{16, 3}), "")
}

func tinyStudent(t testing.TB) *Params {
	return readGolden(t, "tiny16_student_weights").fill(t, NewStudentParams(Config{16, 3}), "")
}

func TestReferenceForward(t *testing.T) {
	g := readGolden(t, "tiny16_forward")
	check := func(name string, got *array, slack float64) {
		t.Helper()
		if d := apart(t, got.v, g.float64s(t, name)); d > slack {
			t.Errorf("%s differs by %.2g of the largest value, want %.0g", name, d, slack)
		}
	}
	teacher, student := newReference(tinyTeacher(t)), newReference(tinyStudent(t))
	for _, size := range []string{"rect", "square"} {
		x := g.array(t, size+".input")
		features := teacher.trunk(x)
		if size == "rect" {
			for q, f := range features {
				check(fmt.Sprintf("rect.unet_feat_rot%d", q), f, float32Slack)
			}
		}
		for _, k := range Stops() {
			out := teacher.head(features, k)
			check(fmt.Sprintf("%s.teacher_k%d", size, k), out, float32Slack)
			if size == "rect" {
				check(fmt.Sprintf("rect.teacher_k%d.f64", k), out, float64Slack)
			}
		}
		out := student.student(x)
		check(size+".student", out, float32Slack)
		if size == "rect" {
			check("rect.student.f64", out, float64Slack)
		}
	}
}

// The inner maps say which layer is wrong when the whole is.
func TestReferenceInnerMaps(t *testing.T) {
	g := readGolden(t, "tiny16_forward")
	maps := map[string]*array{}
	newReference(tinyTeacher(t)).unet(g.array(t, "rect.input"), true, maps)
	checked := 0
	for name := range g.tensors {
		inner, ok := strings.CutPrefix(name, "rect.rot0.")
		if !ok {
			continue
		}
		want := g.array(t, name)
		got := maps[strings.TrimSuffix(inner, "_ch0_7")]
		if d := apart(t, got.v[:len(want.v)], want.v); d > float32Slack { // the first channels of one picture come first
			t.Errorf("%s differs by %.2g of the largest value", name, d)
		}
		checked++
	}
	if checked != 5 {
		t.Errorf("%d inner maps compared, want 5", checked)
	}
}

// teacherLoss runs the reference teacher forward and back: the loss, with gradients left in r.params.
func teacherLoss(r *reference, x *array, target []float64, k Hole) float64 {
	loss := l1(r.head(r.trunk(x), k), target) // l1 comes last, so that its gradient stands before backward
	r.backward()
	return loss
}

// studentLoss is the same for the student: the sum of the mean L1 over all targets.
func studentLoss(r *reference, x *array, targets [][]float64) float64 {
	out := r.student(x)
	loss := 0.0
	for _, target := range targets {
		loss += l1(out, target)
	}
	r.backward()
	return loss
}

// relativeL2 is the length of got−want relative to that of want.
func relativeL2(got, want []float64) float64 {
	diff, size := 0.0, 0.0
	for i := range want {
		diff += (got[i] - want[i]) * (got[i] - want[i])
		size += want[i] * want[i]
	}
	return math.Sqrt(diff / size)
}

// Gradients of the published network were taken in float32: 1e-3 per tensor is what such a run can meet.
const gradientSlack = 1e-3

func TestReferenceGradients(t *testing.T) {
	check := func(g golden, r *reference, names []string, loss float64) {
		t.Helper()
		if want := g.float64s(t, "losses.f64run")[0]; math.Abs(loss/want-1) > 1e-9 {
			t.Errorf("%s: loss %.12g, want %.12g", g.name, loss, want)
		}
		for _, name := range names {
			if d := relativeL2(r.params[name].g, g.float64s(t, "grad."+name)); !(d < gradientSlack) {
				t.Errorf("%s: gradient of %s differs by %.2g", g.name, name, d)
			}
		}
	}
	teacher := tinyTeacher(t)
	g := readGolden(t, "tiny16_teacher_train")
	x := g.array(t, "input")
	r := newReference(teacher)
	check(g, r, teacher.Names(), teacherLoss(r, x, x.v, 9))

	student := tinyStudent(t)
	g = readGolden(t, "tiny16_student_distill")
	x = g.array(t, "input")
	r = newReference(teacher)
	features := r.trunk(x)
	var targets [][]float64
	for _, k := range Stops() {
		targets = append(targets, r.head(features, k).v)
	}
	r = newReference(student)
	check(g, r, student.Names(), studentLoss(r, x, targets))
}

// roughenBiases gives every bias a random value. With the initial biases of 0, the zero rows above a picture would put
// whole rows of features exactly on the kinks of LeakyReLU and max-pool, where a slope means nothing.
func roughenBiases(p *Params, rng *rand.Rand) {
	for _, name := range p.Names() {
		if strings.HasSuffix(name, ".bias") {
			for i := range p.Get(name) {
				p.Get(name)[i] = float32(5 * rng.NormFloat64())
			}
		}
	}
}

// TestReferenceFiniteDifferences checks backward against nothing but forward: along a random direction in each tensor, the
// loss must change as the gradient says. The network is piecewise linear, so a small step has no curvature error, only
// rounding: about 1e-14 of a loss near 100, over the step. A kink between the two points spoils a measurement; a shorter step
// then decides.
func TestReferenceFiniteDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	p := NewTeacherParams(Config{2, 1})
	p.InitKaiming(rng)
	roughenBiases(p, rng)
	x, target := picture(rng, 1, 1, 32, 64), picture(rng, 1, 1, 32, 64)
	r := newReference(p)
	teacherLoss(r, x, target.v, 3)
	for _, name := range p.Names() {
		a := r.params[name]
		grad := slices.Clone(a.g)
		direction, slope := make([]float64, len(a.v)), 0.0
		for i := range direction {
			direction[i] = rng.NormFloat64()
			slope += direction[i] * grad[i]
		}
		moved := func(by float64) float64 {
			old := slices.Clone(a.v)
			for i := range a.v {
				a.v[i] += by * direction[i]
			}
			loss := l1(r.head(r.trunk(x), 3), target.v)
			copy(a.v, old)
			r.undo = nil
			return loss
		}
		var measured float64
		agrees := false
		for _, step := range []float64{1e-6, 3e-7, 1e-7} {
			measured = (moved(step) - moved(-step)) / (2 * step)
			if agrees = math.Abs(measured-slope) < 1e-5*math.Abs(slope)+1e-12/step; agrees {
				break
			}
		}
		if !agrees {
			t.Errorf("%s: the loss changes by %.9g along a direction, the gradient says %.9g", name, measured, slope)
		}
	}
}
