//go:build !nolcms

package icc

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"testing"

	"blindspot/core/colour/icc/icctest"
	"blindspot/core/pixel"
)

func adobe() []byte {
	return icctest.RGB("Adobe RGB", icctest.AdobeRGB, icctest.Gamma(icctest.AdobeGamma))
}

func displayP3() []byte { return icctest.RGB("Display P3", icctest.DisplayP3, icctest.SRGBCurve) }

func must(t *testing.T, profile []byte, channels int) *Transform {
	t.Helper()
	tr, err := ToSRGB(profile, channels)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// slow is the textbook's way from one matrix profile to sRGB, 0..1.
func slow(p icctest.Primaries, curve func(float64) float64, v [3]float64) [3]float64 {
	for i := range v {
		v[i] = curve(v[i])
	}
	v = icctest.SRGB.ToD50().Inverse().Mul(p.ToD50()).Apply(v)
	for i := range v {
		v[i] = icctest.SRGBInverse(min(1, max(0, v[i])))
	}
	return v
}

// TestMatrixProfiles compares a grid of colours with the textbook's formula: to
// half a step of 8 bits at 16 bits, and to one step and a half, because little
// CMS computes these with small integers, at 8.
func TestMatrixProfiles(t *testing.T) {
	tests := []struct {
		name      string
		profile   []byte
		primaries icctest.Primaries
		curve     func(float64) float64
	}{
		{"Adobe RGB", adobe(), icctest.AdobeRGB, icctest.Gamma(icctest.AdobeGamma)},
		{"Display P3", displayP3(), icctest.DisplayP3, icctest.SRGBCurve},
	}
	for _, test := range tests {
		tr := must(t, test.profile, 3)
		if tr.IsIdentity() {
			t.Errorf("%s passes for sRGB", test.name)
		}
		const n = 18 // values 0, 15, … 255
		im, view := pixel.New(n*n, n, 3, 8), image.NewRGBA(image.Rect(0, 0, n*n, n))
		for i := range n * n * n {
			for c, v := range [3]int{i / n / n, i / n % n, i % n} {
				im.Planes[c][i] = uint16(15 * v * 257)
			}
		}
		im.ToRGBA(view, view.Rect)
		before := im.Clone()
		tr.Image(im)
		tr.RGBA(view, view.Rect)
		for i := range n * n * n {
			var in [3]float64
			for c := range 3 {
				in[c] = float64(before.Planes[c][i]) / 65535
			}
			want := slow(test.primaries, test.curve, in)
			for c := range 3 {
				if d := math.Abs(float64(im.Planes[c][i])/257 - want[c]*255); d > 0.5 {
					t.Fatalf("%s: %v becomes %v in channel %d, not %v (16 bits)", test.name, in, im.Planes[c][i], c, want)
				}
				if d := math.Abs(float64(view.Pix[4*i+c]) - want[c]*255); d > 1.5 {
					t.Fatalf("%s: %v becomes %v in channel %d, not %v (8 bits)", test.name, in, view.Pix[4*i+c], c, want)
				}
			}
		}
	}
}

// TestKnownColours holds values that do not come from the formula above: pure
// Adobe green is outside sRGB, and neutral stays neutral everywhere.
func TestKnownColours(t *testing.T) {
	one := func(tr *Transform, c color.RGBA) color.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, 1, 1))
		img.SetRGBA(0, 0, c)
		tr.RGBA(img, img.Rect)
		return img.RGBAAt(0, 0)
	}
	// How the corners of sRGB are written in the larger spaces, as in many tables.
	for _, test := range []struct {
		profile  []byte
		in, want color.RGBA
	}{
		{adobe(), color.RGBA{219, 0, 0, 255}, color.RGBA{255, 0, 0, 255}},
		{adobe(), color.RGBA{144, 255, 60, 255}, color.RGBA{0, 255, 0, 255}},
		{adobe(), color.RGBA{0, 255, 0, 255}, color.RGBA{0, 255, 0, 255}},
		{displayP3(), color.RGBA{234, 51, 35, 255}, color.RGBA{255, 0, 0, 255}},
		{displayP3(), color.RGBA{255, 0, 0, 255}, color.RGBA{255, 0, 0, 255}},
	} {
		got := one(must(t, test.profile, 3), test.in)
		// A step of the large space is up to a dozen where the curve is steep, at 0.
		for i, v := range [3][2]uint8{{got.R, test.want.R}, {got.G, test.want.G}, {got.B, test.want.B}} {
			if d := abs(int(v[0]) - int(v[1])); d > 12 || v[1] == 255 && d > 1 {
				t.Errorf("%v is shown as %v, not %v (channel %d)", test.in, got, test.want, i)
			}
		}
	}
	for _, v := range []uint8{0, 1, 20, 128, 254, 255} {
		for name, profile := range map[string][]byte{"Adobe RGB": adobe(), "Display P3": displayP3()} {
			got := one(must(t, profile, 3), color.RGBA{v, v, v, 255})
			if abs(int(got.R)-int(got.G)) > 1 || abs(int(got.B)-int(got.G)) > 1 {
				t.Errorf("%s: gray %d is shown as %v", name, v, got)
			}
		}
	}
}

