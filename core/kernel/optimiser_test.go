package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// A few steps from float32 state: each value is a handful of operations, so a
// few 2⁻²⁴ of itself.
func TestAdamAndEMA(t *testing.T) {
	const lr, beta1, beta2, eps, decay = 1e-3, 0.9, 0.999, 1e-8, 0.99
	// The moments' decay is the float32 number; the reference must use the same.
	b1, b2 := float64(float32(beta1)), float64(float32(beta2))
	for _, set := range sets(t) {
		pool := newTestPool(t, set, 2)
		for _, n := range []int{1, 17, itemValues + 5} {
			t.Run(fmt.Sprint(set, "_", n), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(8, uint64(n)))
				w, avg := make([]float64, n), make([]float64, n)
				normal(rng, w, 1)
				normal(rng, avg, 1)
				m, v, g := make([]float64, n), make([]float64, n), make([]float64, n)
				w32, avg32, m32, v32 := to32(w), to32(avg), to32(m), to32(v)
				for step := 1; step <= 4; step++ {
					normal(rng, g, 0.01)
					naiveAdam(w, g, m, v, step, lr, b1, b2, eps)
					Adam(pool, w32, to32(g), m32, v32, step, lr, beta1, beta2, eps)
					for i := range avg {
						avg[i] = decay*avg[i] + (1-decay)*w[i]
					}
					EMA(pool, avg32, w32, decay)
				}
				compare(t, "weights", w32, w, 2e-6)
				compare(t, "first moment", m32, m, 2e-6)
				compare(t, "second moment", v32, v, 2e-6)
				compare(t, "average", avg32, avg, 2e-6)
			})
		}
	}
}
