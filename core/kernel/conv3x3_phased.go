package kernel

// #include "bridge.h"
import "C"

import (
	"runtime"
	"slices"
	"unsafe"
)

// A layer whose first input is doubled (nearest ×2) and whose second has a few
// channels at the full resolution is computed at the first one's resolution:
// for each parity of row and column a 2×2 convolution, through Winograd
// F(4×4,2×2). template_phased.h tells how. That is the last stage of the U-Net,
// where half of the student's arithmetic is.

// phasable tells whether a result of h×w can be computed so. Small pictures are
// left to the kernel that keeps padding exact (pickMethod).
func (c *Conv3x3) phasable(h, w int) bool {
	return len(c.In) == 2 && C.BS_PARITIES*c.In[1] <= Lanes && h%8 == 0 && w%8 == 0 && h > 8 && w > 8
}

func (c *Conv3x3) canPhase(h, w int, src []Source) bool {
	return c.phasable(h, w) && len(src) == 2 && src[0].Up && !src[1].Up
}

// phasedMap lists the channels of the doubled input and, forward, those of the
// folded one with their phases; −1 stands for a channel of padding and for the
// phase of a doubled one.
func (c *Conv3x3) phasedMap(direction int) (channels, phases []C.int) {
	channels = paddedMap(c.In[:1])
	if direction == backward {
		return channels, nil
	}
	phases = slices.Repeat([]C.int{-1}, len(channels)+Lanes)
	for i := range Lanes {
		channel, phase := C.int(-1), i/c.In[1]
		if phase < C.BS_PARITIES {
			channel = C.int(c.In[0] + i%c.In[1])
			phases[len(channels)] = C.int(phase)
		}
		channels = append(channels, channel)
	}
	return channels, phases
}

// fold turns the phases of t into channels of a picture of half the size, in
// memory of the pool.
func (p *Pool) fold(t *Tensor) C.bs_source {
	h, w := t.H/2, t.W/2
	folded := p.folded.grow(t.N * h * w * Lanes)
	for image := range t.N {
		p.bands(h, func(y0, y1 int) {
			C.bs_fold(p.kernels, at(t.data, image*t.image()), at(folded, image*h*w*Lanes), C.int(w), C.int(t.C), C.int(y0), C.int(y1-y0))
		})
	}
	return C.bs_source{data: folded, image: C.long(h * w * Lanes), block: C.long(h * w * Lanes), blocks: 1, channels: C.int(C.BS_PARITIES * t.C)}
}

func (c *Conv3x3) forwardPhased(p *Pool, dst *Tensor, src []Source) {
	job := C.bs_conv{
		n: C.int(dst.N), h: C.int(dst.H / 2), w: C.int(dst.W / 2), first_row: c.firstRow(), sources: 2, targets: 1,
		weights: c.weightsFor(p, phased, forward), ld: C.int(Blocks(c.Out) * Lanes), outs: C.int(c.Out), bias: c.biases, slope: slope,
	}
	if c.Linear {
		job.slope = 1
	}
	job.source[0], job.source[1] = source(src[0].Tensor), p.fold(src[1].Tensor)
	job.target[0] = target(Target{Tensor: dst})
	tiles := tilesOf(dst.N, dst.H/2, dst.W/2)
	var next C.long
	p.runShared(C.BS_PARITIES*((tiles+itemTiles-1)/itemTiles), int(C.bs_phased_scratch(p.kernels, &job, itemTiles)), func(scratch *C.float) {
		C.bs_phased_conv(p.kernels, &job, &next, itemTiles, C.long(tiles), scratch)
	})
	runtime.KeepAlive(c)
}

// dataPhased sends dz to the doubled input alone.
func (c *Conv3x3) dataPhased(p *Pool, dz *Tensor, dst Target) {
	job := C.bs_conv{
		n: C.int(dz.N), h: C.int(dz.H / 2), w: C.int(dz.W / 2), first_row: c.firstRow(), sources: 1, targets: 1,
		weights: c.weightsFor(p, phased, backward), ld: C.int(len(paddedMap(c.In[:1]))), slope: 1,
	}
	job.source[0] = source(dz)
	dst.Up = false // the sums of 2×2 are in the taps
	job.target[0] = target(dst)
	tiles := tilesOf(dz.N, dz.H/2, dz.W/2)
	var next C.long
	p.runShared((tiles+itemTiles-1)/itemTiles, int(C.bs_phased_scratch(p.kernels, &job, itemTiles)), func(scratch *C.float) {
		C.bs_phased_data(p.kernels, &job, &next, itemTiles, C.long(tiles), scratch)
	})
	runtime.KeepAlive(c)
}

func (c *Conv3x3) weightsPhased(p *Pool, dz *Tensor, dw, db []float32, src []Source) {
	job := C.bs_weight_grad{
		n: C.int(dz.N), h: C.int(dz.H / 2), w: C.int(dz.W / 2), first_row: c.firstRow(), sources: 2, dz: source(dz),
	}
	job.source[0], job.source[1] = source(src[0].Tensor), p.fold(src[1].Tensor)
	channels, phases := c.phasedMap(forward)
	k, n := len(channels), Blocks(c.Out)*Lanes
	tiles := tilesOf(dz.N, dz.H/2, dz.W/2)
	pieces := max(1, parts(C.BS_PARITIES*tiles)/C.BS_PARITIES) // of each parity
	// The units are the tiles of all parities, so that a part never spans two.
	stride := p.sumParts(C.BS_PARITIES*pieces, C.BS_PARITIES*pieces, C.BS_PHASED*k*n, n, int(C.bs_phased_weight_grad_scratch(p.kernels, &job)),
		func(part, _ int, du, db, scratch *C.float) {
			parity, piece := part/pieces, part%pieces
			first, last := tiles*piece/pieces, tiles*(piece+1)/pieces
			C.bs_phased_weight_grad(p.kernels, &job, C.int(parity), C.long(first), C.long(last-first), du, db, scratch)
		})
	total, sums := len(c.weights)/9/c.Out, p.sums.data
	p.run(total, 9*n, func(channel int, scratch *C.float) {
		clearFloats(scratch, 9*n)
		for i, of := range channels {
			if int(of) == channel {
				C.bs_phased_unpack(p.kernels, sums, C.int(pieces), C.long(stride), C.int(i), C.int(k), C.int(n), c.firstRow(), phases[i], scratch)
			}
		}
		c.place(dw, channel, unsafe.Slice((*float32)(unsafe.Pointer(scratch)), 9*n))
	})
	c.unpackBias(p, C.BS_PARITIES*pieces, stride, C.BS_PHASED*k*n, db)
}
