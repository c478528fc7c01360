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
// should ask for them: from the tiles nearest to its centre outwards, each cell
// as soon as the last tile that it needs has been computed.
func (p *Plan) Visible(view image.Rectangle) []int {
	var cells []int
	var area image.Rectangle
	for i := range p.Len() {
		if r := p.Rect(i); r.Overlaps(view) {
			cells = append(cells, i)
			area = area.Union(r)
		}
	}
	centre := middle(view.Intersect(p.Bounds()))
	rank := map[int]int{}
	for n, tile := range p.nearest(p.covering(area), centre) {
		rank[tile] = n
	}
	last := map[int]int{}
	for _, i := range cells {
		for _, tile := range p.covering(p.Rect(i)) {
			last[i] = max(last[i], rank[tile])
		}
	}
	slices.SortStableFunc(cells, func(a, b int) int {
		return cmp.Or(cmp.Compare(last[a], last[b]), cmp.Compare(apart(middle(p.Rect(a)), centre), apart(middle(p.Rect(b)), centre)))
	})
	return cells
}

// nearest sorts tiles by the distance of their supports from a point.
func (p *Plan) nearest(tiles []int, at image.Point) []int {
	slices.SortStableFunc(tiles, func(a, b int) int {
		return cmp.Compare(apart(middle(p.support(a)), at), apart(middle(p.support(b)), at))
	})
	return tiles
}

func middle(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }

// apart is the square of a distance.
func apart(a, b image.Point) int {
	d := a.Sub(b)
	return d.X*d.X + d.Y*d.Y
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
