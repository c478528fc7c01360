package pixel

import (
	"image"
	"image/color"
)

// FromGo converts a picture of Go's image package. Gray stays gray (also a
// palette of grays), 16 bits stay 16, premultiplied colours are divided by
// their alpha, and Alpha is set only if some pixel is not opaque.
func FromGo(img image.Image) *Image {
	b := img.Bounds()
	im := New(b.Dx(), b.Dy(), channelsOf(img), depthOf(img))
	switch src := img.(type) {
	case *image.Gray:
		im.eachRow(func(y, at int) {
			for x, v := range src.Pix[y*src.Stride:][:im.W] {
				im.Planes[0][at+x] = uint16(v) * 257
			}
		})
	case *image.Gray16:
		im.eachRow(func(y, at int) {
			row := src.Pix[y*src.Stride:]
			for x := range im.W {
				im.Planes[0][at+x] = uint16(row[2*x])<<8 | uint16(row[2*x+1])
			}
		})
	case *image.YCbCr:
		im.fromYCbCr(src)
	case *image.NRGBA:
		im.from8(src.Pix, src.Stride)
	case *image.NRGBA64:
		im.from16(src.Pix, src.Stride)
	case *image.RGBA:
		if src.Opaque() {
			im.from8(src.Pix, src.Stride)
		} else {
			im.fromAny(img)
		}
	case *image.RGBA64:
		if src.Opaque() {
			im.from16(src.Pix, src.Stride)
		} else {
			im.fromAny(img)
		}
	default:
		im.fromAny(img)
	}
	im.dropOpaqueAlpha()
	return im
}

func channelsOf(img image.Image) int {
	switch src := img.(type) {
	case *image.Gray, *image.Gray16:
		return 1
	case *image.Paletted:
		for _, c := range src.Palette {
			if r, g, b, _ := c.RGBA(); r != g || g != b {
				return 3
			}
		}
		return 1
	}
	return 3
}

func depthOf(img image.Image) int {
	switch img.(type) {
	case *image.Gray16, *image.NRGBA64, *image.RGBA64:
		return 16
	}
	return 8
}

// eachRow calls row with every row number and the index of its first sample.
func (im *Image) eachRow(row func(y, at int)) {
	for y := range im.H {
		row(y, y*im.W)
	}
}

// from8 reads rows of four bytes a pixel: red, green, blue, straight alpha.
func (im *Image) from8(pix []uint8, stride int) {
	im.Alpha = make([]uint16, im.W*im.H)
	r, g, b := im.Planes[0], im.Planes[1], im.Planes[2]
	im.eachRow(func(y, at int) {
		row := pix[y*stride:][:4*im.W]
		for i := at; i < at+im.W; i++ {
			r[i], g[i], b[i] = uint16(row[0])*257, uint16(row[1])*257, uint16(row[2])*257
			im.Alpha[i] = uint16(row[3]) * 257
			row = row[4:]
		}
	})
}

// from16 is from8 for two bytes a sample, the high one first.
func (im *Image) from16(pix []uint8, stride int) {
	im.Alpha = make([]uint16, im.W*im.H)
	r, g, b := im.Planes[0], im.Planes[1], im.Planes[2]
	im.eachRow(func(y, at int) {
		row := pix[y*stride:][:8*im.W]
		for i := at; i < at+im.W; i++ {
			r[i] = uint16(row[0])<<8 | uint16(row[1])
			g[i] = uint16(row[2])<<8 | uint16(row[3])
			b[i] = uint16(row[4])<<8 | uint16(row[5])
			im.Alpha[i] = uint16(row[6])<<8 | uint16(row[7])
			row = row[8:]
		}
	})
}

func (im *Image) fromYCbCr(src *image.YCbCr) {
	r, g, b := im.Planes[0], im.Planes[1], im.Planes[2]
	im.eachRow(func(y, at int) {
		for x := range im.W {
			px, py := src.Rect.Min.X+x, src.Rect.Min.Y+y
			chroma := src.COffset(px, py)
			r8, g8, b8 := color.YCbCrToRGB(src.Y[src.YOffset(px, py)], src.Cb[chroma], src.Cr[chroma])
			r[at+x], g[at+x], b[at+x] = uint16(r8)*257, uint16(g8)*257, uint16(b8)*257
		}
	})
}

// fromAny goes pixel by pixel through the interface: palettes, premultiplied
// transparency and types that other decoders may bring.
func (im *Image) fromAny(img image.Image) {
	origin := img.Bounds().Min
	im.Alpha = make([]uint16, im.W*im.H)
	im.eachRow(func(y, at int) {
		for x := range im.W {
			c := straight(img.At(origin.X+x, origin.Y+y))
			samples := [3]uint16{c.R, c.G, c.B}
			for i := range im.C {
				im.Planes[i][at+x] = im.rounded(samples[i])
			}
			im.Alpha[at+x] = c.A
		}
	})
}

// straight returns c with 16 bits and without premultiplication. Colours that
// never were premultiplied are spared the detour through package color, which
// forgets what lies under full transparency.
func straight(c color.Color) color.NRGBA64 {
	switch c := c.(type) {
	case color.NRGBA64:
		return c
	case color.NRGBA:
		return color.NRGBA64{uint16(c.R) * 257, uint16(c.G) * 257, uint16(c.B) * 257, uint16(c.A) * 257}
	}
	return color.NRGBA64Model.Convert(c).(color.NRGBA64)
}

// rounded brings a 16-bit sample to the image's depth: dividing by alpha
// leaves values between the 8-bit steps.
func (im *Image) rounded(v uint16) uint16 {
	if im.Depth == 8 {
		return uint16(to8(v)) * 257
	}
	return v
}

func (im *Image) dropOpaqueAlpha() {
	for _, a := range im.Alpha {
		if a != 0xffff {
			return
		}
	}
	im.Alpha = nil
}

// to8 is v/257 rounded to the nearest whole number.
func to8(v uint16) uint8 { return uint8((uint32(v) + 128) / 257) }
