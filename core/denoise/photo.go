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
	progress(0, plan.Tiles())
	err = x.run(ctx, plan.covering(plan.Bounds()), func(tile int, results [][]float32) error {
		if err := x.add(ctx, tile, results); err != nil {
			return err
		}
		progress(tile+1, plan.Tiles())
		return nil
	})
	if err == nil {
		err = x.flush(ctx, im.H)
	}
	if err != nil {
		return nil, err
	}
	return x.out, nil
}

// export is a photo on its way through. Rows of the result are finished and
// written as soon as no tile to come counts in them.
type export struct {
	*runner
	settings Settings
	out      *pixel.Image
	strip    []int32 // sums over all results, of rows top … top+rows−1; planes
	top      int
	rows     int
	noisy    *pixel.Tile // scratch of finish
	denoised *pixel.Tile
}

func newExport(r *runner, s Settings) *export {
	im := r.im
	x := &export{runner: r, settings: s}
	x.out = pixel.New(im.W, im.H, im.C, im.Depth)
	x.out.Alpha = slices.Clone(im.Alpha)
	for _, span := range r.plan.y.spans {
		x.rows = max(x.rows, span.to-span.from)
	}
	x.strip = make([]int32, im.C*x.rows*im.W)
	x.noisy = pixel.NewTile(im.C, finishRows, im.W)
	x.denoised = pixel.NewTile(im.C, finishRows, im.W)
	return x
}

// add adds the results of a tile. With the first of a row of tiles, the rows of
// the photo above it are complete.
func (x *export) add(ctx context.Context, tile int, results [][]float32) error {
	if err := x.flush(ctx, x.plan.support(tile).Min.Y); err != nil {
		return err
	}
	rect := image.Rect(0, x.top, x.im.W, x.top+x.rows)
	for _, result := range results {
		x.plan.add(x.strip, rect, tile, result)
	}
	return nil
}

// flush finishes the rows above next and moves the strip down to it.
func (x *export) flush(ctx context.Context, next int) error {
	if next == x.top {
		return nil
	}
	for y := x.top; y < next; y += finishRows {
		if err := ctx.Err(); err != nil {
			return err
		}
		x.finish(y, min(finishRows, next-y))
	}
	gone := (next - x.top) * x.im.W
	for c := range x.im.C {
		plane := x.plane(c)
		clear(plane[copy(plane, plane[gone:]):])
	}
	x.top = next
	return nil
}

// plane is a channel of the strip.
func (x *export) plane(c int) []int32 { return x.strip[c*x.rows*x.im.W:][:x.rows*x.im.W] }

// finish writes rows y … y+n−1.
func (x *export) finish(y, n int) {
	noisy, denoised := first(x.noisy, n), first(x.denoised, n)
	x.im.Read(noisy, 0, y)
	for c := range denoised.C {
		sums := x.plane(c)[(y-x.top)*x.im.W:]
		for i := range denoised.Plane(c) {
			denoised.Plane(c)[i] = level(int64(sums[i]), len(x.req.holes))
		}
	}
	finish(x.out, image.Pt(0, y), noisy, denoised, x.settings)
}

// first is a tile of n rows in the memory of t.
func first(t *pixel.Tile, n int) *pixel.Tile {
	return &pixel.Tile{C: t.C, H: n, W: t.W, Pix: t.Pix[:t.C*n*t.W]}
}
