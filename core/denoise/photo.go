package denoise

import (
	"context"
	"image"
	"slices"

	"blindspot/core/pixel"
)

// finishRows is the number of rows that get their strength and rounding at a
// time: enough to be fast, few beside the photo.
const finishRows = 64

// Photo denoises a whole photo into a new one of the same size, channels and
// depth; alpha is copied. The result equals the rendered cells of the plan byte
// for byte. Beside both photos it needs one row of tiles, whatever the photo's
// height.
//
// progress, if not nil, is called on this goroutine with the number of tiles
// done and their total, first with 0. When ctx is done the error is its own and
// there is no picture.
func (e *Engine) Photo(ctx context.Context, im *pixel.Image, s Settings, progress func(done, total int)) (*pixel.Image, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if im == nil {
		return nil, errEmpty
	}
	plan := e.Plan(im.W, im.H, s.Mode)
	if err := e.check(im, plan); err != nil {
		return nil, err
	}
	req, err := e.exportRequest(s)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	x := newExport(newRunner(im, plan, req, e.channels), s)
	done := 0
	progress(done, plan.Tiles())
	for iy := range plan.y.count {
		err := x.row(ctx, iy, func() {
			done++
			progress(done, plan.Tiles())
		})
		if err != nil {
			return nil, err
		}
	}
	return x.out, nil
}

// export is a photo on its way through. Rows of the result are finished and
// written as soon as no tile to come counts in them.
type export struct {
	*runner
	settings Settings
	out      *pixel.Image
	strip    *pixel.Tile // sums of rows top … top+H−1
	top      int
	noisy    *pixel.Tile // scratch of finish
	denoised *pixel.Tile
}

func newExport(r *runner, s Settings) *export {
	im := r.im
	x := &export{runner: r, settings: s}
	x.out = pixel.New(im.W, im.H, im.C, im.Depth)
	x.out.Alpha = slices.Clone(im.Alpha)
	rows := 0
	for _, span := range r.plan.y.spans {
		rows = max(rows, span.to-span.from)
	}
	x.strip = pixel.NewTile(im.C, rows, im.W)
	x.noisy = pixel.NewTile(im.C, finishRows, im.W)
	x.denoised = pixel.NewTile(im.C, finishRows, im.W)
	return x
}

// row runs the tiles of row iy, calling each after every tile, and writes what is complete.
func (x *export) row(ctx context.Context, iy int, each func()) error {
	tiles := make([]int, x.plan.x.count)
	for ix := range tiles {
		tiles[ix] = x.plan.tileAt(ix, iy)
	}
	err := x.run(ctx, tiles, func(tile int, l layers) {
		x.plan.accumulate(x.strip, image.Pt(0, x.top), tile, l[0])
		each()
	})
	if err != nil {
		return err
	}
	next := x.im.H
	if iy+1 < x.plan.y.count {
		next = x.plan.y.spans[iy+1].from
	}
	return x.flush(ctx, next)
}

// flush finishes the rows above next and moves the strip down to it.
func (x *export) flush(ctx context.Context, next int) error {
	for y := x.top; y < next; y += finishRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		x.finish(y, min(finishRows, next-y))
	}
	gone := (next - x.top) * x.strip.W
	for c := range x.strip.C {
		plane := x.strip.Plane(c)
		clear(plane[copy(plane, plane[gone:]):])
	}
	x.top = next
	return nil
}

// finish writes rows y … y+n−1.
func (x *export) finish(y, n int) {
	w := x.strip.W
	noisy, denoised := first(x.noisy, n), first(x.denoised, n)
	x.im.Read(noisy, 0, y)
	for c := range denoised.C {
		copy(denoised.Plane(c), x.strip.Plane(c)[(y-x.top)*w:])
	}
	finish(x.out, image.Pt(0, y), noisy, denoised, x.settings)
}

// first is a tile of n rows in the memory of t.
func first(t *pixel.Tile, n int) *pixel.Tile {
	return &pixel.Tile{C: t.C, H: n, W: t.W, Pix: t.Pix[:t.C*n*t.W]}
}
