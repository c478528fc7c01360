package kernel

// #include "bridge.h"
import "C"

import "unsafe"

// Weight gradients are summed in a fixed number of parts, whatever the number
// of workers, and the parts are added in order.
const (
	maxParts      = 8
	tilesOfAPart  = 96 // fewer are not worth a part's zeroing and adding
	pixelsOfATile = 16
)

func parts(tiles int) int { return max(1, min(maxParts, tiles/tilesOfAPart)) }

// BackwardWeights computes the gradients of the weights [Out][In][3][3] and of
// the bias [Out] from dz, the gradient before the activation, and the inputs
// of the forward pass. dw and db are overwritten.
func (c *Conv3x3) BackwardWeights(p *Pool, dz *Tensor, dw, db []float32, src ...Source) {
	method := pickMethod(dz.H, dz.W)
	if c.canPhase(dz.H, dz.W, src) {
		method = phased
	}
	c.backwardWeights(p, method, dz, dw, db, src)
}

func (c *Conv3x3) backwardWeights(p *Pool, method int, dz *Tensor, dw, db []float32, src []Source) {
	if method == phased {
		c.weightsPhased(p, dz, dw, db, src)
		return
	}
	job := C.bs_weight_grad{
		n: C.int(dz.N), h: C.int(dz.H), w: C.int(dz.W), first_row: c.firstRow(),
		sources: C.int(len(src)), source: sources(src), dz: source(dz),
	}
	k, n := len(paddedMap(c.In)), Blocks(c.Out)*Lanes
	if method == winograd {
		units := tilesOf(dz.N, dz.H, dz.W)
		stride := p.sumParts(parts(units), units, C.BS_TRANSFORM*k*n, n, int(C.bs_wino_weight_grad_scratch(p.kernels, &job)),
			func(first, count int, du, db, scratch *C.float) {
				C.bs_wino_weight_grad(p.kernels, &job, C.long(first), C.long(count), du, db, scratch)
			})
		c.unpack(p, parts(units), stride, k, n, dw)
		c.unpackBias(p, parts(units), stride, C.BS_TRANSFORM*k*n, db)
		return
	}
	units := dz.N * dz.H
	pieces := parts(dz.N * dz.H * dz.W / pixelsOfATile)
	stride := p.sumParts(pieces, units, 9*k*n, n, int(C.bs_direct_weight_grad_scratch(p.kernels, &job)),
		func(first, count int, w, db, scratch *C.float) {
			C.bs_direct_weight_grad(p.kernels, &job, C.long(first), C.long(count), w, db, scratch)
		})
	c.unpackDirect(p, pieces, stride, k, n, dw)
	c.unpackBias(p, pieces, stride, 9*k*n, db)
}

// sumParts runs each part over its share of the units into zeroed sums of
// weights and biases, and returns the floats from one part to the next.
func (p *Pool) sumParts(pieces, units, weights, biases, need int, do func(first, count int, w, b, scratch *C.float)) int {
	stride := weights + biases
	sums := p.sums.grow(pieces * stride)
	p.run(pieces, need, func(part int, scratch *C.float) {
		w := at(sums, part*stride)
		clearFloats(w, stride)
		first, last := units*part/pieces, units*(part+1)/pieces
		do(first, last-first, w, at(w, weights), scratch)
	})
	return stride
}

// unpack turns the sums of the transformed gradient into dw.
func (c *Conv3x3) unpack(p *Pool, pieces, stride, k, n int, dw []float32) {
	channels, sums := paddedMap(c.In), p.sums.data
	p.run(k, 9*n, func(item int, scratch *C.float) {
		if channels[item] < 0 {
			return
		}
		C.bs_wino_unpack(p.kernels, sums, C.int(pieces), C.long(stride), C.int(item), C.int(k), C.int(n), scratch)
		taps := unsafe.Slice((*float32)(unsafe.Pointer(scratch)), 9*n)
		c.place(dw, int(channels[item]), taps)
	})
}

// place writes the taps [Out][9] of one input channel into [Out][In][3][3].
func (c *Conv3x3) place(dw []float32, channel int, taps []float32) {
	total := len(c.weights) / 9 / c.Out
	for o := range c.Out {
		copy(dw[(o*total+channel)*9:][:9], taps[o*9:])
	}
}

func (c *Conv3x3) unpackDirect(p *Pool, pieces, stride, k, n int, dw []float32) {
	channels := paddedMap(c.In)
	sums := unsafe.Slice((*float32)(unsafe.Pointer(p.sums.data)), pieces*stride)
	p.run(k, 9*n, func(item int, scratch *C.float) {
		if channels[item] < 0 {
			return
		}
		taps := unsafe.Slice((*float32)(unsafe.Pointer(scratch)), 9*n)
		for o := range n {
			for tap := range 9 {
				taps[o*9+tap] = addParts(sums[(tap*k+item)*n+o:], pieces, stride)
			}
		}
		c.place(dw, int(channels[item]), taps)
	})
}

func (c *Conv3x3) unpackBias(p *Pool, pieces, stride, weights int, db []float32) {
	sums := unsafe.Slice((*float32)(unsafe.Pointer(p.sums.data)), pieces*stride)
	for o := range c.Out {
		db[o] = addParts(sums[weights+o:], pieces, stride)
	}
}

// addParts adds the first values of the parts in order.
func addParts(sums []float32, pieces, stride int) float32 {
	sum := sums[0]
	for part := 1; part < pieces; part++ {
		sum += sums[part*stride]
	}
	return sum
}
