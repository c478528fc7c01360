package denoise

import (
	"context"
	"fmt"
	"slices"

	"blindspot/core/pixel"
)

// This file runs tiles through the network.

// callPixels is about how many pixels go through the network at a time. Smaller
// tiles are stacked up to it, because their deep levels are a few pixels each;
// more in a call is no faster, and only makes the first cell come later.
const callPixels = 128 * 128

// runner runs tiles of one photo through one network.
type runner struct {
	im       *pixel.Image
	plan     *Plan
	req      request
	channels int // of the network
	window   *pixel.Tile
	input    []float32 // of one call, reused
	back     restorer
}

// runner makes the runner for a request; unless that is for bare results, the
// photo's noise is measured if it is not yet known.
func (e *Engine) runner(ctx context.Context, im *pixel.Image, plan *Plan, req request) (*runner, error) {
	r := &runner{
		im: im, plan: plan, req: req, channels: e.channels,
		window: pixel.NewTile(im.C, plan.y.tile, plan.x.tile),
		back:   restorer{pool: e.pool},
	}
	if req.bare {
		return r, nil
	}
	var err error
	r.back.filters, err = e.filters(ctx, im, plan.mode.teacher())
	return r, err
}

// stack is the number of tiles of a call. Calls should hold just as many: for
// another number the network has to make its tensors anew.
func (p *Plan) stack() int {
	return max(callPixels/(p.x.tile*p.y.tile), 1)
}

// taker is handed the results of a tile, planes of the photo's channels in the
// tile's full size: those for each hole of the request, then those with their
// texture that it asks for. They are the taker's until it returns.
type taker func(tile int, results [][]float32) error

// run computes the given tiles and hands each one over, in the given order. It
// looks at ctx before every call to the network, which looks at it inside.
func (r *runner) run(ctx context.Context, tiles []int, take taker) error {
	for len(tiles) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := tiles[:min(r.plan.stack(), len(tiles))]
		tiles = tiles[len(batch):]
		if err := r.call(ctx, batch, take); err != nil {
			return err
		}
	}
	return nil
}

// call runs the network once.
func (r *runner) call(ctx context.Context, batch []int, take taker) error {
	w, h := r.plan.x.tile, r.plan.y.tile
	pictures := r.pictures()
	r.input = r.input[:0]
	for _, tile := range batch {
		at := r.plan.window(tile).Min
		r.im.Read(r.window, at.X, at.Y)
		r.feed()
	}
	out, err := r.req.forward(ctx, r.input, pictures*len(batch), r.channels, h, w)
	if err != nil {
		return err
	}
	per := pictures * r.channels * h * w // values of one tile
	one := make([][]float32, len(out))
	for i, tile := range batch {
		for j := range out {
			one[j] = out[j][i*per : (i+1)*per]
			if err := bound(one[j]); err != nil {
				return fmt.Errorf("%w (at %v)", err, r.plan.support(tile).Min)
			}
			if r.im.C == 1 && r.channels > 1 {
				meanOfChannels(one[j], r.channels)
			}
			one[j] = one[j][:r.im.C*h*w]
		}
		results, err := r.filtered(r.input[i*per:][:r.im.C*h*w], one)
		if err != nil {
			return err
		}
		if err := take(tile, results); err != nil {
			return err
		}
	}
	return nil
}

// filtered are the results of a tile as the taker gets them.
func (r *runner) filtered(noisy []float32, bare [][]float32) ([][]float32, error) {
	if r.req.bare {
		return bare, nil
	}
	freed, err := r.free(bare)
	if err != nil {
		return nil, err
	}
	restored, err := r.restore(noisy, freed)
	switch {
	case err != nil:
		return nil, err
	case r.req.whole && r.req.each:
		return slices.Concat(restored, restored), nil
	case r.req.whole:
		return restored, nil
	}
	return slices.Concat(freed, restored), nil
}

// pictures is the number of pictures that a tile becomes: a network for gray
// sees the channels of a colour photo one by one.
func (r *runner) pictures() int {
	if r.channels == 1 {
		return r.im.C
	}
	return 1
}

// feed appends the window just read to the input. A gray photo fills all three
// channels of a colour network.
func (r *runner) feed() {
	if r.im.C == 1 {
		for range r.channels {
			r.input = append(r.input, r.window.Pix...)
		}
		return
	}
	r.input = append(r.input, r.window.Pix...)
}

// meanOfChannels sets the first plane to the mean of all.
func meanOfChannels(values []float32, channels int) {
	plane := len(values) / channels
	for i := range plane {
		sum := values[i]
		for c := 1; c < channels; c++ {
			sum += values[c*plane+i]
		}
		values[i] = sum / float32(channels)
	}
}
