package ui

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"blindspot/app"
)

// noisyFile makes a file of a photo of noise.
func noisyFile(t *testing.T, w, h int) string {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.IntN(256))
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	path := filepath.Join(t.TempDir(), "noisy.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// openPictures has a session open a photo of noise and returns its pictures for the screen.
func openPictures(t *testing.T, w, h int) (before, after *app.Pyramid) {
	t.Helper()
	s := newSession(t)
	s.Open(noisyFile(t, w, h))
	for deadline := time.Now().Add(time.Minute); before == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the photo does not open:", s.Message().Text)
		}
		s.Receive()
		before, after = s.Pictures()
	}
	return before, after
}

// newSession is one without models.
func newSession(t *testing.T) *app.Session {
	t.Helper()
	s := app.NewSession(app.Options{Wake: func() {}, OnChange: func(app.Change) {}, Preferences: app.DefaultPreferences()})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestWholeZoomsCopyPixels(t *testing.T) {
	p, _ := openPictures(t, 40, 30)
	src := p.Level(0)
	for _, zoom := range []int{1, 3, 4, 8} {
		dst := image.NewRGBA(image.Rect(0, 0, 200, 150))
		origin := image.Pt(-7, 11)
		clip := image.Rect(5, 2, 120, 140)
		drawPhoto(dst, clip, p, origin, float64(zoom))
		for y := range 150 {
			for x := range 200 {
				want := color.RGBA{}
				at := image.Pt(x, y)
				if at.In(clip) && at.Sub(origin).In(image.Rect(0, 0, 40*zoom, 30*zoom)) {
					want = src.RGBAAt((x-origin.X)/zoom, (y-origin.Y)/zoom)
				}
				if got := dst.RGBAAt(x, y); got != want {
					t.Fatalf("at %d00 %% pixel (%d, %d) is %v, want %v", zoom, x, y, got, want)
				}
			}
		}
	}
}

// Between whole zooms a slow twin in floating point gives the same. Weights have 8 bits, so values may differ by the
// rounding of two of them: one step and a half, two in whole numbers.
func TestZoomsBetweenMixNeighbours(t *testing.T) {
	p, _ := openPictures(t, 301, 203)
	for _, zoom := range []float64{0.1, 0.3, 0.5, 0.77, 1.5, 2} {
		dst := image.NewRGBA(image.Rect(0, 0, 160, 130))
		origin := image.Pt(3, -5)
		drawPhoto(dst, dst.Rect, p, origin, zoom)
		level, rest := 0, zoom
		for rest <= 0.5 {
			level, rest = level+1, rest*2
		}
		src := p.Level(level)
		for y := 0; y < 130; y += 3 {
			for x := 3; x < 160; x += 3 {
				sx, sy := (float64(x-origin.X)+0.5)/rest-0.5, (float64(y-origin.Y)+0.5)/rest-0.5
				if sx > float64(src.Rect.Dx())-0.5 || sy > float64(src.Rect.Dy())-0.5 {
					continue
				}
				for c := range 3 {
					want, got := mixed(src, sx, sy, c), float64(dst.Pix[dst.PixOffset(x, y)+c])
					if math.Abs(got-want) > 2 {
						t.Fatalf("zoom %v: channel %d of (%d, %d) is %v, want %.2f", zoom, c, x, y, got, want)
					}
				}
			}
		}
	}
}

func mixed(src *image.RGBA, x, y float64, c int) float64 {
	x, y = min(max(x, 0), float64(src.Rect.Dx()-1)), min(max(y, 0), float64(src.Rect.Dy()-1))
	at := func(x, y int) float64 {
		return float64(src.Pix[src.PixOffset(min(x, src.Rect.Dx()-1), min(y, src.Rect.Dy()-1))+c])
	}
	ix, iy := int(x), int(y)
	fx, fy := x-float64(ix), y-float64(iy)
	above := at(ix, iy)*(1-fx) + at(ix+1, iy)*fx
	below := at(ix, iy+1)*(1-fx) + at(ix+1, iy+1)*fx
	return above*(1-fy) + below*fy
}

// What was removed is told for each pixel of the screen, exactly, and is mid gray where nothing was.
func TestRemovedIsPixelExact(t *testing.T) {
	before, _ := openPictures(t, 40, 30)
	noisy, clean := before.Level(0), image.NewRGBA(image.Rect(0, 0, 40, 30))
	draw.Draw(clean, clean.Rect, noisy, image.Point{}, draw.Src)
	for y := range 30 {
		for x := range 20 { // the right half stays
			clean.SetRGBA(x, y, color.RGBA{uint8(100 + x), uint8(90 + y), 128, 255})
		}
	}
	after := app.PictureOf(clean)
	want := func(x, y int) color.RGBA {
		a, b := noisy.RGBAAt(x, y), clean.RGBAAt(x, y)
		at := func(a, b uint8) uint8 { return uint8(min(max(128+4*(int(a)-int(b)), 0), 255)) }
		return color.RGBA{at(a.R, b.R), at(a.G, b.G), at(a.B, b.B), 255}
	}
	for _, zoom := range []int{1, 3, 4} {
		dst, scratch := image.NewRGBA(image.Rect(0, 0, 150, 110)), image.NewRGBA(image.Rect(0, 0, 150, 110))
		fill(dst, dst.Rect, greyPit)
		origin := image.Pt(9, -6)
		clip := drawPhoto(dst, dst.Rect, before, origin, float64(zoom))
		drawRemoved(dst, scratch, clip, after, origin, float64(zoom))
		for y := range 110 {
			for x := range 150 {
				expected := color.RGBA{0x17, 0x17, 0x17, 255}
				if p := image.Pt(x, y).Sub(origin); p.In(image.Rect(0, 0, 40*zoom, 30*zoom)) {
					expected = want(p.X/zoom, p.Y/zoom)
				}
				if got := dst.RGBAAt(x, y); got != expected {
					t.Fatalf("at %d00 %% pixel (%d, %d) is %v, want %v", zoom, x, y, got, expected)
				}
			}
		}
	}
	dst, scratch := image.NewRGBA(image.Rect(0, 0, 60, 45)), image.NewRGBA(image.Rect(0, 0, 60, 45))
	clip := drawPhoto(dst, dst.Rect, before, image.Point{}, 1.5)
	drawRemoved(dst, scratch, clip, after, image.Point{}, 1.5)
	if got := dst.RGBAAt(45, 20); got != (color.RGBA{128, 128, 128, 255}) {
		t.Errorf("between whole zooms, where nothing was removed, there is %v", got)
	}
}
