package bsn

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"
)

// A widened network says what the narrow one says, for every hole, and can learn with all its weights.
func TestWidenedComputesTheSame(t *testing.T) {
	const narrow, wide = 8, 24
	rng := rand.New(rand.NewPCG(61, 62))
	x := randomPictures(1, 64, 64)
	for name, fresh := range map[string]func(Config) *Params{"teacher": NewTeacherParams, "student": NewStudentParams} {
		p := fresh(Config{Width: narrow, Channels: 3})
		p.InitKaiming(rng)
		for i, s := range p.specs { // biases too, which InitKaiming leaves at 0
			if len(s.shape) == 1 {
				for j := range p.flat[p.offset[i]:p.offset[i+1]] {
					p.flat[p.offset[i]+j] = rng.Float32()
				}
			}
		}
		q, err := p.Widened(wide, rng)
		if err != nil {
			t.Fatal(err)
		}
		if want := (Config{Width: wide, Channels: 3}); q.Config() != want {
			t.Fatalf("%s: widened to %+v, want %+v", name, q.Config(), want)
		}
		before, after := outputs(t, p, x), outputs(t, q, x)
		for i := range before {
			largest, apart := 0.0, 0.0
			for j, v := range before[i] {
				largest = max(largest, math.Abs(float64(v)))
				apart = max(apart, math.Abs(float64(v-after[i][j])))
			}
			if apart > 1e-4*largest {
				t.Errorf("%s, output %d: widening changes values of up to %g by %g", name, i, largest, apart)
			}
		}
		if n := newWeights(q, p); n == 0 {
			t.Errorf("%s: none of the new channels reads anything", name)
		}
	}
}

// outputs are what the network of p makes of x: a teacher one picture for each stop, a student one.
func outputs(t *testing.T, p *Params, x *tensor.Dense) [][]float32 {
	t.Helper()
	var out []*tensor.Dense
	if p.Shape("nin_A.weight") != nil {
		out = newTeacher(t, p, 1).mustForward(t, x, Stops())
	} else {
		y, err := newStudent(t, p, 1).Forward(context.Background(), x)
		if err != nil {
			t.Fatal(err)
		}
		out = []*tensor.Dense{y}
	}
	values := make([][]float32, len(out))
	for i, y := range out {
		values[i] = slices.Clone(y.Float32s())
	}
	return values
}

// newWeights counts the weights other than 0 that q has more than p.
func newWeights(q, p *Params) int {
	count := func(p *Params) (n int) {
		for _, v := range p.Flat() {
			if v != 0 {
				n++
			}
		}
		return n
	}
	return count(q) - count(p)
}

func TestWidenedRefuses(t *testing.T) {
	p := NewTeacherParams(Config{Width: 8, Channels: 3})
	for _, width := range []int{7, 0, MaxWidth + 1} {
		if _, err := p.Widened(width, rand.New(rand.NewPCG(1, 1))); err == nil {
			t.Errorf("a network of width 8 became one of width %d", width)
		}
	}
}
