package bsn

import (
	"fmt"
	"math"
	"slices"
)

// This file is the whole of AT-BSN once more in plain float64 loops, forward and backward, as slow and obvious as
// possible. It is proven against the published network's numbers (TestReference…) and then is the yardstick for the
// fast network where there are no published numbers: other widths, channels, picture sizes and gradients.

// array is a tensor of N×C×H×W values with the gradient of the loss by each.
type array struct {
	n, c, h, w int
	v, g       []float64
}

func newArray(n, c, h, w int) *array {
	return &array{n, c, h, w, make([]float64, n*c*h*w), make([]float64, n*c*h*w)}
}

// row is where row y of channel c of picture n begins.
func (a *array) row(n, c, y int) int { return ((n*a.c+c)*a.h + y) * a.w }

// reference runs layers and remembers how to go back through them.
type reference struct {
	params    map[string]*array
	undo      []func()
	meanPools bool // pools take means: then every input of a pool has a gradient
}

// newReference takes its weights from p.
func newReference(p *Params) *reference {
	r := &reference{params: map[string]*array{}}
	for _, name := range p.Names() {
		s := p.Shape(name)
		if len(s) == 1 {
			s = []int{1, s[0], 1, 1}
		}
		a := newArray(s[0], s[1], s[2], s[3])
		for i, v := range p.Get(name) {
			a.v[i] = float64(v)
		}
		r.params[name] = a
	}
	return r
}

// backward turns the gradient set on the outputs into gradients of everything before them.
func (r *reference) backward() {
	for _, f := range slices.Backward(r.undo) {
		f()
	}
	r.undo = nil
}

// conv is a convolution with zero padding. top is the number of rows that the kernel reaches above its output row:
// 1 for an ordinary 3×3, 2 for a blind one, 0 for 1×1.
func (r *reference) conv(x *array, name string, top int) *array {
	weight, bias := r.params[name+".weight"], r.params[name+".bias"]
	k := weight.h
	out := newArray(x.n, weight.n, x.h, x.w)
	// taps calls f for every pair of rows (and range of columns) that one weight connects.
	taps := func(f func(weight, in, out, count int)) {
		for n := range x.n {
			for co := range weight.n {
				for ci := range weight.c {
					for t := range k * k {
						dy, dx := t/k-top, t%k-k/2
						for y := max(0, -dy); y < min(x.h, x.h-dy); y++ {
							from := max(0, -dx)
							f((co*weight.c+ci)*k*k+t, x.row(n, ci, y+dy)+from+dx, out.row(n, co, y)+from, x.w-max(dx, -dx))
						}
					}
				}
			}
		}
	}
	for n := range x.n {
		for co := range weight.n {
			plane := out.v[out.row(n, co, 0):][:x.h*x.w]
			for i := range plane {
				plane[i] = bias.v[co]
			}
		}
	}
	taps(func(wi, in, at, count int) {
		scale, src, dst := weight.v[wi], x.v[in:in+count], out.v[at:at+count]
		for i := range src {
			dst[i] += scale * src[i]
		}
	})
	r.undo = append(r.undo, func() {
		taps(func(wi, in, at, count int) {
			scale, sum := weight.v[wi], 0.0
			src, grad, back := x.v[in:in+count], out.g[at:at+count], x.g[in:in+count]
			for i := range src {
				sum += grad[i] * src[i]
				back[i] += scale * grad[i]
			}
			weight.g[wi] += sum
		})
		for i, g := range out.g {
			bias.g[i/(x.h*x.w)%out.c] += g
		}
	})
	return out
}

// leaky is LeakyReLU(0.1); its gradient at 0 is 0.1.
func (r *reference) leaky(x *array) *array {
	return r.pointwise(x, func(v float64) (float64, float64) {
		if v > 0 {
			return v, 1
		}
		return 0.1 * v, 0.1
	})
}

func (r *reference) pointwise(x *array, f func(float64) (value, slope float64)) *array {
	out := newArray(x.n, x.c, x.h, x.w)
	slopes := make([]float64, len(x.v))
	for i, v := range x.v {
		out.v[i], slopes[i] = f(v)
	}
	r.undo = append(r.undo, func() {
		for i, g := range out.g {
			x.g[i] += slopes[i] * g
		}
	})
	return out
}

// gather makes an array each of whose values is one value of x, or 0 where from answers −1.
func (r *reference) gather(x *array, c, h, w int, from func(n, c, y, x int) int) *array {
	out := newArray(x.n, c, h, w)
	source := make([]int, len(out.v))
	for i := range out.v {
		source[i] = from(i/(c*h*w), i/(h*w)%c, i/w%h, i%w)
		if source[i] >= 0 {
			out.v[i] = x.v[source[i]]
		}
	}
	r.undo = append(r.undo, func() {
		for i, s := range source {
			if s >= 0 {
				x.g[s] += out.g[i]
			}
		}
	})
	return out
}

