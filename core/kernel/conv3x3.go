package kernel

// #include "bridge.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Conv3x3 is a 3×3 convolution with bias and zero padding over one input or the
// concatenation of two, followed by LeakyReLU(0.1) unless Linear.
//
// An ordinary one sees rows y−1..y+1; a blind (shifted) one sees rows y−2..y,
// so that an output depends on no row below it. Columns are x−1..x+1.
//
// Sides of 8 and more that are multiples of 4 go through Winograd F(4×4,3×3),
// others through the direct kernel; a forward pass to at most four channels and
// a doubled input beside a picture have kernels of their own.
type Conv3x3 struct {
	In     []int // channels of each input
	Out    int
	Blind  bool
	Linear bool

	weights []float32 // [Out][sum of In][3][3]
	bias    []C.float // padded to whole blocks
	arena   *Arena
	biases  *C.float
	packed  [methods][directions]packing
}

// method is a way to compute the layer, direction which matrices it needs.
const (
	winograd = iota
	direct
	narrow // forward only
	phased // a doubled input beside a picture
	methods
)

const (
	forward = iota
	backward
	directions
)

// packing is the weights as matrices [taps][kChannels][nChannels], made when first needed.
type packing struct {
	data  *C.float
	fresh bool
}

// NewConv3x3 makes the layer; Set gives it its weights.
func NewConv3x3(in []int, out int, blind, linear bool) *Conv3x3 {
	total := 0
	for _, c := range in {
		total += c
	}
	arena := NewArena()
	return &Conv3x3{
		In: in, Out: out, Blind: blind, Linear: linear,
		weights: make([]float32, out*total*9),
		arena:   arena,
		biases:  arena.take(Blocks(out) * Lanes),
	}
}

// Set copies the weights [Out][In][3][3] and the bias [Out].
func (c *Conv3x3) Set(weights, bias []float32) {
	copy(c.weights, weights)
	copy(unsafe.Slice((*float32)(unsafe.Pointer(c.biases)), c.Out), bias)
	for m := range methods {
		for d := range directions {
			c.packed[m][d].fresh = false
		}
	}
}

// Source is an input of a convolution. Up reads it with nearest-neighbour ×2.
type Source struct {
	*Tensor
	Up bool
}

// itemTiles is the number of Winograd tiles transformed and multiplied at a
// time: few enough for the second-level cache, enough to reuse the weights.
const itemTiles = 24

// itemRows is the number of rows that a worker takes at a time.
const itemRows = 8

// pickMethod: at a side of 4 a picture is one row of tiles, and taps that see
// nothing but padding have a gradient of exactly zero, which Winograd's
// rounding would turn into a small one that Adam blows up.
func pickMethod(h, w int) int {
	if h%4 == 0 && w%4 == 0 && h > 4 && w > 4 {
		return winograd
	}
	return direct
}

// tilesOf counts the 4×4 tiles that cover n pictures; those at the edge may be cut.
func tilesOf(n, h, w int) int { return n * ((h + 3) / 4) * ((w + 3) / 4) }

// paddedMap lists the channels of concatenated inputs, each padded to whole blocks with −1.
func paddedMap(channels []int) []C.int {
	var m []C.int
	first := 0
	for _, n := range channels {
		for i := range Blocks(n) * Lanes {
			if i < n {
				m = append(m, C.int(first+i))
			} else {
				m = append(m, -1)
			}
		}
		first += n
	}
	return m
}

// weightsFor returns the packed matrices, making them if the weights changed.
func (c *Conv3x3) weightsFor(p *Pool, method, direction int) *C.float {
	pk := &c.packed[method][direction]
	total := len(c.weights) / 9 / c.Out
	job := C.bs_pack{k_stride: 9, n_stride: C.long(9 * total), first_row: c.firstRow()}
	k, n := paddedMap(c.In), paddedMap([]int{c.Out})
	var phases []C.int
	if method == phased {
		k, phases = c.phasedMap(direction)
	}
	if direction == backward {
		k, n = n, k
		job.k_stride, job.n_stride = job.n_stride, job.k_stride
		job.flip, job.turn = flag(method != phased), flag(method == phased)
	}
	taps := 9
	switch method {
	case winograd:
		taps = C.BS_TRANSFORM
	case phased:
		taps = C.BS_PARITIES * C.BS_PHASED
	}
	if pk.data == nil {
		pk.data = c.arena.take(taps * len(k) * len(n))
	}
	if pk.fresh {
		return pk.data
	}
	pk.fresh = true
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(&c.weights[0])
	pin.Pin(&k[0])
	pin.Pin(&n[0])
	job.weights, job.k_map, job.n_map = floats(c.weights), &k[0], &n[0]
	if phases != nil {
		pin.Pin(&phases[0])
		job.k_phase = &phases[0]
	}
	job.k_channels, job.n_channels = C.int(len(k)), C.int(len(n))
	p.run(Blocks(len(k)), 0, func(item int, _ *C.float) {
		first := C.int(item * Lanes)
		switch method {
		case winograd:
			C.bs_wino_pack(p.kernels, &job, pk.data, first, Lanes)
		case direct:
			C.bs_direct_pack(p.kernels, &job, pk.data, first, Lanes)
		case narrow:
			C.bs_narrow_pack(p.kernels, &job, pk.data, first, Lanes)
		case phased:
			C.bs_phased_pack(p.kernels, &job, pk.data, first, Lanes)
		}
	})
	return pk.data
}

