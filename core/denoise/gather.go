package denoise

import (
	"cmp"
	"container/list"
	"context"
	"image"
	"slices"
	"sync"
	"weak"

	"blindspot/core/pixel"
)

// This file gathers tiles into the cells of a preview. A tile is added to every
// cell in which it counts and then forgotten; what is kept until the cells
// around are asked for is their sums, far less than the tiles themselves, which
// overlap up to nine times.

// gatherBytes bounds the sums that are kept unless Engine.LimitSums says otherwise. A ring of cells around a view of
// 20 megapixels at all stops fits in.
const gatherBytes = 160 << 20

// gathering is the cells of one photo, at one network, to which tiles have been
// added, but not yet all.
type gathering struct {
	photo   weak.Pointer[pixel.Image] // does not keep a closed photo in memory
	teacher bool
	cells   map[int]*list.Element
	order   *list.List // of *gathered, last used first
	bytes   int
	limit   int
	done    map[int]weak.Pointer[CellResult] // as long as somebody uses them
	spare   map[int][]int32                  // by length; cells have few sizes
}

// gathered is a cell on its way.
type gathered struct {
	cell    int
	rect    image.Rectangle
	values  []int32
	sums    [][]int32 // of values: per layer, see request.layers, planes of the photo's channels
	tiles   []int     // that it needs, rising
	have    []bool    // which of them have been added
	missing int
}

func newGathering(limit int) *gathering {
	return &gathering{
		limit: limit, cells: map[int]*list.Element{}, order: list.New(), done: map[int]weak.Pointer[CellResult]{},
		spare: map[int][]int32{},
	}
}

// of returns g, or an empty one where g is about another photo or network.
func (g *gathering) of(im *pixel.Image, teacher bool) *gathering {
	photo := weak.Make(im)
	if g.photo == photo && g.teacher == teacher {
		return g
	}
	fresh := newGathering(g.limit)
	fresh.photo, fresh.teacher, fresh.spare = photo, teacher, g.spare
	return fresh
}

// finished is the result of a cell that is still in use somewhere, or nil.
func (g *gathering) finished(cell int) *CellResult { return g.done[cell].Value() }

// open returns a cell to which tiles can be added.
func (g *gathering) open(plan *Plan, cell, layers, channels int) *gathered {
	if e, ok := g.cells[cell]; ok {
		g.order.MoveToFront(e)
		return e.Value.(*gathered)
	}
	c := &gathered{cell: cell, rect: plan.Rect(cell)}
	c.tiles = plan.covering(c.rect)
	c.have, c.missing = make([]bool, len(c.tiles)), len(c.tiles)
	size := channels * c.rect.Dx() * c.rect.Dy()
	c.values = g.take(layers * size)
	for sum := range slices.Chunk(c.values, size) {
		c.sums = append(c.sums, sum)
	}
	g.cells[cell] = g.order.PushFront(c)
	g.bytes += c.bytes()
	return c
}

// take returns n zeros.
func (g *gathering) take(n int) []int32 {
	s, ok := g.spare[n]
	if !ok {
		return make([]int32, n)
	}
	delete(g.spare, n)
	clear(s)
	return s
}

// close forgets a cell.
func (g *gathering) close(c *gathered) {
	g.order.Remove(g.cells[c.cell])
	delete(g.cells, c.cell)
	g.bytes -= c.bytes()
	g.spare[len(c.values)] = c.values
}

// evict forgets the cells that were used longest ago, but not keep, until the
// rest is within the limit. Their tiles run again when they are asked for.
func (g *gathering) evict(keep int) {
	for e := g.order.Back(); e != nil && g.bytes > g.limit; {
		c := e.Value.(*gathered)
		e = e.Prev()
		if c.cell != keep {
			g.close(c)
		}
	}
}

func (c *gathered) bytes() int { return 4 * len(c.values) }

// lacks reports whether a cell that a tile counts in has yet to be given it.
func (g *gathering) lacks(plan *Plan, tile int) bool {
	return slices.ContainsFunc(plan.touching(plan.support(tile)), func(cell int) bool {
		if g.finished(cell) != nil {
			return false
		}
		e, ok := g.cells[cell]
		return !ok || e.Value.(*gathered).lacks(tile)
	})
}

func (c *gathered) lacks(tile int) bool {
	at, ok := slices.BinarySearch(c.tiles, tile)
	return ok && !c.have[at]
}

// next is the tiles of the next call for c. Where c does not fill it, tiles
// around come along that its neighbours will need.
func (g *gathering) next(plan *Plan, c *gathered) []int {
	var batch []int
	for at, tile := range c.tiles {
		if !c.have[at] && len(batch) < plan.stack() {
			batch = append(batch, tile)
		}
	}
	if len(batch) == 0 || len(batch) == plan.stack() {
		return batch
	}
	around := plan.covering(c.rect.Inset(-2 * max(plan.x.tile, plan.y.tile)))
	far := func(tile int) int { return apart(middle(plan.support(tile)), middle(c.rect)) }
	slices.SortStableFunc(around, func(a, b int) int { return cmp.Compare(far(a), far(b)) })
	for _, tile := range around {
		if len(batch) < plan.stack() && !slices.Contains(batch, tile) && g.lacks(plan, tile) {
			batch = append(batch, tile)
		}
	}
	return batch
}

// add adds a tile's results, of which result j is layer layers[j], to all cells
// in which it counts.
func (g *gathering) add(plan *Plan, tile int, results [][]float32, layers []int, channels int) {
	var cells []*gathered
	for _, cell := range plan.touching(plan.support(tile)) {
		if g.finished(cell) != nil {
			continue
		}
		if c := g.open(plan, cell, len(layers), channels); c.lacks(tile) {
			cells = append(cells, c)
		}
	}
	var all sync.WaitGroup
	for j, result := range results {
		all.Go(func() {
			for _, c := range cells {
				plan.add(c.sums[layers[j]], c.rect, tile, result)
			}
		})
	}
	all.Wait()
	for _, c := range cells {
		at, _ := slices.BinarySearch(c.tiles, tile)
		c.have[at] = true
		c.missing--
	}
}

// complete runs the tiles that cell i lacks and returns its sums.
func (g *gathering) complete(ctx context.Context, r *runner, i int) (*gathered, error) {
	layers := r.req.layers(g.teacher)
	c := g.open(r.plan, i, len(layers), r.im.C)
	for c.missing > 0 {
		err := r.run(ctx, g.next(r.plan, c), func(tile int, results [][]float32) error {
			g.add(r.plan, tile, results, layers, r.im.C)
			g.evict(i)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}
