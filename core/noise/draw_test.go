package noise

import (
	"math"
	"math/rand/v2"
	"testing"

	"blindspot/core/pixel"
)

// ramp is a model whose variance rises with the brightness, with more noise down than across.
func ramp() *Model {
	m := &Model{Variance: make([][Bins]float64, 3), Shift: make([][Bins]float64, 3), Spectra: make([]Spectrum, 3)}
	for c := range m.Variance {
		for b := range m.Variance[c] {
			m.Variance[c][b] = 4 + float64(b)
		}
	}
	for o := range m.Spectra {
		for i := range m.Spectra[o] {
			m.Spectra[o][i] = 0.1
			if i/Block >= i%Block {
				m.Spectra[o][i] = 2 / float64(o+1)
			}
		}
	}
	return m
}

// What is drawn has the variance of the picture's brightness in every channel together, and its energy where the spectrum says.
func TestDrawnNoiseIsAsTheModelSays(t *testing.T) {
	m, rng := ramp(), rand.New(rand.NewPCG(1, 2))
	const side = 256
	for _, brightness := range []float32{20, 200} {
		picture := pixel.NewTile(3, side, side)
		for i := range picture.Pix {
			picture.Pix[i] = brightness
		}
		drawn := m.Draw(picture, rng)
		var energy, mean float64
		for _, v := range drawn.Pix {
			energy += float64(v) * float64(v)
			mean += float64(v) / float64(len(drawn.Pix))
		}
		var shares float64
		for o := range m.Spectra {
			for _, v := range m.Spectra[o] {
				shares += v / (3 * Block * Block)
			}
		}
		want := interpolate(&m.Variance[0], float64(brightness)) * shares
		if got := energy / float64(len(drawn.Pix)); math.Abs(got/want-1) > 0.02 || math.Abs(mean) > 0.1 {
			t.Errorf("brightness %v: variance %.3f, mean %.3f, want %.3f and 0", brightness, got, mean, want)
		}
		sum := make([]Spectrum, 3)
		planes := make([][]float64, 3)
		for c := range planes {
			for _, v := range drawn.Plane(c) {
				planes[c] = append(planes[c], float64(v))
			}
		}
		addSpectra(sum, planes, side, 1)
		for o := range sum {
			low, high := 0.0, 0.0
			for i, v := range sum[o] {
				if i/Block > i%Block+1 {
					high += v
				} else if i/Block+1 < i%Block {
					low += v
				}
			}
			if high < 3*low {
				t.Errorf("brightness %v, axis %d: %.3g of energy down, %.3g across; the model has 10 or 20 times as much", brightness, o, high, low)
			}
		}
		turned := m.Transposed()
		if turned.Spectra[1][1] != m.Spectra[1][Block] || turned.Spectra[1][Block] != m.Spectra[1][1] {
			t.Error("the transposed model does not exchange across and down")
		}
	}
}

// Whatever the size of the picture, all of it gets noise of one level.
func TestDrawReachesEveryCorner(t *testing.T) {
	m := ramp()
	for o := range m.Spectra {
		for i := range m.Spectra[o] {
			m.Spectra[o][i] = 1
		}
	}
	const w, h, times = 13, 10, 400
	var energy [w * h]float64
	rng := rand.New(rand.NewPCG(3, 4))
	for range times {
		for i, v := range m.Draw(pixel.NewTile(3, h, w), rng).Plane(1) {
			energy[i] += float64(v) * float64(v) / times
		}
	}
	for i, v := range energy {
		if v < 2.8 || v > 5.4 {
			t.Errorf("pixel %d,%d: variance %.2f, want 4", i%w, i/w, v)
		}
	}
}
