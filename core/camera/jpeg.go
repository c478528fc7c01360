package camera

import (
	"context"
	"fmt"
	"math"
)

// Subsampling is how much coarser a JPEG keeps colour than brightness.
type Subsampling int

// The ways of subsampling. Cameras write 4:2:2 mostly, phones 4:2:0.
const (
	Sub444 Subsampling = iota // colour at every pixel
	Sub422                    // half as wide
	Sub420                    // half as wide and half as high
)

// String returns the usual name: 4:4:4, 4:2:2, 4:2:0.
func (s Subsampling) String() string {
	if s < 0 || int(s) >= len(subsamplingNames) {
		return fmt.Sprintf("Subsampling(%d)", int(s))
	}
	return subsamplingNames[s]
}

var subsamplingNames = [...]string{"4:4:4", "4:2:2", "4:2:0"}

// The example tables of ITU-T T.81, annex K, row by row, which libjpeg and most
// cameras scale by their quality.
var (
	lumaTable = [64]int{
		16, 11, 10, 16, 24, 40, 51, 61,
		12, 12, 14, 19, 26, 58, 60, 55,
		14, 13, 16, 24, 40, 57, 69, 56,
		14, 17, 22, 29, 51, 87, 80, 62,
		18, 22, 37, 56, 68, 109, 103, 77,
		24, 35, 55, 64, 81, 104, 113, 92,
		49, 64, 78, 87, 103, 121, 120, 101,
		72, 92, 95, 98, 112, 100, 103, 99,
	}
	chromaTable = [64]int{
		17, 18, 24, 47, 99, 99, 99, 99,
		18, 21, 26, 66, 99, 99, 99, 99,
		24, 26, 56, 99, 99, 99, 99, 99,
		47, 66, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
		99, 99, 99, 99, 99, 99, 99, 99,
	}
)

// scaledTable is the table at a quality of 1..100, as libjpeg scales it.
func scaledTable(base [64]int, quality int) (out [64]float32) {
	scale := 200 - 2*quality
	if quality < 50 {
		scale = 5000 / quality
	}
	for i, v := range base {
		out[i] = float32(min(max((v*scale+50)/100, 1), 255))
	}
	return out
}

// compress gives f, of values 0..1, what a JPEG file does to a picture: colour at
// lower resolution, and 8×8 blocks rounded in the frequency domain. It is done
// here rather than by an encoder because none at hand writes 4:2:2, and it loses
// nothing that a file would keep: only what a file stores in fewer bytes.
func compress(ctx context.Context, f *Frame, quality int, sub Subsampling) error {
	if err := toYCC(ctx, f); err != nil {
		return err
	}
	for c, plane := range f.Planes {
		table := scaledTable(lumaTable, quality)
		w, h := f.W, f.H
		halveX, halveY := c > 0 && sub != Sub444, c > 0 && sub == Sub420
		if c > 0 {
			table = scaledTable(chromaTable, quality)
		}
		if halveX {
			plane, w = halvedX(plane, w, h)
		}
		if halveY {
			plane, h = halvedY(plane, w, h)
		}
		offset := float32(0)
		if c == 0 {
			offset = -128
		}
		if err := roundBlocks(ctx, plane, w, h, offset, table); err != nil {
			return err
		}
		if halveY {
			plane, h = doubledY(plane, w, h, f.H)
		}
		if halveX {
			plane = doubledX(plane, w, h, f.W)
		}
		f.Planes[c] = plane
	}
	return toRGB(ctx, f)
}

// halvedX takes the mean of neighbours, the last column alone if it has none.
func halvedX(plane []float32, w, h int) ([]float32, int) {
	half := (w + 1) / 2
	out := make([]float32, half*h)
	for y := range h {
		for x := range half {
			out[y*half+x] = (plane[y*w+2*x] + plane[y*w+min(2*x+1, w-1)]) / 2
		}
	}
	return out, half
}

