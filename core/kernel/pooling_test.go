package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// tied fills pictures with few distinct values, so that most windows have ties,
// zeros among them: the blind pool's row −1 counts as zeros and comes first.
func tied(rng *rand.Rand, n, c, h, w int) []picture {
	out := noise(rng, n, c, h, w)
	for _, p := range out {
		for i, v := range p.pix {
			p.pix[i] = math.Round(v) / 2
		}
	}
	return out
}

var poolShapes = []struct{ n, c, h, w int }{
	{1, 48, 8, 12}, {2, 3, 2, 2}, {3, 1, 2, 6}, {1, 24, 10, 6}, {2, 96, 4, 4}, {1, 16, 64, 2}, {1, 17, 6, 30},
}

// Maxima and masked copies involve no rounding but the slope's: 0.1 as a
// float32 and one product, 2⁻²⁴ each.
const exact = 1e-6

func TestMaxPool(t *testing.T) {
	for _, set := range sets(t) {
		pool := newTestPool(t, set, 2)
		for i, s := range poolShapes {
			for _, blind := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s_%v_blind=%v", set, s, blind), func(t *testing.T) {
					a := NewArena()
					defer a.Free()
					rng := rand.New(rand.NewPCG(5, uint64(i)))
					src, grad := tied(rng, s.n, s.c, s.h, s.w), noise(rng, s.n, s.c, s.h/2, s.w/2)
					var want, wantGrad []picture
					for n, p := range src {
						want = append(want, naivePool(p, blind))
						wantGrad = append(wantGrad, naivePoolGradient(p, grad[n], blind).masked(p))
					}
					in, dst, dz := load(a, src), load(a, grad), load(a, src) // both are overwritten
					MaxPool(pool, dst, in, blind)
					same(t, "pooled", planar(t, dst), to32(flat(want)))
					MaxPoolBackward(pool, dz, in, load(a, grad), blind)
					compare(t, "gradient", planar(t, dz), flat(wantGrad), exact)
				})
			}
		}
	}
}
