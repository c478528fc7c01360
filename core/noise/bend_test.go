package noise

import (
	"math"
	"math/rand/v2"
	"testing"

	"blindspot/core/pixel"
)

// bent draws stripes of dark to bright flat areas with noise of the given deviation in linear light, seen through a tone curve of the
// given gamma; 1 is none.
func bent(w, h int, sigma, gamma float64) (im *pixel.Image, truth func(x int) float64) {
	rng := rand.New(rand.NewPCG(9, 9))
	im = pixel.New(w, h, 3, 16)
	truth = func(x int) float64 { return 60 + 20*float64(x*6/w) }
	for c := range im.Planes {
		for i := range im.Planes[c] {
			linear := math.Pow(truth(i%w)/255, gamma) + sigma*rng.NormFloat64()
			im.Planes[c][i] = uint16(math.Round(65535 * math.Pow(min(max(linear, 0), 1), 1/gamma)))
		}
	}
	return im, truth
}

// The curve's second order leaves a part of what noise of a fifth of the brightness is shifted by.
func TestBend(t *testing.T) {
	const w, h = 768, 256
	im, truth := bent(w, h, 0.03, 2.2)
	r := measure(t, im, Options{})
	m := r.Model()
	for x := w / 12; x < w; x += w / 6 {
		var mean, n float64
		for i, v := range im.Planes[1] {
			if i%w*6/w == x*6/w {
				mean += float64(v) / 257
				n++
			}
		}
		mean /= n
		want, got := mean-truth(x), interpolate(&m.Shift[1], mean)
		if math.Abs(got-want) > 0.3*math.Abs(want)+0.1 {
			t.Errorf("at %.0f the noise shifts the mean by %.2f, not %.2f (bend %.2f)", truth(x), want, got, r.Bend)
		}
	}
}

// Noise that was added behind the curve is even.
func TestBendOfEvenNoise(t *testing.T) {
	for _, sigma := range []float64{2, 8, 20} {
		im, _ := bent(512, 256, sigma/255, 1)
		if r := measure(t, im, Options{}); r.Bend > 0.1 {
			t.Errorf("noise of %.0f that is even has a bend of %.2f", sigma, r.Bend)
		}
	}
}
