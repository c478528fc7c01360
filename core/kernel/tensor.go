package kernel

// #include "bridge.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Arena owns memory outside the Go heap, on huge pages where the system has
// them. Everything taken from it lives until Free.
type Arena struct {
	blocks []buffer
}

// NewArena makes an empty arena. A forgotten one is freed by the garbage
// collector.
func NewArena() *Arena {
	a := &Arena{}
	runtime.SetFinalizer(a, (*Arena).Free)
	return a
}

// Free returns the memory. No tensor of the arena may be used afterwards.
func (a *Arena) Free() {
	for i := range a.blocks {
		a.blocks[i].free()
	}
	a.blocks = nil
}

// Bytes is the memory the arena holds.
func (a *Arena) Bytes() int64 {
	var n int64
	for _, b := range a.blocks {
		n += int64(b.size) * 4
	}
	return n
}

func (a *Arena) take(n int) *C.float {
	var b buffer
	b.grow(n)
	a.blocks = append(a.blocks, b)
	return b.data
}

// Tensor is a batch of activations: N images of C channels, H rows, W columns,
// float32, in blocks of 16 channels. The channels past C in the last block are
// zero.
type Tensor struct {
	N, C, H, W int
	data       *C.float
	arena      *Arena // keeps the memory alive
}

// Blocks is the number of blocks of 16 channels that hold c channels.
func Blocks(c int) int { return (c + Lanes - 1) / Lanes }

// Tensor takes a zeroed tensor from the arena.
func (a *Arena) Tensor(n, c, h, w int) *Tensor {
	return &Tensor{N: n, C: c, H: h, W: w, data: a.take(n * Blocks(c) * h * w * Lanes), arena: a}
}

// As sees the memory of t as a tensor of another shape, which must not need more.
func (t *Tensor) As(n, c, h, w int) *Tensor {
	return &Tensor{N: n, C: c, H: h, W: w, data: t.data, arena: t.arena}
}

// Images sees the images [from, from+n) of t.
func (t *Tensor) Images(from, n int) *Tensor {
	return &Tensor{N: n, C: t.C, H: t.H, W: t.W, data: at(t.data, from*t.image()), arena: t.arena}
}

func (t *Tensor) plane() int { return t.H * t.W * Lanes }
func (t *Tensor) image() int { return Blocks(t.C) * t.plane() }
func (t *Tensor) size() int  { return t.N * t.image() }

// Values is the tensor's memory: image, block, row, column, channel.
func (t *Tensor) Values() []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(t.data)), t.size())
}

// Clear sets every value to zero.
func (t *Tensor) Clear() { clear(t.Values()) }

// Load fills image n from planar values [C][h][w], turned by the given number
// of quarter turns clockwise: H×W is h×w for an even number of turns, w×h for
// an odd one.
func (t *Tensor) Load(n int, planar []float32, turns int) { t.loadRows(n, planar, turns, 0, t.H) }

// Store copies image n to planar values [C][H][W].
func (t *Tensor) Store(n int, planar []float32) { t.storeRows(n, planar, 0, t.H) }

// Load is Tensor.Load on all workers.
func (p *Pool) Load(t *Tensor, n int, planar []float32, turns int) {
	p.bands(t.H, func(y0, y1 int) { t.loadRows(n, planar, turns, y0, y1) })
}

// Store is Tensor.Store on all workers.
func (p *Pool) Store(t *Tensor, n int, planar []float32) {
	p.bands(t.H, func(y0, y1 int) { t.storeRows(n, planar, y0, y1) })
}

// bands runs do for bands of rows.
func (p *Pool) bands(h int, do func(y0, y1 int)) {
	p.run((h+itemRows-1)/itemRows, 0, func(item int, _ *C.float) {
		do(item*itemRows, min(h, (item+1)*itemRows))
	})
}

func (t *Tensor) loadRows(n int, planar []float32, turns, y0, y1 int) {
	values := t.Values()[n*t.image():][:t.image()]
	for c := range t.C {
		plane := planar[c*t.H*t.W:][:t.H*t.W]
		for y := y0; y < y1; y++ {
			from, step := t.turnedRow(y, turns)
			to := c/Lanes*t.plane() + y*t.W*Lanes + c%Lanes
			for range t.W {
				values[to] = plane[from]
				to, from = to+Lanes, from+step
			}
		}
	}
}

func (t *Tensor) storeRows(n int, planar []float32, y0, y1 int) {
	values := t.Values()[n*t.image():][:t.image()]
	for c := range t.C {
		plane := planar[(c*t.H+y0)*t.W:][:(y1-y0)*t.W]
		from := c/Lanes*t.plane() + y0*t.W*Lanes + c%Lanes
		for i := range plane {
			plane[i] = values[from]
			from += Lanes
		}
	}
}

// turnedRow is where row y of the turned picture begins in the picture before
// it was turned, and the step from one of its pixels to the next.
func (t *Tensor) turnedRow(y, turns int) (from, step int) {
	h, w := t.H, t.W
	switch turns % 4 {
	case 1: // the picture is W high and H wide
		return (w-1)*h + y, -h
	case 2:
		return (h-1-y)*w + w - 1, -1
	case 3:
		return h - 1 - y, h
	}
	return y * w, 1
}
