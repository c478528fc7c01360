package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// convShapes are the layers of the network at width 48, and what surrounds
// them: one channel, whole and broken blocks, sides that are multiples of 4 and
// sides smaller than a tile. H and W are the result's.
var convShapes = []struct {
	n, h, w int
	in      []int
	up      []bool
	out     int
}{
	{1, 12, 20, []int{3}, []bool{false}, 48},
	{2, 8, 12, []int{48}, []bool{false}, 48},
	{1, 16, 8, []int{48, 48}, []bool{true, false}, 96},
	{1, 8, 4, []int{96, 48}, []bool{true, false}, 96},
	{1, 12, 8, []int{96, 3}, []bool{true, false}, 96},
	{1, 16, 24, []int{96, 3}, []bool{true, false}, 96},
	{2, 40, 16, []int{20, 1}, []bool{true, false}, 7},
	{1, 24, 48, []int{16, 4}, []bool{true, false}, 48},
	{2, 8, 12, []int{96}, []bool{false}, 3},
	{3, 4, 8, []int{1}, []bool{false}, 4},
	{2, 4, 4, []int{4}, []bool{false}, 1},
	{1, 2, 4, []int{48, 24}, []bool{true, false}, 24},
	{1, 2, 2, []int{96, 48}, []bool{true, false}, 48},
	{3, 5, 7, []int{16}, []bool{false}, 16},
	{3, 1, 2, []int{16}, []bool{false}, 24},
	{2, 2, 3, []int{3}, []bool{false}, 16},
	{2, 6, 10, []int{4, 3}, []bool{true, false}, 4},
	{2, 4, 9, []int{3, 16}, []bool{false, false}, 64},
	// Enough tiles for more than one batch and more than one part of a weight gradient.
	{1, 112, 116, []int{3}, []bool{false}, 4},
	{3, 63, 67, []int{1}, []bool{false}, 3},
}

// convCase is one layer with its data and everything the references say.
type convCase struct {
	naive    naiveConv
	src      [][]picture // [input][image]
	dz       []picture
	masks    [][]picture // [input][image]: an activation, for Target.Mask
	kept     [][]picture // [input][image]: what was there, for Target.Accumulate
	forward  []picture
	gradient [][]picture // [input][image]
	dw, db   []float64
}

func newConvCase(rng *rand.Rand, n, h, w int, c naiveConv) *convCase {
	c.w, c.b = make([]float64, c.out*c.total()*9), make([]float64, c.out)
	normal(rng, c.w, 1/math.Sqrt(float64(9*c.total())))
	normal(rng, c.b, 0.5)
	k := &convCase{naive: c, dz: noise(rng, n, c.out, h, w)}
	for i, channels := range c.in {
		sh, sw := h, w
		if c.up[i] {
			sh, sw = h/2, w/2
		}
		k.src = append(k.src, noise(rng, n, channels, sh, sw))
		k.masks = append(k.masks, noise(rng, n, channels, sh, sw))
		k.kept = append(k.kept, noise(rng, n, channels, sh, sw))
	}
	k.gradient = make([][]picture, len(c.in))
	images := make([][]picture, n)
	for image := range n {
		images[image] = k.image(image)
		k.forward = append(k.forward, c.forward(images[image]))
		for i, g := range c.dataGradient(k.dz[image]) {
			k.gradient[i] = append(k.gradient[i], g)
		}
	}
	k.dw, k.db = c.weightGradient(k.dz, images)
	return k
}

func (k *convCase) image(n int) (out []picture) {
	for _, s := range k.src {
		out = append(out, s[n])
	}
	return out
}

func (k *convCase) layer() *Conv3x3 {
	c := k.naive
	l := NewConv3x3(c.in, c.out, c.blind, c.linear)
	l.Set(to32(c.w), to32(c.b))
	return l
}

func (k *convCase) sources(a *Arena) (out []Source) {
	for i, s := range k.src {
		out = append(out, Source{Tensor: load(a, s), Up: k.naive.up[i]})
	}
	return out
}

// eachConv runs do for all layers, ordinary and blind, linear and not.
func eachConv(t *testing.T, do func(t *testing.T, k *convCase)) {
	for i, s := range convShapes {
		for _, blind := range []bool{false, true} {
			c := naiveConv{in: s.in, up: s.up, out: s.out, blind: blind, linear: i%3 == 2}
			t.Run(fmt.Sprintf("%dx%dx%d_%vto%d_blind=%v", s.n, s.h, s.w, s.in, s.out, blind), func(t *testing.T) {
				do(t, newConvCase(rand.New(rand.NewPCG(4, uint64(i))), s.n, s.h, s.w, c))
			})
		}
	}
}

