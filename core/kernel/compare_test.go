package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// tolerance is the largest error allowed, in units of the results' root mean
// square, for float32 sums of the given number of products.
//
// Operands are normal deviates, so after j products a sum is about √j large, and
// each step rounds it by up to 2⁻²⁴ of that. The errors of K steps are a random
// walk too: √(Σj)·2⁻²⁴ ≈ 0.7·K·2⁻²⁴ at most, against a result of √K. In units of
// the result that is a share of √K·2⁻²⁴; the largest of some thousand values
// stands four deviations out, and results reach four root mean squares, which
// matters where K is small.
//
// Winograd F(4×4,3×3) multiplies by up to 5 in each direction before the
// product and by up to 8 after it, and what it subtracts must cancel: one
// decimal digit more (Barabasz et al., "Error analysis and improving the
// accuracy of Winograd convolution", 2020, measure the same).
//
// A wrong tap, edge or channel is off by more than 0.01 in these units.
func tolerance(method, products int) float64 {
	t := 8 * (3 + math.Sqrt(float64(products))) / (1 << 24)
	if method == winograd || method == phased {
		return 10 * t
	}
	return t
}

// sets lists the instruction sets of this machine.
func sets(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, name := range []string{"avx512", "avx2", "generic"} {
		t.Setenv("BLINDSPOT_ISA", name)
		if _, err := InstructionSet(); err == nil {
			out = append(out, name)
		}
	}
	return out
}

// newTestPool is a pool of one instruction set.
func newTestPool(t *testing.T, set string, threads int) *Pool {
	t.Helper()
	t.Setenv("BLINDSPOT_ISA", set)
	p := NewPool(threads)
	if p.InstructionSet() != set {
		t.Fatalf("a pool forced to %s runs %s", set, p.InstructionSet())
	}
	t.Cleanup(p.Close)
	return p
}

func rootMeanSquare(v []float64) float64 { return math.Sqrt(dot(v, v) / float64(max(1, len(v)))) }

// compare wants every value within tolerance × the root mean square of want.
func compare(t *testing.T, name string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	limit := tolerance * rootMeanSquare(want)
	worst, at := 0.0, -1
	for i, v := range got {
		if d := math.Abs(float64(v) - want[i]); !(d <= worst) {
			worst, at = d, i
		}
	}
	if !(worst <= limit) {
		t.Errorf("%s: value %d is %g, want %g: off by %.2g of the root mean square, allowed %.2g",
			name, at, got[at], want[at], worst/rootMeanSquare(want), tolerance)
	}
}

func same(t *testing.T, name string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", name, len(got), len(want))
	}
	for i := range got {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Errorf("%s: value %d is %g, not bit for bit %g", name, i, got[i], want[i])
			return
		}
	}
}

func to32(v []float64) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = float32(x)
	}
	return out
}

// noise is a batch of n random pictures.
func noise(rng *rand.Rand, n, c, h, w int) []picture {
	out := make([]picture, n)
	for i := range out {
		out[i] = newPicture(c, h, w)
		normal(rng, out[i].pix, 1)
	}
	return out
}

func flat(batch []picture) (out []float64) {
	for _, p := range batch {
		out = append(out, p.pix...)
	}
	return out
}

// load makes a tensor of a batch.
func load(a *Arena, batch []picture) *Tensor {
	p := batch[0]
	t := a.Tensor(len(batch), p.c, p.h, p.w)
	for n, p := range batch {
		t.Load(n, to32(p.pix), 0)
	}
	return t
}

// planar reads a batch back, and wants the channels past the last one to be zero.
func planar(t *testing.T, x *Tensor) []float32 {
	t.Helper()
	size := x.C * x.H * x.W
	out := make([]float32, x.N*size)
	for n := range x.N {
		x.Store(n, out[n*size:][:size])
	}
	used := x.C % Lanes
	if used == 0 {
		return out
	}
	for n := range x.N {
		last := x.Values()[n*x.image()+(Blocks(x.C)-1)*x.plane():][:x.plane()]
		for pixel := range slices.Chunk(last, Lanes) {
			for lane, v := range pixel[used:] {
				if v != 0 {
					t.Errorf("unused lane %d of image %d holds %g", used+lane, n, v)
					return out
				}
			}
		}
	}
	return out
}
