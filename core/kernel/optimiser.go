package kernel

// #include "bridge.h"
import "C"

import "math"

// itemValues is how many parameters a worker updates at a time.
const itemValues = 1 << 16

// Adam takes one step of Adam (Kingma & Ba, ICLR 2015, algorithm 1): w, with
// the moments m and v, moves against the gradient g. All have one length; step
// counts from 1. The moments are updated in place and bias-corrected on use.
func Adam(p *Pool, w, g, m, v []float32, step int, lr, beta1, beta2, eps float32) {
	correct1 := 1 - math.Pow(float64(beta1), float64(step))
	correct2 := 1 - math.Pow(float64(beta2), float64(step))
	p.values(len(w), func(i, n int) {
		C.bs_adam(p.kernels, floats(w[i:]), floats(g[i:]), floats(m[i:]), floats(v[i:]), C.long(n),
			C.float(float64(lr)/correct1), C.float(beta1), C.float(beta2), C.float(eps), C.float(1/correct2))
	})
}

// EMA moves an exponential moving average: avg = decay·avg + (1−decay)·w.
func EMA(p *Pool, avg, w []float32, decay float32) {
	p.values(len(w), func(i, n int) {
		C.bs_ema(p.kernels, floats(avg[i:]), floats(w[i:]), C.long(n), C.float(decay))
	})
}

func (p *Pool) values(n int, do func(i, n int)) {
	p.run((n+itemValues-1)/itemValues, 0, func(item int, _ *C.float) {
		i := item * itemValues
		do(i, min(itemValues, n-i))
	})
}
