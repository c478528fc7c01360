package app

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"blindspot/core/pixel"
)

// ramp is a photo in which no two pixels of a crop are alike; seed tells photos apart.
func ramp(w, h, c int, seed uint8) *pixel.Image {
	im := pixel.New(w, h, c, 8)
	for i, plane := range im.Planes {
		for at := range plane {
			v := [3]uint8{uint8(at % w), uint8(at / w), seed}[i]
			plane[at] = uint16(v) * 257
		}
	}
	return im
}

// addPair adds a pair whose PSNR rises by the given gain in every variant.
func addPair(s *sheet, name string, gain float64, variants []Variant, noisy, clean *pixel.Image, results []*pixel.Image) {
	score := &PairScore{Name: name, Noisy: Score{PSNR: 20}, Scores: make([]Score, len(variants))}
	for i := range score.Scores {
		score.Scores[i].PSNR = 20 + gain
	}
	s.add(score, variants, noisy, clean, results)
}

func TestSheetShowsThePicturesAsTheyAre(t *testing.T) {
	variants := []Variant{{Mode: Fast}}
	const wide, low, gray = 300, 40, 1
	pictures := [][]*pixel.Image{ // of each row: noisy, clean, denoised
		{ramp(wide, 280, 3, 1), ramp(wide, 280, 3, 2), ramp(wide, 280, 3, 3)},
		{ramp(90, low, gray, 0), ramp(90, low, gray, 0), ramp(90, low, gray, 0)},
	}
	var s sheet
	for i, row := range pictures {
		addPair(&s, fmt.Sprint(i), float64(i), variants, row[0], row[1], row[2:])
	}
	got := s.picture()
	top, rowHeight := sheetLine+2*sheetGap, 2*sheetLine+256+2*sheetGap
	if want := image.Rect(0, 0, 4*sheetGap+3*256, top+2*rowHeight); got.Rect != want {
		t.Fatalf("the sheet is %v, want %v", got.Rect, want)
	}
	for r, row := range pictures {
		for c, im := range row {
			w, h := min(im.W, 256), min(im.H, 256)
			from := image.Pt((im.W-w)/2, (im.H-h)/2)
			x0, y0 := sheetGap+c*(256+sheetGap), top+r*rowHeight+2*sheetLine
			for y := range h {
				for x := range w {
					at := (from.Y+y)*im.W + from.X + x
					var want color.RGBA
					for i, v := range []*uint8{&want.R, &want.G, &want.B} {
						*v = uint8(im.Planes[min(i, im.C-1)][at] >> 8)
					}
					want.A = 255
					if p := got.RGBAAt(x0+x, y0+y); p != want {
						t.Fatalf("row %d, picture %d: pixel %d,%d is %v, want %v", r, c, x, y, p, want)
					}
				}
			}
			if p := got.RGBAAt(x0+w, y0); p != sheetPaper {
				t.Errorf("row %d, picture %d: beside it lies %v", r, c, p)
			}
		}
	}
	if !hasInk(got, image.Rect(0, 0, 256, sheetGap+sheetLine)) {
		t.Error("there is no title")
	}
	for r := range pictures {
		for c := range 3 {
			words := image.Rect(0, 0, 128, sheetLine).Add(image.Pt(sheetGap+c*(256+sheetGap), top+sheetLine+r*rowHeight))
			if !hasInk(got, words) {
				t.Errorf("row %d, picture %d has no words", r, c)
			}
		}
	}
}

func hasInk(im *image.RGBA, r image.Rectangle) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if im.RGBAAt(x, y) == sheetInk {
				return true
			}
		}
	}
	return false
}

// Whatever the order of the pairs, the worst six and the best two stay, and no more than these are ever kept.
func TestSheetKeepsTheWorstAndTheBest(t *testing.T) {
	variants := []Variant{{Mode: Fast}}
	im := ramp(20, 10, 3, 0)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		var s sheet
		for i, p := range rng.Perm(30) {
			addPair(&s, fmt.Sprint(p), float64(p), variants, im, im, []*pixel.Image{im})
			if len(s.rows) > 8 {
				t.Fatalf("%d rows are kept after %d pairs", len(s.rows), i+1)
			}
		}
		var names []string
		for _, row := range s.rows {
			names = append(names, row.name)
		}
		if want := []string{"0", "1", "2", "3", "4", "5", "28", "29"}; !slices.Equal(names, want) {
			t.Fatalf("the sheet shows %v, want %v", names, want)
		}
		if got := s.title(); got != "The worst 6 and the best 2 of 30 pairs" {
			t.Errorf("the title is %q", got)
		}
	}
}

func TestSheetOfAllHoles(t *testing.T) {
	variants := allVariants()
	var words []string
	for _, i := range sheetVariants(variants) {
		words = append(words, variants[i].String())
	}
	if want := []string{"hole 0", "hole 3", "hole 11", "average"}; !slices.Equal(words, want) {
		t.Errorf("shown are %v, want %v", words, want)
	}
	if got := sheetVariants([]Variant{{Mode: Tunable, Hole: 5}}); !slices.Equal(got, []int{0}) {
		t.Errorf("of a single variant %v is shown", got)
	}
}

// Equal pictures have an infinite PSNR; the gain must stay a number that can be sorted.
func TestSheetGain(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct{ noisy, denoised, want float64 }{{20, 25, 5}, {inf, inf, 0}, {inf, 30, -inf}, {30, inf, inf}} {
		if got := gain(Score{PSNR: c.noisy}, Score{PSNR: c.denoised}); got != c.want {
			t.Errorf("from %g to %g dB: %g, want %g", c.noisy, c.denoised, got, c.want)
		}
	}
}
