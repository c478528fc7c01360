package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// residuePictures draws an estimate with an edge, stripes and something left of the noise, and says what is left.
func residuePictures(channels, h, w int) ([]float32, *Residue) {
	estimate, _, t := texturePictures(channels, h, w)
	spectra := make([]float32, 2*64*channels)
	for i := range spectra {
		spectra[i] = 0.9 / float32(1+i%64)
	}
	return estimate, &Residue{Bins: t.Bins, Curves: t.Curves, Spectra: [][]float32{spectra}, Threshold: 1.7}
}

func TestResidue(t *testing.T) {
	for _, set := range sets(t) {
		for _, size := range [][3]int{{1, 8, 8}, {3, 8, 20}, {3, 64, 40}, {1, 64, 96}, {3, 96, 64}} {
			channels, h, w := size[0], size[1], size[2]
			t.Run(fmt.Sprint(set, size), func(t *testing.T) {
				estimate, residue := residuePictures(channels, h, w)
				out := make([]float32, len(estimate))
				if err := residue.Remove(newTestPool(t, set, 2), [][]float32{estimate}, [][]float32{out}, channels, h, w); err != nil {
					t.Fatal(err)
				}
				compare(t, "residue", out, naiveResidue(residue, residue.Spectra[0], estimate, channels, h, w), 1e-5)
			})
		}
	}
}

// Grain and mottling of a gray area go, its colour and an edge stay; where nothing is said to be left, nothing is taken.
func TestResidueTellsGrainFromThePicture(t *testing.T) {
	const h, w, n = 128, 128, 128 * 128
	rng := rand.New(rand.NewPCG(8, 8))
	estimate, out := make([]float32, 3*n), make([]float32, 3*n)
	var mottled [h / 8 * w / 8]float64
	for i := range mottled {
		mottled[i] = 2 * rng.NormFloat64()
	}
	for c := range 3 {
		for y := range h {
			for x := range w {
				v := 100 + 2*float64(c) + mottled[y/8*w/8+x/8]*float64(c-1)
				if x >= w/2 {
					v += 40
				}
				estimate[c*n+y*w+x] = float32(v + 2*rng.NormFloat64())
			}
		}
	}
	residue := &Residue{Bins: 2, Threshold: 1.7, Spectra: [][]float32{make([]float32, 2*3*64)}}
	for range 6 {
		residue.Curves = append(residue.Curves, 100)
	}
	remove := func(energy, coarse float32) (off, grain float64) {
		for i := range residue.Spectra[0] {
			residue.Spectra[0][i] = energy
			if i >= 3*64 {
				residue.Spectra[0][i] = coarse
			}
		}
		if err := residue.Remove(newTestPool(t, sets(t)[0], 1), [][]float32{estimate}, [][]float32{out}, 3, h, w); err != nil {
			t.Fatal(err)
		}
		for c := range 3 {
			for y := range h {
				for x := range w {
					v := float64(out[c*n+y*w+x]) - 100 - 2*float64(c)
					if x >= w/2 {
						v -= 40
					}
					off += v / 3 / n
					grain += v * v / 3 / n
				}
			}
		}
		return off, math.Sqrt(grain)
	}
	_, before := remove(1e-9, 1e-9)
	off, after := remove(0.06, 0.06)
	if before < 2.5 || after > 1 || math.Abs(off) > 0.1 {
		t.Errorf("%.2f was there and %.2f is left; the colour moved by %.2f", before, after, off)
	}
}

func TestResidueRefuses(t *testing.T) {
	estimate, good := residuePictures(3, 16, 16)
	for name, spoil := range map[string]func(x *Residue) (channels, h, w int){
		"channels": func(*Residue) (int, int, int) { return 2, 16, 16 },
		"size":     func(*Residue) (int, int, int) { return 3, 16, 12 },
		"step":     func(*Residue) (int, int, int) { return 3, 18, 16 },
		"curves":   func(x *Residue) (int, int, int) { x.Curves = x.Curves[1:]; return 3, 16, 16 },
		"spectra":  func(x *Residue) (int, int, int) { x.Spectra = [][]float32{x.Spectra[0][1:]}; return 3, 16, 16 },
		"none":     func(x *Residue) (int, int, int) { x.Spectra = nil; return 3, 16, 16 },
	} {
		residue := *good
		channels, h, w := spoil(&residue)
		if err := residue.Remove(newTestPool(t, sets(t)[0], 1), [][]float32{estimate}, [][]float32{make([]float32, len(estimate))}, channels, h, w); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
