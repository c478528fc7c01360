package kernel

// #include "bridge.h"
import "C"

// MaxPool halves src (N×C×H×W, even sides) into dst by maxima over 2×2. Output
// row y covers rows 2y and 2y+1, or, blind, rows 2y−1 and 2y, where row −1
// counts as zeros.
func MaxPool(p *Pool, dst, src *Tensor, blind bool) {
	p.planes(src, func(i int) {
		C.bs_pool(p.kernels, at(src.data, i*src.plane()), at(dst.data, i*dst.plane()), C.int(src.H), C.int(src.W), flag(blind))
	})
}

// MaxPoolBackward turns grad, the gradient of the pooled tensor, into dz, the
// gradient before the activation of src: it goes to the first maximum in
// row-major order, times LeakyReLU'(src).
func MaxPoolBackward(p *Pool, dz, src, grad *Tensor, blind bool) {
	p.planes(src, func(i int) {
		C.bs_pool_backward(p.kernels, at(src.data, i*src.plane()), at(grad.data, i*grad.plane()), at(dz.data, i*dz.plane()), C.int(src.H), C.int(src.W), flag(blind))
	})
}

// planes runs do for every block of every image.
func (p *Pool) planes(t *Tensor, do func(i int)) {
	p.run(t.N*Blocks(t.C), 0, func(item int, _ *C.float) { do(item) })
}
