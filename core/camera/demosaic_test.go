package camera

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// kernels of Malvar, He, Cutler (2004), figure 2, written out in eighths.
var (
	malvarGreen = [5][5]float64{
		{0, 0, -1, 0, 0}, {0, 0, 2, 0, 0}, {-1, 2, 4, 2, -1}, {0, 0, 2, 0, 0}, {0, 0, -1, 0, 0},
	}
	malvarBeside = [5][5]float64{
		{0, 0, 0.5, 0, 0}, {0, -1, 0, -1, 0}, {-1, 4, 5, 4, -1}, {0, -1, 0, -1, 0}, {0, 0, 0.5, 0, 0},
	}
	malvarCorner = [5][5]float64{
		{0, 0, -1.5, 0, 0}, {0, 2, 0, 2, 0}, {-1.5, 0, 6, 0, -1.5}, {0, 2, 0, 2, 0}, {0, 0, -1.5, 0, 0},
	}
)

// slowly is the obvious reference of every demosaic at one pixel, well inside of
// the picture: sample tells a sensel's value.
func slowly(d Demosaic, p Pattern, x, y int, sample func(x, y int) float64) (out [3]float64) {
	own := p.Colour(x, y)
	for c := range out {
		switch {
		case c == own:
			out[c] = sample(x, y)
		case d == Bilinear:
			out[c] = meanAround(p, x, y, c, sample)
		case d == Malvar:
			kernel, turned := malvarGreen, false
			switch {
			case own != green && c != green:
				kernel = malvarCorner
			case own == green:
				kernel, turned = malvarBeside, p.Colour(x+1, y) != c
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					weight := kernel[dy+2][dx+2]
					if turned {
						weight = kernel[dx+2][dy+2]
					}
					out[c] += weight / 8 * sample(x+dx, y+dy)
				}
			}
		case c == green:
			out[c] = greenAt(p, x, y, sample)
		default:
			out[c] = greenAt(p, x, y, sample) + meanAround(p, x, y, c, func(x, y int) float64 {
				return sample(x, y) - greenAt(p, x, y, sample)
			})
		}
	}
	return out
}

// meanAround is the mean of the nearest sensels of colour c within 3×3: the four
// at the sides if any of them has it, else the corners.
func meanAround(p Pattern, x, y, c int, sample func(x, y int) float64) float64 {
	for _, corners := range []bool{false, true} {
		var sum, count float64
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if corners == (dx*dy != 0) && p.Colour(x+dx, y+dy) == c {
					sum += sample(x+dx, y+dy)
					count++
				}
			}
		}
		if count > 0 {
			return sum / count
		}
	}
	return math.NaN()
}

// greenAt is Hamilton and Adams's green.
func greenAt(p Pattern, x, y int, sample func(x, y int) float64) float64 {
	if p.Colour(x, y) == green {
		return sample(x, y)
	}
	along := func(dx, dy int) (value, roughness float64) {
		near, far := sample(x-dx, y-dy), sample(x+dx, y+dy)
		bend := 2*sample(x, y) - sample(x-2*dx, y-2*dy) - sample(x+2*dx, y+2*dy)
		return (near+far)/2 + bend/4, math.Abs(near-far) + math.Abs(bend)
	}
	across, roughAcross := along(1, 0)
	down, roughDown := along(0, 1)
	switch {
	case roughAcross < roughDown:
		return across
	case roughDown < roughAcross:
		return down
	}
	return (across + down) / 2
}

// mosaicOf builds a mosaic of the given values, shares of the raw range.
func mosaicOf(w, h int, p Pattern, value func(x, y, c int) float64) *Mosaic {
	black, white := levels(16)
	m := &Mosaic{W: w, H: h, Pattern: p, Black: black, White: white, Pix: make([]uint16, w*h)}
	for y := range h {
		for x := range w {
			m.Pix[y*w+x] = quantised(value(x, y, p.Colour(x, y)), black, white)
		}
	}
	return m
}

