package denoise

import (
	"cmp"
	"image"
	"slices"
)

// Plan cuts a photo of one size into tiles for the network and into cells for
// the preview. It does not change once made and may be used by any number of
// goroutines. Tunable and Average have the same plan and the same results;
// switching between them computes nothing.
type Plan struct {
	size   image.Point
	mode   Mode
	tiling tiling
	x, y   axis
}

func newPlan(w, h int, mode Mode, t tiling) *Plan {
	return &Plan{size: image.Pt(w, h), mode: mode, tiling: t, x: t.axis(w), y: t.axis(h)}
}

// Bounds is the photo's rectangle.
func (p *Plan) Bounds() image.Rectangle { return image.Rectangle{Max: p.size} }

// Mode is the mode that the plan was made for.
func (p *Plan) Mode() Mode { return p.mode }

// Tiles is the number of windows that the network sees for the whole photo.
func (p *Plan) Tiles() int { return p.x.count * p.y.count }

// Len is the number of cells.
func (p *Plan) Len() int { return p.x.cells() * p.y.cells() }

// Rect is the rectangle of cell i, 0 ≤ i < Len, row by row.
func (p *Plan) Rect(i int) image.Rectangle {
	cx, cy := i%p.x.cells(), i/p.x.cells()
	return image.Rect(p.x.cuts[cx], p.y.cuts[cy], p.x.cuts[cx+1], p.y.cuts[cy+1])
}

// Cells returns the rectangles of all cells. They are disjoint and cover the photo.
func (p *Plan) Cells() []image.Rectangle {
	rects := make([]image.Rectangle, p.Len())
	for i := range rects {
		rects[i] = p.Rect(i)
	}
	return rects
}

// Visible returns the cells that view touches in the order in which a preview
// should ask for them: tiles from the one nearest to centre outwards, each cell
// as soon as the last tile that it needs has been computed.
func (p *Plan) Visible(view image.Rectangle, centre image.Point) []int {
	view = view.Intersect(p.Bounds())
	if view.Empty() {
		return nil
	}
	cells := p.touching(view)
	tiles := p.covering(p.Rect(cells[0]).Union(p.Rect(cells[len(cells)-1])))
	// Distances are looked up as often as there are comparisons: tens of thousands of tiles for a large photo.
	far := make([]int, len(tiles))
	for n, tile := range tiles {
		far[n] = apart(middle(p.support(tile)), centre)
	}
	order := make([]int, len(tiles))
	for n := range order {
		order[n] = n
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(far[a], far[b]), cmp.Compare(a, b)) })
	rank := make([]int, p.Tiles())
	for n, at := range order {
		rank[tiles[at]] = n
	}
	type place struct{ cell, last, distance int }
	places := make([]place, len(cells))
	for n, i := range cells {
		r := p.Rect(i)
		places[n] = place{cell: i, distance: apart(middle(r), centre)}
		for _, tile := range p.covering(r) {
			places[n].last = max(places[n].last, rank[tile])
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.distance, b.distance), cmp.Compare(a.cell, b.cell))
	})
	for n, at := range places {
		cells[n] = at.cell
	}
	return cells
}

func middle(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }

// apart is the square of a distance.
func apart(a, b image.Point) int {
	d := a.Sub(b)
	return d.X*d.X + d.Y*d.Y
}

// touching returns the cells that share a pixel with r, row by row.
func (p *Plan) touching(r image.Rectangle) []int {
	x0, x1 := p.x.touching(r.Min.X, r.Max.X)
	y0, y1 := p.y.touching(r.Min.Y, r.Max.Y)
	var cells []int
	for cy := y0; cy < y1; cy++ {
		for cx := x0; cx < x1; cx++ {
			cells = append(cells, cy*p.x.cells()+cx)
		}
	}
	return cells
}

// tileAt numbers the tile in column ix and row iy.
func (p *Plan) tileAt(ix, iy int) int { return iy*p.x.count + ix }

// window is what the network sees of tile i. It may reach past the photo.
func (p *Plan) window(i int) image.Rectangle {
	at := image.Pt(p.x.origin(i%p.x.count), p.y.origin(i/p.x.count))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(p.x.tile, p.y.tile))}
}

// support is the part of the photo in which tile i counts.
func (p *Plan) support(i int) image.Rectangle {
	sx, sy := &p.x.spans[i%p.x.count], &p.y.spans[i/p.x.count]
	return image.Rect(sx.from, sy.from, sx.to, sy.to)
}

// nearest returns the tile whose window has its middle nearest to a place.
func (p *Plan) nearest(at image.Point) int {
	best := 0
	for i := range p.Tiles() {
		if apart(middle(p.window(i)), at) < apart(middle(p.window(best)), at) {
			best = i
		}
	}
	return best
}

// covering returns the tiles that count somewhere in r, row by row from the top
// left: the order in which they are added.
func (p *Plan) covering(r image.Rectangle) []int {
	x0, x1 := p.x.covering(r.Min.X, r.Max.X)
	y0, y1 := p.y.covering(r.Min.Y, r.Max.Y)
	var tiles []int
	for iy := y0; iy < y1; iy++ {
		for ix := x0; ix < x1; ix++ {
			tiles = append(tiles, p.tileAt(ix, iy))
		}
	}
	return tiles
}
