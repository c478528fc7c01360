package kernel

// #include "bridge.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Rotations is the number of directions the teacher looks in.
const Rotations = 4

// A rectangle of the head's forward pass: its four products and one hole's rows
// stay in the second- and third-level cache.
const (
	headRows    = 16
	headColumns = 64
)

// Head is the teacher's three 1×1 convolutions behind the four rotations
// (AT-BSN, §3.2): A on the concatenation of the rotations, each shifted and
// turned back, then B, each with LeakyReLU(0.1), then C, linear.
//
// A 1×1 convolution commutes with shift and rotation: A's product with each
// rotation's features is computed once and serves every hole.
type Head struct {
	Features, Mid, Out int // channels of one rotation's features, after B, after C

	arena          *Arena
	wa, wat        [Rotations]*C.float
	wb, wbt        *C.float
	wc, wct        *C.float
	ba, bb, bc     *C.float
	wide           int // channels after A
	gradientFloats int
}

// NewHead makes the layers; Set gives them their weights. Features and Mid are
// multiples of 16.
func NewHead(features, mid, out int) *Head {
	a := NewArena()
	h := &Head{Features: features, Mid: mid, Out: out, arena: a, wide: Rotations * features}
	o := Blocks(out) * Lanes
	for r := range Rotations {
		h.wa[r], h.wat[r] = a.take(features*h.wide), a.take(features*h.wide)
	}
	h.wb, h.wbt = a.take(h.wide*mid), a.take(h.wide*mid)
	h.wc, h.wct = a.take(mid*o), a.take(mid*o)
	h.ba, h.bb, h.bc = a.take(h.wide), a.take(mid), a.take(o)
	h.gradientFloats = Rotations*features*h.wide + h.wide*mid + mid*o + h.wide + mid + o
	return h
}

func values(p *C.float, n int) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(p)), n)
}

// setMatrix writes w[out][in], columns [first, first+in) of it, as [in][padded out] and as [padded out][in].
func setMatrix(dst, transposed *C.float, w []float32, outs, columns, first, in int) {
	padded := Blocks(outs) * Lanes
	d, t := values(dst, in*padded), values(transposed, in*padded)
	for o := range outs {
		for i := range in {
			d[i*padded+o] = w[o*columns+first+i]
			t[o*in+i] = w[o*columns+first+i]
		}
	}
}

// Set copies the weights A [4·Features][4·Features], B [Mid][4·Features],
// C [Out][Mid] and their biases.
func (h *Head) Set(wa, ba, wb, bb, wc, bc []float32) {
	for r := range Rotations {
		setMatrix(h.wa[r], h.wat[r], wa, h.wide, h.wide, r*h.Features, h.Features)
	}
	setMatrix(h.wb, h.wbt, wb, h.Mid, h.wide, 0, h.wide)
	setMatrix(h.wc, h.wct, wc, h.Out, h.Mid, 0, h.Mid)
	copy(values(h.ba, h.wide), ba)
	copy(values(h.bb, h.Mid), bb)
	copy(values(h.bc, h.Out), bc)
}

// View is the trunk's features of the images turned by r quarter turns
// clockwise; their sides are exchanged for odd r.
type View [Rotations]*Tensor

func (v View) stacks() (out [Rotations]C.bs_view) {
	for r, t := range v {
		out[r] = C.bs_view{data: t.data, image: C.long(t.image()), block: C.long(t.plane()), rotation: C.int(r)}
	}
	return out
}

func (h *Head) job(features View) C.bs_head {
	f := features[0]
	return C.bs_head{
		n: C.int(f.N), h: C.int(f.H), w: C.int(f.W),
		features: C.int(Blocks(h.Features)), mid: C.int(Blocks(h.Mid)), out: C.int(Blocks(h.Out)),
		view: features.stacks(), wa: h.wa, wb: h.wb, wc: h.wc, ba: h.ba, bb: h.bb, bc: h.bc,
	}
}

