package noise

import (
	"math"
	"testing"
)

// expectedSpectrum is the energy of noise of variance 1 with the correlation of k at each coefficient, by the definition.
func expectedSpectrum(k kernel) (s Spectrum) {
	for v := range Block {
		for u := range Block {
			for y := range Block {
				for x := range Block {
					for j := range Block {
						for i := range Block {
							s[v*Block+u] += cosines[v][y] * cosines[u][x] * cosines[v][j] * cosines[u][i] * k.correlation(j-y, i-x)
						}
					}
				}
			}
		}
	}
	return s
}

// TestSpectra: noise that is alike in all channels and independent between them has the same spectrum along every axis, that of its
// kernel. A coefficient is the mean over a few thousand blocks; the planes that windows lose cost the lowest ones up to a tenth.
func TestSpectra(t *testing.T) {
	for name, k := range map[string]kernel{"white": white, "box": box(2, 2), "wide": newKernel([]float64{1, 2, 1}, []float64{0, 3, 1})} {
		r := measure(t, noisy(640, 640, 3, 16, gradient(640), constant(6), k, 4), Options{})
		want := expectedSpectrum(k)
		for o, got := range r.Spectra {
			for i := range got {
				if math.Abs(got[i]-want[i]) > 0.12*want[i]+0.04 {
					t.Errorf("%s, axis %d, coefficient %d: %.3f, want %.3f", name, o, i, got[i], want[i])
				}
			}
		}
	}
}

// TestSpectraTellAxesApart: gray noise lies along the axis of brightness alone, with three times the channels' mean variance.
func TestSpectraTellAxesApart(t *testing.T) {
	im := noisy(320, 320, 3, 16, flatScene(100), constant(5), white, 9)
	copy(im.Planes[1], im.Planes[0])
	copy(im.Planes[2], im.Planes[0])
	r := measure(t, im, Options{})
	for o, want := range []float64{3, 0, 0} {
		var mean float64
		for _, v := range r.Spectra[o] {
			mean += v / (Block * Block)
		}
		if math.Abs(mean-want) > 1e-6 {
			t.Errorf("axis %d: %.3f of the variance, want %v", o, mean, want)
		}
	}
	for i := range Opponent {
		for j := range Opponent {
			want := 0.0
			if i == j {
				want = 1
			}
			if got := dot(Opponent[i][:], Opponent[j][:]); math.Abs(got-want) > 1e-12 {
				t.Errorf("axes %d and %d: product %v, want %v", i, j, got, want)
			}
		}
	}
}

func TestFineness(t *testing.T) {
	var clumps, grain Spectrum
	for i := range grain {
		grain[i] = 1
	}
	clumps[0], clumps[1] = 40, 24
	for name, test := range map[string]struct {
		spectra []Spectrum
		want    float64
	}{"unknown": {nil, 1}, "white": {[]Spectrum{grain}, 1}, "coarse": {[]Spectrum{clumps, grain, grain}, 0}} {
		if got := fineness(test.spectra); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestModel(t *testing.T) {
	r := measure(t, noisy(320, 320, 3, 8, flatScene(120), constant(6), box(2, 2), 5), Options{})
	sure := r.Model()
	if got := math.Sqrt(sure.Variance[1][9]); off(got, 6) > 0.1 {
		t.Errorf("deviation %.2f, want 6", got)
	}
	r.Confidence = 0
	doubtful := r.Model()
	if got, want := doubtful.Variance[1][9], doubt*(sure.Variance[1][9]-1.0/12)+1.0/12; math.Abs(got-want) > 1e-9 {
		t.Errorf("variance %.3f without confidence, want %.3f", got, want)
	}
	for name, m := range map[string]*Model{"nothing": newReport(1, false).Model(), "doubtful": doubtful} {
		for c := range m.Variance {
			for b, v := range m.Variance[c] {
				if !(v > 0) {
					t.Errorf("%s: variance %v in bin %d", name, v, b)
				}
			}
			for i, v := range m.Spectra[c] {
				if !(v > 0) {
					t.Errorf("%s: energy %v of coefficient %d", name, v, i)
				}
			}
		}
	}
}
