package denoise

import (
	"context"
	"errors"
	"fmt"
	"image"

	"blindspot/core/bsn"
	"blindspot/core/pixel"
)

// This file runs tiles through the network. Several small ones share a call.

// Sizes of one call to the network. Small tiles are stacked until a call has
// about the pixels of one large tile: enough to keep all cores busy, little
// enough to stop soon.
const (
	studentCallPixels = studentTile * studentTile
	teacherCallPixels = teacherTile * teacherTile
	maxStack          = 8
)

// errNotFinite is what a network with damaged weights brings about.
var errNotFinite = errors.New("the network returned values that are not numbers: the model is damaged or was trained badly")

// layers are the results of one tile, cropped to the tile's support: one tile of
// the photo's channels per picture that the request keeps.
type layers []*pixel.Tile

// runner runs tiles of one photo through one network.
type runner struct {
	im       *pixel.Image
	plan     *Plan
	req      request
	channels int // of the network
	window   *pixel.Tile
	input    []float32 // of one call, reused
	mean     []float32 // of one tile over the stops, reused
}

func newRunner(im *pixel.Image, plan *Plan, req request, channels int) *runner {
	return &runner{
		im: im, plan: plan, req: req, channels: channels,
		window: pixel.NewTile(im.C, plan.y.tile, plan.x.tile),
	}
}

// stack is the number of tiles of a call.
func (r *runner) stack() int {
	room := studentCallPixels
	if r.plan.mode.teacher() {
		room = teacherCallPixels
	}
	return min(max(room/(r.plan.x.tile*r.plan.y.tile), 1), maxStack)
}

// run computes the given tiles and hands each one over, in the given order. It
// looks at ctx before every call to the network, which looks at it inside.
func (r *runner) run(ctx context.Context, tiles []int, take func(tile int, l layers)) error {
	for len(tiles) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := tiles[:min(r.stack(), len(tiles))]
		tiles = tiles[len(batch):]
		if err := r.call(ctx, batch, take); err != nil {
			return err
		}
	}
	return nil
}

// call runs the network once.
func (r *runner) call(ctx context.Context, batch []int, take func(tile int, l layers)) error {
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
	for i, tile := range batch {
		one := make([][]float32, len(out))
		for j := range out {
			one[j] = out[j][i*per : (i+1)*per]
		}
		l, err := r.crop(tile, one)
		if err != nil {
			return fmt.Errorf("%w (at %v)", err, r.plan.support(tile).Min)
		}
		take(tile, l)
	}
	return nil
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

// crop cuts the support of a tile out of the network's results.
func (r *runner) crop(tile int, results [][]float32) (layers, error) {
	part := r.plan.support(tile).Sub(r.plan.window(tile).Min)
	out := make(layers, 0, r.req.layers())
	for _, k := range r.req.keep {
		l, ok := r.cut(results[r.req.ofHole(k)], part)
		if !ok {
			return nil, errNotFinite
		}
		out = append(out, l)
	}
	if r.req.average {
		l, ok := r.cut(r.average(results), part)
		if !ok {
			return nil, errNotFinite
		}
		out = append(out, l)
	}
	return out, nil
}

// average is the mean over all stops, always added in rising order, so that the
// order in which the network was asked does not show.
func (r *runner) average(results [][]float32) []float32 {
	if len(r.mean) != len(results[0]) {
		r.mean = make([]float32, len(results[0]))
	}
	clear(r.mean)
	stops := bsn.Stops()
	for _, k := range stops {
		for i, v := range results[r.req.ofHole(k)] {
			r.mean[i] += v
		}
	}
	for i := range r.mean {
		r.mean[i] /= float32(len(stops))
	}
	return r.mean
}

// cut copies part of a result into a tile with the photo's channels: of a gray
// photo that went through a colour network, the mean of the channels. It reports
// false when a value is not finite.
func (r *runner) cut(result []float32, part image.Rectangle) (*pixel.Tile, bool) {
	w, plane := r.plan.x.tile, r.plan.x.tile*r.plan.y.tile
	t := pixel.NewTile(r.im.C, part.Dy(), part.Dx())
	finite := true
	for c := range t.C {
		dst := t.Plane(c)
		for y := range t.H {
			row := dst[y*t.W : (y+1)*t.W]
			at := (part.Min.Y+y)*w + part.Min.X
			copy(row, result[c*plane+at:])
			if t.C == 1 && r.channels > 1 {
				meanOfChannels(row, result[at:], r.channels, plane)
			}
			for _, v := range row {
				finite = finite && v-v == 0 // false for infinities and NaN
			}
		}
	}
	return t, finite
}

// meanOfChannels sets row to the mean of channels that lie plane values apart.
func meanOfChannels(row, from []float32, channels, plane int) {
	for x := range row {
		sum := from[x]
		for c := 1; c < channels; c++ {
			sum += from[c*plane+x]
		}
		row[x] = sum / float32(channels)
	}
}
