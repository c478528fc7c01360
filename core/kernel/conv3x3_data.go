package kernel

// #include "bridge.h"
import "C"

import "runtime"

// Target is where a data gradient goes. Up: the tensor has half the resolution
// and receives sums of 2×2. Accumulate adds to what is there. Mask is the
// forward activation of the same shape: the gradient is multiplied by its
// LeakyReLU's derivative, which makes it the gradient before that activation.
type Target struct {
	*Tensor
	Up, Accumulate bool
	Mask           *Tensor
}

// BackwardData sends dz, the gradient before this layer's activation
// (N×Out×H×W), to its inputs. Targets follow the order of In; trailing inputs
// that need no gradient are left out.
func (c *Conv3x3) BackwardData(p *Pool, dz *Tensor, dst ...Target) {
	method := pickMethod(dz.H, dz.W)
	if len(dst) == 1 && dst[0].Up && c.phasable(dz.H, dz.W) {
		method = phased
	}
	c.backwardData(p, method, dz, dst)
}

func (c *Conv3x3) backwardData(p *Pool, method int, dz *Tensor, dst []Target) {
	if method == phased {
		c.dataPhased(p, dz, dst[0])
		return
	}
	job := C.bs_conv{
		n: C.int(dz.N), h: C.int(dz.H), w: C.int(dz.W), first_row: -1,
		sources: 1, targets: C.int(len(dst)),
		weights: c.weightsFor(p, method, backward), ld: C.int(len(paddedMap(c.In))), slope: 1,
	}
	if c.Blind {
		job.first_row = 0
	}
	job.source[0] = source(dz)
	for i, t := range dst {
		job.target[i] = target(t)
	}
	p.convolve(method, &job)
	runtime.KeepAlive(c)
}

func target(t Target) C.bs_target {
	out := C.bs_target{
		data: t.data, image: C.long(t.image()), block: C.long(t.plane()), blocks: C.int(Blocks(t.C)),
		up: flag(t.Up), accumulate: flag(t.Accumulate),
	}
	if t.Mask != nil {
		out.mask = t.Mask.data
	}
	// Streaming a tensor that is read first would only cost more.
	out.stream = flag(!t.Accumulate && !t.Up && t.size() >= streamFloats)
	return out
}
