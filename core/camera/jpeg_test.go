package camera

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
)

// busy is a picture with edges, texture and colour, 0..1.
func busy(w, h int) *Frame {
	rng := rand.New(rand.NewPCG(8, 8))
	f := newFrame(w, h)
	for y := range h {
		for x := range w {
			for c := range f.Planes {
				v := 0.5 + 0.2*math.Sin(float64(x*(c+2))/9) + 0.15*math.Cos(float64(y*(c+1))/7)
				if (x/13+y/17)%2 == 0 {
					v += 0.1
				}
				f.Planes[c][y*w+x] = unit(float32(v + 0.03*rng.NormFloat64()))
			}
		}
	}
	return f
}

// TestQuantisationTables compares with those that image/jpeg writes into files.
func TestQuantisationTables(t *testing.T) {
	zigzag := [64]int{
		0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
		35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
	}
	for _, quality := range []int{1, 20, 50, 75, 92, 100} {
		var file bytes.Buffer
		if err := jpeg.Encode(&file, image.NewRGBA(image.Rect(0, 0, 8, 8)), &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(file.Bytes(), []byte{0xff, 0xdb, 0, 132}) // both tables in one segment
		if at < 0 {
			t.Fatal("no tables in the file")
		}
		segment := file.Bytes()[at+4:]
		for number, base := range [][64]int{lumaTable, chromaTable} {
			table := scaledTable(base, quality)
			for i, place := range zigzag {
				if got, want := table[place], float32(segment[65*number+1+i]); got != want {
					t.Fatalf("quality %d, table %d, place %d: %v, the file has %v", quality, number, place, got, want)
				}
			}
		}
	}
}

// TestBlocksAgainstImageJPEG codes a gray picture both ways.
func TestBlocksAgainstImageJPEG(t *testing.T) {
	const w, h = 77, 53 // neither a multiple of 8: 70 blocks
	for _, quality := range []int{60, 90, 98} {
		f := busy(w, h)
		gray := image.NewGray(image.Rect(0, 0, w, h))
		for i, v := range f.Planes[0] {
			gray.Pix[i] = uint8(rounded(255 * v))
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, gray, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		decoded, err := jpeg.Decode(&file)
		if err != nil {
			t.Fatal(err)
		}
		if err := roundBlocks(context.Background(), f.Planes[0], w, h, -128, scaledTable(lumaTable, quality)); err != nil {
			t.Fatal(err)
		}
		// image/jpeg's integer transforms round a frequency that lies near the middle
		// of two steps the other way now and then, which shows in its whole block:
		// most blocks must agree to a step of 8 bits everywhere, the others roughly.
		var sum float64
		unlike := map[[2]int]bool{}
		for y := range h {
			for x := range w {
				d := math.Abs(float64(decoded.(*image.Gray).GrayAt(x, y).Y) - float64(255*f.Planes[0][y*w+x]))
				sum += d
				if d > 1.5 {
					unlike[[2]int{x / 8, y / 8}] = true
				}
			}
		}
		if mean := sum / (w * h); len(unlike) > 70/3 || mean > 0.5 {
			t.Errorf("quality %d: %d of 70 blocks differ by more than a step, mean %.2f", quality, len(unlike), mean)
		}
	}
}

// TestCompress: the worse the quality and the coarser the colour, the further
// from the picture; a picture of one colour stays as it is.
func TestCompress(t *testing.T) {
	far := func(quality int, sub Subsampling) float64 {
		f, want := busy(65, 47), busy(65, 47)
		if err := compress(context.Background(), f, quality, sub); err != nil {
			t.Fatal(err)
		}
		var sum float64
		for c := range f.Planes {
			for i, v := range f.Planes[c] {
				d := 255 * float64(v-want.Planes[c][i])
				sum += d * d
			}
		}
		return math.Sqrt(sum / (3 * 65 * 47))
	}
	best := far(100, Sub444)
	if best > 1.2 { // two roundings to 8 bits, in brightness and both colours
		t.Errorf("quality 100 lies %.2f off", best)
	}
	order := []float64{best, far(90, Sub444), far(90, Sub422), far(90, Sub420), far(50, Sub420)}
	for i := 1; i < len(order); i++ {
		if order[i] <= order[i-1] {
			t.Errorf("errors %.2f do not grow", order)
		}
	}
	for _, sub := range []Subsampling{Sub444, Sub422, Sub420} {
		f := flat(19, 21, 0.2, 0.6, 0.4)
		if err := compress(context.Background(), f, 95, sub); err != nil {
			t.Fatal(err)
		}
		for c, want := range []float32{0.2, 0.6, 0.4} {
			for _, v := range f.Planes[c] {
				if abs(v-want) > 2.5/255 { // brightness and colour rounded to steps of 8 bits
					t.Fatalf("%v: channel %d is %v, want %v", sub, c, v, want)
				}
			}
		}
	}
}