func sources(src []Source) (out [C.BS_MAX_SOURCES]C.bs_source) {
	for i, s := range src {
		out[i] = source(s.Tensor)
		if s.Up {
			out[i].up = 1
		}
	}
	return out
}

func source(t *Tensor) C.bs_source {
	return C.bs_source{
		data: t.data, image: C.long(t.image()), block: C.long(t.plane()),
		blocks: C.int(Blocks(t.C)), channels: C.int(t.C),
	}
}

func (c *Conv3x3) firstRow() C.int {
	if c.Blind {
		return -2
	}
	return -1
}

// Forward computes dst (N×Out×H×W) from the inputs in the order of In.
func (c *Conv3x3) Forward(p *Pool, dst *Tensor, src ...Source) {
	method := pickMethod(dst.H, dst.W)
	switch {
	case c.Out <= narrowOut && len(src) == 1 && !src[0].Up:
		method = narrow
	case c.canPhase(dst.H, dst.W, src):
		method = phased
	}
	c.forward(p, method, dst, src)
}

// narrowOut is the number of output channels up to which lanes of outputs would
// mostly be idle.
const narrowOut = 4

func (c *Conv3x3) forward(p *Pool, method int, dst *Tensor, src []Source) {
	if method == phased {
		c.forwardPhased(p, dst, src)
		return
	}
	job := c.forwardJob(p, method, dst.N, dst.H, dst.W, src)
	job.target[0] = target(Target{Tensor: dst})
	p.convolve(method, &job)
	runtime.KeepAlive(c)
}

func (c *Conv3x3) forwardJob(p *Pool, method, n, h, w int, src []Source) C.bs_conv {
	job := C.bs_conv{
		n: C.int(n), h: C.int(h), w: C.int(w), first_row: c.firstRow(),
		sources: C.int(len(src)), source: sources(src), targets: 1,
		weights: c.weightsFor(p, method, forward), ld: C.int(Blocks(c.Out) * Lanes), outs: C.int(c.Out),
		bias: c.biases, slope: slope,
	}
	if c.Linear {
		job.slope = 1
	}
	return job
}

// ForwardPooled computes MaxPool of Forward's result into dst (N×Out×H/2×W/2).
// full (N×Out×H×W) may be overwritten: where the layer goes through Winograd
// the result before pooling never exists.
func (c *Conv3x3) ForwardPooled(p *Pool, dst, full *Tensor, src ...Source) {
	if pickMethod(full.H, full.W) != winograd {
		c.Forward(p, full, src...)
		MaxPool(p, dst, full, c.Blind)
		return
	}
	job := c.forwardJob(p, winograd, full.N, full.H, full.W, src)
	job.target[0] = target(Target{Tensor: dst})
	job.target[0].pool = 1 + flag(c.Blind)
	p.convolve(winograd, &job)
	runtime.KeepAlive(c)
}

// streamFloats is the size from which a tensor is written past the caches.
const streamFloats = 2 << 20

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// convolve cuts a convolution into items: batches of tiles, or rows of the picture.
func (p *Pool) convolve(method int, job *C.bs_conv) {
	if method == winograd {
		tiles := tilesOf(int(job.n), int(job.h), int(job.w))
		need := int(C.bs_wino_conv_scratch(p.kernels, job, itemTiles))
		var next C.long
		p.runShared((tiles+itemTiles-1)/itemTiles, need, func(scratch *C.float) {
			C.bs_wino_conv(p.kernels, job, &next, C.int(p.Threads()), itemTiles, C.long(tiles), scratch)
		})
		return
	}
	if method == narrow {
		p.bands(int(job.n*job.h), func(y0, y1 int) { C.bs_narrow_conv(p.kernels, job, C.long(y0), C.long(y1-y0)) })
		return
	}
	// Rows go in pairs where they can: targets at half the resolution need both.
	rows, step := int(job.n*job.h), 2
	if job.h%2 != 0 {
		step = 1
	}
	need := int(C.bs_direct_conv_scratch(p.kernels, job))
	p.run(rows/step, need, func(item int, scratch *C.float) {
		C.bs_direct_conv(p.kernels, job, C.long(item*step), C.long(step), scratch)
	})
}
