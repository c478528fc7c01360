package app

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"
)

// noisePicture is reproducible noise of the given size.
func noisePicture(w, h int, seed uint64) *image.RGBA {
	rng := rand.New(rand.NewPCG(seed, 0))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(rng.IntN(256))
	}
	return img
}

func TestPyramidLevels(t *testing.T) {
	for _, test := range []struct {
		w, h int
		last image.Point
	}{{1, 1, image.Pt(1, 1)}, {64, 10, image.Pt(64, 10)}, {65, 64, image.Pt(33, 32)}, {1001, 333, image.Pt(63, 21)}} {
		p := newPyramid(noisePicture(test.w, test.h, 1))
		if last := p.Level(p.Levels() - 1).Rect.Size(); last != test.last {
			t.Errorf("%d×%d ends at %v, want %v", test.w, test.h, last, test.last)
		}
	}
}

func TestHalvingIsTheMean(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 3, 3))
	for i := range 9 {
		img.Pix[4*i] = uint8(10 * i)
	}
	half := image.NewRGBA(image.Rect(0, 0, 2, 2))
	halve(half, img, half.Rect)
	// 0 10 20 / 30 40 50 / 60 70 80, the odd edge repeated
	for i, want := range []uint8{20, 35, 65, 80} {
		if got := half.Pix[4*i]; got != want {
			t.Errorf("pixel %d is %d, want %d", i, got, want)
		}
	}
}

// Putting tiles of any alignment must give the same levels as building them from the finished picture.
func TestPutEqualsRebuild(t *testing.T) {
	full := noisePicture(301, 173, 2)
	p := newPyramid(noisePicture(301, 173, 3))
	for y := 0; y < 173; y += 37 {
		for x := 0; x < 301; x += 53 {
			r := image.Rect(x, y, min(x+53, 301), min(y+37, 173))
			tile := image.NewRGBA(image.Rectangle{Max: r.Size()})
			for row := range r.Dy() {
				copy(tile.Pix[row*tile.Stride:][:tile.Stride], full.Pix[full.PixOffset(r.Min.X, r.Min.Y+row):])
			}
			p.put(r, tile)
		}
	}
	want := newPyramid(full)
	for i := range want.Levels() {
		if !bytes.Equal(p.Level(i).Pix, want.Level(i).Pix) {
			t.Errorf("level %d differs from that of the finished picture", i)
		}
	}
	if c := p.clone(); !bytes.Equal(c.Level(2).Pix, p.Level(2).Pix) || &c.Level(2).Pix[0] == &p.Level(2).Pix[0] {
		t.Error("a clone differs or shares memory")
	}
}