// Forward computes dst[i] (N×Out×H×W) for shifts[i], the rows by which each
// rotation is moved down in its own frame. With hidden, which holds the
// activations after A and B for Backward, there must be one shift.
func (h *Head) Forward(p *Pool, dst []*Tensor, features View, shifts []int, hidden *Hidden) {
	job := h.job(features)
	job.holes = C.int(len(shifts))
	for i, s := range shifts {
		job.shift[i], job.result[i] = C.int(s), dst[i].data
	}
	if hidden != nil {
		job.h1, job.h2 = hidden.A.data, hidden.B.data
	}
	f := features[0]
	down, across := (f.H+headRows-1)/headRows, (f.W+headColumns-1)/headColumns
	need := int(C.bs_head_scratch(p.kernels, &job, headRows, headColumns))
	var next C.long
	p.runShared(f.N*down*across, need, func(scratch *C.float) {
		C.bs_head_forward(p.kernels, &job, &next, headRows, headColumns, scratch)
	})
	runtime.KeepAlive(h)
}

// Hidden keeps the head's inner activations (N×4·Features×H×W and N×Mid×H×W).
type Hidden struct{ A, B *Tensor }

// NewHidden takes them from an arena.
func (h *Head) NewHidden(a *Arena, n, height, width int) *Hidden {
	return &Hidden{A: a.Tensor(n, h.wide, height, width), B: a.Tensor(n, h.Mid, height, width)}
}

// HeadGradient receives the gradients of the head's weights, in the shapes of Set.
type HeadGradient struct {
	WA, BA, WB, BB, WC, BC []float32
}

// Backward takes the gradient of the result and computes grad, the gradients of
// the features before their activation (overwritten), and those of the weights.
func (h *Head) Backward(p *Pool, grad View, out HeadGradient, d3 *Tensor, features View, shift int, hidden *Hidden) {
	job := C.bs_head_grad{
		head: h.job(features), d3: d3.data, grad: grad.stacks(),
		wat: h.wat, wbt: h.wbt, wct: h.wct,
	}
	job.head.holes = 1
	job.head.shift[0] = C.int(shift)
	job.head.h1, job.head.h2 = hidden.A.data, hidden.B.data
	for _, t := range grad {
		t.Clear()
	}
	rows := d3.N * d3.H
	pieces := parts(rows * d3.W / pixelsOfATile)
	stride := p.sumParts(pieces, rows, h.gradientFloats, 0, int(C.bs_head_backward_scratch(p.kernels, &job)),
		func(first, count int, sums, _, scratch *C.float) {
			for row := first; row < first+count; {
				image, y := row/d3.H, row%d3.H
				n := min(first+count-row, d3.H-y)
				C.bs_head_backward(p.kernels, &job, C.int(image), C.int(y), C.int(n), sums, scratch)
				row += n
			}
		})
	h.unpack(p, values(p.sums.data, pieces*stride), pieces, stride, out)
	runtime.KeepAlive(h)
}

// unpack adds the parts and turns [in][padded out] into [out][in].
func (h *Head) unpack(p *Pool, sums []float32, pieces, stride int, out HeadGradient) {
	next := 0
	matrix := func(dst []float32, outs, columns, first, in int) {
		padded := Blocks(outs) * Lanes
		p.run(in/Lanes, 0, func(item int, _ *C.float) {
			for i := item * Lanes; i < (item+1)*Lanes; i++ {
				for o := range outs {
					dst[o*columns+first+i] = addParts(sums[next+i*padded+o:], pieces, stride)
				}
			}
		})
		next += in * padded
	}
	for r := range Rotations {
		matrix(out.WA, h.wide, h.wide, r*h.Features, h.Features)
	}
	matrix(out.WB, h.Mid, h.wide, 0, h.wide)
	matrix(out.WC, h.Out, h.Mid, 0, h.Mid)
	for _, b := range [][]float32{out.BA, out.BB, out.BC} {
		for i := range b {
			b[i] = addParts(sums[next+i:], pieces, stride)
		}
		next += Blocks(len(b)) * Lanes
	}
}