func abs(v int) int { return max(v, -v) }

// TestPart: only the asked part of a picture changes.
func TestPart(t *testing.T) {
	tr := must(t, adobe(), 3)
	img := image.NewRGBA(image.Rect(0, 0, 9, 7))
	for i := range img.Pix {
		img.Pix[i] = uint8(40 + i%150)
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	was := bytes.Clone(img.Pix)
	part := image.Rect(2, 3, 5, 6)
	tr.RGBA(img, part)
	for y := range 7 {
		for x := range 9 {
			i := img.PixOffset(x, y)
			changed := !bytes.Equal(img.Pix[i:i+4], was[i:i+4])
			if in := image.Pt(x, y).In(part); changed != in {
				t.Fatalf("pixel %d, %d: changed %v, asked for %v", x, y, changed, in)
			}
		}
	}
	tr.RGBA(img, image.Rect(-5, -5, 100, 100)) // cut to the picture
	was = bytes.Clone(img.Pix)
	tr.RGBA(img, image.Rectangle{})
	tr.RGBA(img, image.Rect(50, 50, 60, 60))
	if !bytes.Equal(img.Pix, was) {
		t.Error("nothing was asked for, and something changed")
	}
}

// TestLargePicture: many bands give what single rows give.
func TestLargePicture(t *testing.T) {
	tr := must(t, adobe(), 3)
	whole := image.NewRGBA(image.Rect(0, 0, 1100, 1001))
	for i := range whole.Pix {
		whole.Pix[i] = uint8(i * i >> 7)
		if i%4 == 3 {
			whole.Pix[i] = 255
		}
	}
	rows := image.NewRGBA(whole.Rect)
	copy(rows.Pix, whole.Pix)
	tr.RGBA(whole, whole.Rect)
	for y := range 1001 {
		tr.RGBA(rows, image.Rect(0, y, 1100, y+1))
	}
	if !bytes.Equal(whole.Pix, rows.Pix) {
		t.Error("the picture depends on how it is shared out")
	}
}

// TestTransparency: a pixel's colour is the same at every transparency, and the
// transparency stays.
func TestTransparency(t *testing.T) {
	tr := must(t, adobe(), 3)
	full := color.NRGBA{60, 200, 90, 255}
	img := image.NewRGBA(image.Rect(0, 0, 256, 1))
	for a := range 256 {
		c := full
		c.A = uint8(a)
		img.Set(a, 0, c)
	}
	tr.RGBA(img, img.Rect)
	want := img.RGBAAt(255, 0)
	for a := range 256 {
		got := img.RGBAAt(a, 0)
		if int(got.A) != a {
			t.Fatalf("transparency %d became %d", a, got.A)
		}
		for i, v := range [3][2]uint8{{got.R, want.R}, {got.G, want.G}, {got.B, want.B}} {
			// Premultiplied 8 bits know a colour of alpha a to half a step, which the
			// steep start of a curve may double; then it is rounded again.
			if d := float64(v[0]) - float64(v[1])*float64(a)/255; math.Abs(d) > 2 {
				t.Errorf("channel %d at transparency %d is off by %.1f", i, a, d)
			}
		}
	}
}

func TestGray(t *testing.T) {
	tr := must(t, icctest.Gray("Gray 1.8", icctest.Gamma(1.8)), 1)
	img := image.NewRGBA(image.Rect(0, 0, 256, 1))
	im := pixel.New(256, 1, 1, 8)
	for v := range 256 {
		img.SetRGBA(v, 0, color.RGBA{uint8(v), uint8(v), uint8(v), 255})
		im.Planes[0][v] = uint16(v) * 257
	}
	tr.RGBA(img, img.Rect)
	tr.Image(im)
	for v := range 256 {
		want := 255 * icctest.SRGBInverse(math.Pow(float64(v)/255, 1.8))
		got := img.RGBAAt(v, 0)
		if got.R != got.G || got.G != got.B || math.Abs(float64(got.R)-want) > 1 {
			t.Errorf("gray %d is shown as %v, not %.1f", v, got, want)
		}
		if math.Abs(float64(im.Planes[0][v])/257-want) > 0.5 {
			t.Errorf("gray %d becomes %d with 16 bits, not %.1f", v, im.Planes[0][v], want*257)
		}
	}
	if !must(t, icctest.Gray("Gray", icctest.SRGBCurve), 1).IsIdentity() {
		t.Error("a gray profile with sRGB's curve is not found to be one")
	}
}