// pool is a 2×2 maximum over rows 2y and 2y+1, or, blind, over rows 2y−1 and 2y where row −1 is zeros. The first of
// equal values in row-major order wins.
func (r *reference) pool(x *array, blind bool) *array {
	up := 0
	if blind {
		up = 1
	}
	if r.meanPools {
		return r.meanPool(x, up)
	}
	return r.gather(x, x.c, x.h/2, x.w/2, func(n, c, y, col int) int {
		best, at := math.Inf(-1), -1
		for t := range 4 {
			v, i := 0.0, -1
			if row := 2*y - up + t/2; row >= 0 {
				i = x.row(n, c, row) + 2*col + t%2
				v = x.v[i]
			}
			if v > best {
				best, at = v, i
			}
		}
		return at
	})
}

// meanPool is a pool with the mean in place of the maximum, over rows 2y−up and the next.
func (r *reference) meanPool(x *array, up int) *array {
	corners := make([]*array, 4)
	for t := range corners {
		corners[t] = r.gather(x, x.c, x.h/2, x.w/2, func(n, c, y, col int) int {
			if 2*y-up+t/2 < 0 {
				return -1
			}
			return x.row(n, c, 2*y-up+t/2) + 2*col + t%2
		})
	}
	out := newArray(x.n, x.c, x.h/2, x.w/2)
	for i := range out.v {
		out.v[i] = (corners[0].v[i] + corners[1].v[i] + corners[2].v[i] + corners[3].v[i]) / 4
	}
	r.undo = append(r.undo, func() {
		for _, corner := range corners {
			for i, g := range out.g {
				corner.g[i] += g / 4
			}
		}
	})
	return out
}

func (r *reference) upsample(x *array) *array {
	return r.gather(x, x.c, 2*x.h, 2*x.w, func(n, c, y, col int) int { return x.row(n, c, y/2) + col/2 })
}

// rotate turns the picture by quarter turns clockwise.
func (r *reference) rotate(x *array, quarters int) *array {
	for range quarters % 4 {
		from := x
		x = r.gather(from, from.c, from.w, from.h, func(n, c, y, col int) int { return from.row(n, c, from.h-1-col) + y })
	}
	return x
}

// shift moves the picture down by whole rows; zeros enter.
func (r *reference) shift(x *array, rows int) *array {
	return r.gather(x, x.c, x.h, x.w, func(n, c, y, col int) int {
		if y < rows {
			return -1
		}
		return x.row(n, c, y-rows) + col
	})
}

// concat puts the channels of all arrays one after another.
func (r *reference) concat(list ...*array) *array {
	channels := 0
	for _, a := range list {
		channels += a.c
	}
	out := newArray(list[0].n, channels, list[0].h, list[0].w)
	each := func(f func(a *array, from, to, count int)) {
		at := 0
		for _, a := range list {
			for n := range a.n {
				f(a, a.row(n, 0, 0), out.row(n, at, 0), a.c*a.h*a.w)
			}
			at += a.c
		}
	}
	each(func(a *array, from, to, count int) { copy(out.v[to:to+count], a.v[from:]) })
	r.undo = append(r.undo, func() {
		each(func(a *array, from, to, count int) {
			for i := range count {
				a.g[from+i] += out.g[to+i]
			}
		})
	})
	return out
}

// unet is the U-Net of both networks. Every layer it computes goes into maps, if maps is not nil.
func (r *reference) unet(x *array, blind bool, maps map[string]*array) *array {
	layer := func(x *array, name string) *array {
		top := 1
		if blind {
			top = 2
		}
		return r.leaky(r.conv(x, "unet."+name+".conv", top))
	}
	keep := func(name string, a *array) *array {
		if maps != nil {
			maps[name] = a
		}
		return a
	}
	skips := []*array{x}
	at := keep("intro", layer(x, "intro"))
	for i := 1; i <= 5; i++ {
		at = keep(fmt.Sprintf("enc%d_pooled", i), r.pool(layer(at, fmt.Sprintf("enc%d.conv1", i)), blind))
		skips = append(skips, at)
	}
	at = keep("enc6", layer(at, "enc6.conv1"))
	for i := 5; i >= 1; i-- {
		at = keep(fmt.Sprintf("dec%d", i+1), r.upsample(at)) // the published network counts it to the stage before
		at = layer(r.concat(at, skips[i-1]), fmt.Sprintf("dec%d.conv1", i))
		at = layer(at, fmt.Sprintf("dec%d.conv2", i))
	}
	return at
}

func (r *reference) student(x *array) *array { return r.unet(x, false, nil) }

// trunk is the teacher's U-Net on the four rotations of the picture.
func (r *reference) trunk(x *array) [4]*array {
	var features [4]*array
	for q := range features {
		features[q] = r.unet(r.rotate(x, q), true, nil)
	}
	return features
}

// head is the teacher behind its trunk.
func (r *reference) head(features [4]*array, k Hole) *array {
	var turned []*array
	for q, f := range features {
		turned = append(turned, r.rotate(r.shift(f, k.Shift()), (4-q)%4))
	}
	a := r.leaky(r.conv(r.concat(turned...), "nin_A", 0))
	b := r.leaky(r.conv(a, "nin_B", 0))
	return r.conv(b, "nin_C", 0)
}
