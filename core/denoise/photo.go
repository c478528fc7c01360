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
	run, err := e.runner(ctx, im, plan, req)
	if err != nil {
		return nil, err
	}
	x := newExport(run, s)
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
	blind    []int32 // sums over all holes, of rows top … top+rows−1; planes
	restored []int32 // the same with texture, where it is asked for
	top      int
	rows     int
	noisy    *pixel.Tile // scratch of finish
	denoised *pixel.Tile
	values   packed // scratch of one channel: what the network says, and that with texture
	texture  packed
}

func newExport(r *runner, s Settings) *export {
	im := r.im
	x := &export{runner: r, settings: s}
	x.out = pixel.New(im.W, im.H, im.C, im.Depth)
	x.out.Alpha = slices.Clone(im.Alpha)
	for _, span := range r.plan.y.spans {
		x.rows = max(x.rows, span.to-span.from)
	}
	x.blind = make([]int32, im.C*x.rows*im.W)
	x.noisy = pixel.NewTile(im.C, finishRows, im.W)
	x.denoised = pixel.NewTile(im.C, finishRows, im.W)
	x.values = make(packed, finishRows*im.W)
	if s.texture() {
		x.restored = make([]int32, len(x.blind))
		x.texture = make(packed, len(x.values))
	}
	return x
}

// add adds the results of a tile. With the first of a row of tiles, the rows of
// the photo above it are complete.
func (x *export) add(ctx context.Context, tile int, results [][]float32) error {
	if err := x.flush(ctx, x.plan.support(tile).Min.Y); err != nil {
		return err
	}
	rect := image.Rect(0, x.top, x.im.W, x.top+x.rows)
	for i, result := range results {
		strip := x.blind
		if i >= len(x.req.holes) {
			strip = x.restored
		}
		x.plan.add(strip, rect, tile, result)
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
	for _, strip := range [][]int32{x.blind, x.restored} {
		for plane := range slices.Chunk(strip, x.rows*x.im.W) {
			clear(plane[copy(plane, plane[gone:]):])
		}
	}
	x.top = next
	return nil
}

// finish writes rows y … y+n−1.
func (x *export) finish(y, n int) {
	noisy, denoised := first(x.noisy, n), first(x.denoised, n)
	x.im.Read(noisy, 0, y)
	var share float32
	if x.settings.texture() {
		share = x.settings.Texture
	}
	for c := range denoised.C {
		values, texture := x.values[:n*x.im.W], packed(nil)
		x.pack(values, x.blind, c, y, len(x.req.holes))
		if share > 0 {
			texture = x.texture[:len(values)]
			x.pack(texture, x.restored, c, y, 1)
		}
		mixed(denoised.Plane(c), values, texture, share)
	}
	finish(x.out, image.Pt(0, y), noisy, denoised, x.settings)
}

// pack finishes the sums of some results in channel c, from row y on.
func (x *export) pack(values packed, strip []int32, c, y, results int) {
	for i, sum := range strip[(c*x.rows+y-x.top)*x.im.W:][:len(values)] {
		values[i] = pack(int64(sum), results)
	}
}

// first is a tile of n rows in the memory of t.
func first(t *pixel.Tile, n int) *pixel.Tile {
	return &pixel.Tile{C: t.C, H: n, W: t.W, Pix: t.Pix[:t.C*n*t.W]}
}
