package noise

import (
	"testing"

	"blindspot/core/pixel"
)

// tileOf reads a whole picture.
func tileOf(im *pixel.Image) *pixel.Tile {
	t := pixel.NewTile(im.C, im.H, im.W)
	im.Read(t, 0, 0)
	return t
}

// whiteModel is that of white noise of a variance.
func whiteModel(channels int, variance float64) *Model {
	m := &Model{Variance: make([][Bins]float64, channels), Shift: make([][Bins]float64, channels), Spectra: make([]Spectrum, channels)}
	for c := range channels {
		for b := range Bins {
			m.Variance[c][b] = variance
		}
		for i := range m.Spectra[c] {
			m.Spectra[c][i] = 1
		}
	}
	return m
}

func meanOf(s *Spectrum) (mean float64) {
	for _, v := range s {
		mean += v / float64(len(s))
	}
	return mean
}

// TestCalibrate: a model that says too much is brought down to what the calm half of the picture shows, whatever is in the other half;
// one that says the truth, or too little, stays as it is but for chance.
func TestCalibrate(t *testing.T) {
	for _, channels := range []int{1, 3} {
		im := noisy(192, 192, channels, 16, busy(192, 192), constant(4), white, 3)
		blind := tileOf(noisy(192, 192, channels, 16, gradient(192), constant(0), white, 0)) // knows nothing of the busy half
		for _, test := range []struct{ variance, low, high float64 }{
			{160, 0.08, 0.13}, // ten times too much
			{16, 0.75, 1},
			{8, 1, 1},
		} {
			m := whiteModel(channels, test.variance)
			m.Calibrate([]Sample{{tileOf(im), blind}})
			for o := range m.Spectra {
				if got := meanOf(&m.Spectra[o]); got < test.low || got > test.high {
					t.Errorf("%d channels, variance %v, axis %d: brought to %.3f of it, want %v to %v", channels, test.variance, o, got, test.low, test.high)
				}
			}
		}
	}
}

func TestCalibrateWithoutSamples(t *testing.T) {
	m := whiteModel(3, 9)
	m.Calibrate(nil)
	m.Calibrate([]Sample{{pixel.NewTile(3, 4, 4), pixel.NewTile(3, 4, 4)}})
	if got := meanOf(&m.Spectra[2]); got != 1 {
		t.Errorf("nothing brought the noise to %v", got)
	}
}

// TestFlattest: the places lie in the flat half and apart from each other.
func TestFlattest(t *testing.T) {
	r := measure(t, noisy(512, 512, 3, 8, busy(512, 512), constant(4), white, 8), Options{})
	if len(r.Flattest) < 4 || len(r.Flattest) > mostFlattest {
		t.Fatalf("places %v", r.Flattest)
	}
	for i, p := range r.Flattest {
		if p.Y > 256 {
			t.Errorf("%v is busy", p)
		}
		for _, q := range r.Flattest[:i] {
			if d := p.Sub(q); max(d.X, -d.X, d.Y, -d.Y) < apart {
				t.Errorf("%v and %v are near each other", p, q)
			}
		}
	}
}
