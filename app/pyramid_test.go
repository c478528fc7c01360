package app

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"
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
	halve(&raster{size: image.Pt(2, 2), whole: half}, &raster{size: image.Pt(3, 3), whole: img}, half.Rect)
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
}

// An overlay shows what lies under it until something is put into it, which does not reach what lies under it.
func TestOverlay(t *testing.T) {
	const w, h = 1001, 777
	under := newPyramid(noisePicture(w, h, 4))
	full := slices.Clone(under.Level(0).Pix)
	same := func(what string, a, b *Pyramid) {
		t.Helper()
		for i := range a.Levels() {
			if !bytes.Equal(a.Level(i).Pix, b.Level(i).Pix) {
				t.Errorf("%s: level %d differs", what, i)
			}
		}
	}
	over := under.overlay()
	same("untouched", over, under)
	top := over.overlay() // one upon the other
	changed := image.NewRGBA(image.Rect(0, 0, w, h))
	copy(changed.Pix, full)
	for _, r := range []image.Rectangle{image.Rect(0, 0, 3, 5), image.Rect(250, 250, 331, 340), image.Rect(900, 700, w, h)} {
		tile := noisePicture(r.Dx(), r.Dy(), 5)
		over.put(r, tile)
		draw.Draw(changed, r, tile, image.Point{}, draw.Src)
	}
	same("changed", over, newPyramid(changed))
	if !bytes.Equal(under.Level(0).Pix, full) || !bytes.Equal(top.Level(0).Pix[:4*w], changed.Pix[:4*w]) {
		t.Error("what lies under the overlay has changed, or what lies upon it does not show it")
	}
	if c := over.At(900, 700); c != changed.RGBAAt(900, 700) {
		t.Errorf("a pixel is %v, want %v", c, changed.RGBAAt(900, 700))
	}
	blocks := 0
	for _, b := range over.levels[0].blocks {
		if b != nil {
			blocks++
		}
	}
	if blocks != 6 { // 1 at the top left, 4 around (256, 256), and the last one
		t.Errorf("%d blocks are kept", blocks)
	}
	blank := under.blank()
	tile := noisePicture(64, 64, 6)
	blank.put(tile.Rect, tile)
	if blank.At(63, 63) != tile.RGBAAt(63, 63) || blank.At(64, 64) != (color.RGBA{}) || blank.Size() != under.Size() {
		t.Error("a blank picture shows something else than what was put into it")
	}
}
