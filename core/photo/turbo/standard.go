//go:build noturbo

package turbo

import (
	"bytes"
	"context"
	"errors"
	"image/color"
	"image/jpeg"
	"io"
	"strings"

	"blindspot/core/pixel"
)

// Version names the library.
func Version() string { return "Go's image/jpeg" }

// ReadHeader reads size and channels; data may end after the frame header.
// Errors are of the four kinds.
func ReadHeader(data []byte) (Header, error) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Header{}, sort(err)
	}
	h := Header{config.Width, config.Height, 3}
	switch config.ColorModel {
	case color.GrayModel:
		h.C = 1
	case color.CMYKModel:
		return h, fail(ErrUnsupported, "a JPEG in CMYK, which is meant for printing; convert it to RGB first")
	}
	return h, nil
}

// Decode reads a picture: 1 or 3 channels, depth 8. Errors are of the four
// kinds or the context's; no part of a picture is returned with one.
func Decode(ctx context.Context, data []byte) (*pixel.Image, error) {
	h, err := ReadHeader(data)
	if err != nil {
		return nil, err
	}
	// A block covers at most 32 by 32 pixels.
	if err := h.check(int64(h.W)*int64(h.H)/(32*32), len(data)); err != nil {
		return nil, err
	}
	img, err := jpeg.Decode(&reader{ctx, bytes.NewReader(data)})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, sort(err)
	}
	return pixel.FromGo(img), nil
}

// DecodeScaled reads a picture and takes means of its pixels so that the longer
// side still has side pixels.
func DecodeScaled(ctx context.Context, data []byte, side int) (*pixel.Image, error) {
	im, err := Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	scale := eighths(im.W, im.H, side)
	small := pixel.New(scaled(im.W, scale), scaled(im.H, scale), im.C, 8)
	for c := range im.C {
		shrink(small.Planes[c], small.W, small.H, im.Planes[c], im.W, im.H)
	}
	return small, nil
}

// shrink sets each pixel of dst to the mean of those of src that it covers.
func shrink(dst []uint16, w, h int, src []uint16, fullW, fullH int) {
	for y := range h {
		top, bottom := y*fullH/h, max((y+1)*fullH/h, y*fullH/h+1)
		for x := range w {
			left, right := x*fullW/w, max((x+1)*fullW/w, x*fullW/w+1)
			sum := 0
			for v := top; v < bottom; v++ {
				for _, s := range src[v*fullW+left : v*fullW+right] {
					sum += int(s)
				}
			}
			mean := float64(sum) / float64((bottom-top)*(right-left)) / 257
			dst[y*w+x] = uint16(mean+0.5) * 257
		}
	}
}

// Encode writes im as a JPEG of 8 bits; what it says of transparency is
// ignored. The standard library writes colour at half resolution whatever is
// asked for, and nothing progressive.
//
// The stream is bare: the start marker is followed by tables and frame. Other
// segments belong between the start marker and the rest.
func Encode(ctx context.Context, w io.Writer, im *pixel.Image, o Options) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o, err := o.complete(im)
	if err != nil {
		return err
	}
	if o.Progressive {
		return fail(ErrUnsupported, "this build, made without libjpeg-turbo, writes no progressive JPEG")
	}
	opaque := *im
	opaque.Alpha = nil
	return jpeg.Encode(w, opaque.ToGo(8), &jpeg.Options{Quality: o.Quality})
}

// sort finds the kind of an error of the standard library.
func sort(err error) error {
	var feature jpeg.UnsupportedError
	switch {
	case errors.As(err, &feature):
		return fail(ErrUnsupported, "a JPEG with %s", string(feature))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), strings.Contains(err.Error(), "short Huffman data"):
		return fail(ErrTruncated, "the JPEG ends before its picture is complete")
	}
	return fail(ErrCorrupt, "the JPEG's data is damaged (%v)", err)
}

// reader fails once its context is done.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}