// methodNames are the methods that do everything; the narrow one and the phased
// one have tests of their own.
var methodNames = [...]string{winograd: "winograd", direct: "direct"}

func TestConv3x3(t *testing.T) {
	available := sets(t)
	eachConv(t, func(t *testing.T, k *convCase) {
		for _, set := range available {
			pool := newTestPool(t, set, 2)
			for method, name := range methodNames {
				name = set + " " + name
				k.checkForward(t, pool, method, name+" forward")
				k.checkData(t, pool, method, name+" data gradient")
				k.checkWeights(t, pool, method, name+" weight gradient")
			}
		}
	})
}

// TestPhased checks the layers that are computed at the resolution of their doubled input.
func TestPhased(t *testing.T) {
	available := sets(t)
	tried := 0
	eachConv(t, func(t *testing.T, k *convCase) {
		if c := k.layer(); !c.phasable(k.dz[0].h, k.dz[0].w) || !k.naive.up[0] {
			return
		}
		tried++
		for _, set := range available {
			for threads := 1; threads <= 3; threads++ {
				pool := newTestPool(t, set, threads)
				k.checkForward(t, pool, phased, set+" forward")
				k.checkWeights(t, pool, phased, set+" weight gradient")
				k.checkDoubled(t, pool, set+" data gradient")
			}
		}
	})
	if tried < 6 {
		t.Errorf("only %d layers are phasable", tried)
	}
}

// checkDoubled tries the gradient of the doubled input alone.
func (k *convCase) checkDoubled(t *testing.T, pool *Pool, name string) {
	t.Helper()
	a := NewArena()
	defer a.Free()
	layer, dz, mask := k.layer(), load(a, k.dz), load(a, k.masks[0])
	var plain, masked []float64
	for n, g := range k.gradient[0] {
		plain, masked = append(plain, g.pix...), append(masked, g.masked(k.masks[0][n]).pix...)
	}
	dst := load(a, k.kept[0])
	layer.backwardData(pool, phased, dz, []Target{{Tensor: dst, Up: true}})
	compare(t, name, planar(t, dst), plain, tolerance(phased, 9*4*k.naive.out))
	layer.backwardData(pool, phased, dz, []Target{{Tensor: dst, Up: true, Mask: mask}})
	compare(t, name+", masked", planar(t, dst), masked, tolerance(phased, 9*4*k.naive.out))
}

func (k *convCase) checkForward(t *testing.T, pool *Pool, method int, name string) {
	t.Helper()
	a := NewArena()
	defer a.Free()
	dst := load(a, k.dz) // must be overwritten
	k.layer().forward(pool, method, dst, k.sources(a))
	compare(t, name, planar(t, dst), flat(k.forward), tolerance(method, 9*k.naive.total()))
}

// checkData tries what the network's backward pass combines: plain, masked,
// added to what is there, both, and with the last input left out.
func (k *convCase) checkData(t *testing.T, pool *Pool, method int, name string) {
	t.Helper()
	a := NewArena()
	defer a.Free()
	layer, dz := k.layer(), load(a, k.dz)
	for variant := range 4 {
		masked, accumulate := variant&1 != 0, variant&2 != 0
		count := len(k.src)
		if variant == 1 && count == 2 {
			count = 1
		}
		var dst []Target
		for i := range count {
			target := Target{Tensor: load(a, k.kept[i]), Up: k.naive.up[i], Accumulate: accumulate}
			if masked {
				target.Mask = load(a, k.masks[i])
			}
			dst = append(dst, target)
		}
		layer.backwardData(pool, method, dz, dst)
		for i, target := range dst {
			var want []float64
			for n, g := range k.gradient[i] {
				g = g.channels(0, g.c)
				for at := range g.pix {
					if accumulate {
						g.pix[at] += k.kept[i][n].pix[at]
					}
				}
				if masked {
					g = g.masked(k.masks[i][n])
				}
				want = append(want, g.pix...)
			}
			compare(t, fmt.Sprintf("%s of input %d, masked=%v accumulate=%v", name, i, masked, accumulate),
				planar(t, target.Tensor), want, tolerance(method, 9*4*k.naive.out))
		}
	}
}

func (k *convCase) checkWeights(t *testing.T, pool *Pool, method int, name string) {
	t.Helper()
	a := NewArena()
	defer a.Free()
	dw, db := make([]float32, len(k.dw)), make([]float32, len(k.db))
	dw[0], db[0] = 7, 7 // must be overwritten
	k.layer().backwardWeights(pool, method, load(a, k.dz), dw, db, k.sources(a))
	pixels := len(k.dz) * k.dz[0].h * k.dz[0].w
	compare(t, name, dw, k.dw, tolerance(method, pixels))
	compare(t, name+" of the bias", db, k.db, tolerance(method, pixels))
}
