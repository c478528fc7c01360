package pixel

import (
	"image"
	"image/color"
)

// ToRGBA writes the 8-bit view of the part r of im (in the photo's coordinates)
// to dst. The top left of r lands on the top left of dst, dst.Rect.Min; what
// does not fit into dst, or of r lies outside the photo, is left out. Gray
// becomes three equal values; transparency is premultiplied as image.RGBA asks.
func (im *Image) ToRGBA(dst *image.RGBA, r image.Rectangle) {
	part := r.Intersect(image.Rect(0, 0, im.W, im.H))
	fits := image.Rectangle{Min: r.Min, Max: r.Min.Add(dst.Rect.Size())}
	part = part.Intersect(fits)
	red, green, blue := im.Planes[0], im.Planes[0], im.Planes[0]
	if im.C == 3 {
		green, blue = im.Planes[1], im.Planes[2]
	}
	for y := part.Min.Y; y < part.Max.Y; y++ {
		offset := part.Min.Add(image.Pt(0, y-part.Min.Y)).Sub(r.Min).Add(dst.Rect.Min)
		out := dst.Pix[dst.PixOffset(offset.X, offset.Y):][:4*part.Dx()]
		at := y*im.W + part.Min.X
		for i := at; i < at+part.Dx(); i++ {
			out[0], out[1], out[2], out[3] = to8(red[i]), to8(green[i]), to8(blue[i]), 255
			if im.Alpha != nil {
				c := color.RGBAModel.Convert(color.NRGBA{out[0], out[1], out[2], to8(im.Alpha[i])}).(color.RGBA)
				out[0], out[1], out[2], out[3] = c.R, c.G, c.B, c.A
			}
			out = out[4:]
		}
	}
}

// ToGo converts im for Go's encoders at a depth of 8 or 16 bits: to Gray or
// Gray16 if it has one channel, to RGBA or RGBA64 if it has three, and with
// transparency to NRGBA or NRGBA64.
func (im *Image) ToGo(depth int) image.Image {
	rect := image.Rect(0, 0, im.W, im.H)
	if depth == 16 {
		switch {
		case im.Alpha != nil:
			out := image.NewNRGBA64(rect)
			im.interleave16(out.Pix)
			return out
		case im.C == 1:
			out := image.NewGray16(rect)
			for i, v := range im.Planes[0] {
				out.Pix[2*i], out.Pix[2*i+1] = uint8(v>>8), uint8(v)
			}
			return out
		}
		out := image.NewRGBA64(rect)
		im.interleave16(out.Pix)
		return out
	}
	switch {
	case im.Alpha != nil:
		out := image.NewNRGBA(rect)
		im.interleave8(out.Pix)
		return out
	case im.C == 1:
		out := image.NewGray(rect)
		for i, v := range im.Planes[0] {
			out.Pix[i] = to8(v)
		}
		return out
	}
	out := image.NewRGBA(rect)
	im.interleave8(out.Pix)
	return out
}

// interleave8 writes four bytes a pixel, alpha last and not premultiplied.
func (im *Image) interleave8(pix []uint8) {
	for c := range 3 {
		for i, v := range im.Planes[min(c, im.C-1)] {
			pix[4*i+c] = to8(v)
		}
	}
	for i := range im.W * im.H {
		pix[4*i+3] = 255
	}
	for i, v := range im.Alpha {
		pix[4*i+3] = to8(v)
	}
}

// interleave16 is interleave8 with two bytes a sample, the high one first.
func (im *Image) interleave16(pix []uint8) {
	for c := range 3 {
		for i, v := range im.Planes[min(c, im.C-1)] {
			pix[8*i+2*c], pix[8*i+2*c+1] = uint8(v>>8), uint8(v)
		}
	}
	for i := range im.W * im.H {
		pix[8*i+6], pix[8*i+7] = 0xff, 0xff
	}
	for i, v := range im.Alpha {
		pix[8*i+6], pix[8*i+7] = uint8(v>>8), uint8(v)
	}
}
