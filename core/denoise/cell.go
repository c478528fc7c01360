package denoise

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"weak"

	"blindspot/core/bsn"
	"blindspot/core/colour"
	"blindspot/core/pixel"
)

// CellResult is what the network says about one cell: one picture in Fast mode,
// one for each stop of the slider and their mean in the other two. It does not
// change and may be used by any number of goroutines; no method runs the network.
type CellResult struct {
	Rect  image.Rectangle // of the photo
	mode  Mode
	noisy *pixel.Tile
	// Per stop, then of their mean; of the student one: freed of what is left of the noise, and that with its texture.
	blind, restored []packed
}

// Cell computes cell i of a plan for a photo. All stops come from one pass of
// the trunk; current says which of them the network should do first. What its
// tiles say about the cells around is kept for a while, so neighbours should be
// asked for one after another, see [Plan.Visible]; the photo must not be changed
// in between. The error is ctx's when it is done.
func (e *Engine) Cell(ctx context.Context, im *pixel.Image, plan *Plan, i int, current bsn.Hole) (*CellResult, error) {
	if err := e.check(im, plan); err != nil {
		return nil, err
	}
	if i < 0 || i >= plan.Len() {
		return nil, fmt.Errorf("cell %d is not among the %d of the plan", i, plan.Len())
	}
	req, err := e.cellRequest(plan.mode, current)
	if err != nil {
		return nil, err
	}
	e.gathered = e.gathered.of(im, plan.mode.teacher())
	e.gathered.limit = int(e.sumBytes.Load())
	if r := e.gathered.finished(i); r != nil {
		return r, nil
	}
	run, err := e.runner(ctx, im, plan, req)
	if err != nil {
		return nil, err
	}
	c, err := e.gathered.complete(ctx, run, i)
	if err != nil {
		return nil, err
	}
	r := newCellResult(im, plan.mode, c)
	e.gathered.close(c)
	e.gathered.done[i] = weak.Make(r)
	return r, nil
}

// newCellResult turns sums into values.
func newCellResult(im *pixel.Image, mode Mode, c *gathered) *CellResult {
	r := &CellResult{Rect: c.rect, mode: mode, noisy: pixel.NewTile(im.C, c.rect.Dy(), c.rect.Dx())}
	im.Read(r.noisy, c.rect.Min.X, c.rect.Min.Y)
	holes := len(c.sums) / 2
	for at, sum := range c.sums {
		values := make(packed, len(sum))
		for i, v := range sum {
			values[i] = pack(int64(v), 1)
		}
		if at < holes {
			r.blind = append(r.blind, values)
		} else {
			r.restored = append(r.restored, values)
		}
	}
	if mode.teacher() {
		mean := make(packed, len(r.noisy.Pix))
		for i := range mean {
			var total int64
			for _, sum := range c.sums[:holes] {
				total += int64(sum[i])
			}
			mean[i] = pack(total, holes)
		}
		r.blind = append(r.blind, mean)
	}
	return r
}

// Bytes is the memory that the result holds.
func (r *CellResult) Bytes() int { return len(r.noisy.Pix) * (4 + 2*len(r.blind) + 2*len(r.restored)) }

// Noisy is the cell of the photo as it was. The caller must not change it.
func (r *CellResult) Noisy() *pixel.Tile { return r.noisy }

// Denoised is what the network says at full strength, unrounded: the student's
// result, that of the teacher at s.Hole, or the mean, with the share s.Texture of
// its texture. A hole that is not a stop of the slider, or a mode that the cell
// was not computed for, is an error.
func (r *CellResult) Denoised(s Settings) (*pixel.Tile, error) {
	at, err := r.layer(s)
	if err != nil {
		return nil, err
	}
	t := pixel.NewTile(r.noisy.C, r.noisy.H, r.noisy.W)
	mixed(t.Pix, r.blind[at], r.restored[at], s.Texture)
	return t, nil
}

// layer is the place of the result that s asks for.
func (r *CellResult) layer(s Settings) (int, error) {
	if err := s.Validate(); err != nil {
		return 0, err
	}
	if s.Bare {
		return 0, errors.New("previews have no bare results")
	}
	if s.Mode.teacher() != r.mode.teacher() {
		return 0, fmt.Errorf("the cell was computed for mode %v, not for %v", r.mode, s.Mode)
	}
	if s.Mode != Tunable {
		return len(r.blind) - 1, nil
	}
	n := slices.Index(bsn.Stops(), s.Hole)
	if n < 0 {
		return 0, fmt.Errorf("hole %v is not a stop of the slider", s.Hole)
	}
	return n, nil
}

// Render writes the cell as it will be saved, strengths applied and rounded to
// dst's depth, into dst with its top left at the given point: r.Rect.Min when
// dst is as large as the photo, the zero point when it is as large as the cell.
// dst must have the photo's channels and depth. Its alpha is not touched.
func (r *CellResult) Render(s Settings, dst *pixel.Image, at image.Point) error {
	denoised, err := r.Denoised(s)
	if err != nil {
		return err
	}
	if dst.C != r.noisy.C {
		return fmt.Errorf("a cell of %d channels does not fit a picture of %d", r.noisy.C, dst.C)
	}
	finish(dst, at, r.noisy, denoised, s)
	return nil
}

// RenderTile writes the cell with strengths applied but unrounded into dst,
// which must have the cell's shape.
func (r *CellResult) RenderTile(s Settings, dst *pixel.Tile) error {
	at, err := r.layer(s)
	if err != nil {
		return err
	}
	if n := r.noisy; dst.C != n.C || dst.H != n.H || dst.W != n.W {
		return fmt.Errorf("a cell of %d×%d×%d values does not fit a tile of %d×%d×%d", n.C, n.H, n.W, dst.C, dst.H, dst.W)
	}
	mixed(dst.Pix, r.blind[at], r.restored[at], s.Texture)
	colour.Blend(dst, r.noisy, dst, s.Luma, s.Colour)
	return nil
}

// Spread is, for each pixel, the largest difference between the stops of the
// slider in any channel: where it is large, the slider matters. One channel,
// values 0..255; zero in Fast mode, which has no slider.
func (r *CellResult) Spread() *pixel.Tile {
	out := pixel.NewTile(1, r.noisy.H, r.noisy.W)
	if r.mode == Fast {
		return out
	}
	n := len(out.Pix)
	stops := r.blind[:len(bsn.Stops())]
	for i := range r.noisy.Pix {
		low, high := stops[0][i], stops[0][i]
		for _, l := range stops[1:] {
			low, high = min(low, l[i]), max(high, l[i])
		}
		out.Pix[i%n] = max(out.Pix[i%n], float32(high-low)/steps)
	}
	return out
}