func demosaiced(t *testing.T, d Demosaic, m *Mosaic) *Frame {
	t.Helper()
	p, err := balance(context.Background(), m, [3]float64{1, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.demosaic(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestDemosaicAgainstReference compares noise of every pattern with the slow
// twins, everywhere but at the border.
func TestDemosaicAgainstReference(t *testing.T) {
	const w, h = 23, 71 // odd, and more rows than a band
	for _, d := range Demosaics() {
		for _, p := range Patterns()[:XTrans] {
			rng := rand.New(rand.NewPCG(5, uint64(p)))
			m := mosaicOf(w, h, p, func(_, _, _ int) float64 { return rng.Float64() * 0.9 })
			sample := func(x, y int) float64 {
				return (float64(m.Pix[y*w+x]) - float64(m.Black)) / float64(m.White-m.Black)
			}
			got := demosaiced(t, d, m)
			for y := 4; y < h-4; y++ {
				for x := 4; x < w-4; x++ {
					want := slowly(d, p, x, y, sample)
					for c := range want {
						// float32 sums of a dozen values of up to 6
						if v := got.Planes[c][y*w+x]; math.Abs(float64(v)-want[c]) > 2e-6 {
							t.Fatalf("%v of %v at (%d,%d), colour %d: got %v, want %v", d, p, x, y, c, v, want[c])
						}
					}
				}
			}
		}
	}
}

// TestDemosaicKeepsConstants: one colour everywhere comes back everywhere, at the
// border too, on every pattern and in pictures as small as they get.
func TestDemosaicKeepsConstants(t *testing.T) {
	colour := [3]float64{0.3, 0.5, 0.2}
	for _, size := range [][2]int{{40, 40}, {7, 9}, {6, 6}} {
		w, h := size[0], size[1]
		for _, d := range Demosaics() {
			for _, p := range Patterns() {
				f := demosaiced(t, d, mosaicOf(w, h, p, func(_, _, c int) float64 { return colour[c] }))
				for c, plane := range f.Planes {
					for i, v := range plane {
						if math.Abs(float64(v)-colour[c]) > 2e-5 { // half a code value of 16 bits
							t.Fatalf("%v of %v, %d×%d at (%d,%d), colour %d: %v", d, p, w, h, i%w, i/w, c, v)
						}
					}
				}
			}
		}
	}
}

// TestDemosaicKeepsRamps: light that grows evenly is found exactly. Bilinear
// needs no more than each colour's own ramp; the others take detail from one
// colour to the next and so need ramps of the same slope.
func TestDemosaicKeepsRamps(t *testing.T) {
	const w, h = 30, 26
	ramp := func(x, y, c int) float64 { return 0.1 + 0.05*float64(c) + 0.01*float64(x) + 0.015*float64(y) }
	for _, d := range Demosaics() {
		for _, p := range Patterns()[:XTrans] {
			f := demosaiced(t, d, mosaicOf(w, h, p, ramp))
			for y := 4; y < h-4; y++ {
				for x := 4; x < w-4; x++ {
					for c := range f.Planes {
						if v := f.Planes[c][y*w+x]; math.Abs(float64(v)-ramp(x, y, c)) > 4e-5 { // the corrections add roundings up
							t.Fatalf("%v of %v at (%d,%d), colour %d: got %v, want %v", d, p, x, y, c, v, ramp(x, y, c))
						}
					}
				}
			}
		}
	}
}

// TestPatterns checks names against layouts, and how many of each colour there are.
func TestPatterns(t *testing.T) {
	for _, p := range Patterns() {
		side, want := 2, [3]int{1, 2, 1}
		if !p.Bayer() {
			side, want = 6, [3]int{8, 20, 8}
		}
		var count [3]int
		name := ""
		for y := range side {
			for x := range side {
				c := p.Colour(x, y)
				count[c]++
				name += "RGB"[c : c+1]
				if c != p.Colour(x+side, y) || c != p.Colour(x, y+side) {
					t.Errorf("%v does not repeat after %d sensels", p, side)
				}
			}
		}
		if count != want || p.Bayer() && name != p.String() {
			t.Errorf("%v is laid out as %s", p, name)
		}
	}
}
