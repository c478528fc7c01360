package bsn

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorgonia.org/tensor"
)

// l1 is the mean absolute difference to target. It adds its gradient, 0 where there is no difference, to x.
func l1(x *array, target []float64) float64 {
	sum := 0.0
	for i, v := range x.v {
		d := v - target[i]
		sum += math.Abs(d)
		if d != 0 {
			x.g[i] += math.Copysign(1/float64(len(x.v)), d)
		}
	}
	return sum / float64(len(x.v))
}

// picture is an array of random values from 0 to 255 that float32 holds exactly.
func picture(rng *rand.Rand, n, c, h, w int) *array {
	a := newArray(n, c, h, w)
	for i := range a.v {
		a.v[i] = float64(float32(255 * rng.Float64()))
	}
	return a
}

// apart is the largest difference of two value lists, relative to the largest value of the second.
func apart(t testing.TB, got, want []float64) float64 {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Fatalf("%d values, want %d", len(got), len(want))
	}
	worst, top := 0.0, 0.0
	for i := range want {
		if math.IsNaN(got[i]) {
			return math.Inf(1)
		}
		worst = max(worst, math.Abs(got[i]-want[i]))
		top = max(top, math.Abs(want[i]))
	}
	return worst / top
}

// dense is the array as the networks take it.
func (a *array) dense() *tensor.Dense {
	values := make([]float32, len(a.v))
	for i, v := range a.v {
		values[i] = float32(v)
	}
	return tensor.New(tensor.WithShape(a.n, a.c, a.h, a.w), tensor.WithBacking(values))
}
