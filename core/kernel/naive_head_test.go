package kernel

import "math"

// pointwise is a 1×1 convolution, weights [out][in].
func pointwise(w, b []float64, x picture) picture {
	out := newPicture(len(b), x.h, x.w)
	size := x.h * x.w
	for o := range len(b) {
		for i := range x.c {
			weight := w[o*x.c+i]
			for at := range size {
				out.pix[o*size+at] += weight * x.pix[i*size+at]
			}
		}
		for at := range size {
			out.pix[o*size+at] += b[o]
		}
	}
	return out
}

// pointwiseGradient adds the gradients of weights and bias, and returns that of x.
func pointwiseGradient(w []float64, x, dz picture, dw, db []float64) picture {
	dx := newPicture(x.c, x.h, x.w)
	size := x.h * x.w
	for o := range dz.c {
		for i := range x.c {
			for at := range size {
				dw[o*x.c+i] += dz.pix[o*size+at] * x.pix[i*size+at]
				dx.pix[i*size+at] += dz.pix[o*size+at] * w[o*x.c+i]
			}
		}
		for at := range size {
			db[o] += dz.pix[o*size+at]
		}
	}
	return dx
}

// naiveHead is the teacher's head: weights A [4f][4f], B [mid][4f], C [out][mid].
type naiveHead struct {
	f, mid, out            int
	wa, ba, wb, bb, wc, bc []float64
}

func newNaiveHead(f, mid, out int) naiveHead {
	wide := 4 * f
	return naiveHead{
		f: f, mid: mid, out: out,
		wa: make([]float64, wide*wide), ba: make([]float64, wide),
		wb: make([]float64, mid*wide), bb: make([]float64, mid),
		wc: make([]float64, out*mid), bc: make([]float64, out),
	}
}

// upright turns the shifted features of the four rotations back and concatenates them.
func upright(features []picture, shift int) picture {
	var parts []picture
	for r, p := range features {
		parts = append(parts, p.shifted(shift).turned(4-r))
	}
	return concatenate(parts...)
}

// forward returns the activations after A and B, and the result. features[r]
// are those of the picture turned r quarter turns clockwise.
func (h naiveHead) forward(features []picture, shift int) (a, b, out picture) {
	a = pointwise(h.wa, h.ba, upright(features, shift)).leaky(0.1)
	b = pointwise(h.wb, h.bb, a).leaky(0.1)
	return a, b, pointwise(h.wc, h.bc, b)
}

// backward adds to the gradient of the weights and returns those of the
// features before their activation.
func (h naiveHead) backward(features []picture, shift int, d3 picture, grad naiveHead) []picture {
	a, b, _ := h.forward(features, shift)
	d2 := pointwiseGradient(h.wc, b, d3, grad.wc, grad.bc).masked(b)
	d1 := pointwiseGradient(h.wb, a, d2, grad.wb, grad.bb).masked(a)
	dx := pointwiseGradient(h.wa, upright(features, shift), d1, grad.wa, grad.ba)
	var out []picture
	for r, p := range features {
		out = append(out, dx.channels(r*h.f, h.f).turned(r).shifted(-shift).masked(p))
	}
	return out
}

// naiveAdam is algorithm 1 of Kingma & Ba, with the step size and moments in float64.
func naiveAdam(w, g, m, v []float64, step int, lr, beta1, beta2, eps float64) {
	for i := range w {
		m[i] = beta1*m[i] + (1-beta1)*g[i]
		v[i] = beta2*v[i] + (1-beta2)*g[i]*g[i]
		mean := m[i] / (1 - math.Pow(beta1, float64(step)))
		square := v[i] / (1 - math.Pow(beta2, float64(step)))
		w[i] -= lr * mean / (math.Sqrt(square) + eps)
	}
}
