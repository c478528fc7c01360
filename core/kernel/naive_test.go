package kernel

// The slow, obvious twins of the kernels, in float64 and planar pictures. Every
// backward pass here is checked against finite differences of its forward pass
// (gradient_test.go); the kernels are then checked against these.

// picture is one image, planes of h×w, one after another.
type picture struct {
	c, h, w int
	pix     []float64
}

func newPicture(c, h, w int) picture {
	return picture{c: c, h: h, w: w, pix: make([]float64, c*h*w)}
}

// at is zero outside the picture.
func (p picture) at(c, y, x int) float64 {
	if y < 0 || y >= p.h || x < 0 || x >= p.w {
		return 0
	}
	return p.pix[(c*p.h+y)*p.w+x]
}

// add does nothing outside the picture.
func (p picture) add(c, y, x int, v float64) {
	if y >= 0 && y < p.h && x >= 0 && x < p.w {
		p.pix[(c*p.h+y)*p.w+x] += v
	}
}

func (p picture) each(visit func(c, y, x, i int)) {
	for i := range p.pix {
		visit(i/(p.h*p.w), i/p.w%p.h, i%p.w, i)
	}
}

// leaky applies LeakyReLU with the given slope.
func (p picture) leaky(slope float64) picture {
	out := newPicture(p.c, p.h, p.w)
	for i, v := range p.pix {
		out.pix[i] = v * derivative(v, slope)
	}
	return out
}

// masked is the gradient before a LeakyReLU(0.1) whose result is y.
func (p picture) masked(y picture) picture {
	out := newPicture(p.c, p.h, p.w)
	for i, v := range p.pix {
		out.pix[i] = v * derivative(y.pix[i], 0.1)
	}
	return out
}

// derivative of LeakyReLU, from its argument or its result; the slope at zero.
func derivative(v, slope float64) float64 {
	if v > 0 {
		return 1
	}
	return slope
}

// doubled is nearest-neighbour ×2.
func (p picture) doubled() picture {
	out := newPicture(p.c, 2*p.h, 2*p.w)
	out.each(func(c, y, x, i int) { out.pix[i] = p.at(c, y/2, x/2) })
	return out
}

// halved sums 2×2 pixels: the backward pass of doubled.
func (p picture) halved() picture {
	out := newPicture(p.c, p.h/2, p.w/2)
	p.each(func(c, y, x, i int) { out.add(c, y/2, x/2, p.pix[i]) })
	return out
}

func concatenate(parts ...picture) picture {
	out := picture{h: parts[0].h, w: parts[0].w}
	for _, p := range parts {
		out.c += p.c
		out.pix = append(out.pix, p.pix...)
	}
	return out
}

// channels is a copy of the channels [first, first+n).
func (p picture) channels(first, n int) picture {
	size := p.h * p.w
	return picture{c: n, h: p.h, w: p.w, pix: append([]float64(nil), p.pix[first*size:(first+n)*size]...)}
}

// turned is the picture after r quarter turns clockwise.
func (p picture) turned(r int) picture {
	for range r % 4 {
		out := newPicture(p.c, p.w, p.h)
		out.each(func(c, i, j, k int) { out.pix[k] = p.at(c, p.h-1-j, i) })
		p = out
	}
	return p
}

// shifted moves the picture down by s rows (up, where s < 0); zeros enter.
func (p picture) shifted(s int) picture {
	out := newPicture(p.c, p.h, p.w)
	out.each(func(c, y, x, i int) { out.pix[i] = p.at(c, y-s, x) })
	return out
}

// naiveConv is a 3×3 convolution over concatenated inputs.
type naiveConv struct {
	in            []int
	up            []bool // input is stored at half the resolution
	out           int
	blind, linear bool
	w, b          []float64 // [out][sum of in][3][3], [out]
}

func (c naiveConv) total() (n int) {
	for _, in := range c.in {
		n += in
	}
	return n
}

// top is the input row under the first tap of output row 0.
func (c naiveConv) top() int {
	if c.blind {
		return -2
	}
	return -1
}

