package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// checkGradient compares grad with central differences of loss in some of the
// variables x. Every loss here is linear in each variable between the kinks of
// LeakyReLU and of the maxima, so the difference is exact but for rounding:
// 1e-16·|loss|/1e-6, far below 1e-6.
func checkGradient(t *testing.T, name string, x, grad []float64, loss func() float64) {
	t.Helper()
	const step = 1e-6
	for i := 0; i < len(x); i += 1 + len(x)/60 {
		kept := x[i]
		x[i] = kept + step
		up := loss()
		x[i] = kept - step
		down := loss()
		x[i] = kept
		if numeric := (up - down) / (2 * step); math.Abs(numeric-grad[i]) > 1e-6*(1+math.Abs(grad[i])) {
			t.Errorf("%s: gradient of variable %d is %g, differences say %g", name, i, grad[i], numeric)
		}
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func normal(rng *rand.Rand, out []float64, deviation float64) {
	for i := range out {
		// Rounded to float32, so that kernels and references see the same numbers.
		out[i] = float64(float32(rng.NormFloat64() * deviation))
	}
}

func TestNaiveConvGradients(t *testing.T) {
	for _, blind := range []bool{false, true} {
		for _, linear := range []bool{false, true} {
			t.Run(fmt.Sprintf("blind=%v linear=%v", blind, linear), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 1))
				c := naiveConv{in: []int{2, 3}, up: []bool{true, false}, out: 3, blind: blind, linear: linear, w: make([]float64, 3*5*9), b: make([]float64, 3)}
				normal(rng, c.w, 0.4)
				normal(rng, c.b, 0.4)
				// The variables are what stands before the inputs' own activation.
				before := []picture{newPicture(2, 2, 3), newPicture(3, 4, 6)}
				weight := newPicture(3, 4, 6)
				for _, p := range []picture{before[0], before[1], weight} {
					normal(rng, p.pix, 1)
				}
				inputs := func() []picture { return []picture{before[0].leaky(0.1), before[1].leaky(0.1)} }
				loss := func() float64 { return dot(c.forward(inputs()).pix, weight.pix) }
				dz := weight
				if !linear {
					dz = weight.masked(c.before(inputs()))
				}
				for i, dx := range c.dataGradient(dz) {
					checkGradient(t, fmt.Sprint("input ", i), before[i].pix, dx.masked(inputs()[i]).pix, loss)
				}
				dw, db := c.weightGradient([]picture{dz}, [][]picture{inputs()})
				checkGradient(t, "weights", c.w, dw, loss)
				checkGradient(t, "bias", c.b, db, loss)
			})
		}
	}
}

func TestNaivePoolGradient(t *testing.T) {
	for _, blind := range []bool{false, true} {
		rng := rand.New(rand.NewPCG(2, 2))
		before, weight := newPicture(2, 6, 8), newPicture(2, 3, 4)
		normal(rng, before.pix, 1)
		normal(rng, weight.pix, 1)
		grad := naivePoolGradient(before.leaky(0.1), weight, blind).masked(before)
		checkGradient(t, fmt.Sprintf("blind=%v", blind), before.pix, grad.pix, func() float64 {
			return dot(naivePool(before.leaky(0.1), blind).pix, weight.pix)
		})
	}
}

func TestNaiveHeadGradients(t *testing.T) {
	for _, shift := range []int{0, 1, 2, 9} {
		rng := rand.New(rand.NewPCG(3, uint64(shift)))
		h, grad := newNaiveHead(2, 3, 2), newNaiveHead(2, 3, 2)
		for _, w := range [][]float64{h.wa, h.ba, h.wb, h.bb, h.wc, h.bc} {
			normal(rng, w, 0.5)
		}
		before := []picture{newPicture(2, 4, 6), newPicture(2, 6, 4), newPicture(2, 4, 6), newPicture(2, 6, 4)}
		weight := newPicture(2, 4, 6)
		normal(rng, weight.pix, 1)
		for _, p := range before {
			normal(rng, p.pix, 1)
		}
		features := func() (out []picture) {
			for _, p := range before {
				out = append(out, p.leaky(0.1))
			}
			return out
		}
		loss := func() float64 {
			_, _, out := h.forward(features(), shift)
			return dot(out.pix, weight.pix)
		}
		for r, df := range h.backward(features(), shift, weight, grad) {
			checkGradient(t, fmt.Sprintf("shift %d, rotation %d", shift, r), before[r].pix, df.pix, loss)
		}
		for name, pair := range map[string][2][]float64{
			"wa": {h.wa, grad.wa}, "ba": {h.ba, grad.ba}, "wb": {h.wb, grad.wb},
			"bb": {h.bb, grad.bb}, "wc": {h.wc, grad.wc}, "bc": {h.bc, grad.bc},
		} {
			checkGradient(t, fmt.Sprintf("shift %d, %s", shift, name), pair[0], pair[1], loss)
		}
	}
}
