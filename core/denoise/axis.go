package denoise

import (
	"slices"
	"sort"
)

// axis is the plan of one direction, across or down. A plan is the product of
// two of them.
type axis struct {
	size   int // pixels of the photo
	tile   int // side of each tile's window
	first  int // where the first window starts; negative
	stride int
	count  int // tiles
	spans  []span
	cuts   []int // borders of the cells: 0, …, size
}

// span is the part of the photo in which a tile counts, from ≤ x < to, and its
// weight there. The weights of all tiles at one pixel add up to 1.
type span struct {
	from, to int
	weight   []float32
}

// origin is where the window of tile i starts, perhaps outside of the photo.
func (a *axis) origin(i int) int { return a.first + i*a.stride }

// weigh turns the window, one weight per pixel of a tile, into normalised spans.
func (a *axis) weigh(window []float64) {
	first, last := 0, a.tile-1
	for window[first] == 0 {
		first++
	}
	for window[last] == 0 {
		last--
	}
	sum := make([]float64, a.size)
	a.spans = make([]span, a.count)
	for i := range a.spans {
		o := a.origin(i)
		s := span{from: max(o+first, 0), to: min(o+last+1, a.size)}
		s.weight = make([]float32, s.to-s.from)
		for x := s.from; x < s.to; x++ {
			sum[x] += window[x-o]
		}
		a.spans[i] = s
	}
	for i, s := range a.spans {
		o := a.origin(i)
		for x := s.from; x < s.to; x++ {
			s.weight[x-s.from] = float32(window[x-o] / sum[x])
		}
	}
}

// cut places the borders of the cells: every side pixels, or, when side is 0,
// wherever a tile begins or ends to count. The large cells between are then
// known from one tile, which makes the first one quick; the strips in which
// tiles fade into each other are cells of their own.
func (a *axis) cut(side int) {
	a.cuts = []int{0, a.size}
	if side == 0 {
		for _, s := range a.spans {
			a.cuts = append(a.cuts, s.from, s.to)
		}
	} else {
		for x := side; x < a.size; x += side {
			a.cuts = append(a.cuts, x)
		}
	}
	slices.Sort(a.cuts)
	a.cuts = slices.Compact(a.cuts)
}

// cells is the number of cells.
func (a *axis) cells() int { return max(len(a.cuts)-1, 0) }

// covering returns the tiles i0 ≤ i < i1 that count somewhere in from ≤ x < to.
func (a *axis) covering(from, to int) (i0, i1 int) {
	i0 = sort.Search(a.count, func(i int) bool { return a.spans[i].to > from })
	i1 = sort.Search(a.count, func(i int) bool { return a.spans[i].from >= to })
	return i0, i1
}

// touching returns the cells c0 ≤ c < c1 that share a pixel with from ≤ x < to.
func (a *axis) touching(from, to int) (c0, c1 int) {
	c0 = sort.Search(a.cells(), func(c int) bool { return a.cuts[c+1] > from })
	c1 = sort.Search(a.cells(), func(c int) bool { return a.cuts[c] >= to })
	return c0, c1
}