func (c naiveConv) slope() float64 {
	if c.linear {
		return 1
	}
	return 0.1
}

func (c naiveConv) input(src []picture) picture {
	full := make([]picture, len(src))
	for i, p := range src {
		full[i] = p
		if c.up[i] {
			full[i] = p.doubled()
		}
	}
	return concatenate(full...)
}

// taps visits every product of the layer for one output channel: weight index,
// channel, and where it reads from (dy, dx) relative to the output.
func (c naiveConv) taps(o int, visit func(weight, channel, dy, dx int)) {
	for i := range c.total() {
		for tap := range 9 {
			visit((o*c.total()+i)*9+tap, i, tap/3+c.top(), tap%3-1)
		}
	}
}

// before is the result before the activation.
func (c naiveConv) before(src []picture) picture {
	x := c.input(src)
	z := newPicture(c.out, x.h, x.w)
	for o := range c.out {
		c.taps(o, func(weight, channel, dy, dx int) {
			for y := range z.h {
				for col := range z.w {
					z.add(o, y, col, c.w[weight]*x.at(channel, y+dy, col+dx))
				}
			}
		})
	}
	z.each(func(o, _, _, i int) { z.pix[i] += c.b[o] })
	return z
}

func (c naiveConv) forward(src []picture) picture { return c.before(src).leaky(c.slope()) }

// dataGradient returns the gradient of each input as it is stored.
func (c naiveConv) dataGradient(dz picture) []picture {
	dx := newPicture(c.total(), dz.h, dz.w)
	for o := range c.out {
		c.taps(o, func(weight, channel, dy, right int) {
			for y := range dz.h {
				for col := range dz.w {
					dx.add(channel, y+dy, col+right, c.w[weight]*dz.at(o, y, col))
				}
			}
		})
	}
	var out []picture
	first := 0
	for i, n := range c.in {
		part := dx.channels(first, n)
		if c.up[i] {
			part = part.halved()
		}
		out = append(out, part)
		first += n
	}
	return out
}

// weightGradient adds up over the images of a batch.
func (c naiveConv) weightGradient(dz []picture, src [][]picture) (dw, db []float64) {
	dw, db = make([]float64, len(c.w)), make([]float64, len(c.b))
	for n := range dz {
		x := c.input(src[n])
		for o := range c.out {
			c.taps(o, func(weight, channel, dy, dx int) {
				for y := range x.h {
					for col := range x.w {
						dw[weight] += dz[n].at(o, y, col) * x.at(channel, y+dy, col+dx)
					}
				}
			})
		}
		dz[n].each(func(o, _, _, i int) { db[o] += dz[n].pix[i] })
	}
	return dw, db
}

// poolWindow lists the four pixels of pooled pixel (y, x) in row-major order.
func poolWindow(y, x int, blind bool) [4][2]int {
	top := 2 * y
	if blind {
		top--
	}
	return [4][2]int{{top, 2 * x}, {top, 2*x + 1}, {top + 1, 2 * x}, {top + 1, 2*x + 1}}
}

// first is the first maximum of a pooling window.
func (p picture) first(c int, window [4][2]int) [2]int {
	best := window[0]
	for _, at := range window[1:] {
		if p.at(c, at[0], at[1]) > p.at(c, best[0], best[1]) {
			best = at
		}
	}
	return best
}

func naivePool(p picture, blind bool) picture {
	out := newPicture(p.c, p.h/2, p.w/2)
	out.each(func(c, y, x, i int) {
		best := p.first(c, poolWindow(y, x, blind))
		out.pix[i] = p.at(c, best[0], best[1])
	})
	return out
}

// naivePoolGradient is the gradient of p, or, masked(p), before p's activation.
func naivePoolGradient(p, grad picture, blind bool) picture {
	out := newPicture(p.c, p.h, p.w)
	grad.each(func(c, y, x, i int) {
		best := p.first(c, poolWindow(y, x, blind))
		out.add(c, best[0], best[1], grad.pix[i])
	})
	return out
}
