package camera

import (
	"context"
	"fmt"
	"image"
	"math"

	"blindspot/core/pixel"
)

// Frame is a picture in float32 planes of red, green and blue with sRGB's
// primaries. As a scene it is the light that falls onto the sensor, linear, 1
// being the white of the picture that it was made from.
type Frame struct {
	W, H   int
	Planes [3][]float32 // W*H values each, row by row
}

func newFrame(w, h int) *Frame {
	f := &Frame{W: w, H: h}
	for c := range f.Planes {
		f.Planes[c] = make([]float32, w*h)
	}
	return f
}

// NewScene takes the sRGB curve off a picture. Gray pictures give gray light;
// transparency is ignored.
func NewScene(im *pixel.Image) *Frame {
	s := newFrame(im.W, im.H)
	table := linearTable()
	for c := range s.Planes {
		for i, v := range im.Planes[min(c, im.C-1)] {
			s.Planes[c][i] = table[v]
		}
	}
	return s
}

// Crop returns the part of the scene inside r, which must lie in it.
func (s *Frame) Crop(r image.Rectangle) (*Frame, error) {
	if r.Empty() || !r.In(image.Rect(0, 0, s.W, s.H)) {
		return nil, fmt.Errorf("a crop of %v does not lie in a scene of %d×%d", r, s.W, s.H)
	}
	out := newFrame(r.Dx(), r.Dy())
	for c := range s.Planes {
		for y := range out.H {
			copy(out.Planes[c][y*out.W:][:out.W], s.Planes[c][(r.Min.Y+y)*s.W+r.Min.X:])
		}
	}
	return out, nil
}

// Scaled returns the scene at factor times its size, in linear light. Made
// smaller, a picture becomes cleaner and sharper; made larger, softer, as photos
// of many megapixels are.
func (s *Frame) Scaled(ctx context.Context, factor float64) (*Frame, error) {
	w, h := scaledSide(s.W, factor), scaledSide(s.H, factor)
	out := &Frame{W: w, H: h}
	for c := range s.Planes {
		var err error
		if out.Planes[c], err = resample(ctx, s.Planes[c], s.W, s.H, w, h); err != nil {
			return nil, err
		}
		for i, v := range out.Planes[c] {
			out.Planes[c][i] = max(v, 0) // the filter rings at edges; light cannot be negative
		}
	}
	return out, nil
}

// linearTable is the inverse of the sRGB curve for every 16-bit value.
func linearTable() []float32 {
	table := make([]float32, 1<<16)
	for i := range table {
		table[i] = float32(linear(float64(i) / 65535))
	}
	return table
}

// linear undoes the sRGB curve (IEC 61966-2-1).
func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// encoded applies the sRGB curve to a value of 0..1.
func encoded(v float64) float64 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}
