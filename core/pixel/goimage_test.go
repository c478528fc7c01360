package pixel

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"
)

// TestFromGo compares every fast path with Go's own conversion to straight
// 16-bit colour, on a part of a larger picture so that strides count.
func TestFromGo(t *testing.T) {
	whole := image.Rect(0, 0, 17, 13)
	part := image.Rect(3, 2, 14, 11)
	gray := make(color.Palette, 16)
	for i := range gray {
		gray[i] = color.Gray{uint8(i * 17)}
	}
	colours := color.Palette{color.Black, color.NRGBA{200, 100, 50, 128}, color.NRGBA{1, 2, 3, 0}, color.White}
	tests := []struct {
		name  string
		img   draw.Image
		c     int
		depth int
	}{
		{name: "Gray", img: image.NewGray(whole), c: 1, depth: 8},
		{name: "Gray16", img: image.NewGray16(whole), c: 1, depth: 16},
		{name: "RGBA", img: image.NewRGBA(whole), c: 3, depth: 8},
		{name: "RGBA64", img: image.NewRGBA64(whole), c: 3, depth: 16},
		{name: "NRGBA", img: image.NewNRGBA(whole), c: 3, depth: 8},
		{name: "NRGBA64", img: image.NewNRGBA64(whole), c: 3, depth: 16},
		{name: "gray palette", img: image.NewPaletted(whole, gray), c: 1, depth: 8},
		{name: "palette", img: image.NewPaletted(whole, colours), c: 3, depth: 8},
	}
	for _, test := range tests {
		for _, opaque := range []bool{true, false} {
			scribble(test.img, opaque)
			sub := test.img.(interface {
				SubImage(image.Rectangle) image.Image
			}).SubImage(part)
			im := FromGo(sub)
			if im.C != test.c || im.Depth != test.depth {
				t.Errorf("%s: %d channels of %d bits, want %d of %d", test.name, im.C, im.Depth, test.c, test.depth)
			}
			checkAgainst(t, test.name, im, sub)
		}
	}
}

// scribble fills img with random colours that its model can hold.
func scribble(img draw.Image, opaque bool) {
	rng := rand.New(rand.NewPCG(7, 7))
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBA64{uint16(rng.Uint32()), uint16(rng.Uint32()), uint16(rng.Uint32()), uint16(rng.Uint32())}
			if opaque {
				c.A = 0xffff
			}
			img.Set(x, y, c)
		}
	}
}

func checkAgainst(t *testing.T, name string, im *Image, img image.Image) {
	t.Helper()
	b := img.Bounds()
	for y := range im.H {
		for x := range im.W {
			want := straight(img.At(b.Min.X+x, b.Min.Y+y))
			i := y*im.W + x
			got := color.NRGBA64{im.Planes[0][i], im.Planes[0][i], im.Planes[0][i], 0xffff}
			if im.C == 3 {
				got.G, got.B = im.Planes[1][i], im.Planes[2][i]
			}
			if im.Alpha != nil {
				got.A = im.Alpha[i]
			}
			if im.Depth == 8 {
				for _, v := range []*uint16{&want.R, &want.G, &want.B} {
					*v = uint16(to8(*v)) * 257
				}
			}
			if got != want {
				t.Fatalf("%s at (%d,%d): got %v, want %v", name, x, y, got, want)
			}
		}
	}
}

func TestFromGoYCbCr(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio411,
	} {
		src := image.NewYCbCr(image.Rect(0, 0, 19, 11), ratio)
		rng := rand.New(rand.NewPCG(1, 2))
		for _, plane := range [][]uint8{src.Y, src.Cb, src.Cr} {
			for i := range plane {
				plane[i] = uint8(rng.Uint32())
			}
		}
		part := src.SubImage(image.Rect(3, 1, 18, 10)).(*image.YCbCr)
		im := FromGo(part)
		for y := range im.H {
			for x := range im.W {
				// The 8-bit conversion of package color is what JPEG viewers show.
				c := part.YCbCrAt(3+x, 1+y)
				r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
				i := y*im.W + x
				got := [3]uint16{im.Planes[0][i], im.Planes[1][i], im.Planes[2][i]}
				if want := [3]uint16{uint16(r) * 257, uint16(g) * 257, uint16(b) * 257}; got != want {
					t.Fatalf("%v at (%d,%d): got %v, want %v", ratio, x, y, got, want)
				}
			}
		}
	}
}

// TestToGoAndBack proves that nothing is lost on the way to Go's types.
func TestToGoAndBack(t *testing.T) {
	for _, depth := range []int{8, 16} {
		for _, c := range []int{1, 3} {
			for _, alpha := range []bool{false, true} {
				im := noise(9, 6, c, depth, alpha)
				back := FromGo(im.ToGo(depth))
				if c == 1 && alpha {
					back = back.Gray() // Go has no gray with transparency
				}
				if !back.Equal(im) || back.Depth != depth {
					t.Errorf("%d channels, %d bits, alpha %v: the picture changed", c, depth, alpha)
				}
			}
		}
	}
}

func TestToRGBA(t *testing.T) {
	for _, c := range []int{1, 3} {
		for _, alpha := range []bool{false, true} {
			im := noise(20, 15, c, 16, alpha)
			want := image.NewRGBA(image.Rect(0, 0, 20, 15))
			draw.Draw(want, want.Rect, im.ToGo(8), image.Point{}, draw.Src)
			tests := []struct{ part, dst image.Rectangle }{
				{image.Rect(0, 0, 20, 15), image.Rect(0, 0, 20, 15)},
				{image.Rect(4, 5, 9, 11), image.Rect(0, 0, 5, 6)},
				{image.Rect(4, 5, 9, 11), image.Rect(4, 5, 9, 11)},
				{image.Rect(-3, -2, 40, 40), image.Rect(0, 0, 60, 60)},
				{image.Rect(2, 2, 18, 12), image.Rect(100, 50, 104, 53)},
				{image.Rect(50, 50, 60, 60), image.Rect(0, 0, 10, 10)},
			}
			for _, test := range tests {
				dst := image.NewRGBA(test.dst)
				im.ToRGBA(dst, test.part)
				shift := test.part.Min.Sub(test.dst.Min)
				for y := test.dst.Min.Y; y < test.dst.Max.Y; y++ {
					for x := test.dst.Min.X; x < test.dst.Max.X; x++ {
						from := image.Pt(x, y).Add(shift)
						var expected color.RGBA
						if from.In(test.part) {
							expected = want.RGBAAt(from.X, from.Y)
						}
						if got := dst.RGBAAt(x, y); !near(got, expected) {
							t.Fatalf("%d channels, alpha %v, %v at (%d,%d): got %v, want %v", c, alpha, test, x, y, got, expected)
						}
					}
				}
			}
		}
	}
}

// near allows one step: package draw multiplies by alpha at 16 bits.
func near(a, b color.RGBA) bool {
	for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B), int(a.A) - int(b.A)} {
		if d < -1 || d > 1 {
			return false
		}
	}
	return true
}