func halvedY(plane []float32, w, h int) ([]float32, int) {
	half := (h + 1) / 2
	out := make([]float32, w*half)
	for y := range half {
		for x := range w {
			out[y*w+x] = (plane[2*y*w+x] + plane[min(2*y+1, h-1)*w+x]) / 2
		}
	}
	return out, half
}

// doubledX is the triangle filter that decoders call fancy upsampling: three
// quarters of the nearer sample, one of the further.
func doubledX(plane []float32, half, h, w int) []float32 {
	out := make([]float32, w*h)
	for y := range h {
		row := plane[y*half:][:half]
		for x := range w {
			near := x / 2
			far := min(max(near+2*(x&1)-1, 0), half-1)
			out[y*w+x] = 0.75*row[near] + 0.25*row[far]
		}
	}
	return out
}

func doubledY(plane []float32, w, half, h int) ([]float32, int) {
	out := make([]float32, w*h)
	for y := range h {
		near := y / 2
		far := min(max(near+2*(y&1)-1, 0), half-1)
		for x := range w {
			out[y*w+x] = 0.75*plane[near*w+x] + 0.25*plane[far*w+x]
		}
	}
	return out, h
}

// cosines is the matrix of the 8-point DCT: row u holds c(u)/2·cos((2x+1)uπ/16).
var cosines = func() (m [8][8]float32) {
	for u := range m {
		norm := 0.5
		if u == 0 {
			norm = math.Sqrt(0.125)
		}
		for x := range m[u] {
			m[u][x] = float32(norm * math.Cos(float64(2*x+1)*float64(u)*math.Pi/16))
		}
	}
	return m
}()

// roundBlocks rounds the plane to 8 bits, as a file holds it, and its blocks'
// frequencies to multiples of the table. offset is what an encoder subtracts of
// the values 0..255 first. The border is repeated into blocks that reach over it.
func roundBlocks(ctx context.Context, plane []float32, w, h int, offset float32, table [64]float32) error {
	return eachBand(ctx, h, func(y0, y1 int) {
		var block [64]float32
		for by := y0; by < y1; by += 8 {
			for bx := 0; bx < w; bx += 8 {
				for i := range block {
					y, x := min(by+i/8, h-1), min(bx+i%8, w-1)
					block[i] = rounded(255*plane[y*w+x]) + offset
				}
				roundFrequencies(&block, &table)
				for y := by; y < min(by+8, h); y++ {
					for x := bx; x < min(bx+8, w); x++ {
						plane[y*w+x] = rounded(block[(y-by)*8+x-bx]-offset) / 255
					}
				}
			}
		}
	})
}

// roundFrequencies transforms the block, rounds each frequency to a multiple of
// its place in the table, and transforms back.
func roundFrequencies(block, table *[64]float32) {
	var half, freq [64]float32
	for y := range 8 { // rows, written transposed
		for u := range 8 {
			var sum float32
			for x := range 8 {
				sum += cosines[u][x] * block[8*y+x]
			}
			half[8*u+y] = sum
		}
	}
	for u := range 8 {
		for v := range 8 {
			var sum float32
			for y := range 8 {
				sum += cosines[v][y] * half[8*u+y]
			}
			step := table[8*v+u]
			freq[8*u+v] = rounded(sum/step) * step
		}
	}
	for u := range 8 {
		for y := range 8 {
			var sum float32
			for v := range 8 {
				sum += cosines[v][y] * freq[8*u+v]
			}
			half[8*u+y] = sum
		}
	}
	for y := range 8 {
		for x := range 8 {
			var sum float32
			for u := range 8 {
				sum += cosines[u][x] * half[8*u+y]
			}
			block[8*y+x] = sum
		}
	}
}

// rounded is the nearest whole number. Adding and subtracting 1.5·2²³ leaves no
// room for a fraction in 24 bits, which is much faster than math.Round; it holds
// for values up to 2²², far above any frequency.
func rounded(v float32) float32 {
	const big = 3 << 22
	return float32(v+big) - big
}
