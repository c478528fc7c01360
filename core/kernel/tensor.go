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
// of quarter turns clockwise: H×W is h×w for an even number of turns,
// w×h for an odd one.
func (t *Tensor) Load(n int, planar []float32, turns int) {
	t.rows(n, turns, func(row []float32, source, step int) {
		for x := 0; x < len(row); x += Lanes {
			row[x] = planar[source]
			source += step
		}
	})
}

// Store copies image n to planar values [C][H][W].
func (t *Tensor) Store(n int, planar []float32) {
	t.rows(n, 0, func(row []float32, source, _ int) {
		out := planar[source:][:t.W]
		for x := range out {
			out[x] = row[x*Lanes]
		}
	})
}

// rows visits every row of every channel of image n: the values from its first
// to its last pixel, Lanes apart, the index of the first in the planar picture
// before it was turned, and the step to the next there.
func (t *Tensor) rows(n, turns int, visit func(row []float32, source, step int)) {
	h, w := t.H, t.W
	if turns%2 != 0 {
		h, w = w, h
	}
	image := t.Values()[n*t.image():][:t.image()]
	for y := range t.H {
		for c := range t.C {
			row := image[c/Lanes*t.plane()+y*t.W*Lanes+c%Lanes:][:(t.W-1)*Lanes+1]
			first := c * h * w
			switch turns % 4 {
			case 0:
				visit(row, first+y*w, 1)
			case 1:
				visit(row, first+(h-1)*w+y, -w)
			case 2:
				visit(row, first+(h-y)*w-1, -1)
			default:
				visit(row, first+w-1-y, w)
			}
		}
	}
}
