package camera

import (
	"math"
	"math/rand/v2"
	"testing"

	"blindspot/core/pixel"
)

// residual is what is measured of noisy − clean: all channels pooled, both
// directions, each channel's mean taken off.
type residual struct {
	level float64 // deviation, of 255
	lag1  float64 // correlation of neighbours
	lag2  float64 // of pixels two apart
	lag3  float64
}

// measure compares two pictures, border pixels left out.
func measure(noisy, clean *pixel.Image) residual {
	const border = 4
	w, h := noisy.W, noisy.H
	var power, count float64
	var lags [4]float64
	for c := range noisy.C {
		d := make([]float64, w*h)
		var mean float64
		for i := range d {
			d[i] = (float64(noisy.Planes[c][i]) - float64(clean.Planes[c][i])) / 257
			mean += d[i]
		}
		mean /= float64(len(d))
		for i := range d {
			d[i] -= mean
		}
		for y := border; y < h-border; y++ {
			for x := border; x < w-border; x++ {
				i := y*w + x
				power += d[i] * d[i]
				count++
				for lag := 1; lag <= 3; lag++ {
					lags[lag] += d[i] * (d[i+lag] + d[i+lag*w]) / 2
				}
			}
		}
	}
	return residual{math.Sqrt(power / count), lags[1] / power, lags[2] / power, lags[3] / power}
}

// TestSpan: drawn cameras must cover what real pairs of noisy and clean photos
// measure: neighbours correlate by 0.45 to 0.72, pixels two apart by 0.05 to
// 0.45, at levels from 2 (cameras at base ISO) to 24 (phones in the dark).
func TestSpan(t *testing.T) {
	scene := photo(t, 0.5)
	rng := rand.New(rand.NewPCG(5, 5))
	const cameras = 80
	var inside, low, high, light, strong, far int
	for range cameras {
		s := Draw(rng)
		noisy, clean := shoot(t, scene, s)
		w, h := scaledSide(scene.W, s.Scale), scaledSide(scene.H, s.Scale)
		if noisy.W != w || noisy.H != h || clean.W != w || clean.H != h || noisy.C != 3 || noisy.Depth != 8 {
			t.Fatalf("a picture of %d×%d, want %d×%d", noisy.W, noisy.H, w, h)
		}
		r := measure(noisy, clean)
		if !(r.level > 0.3 && r.level < 60) || math.IsNaN(r.lag1) {
			t.Errorf("%+v: %+v", s, r)
		}
		for _, count := range []struct {
			is bool
			of *int
		}{
			{r.lag1 >= 0.45 && r.lag1 <= 0.72, &inside},
			{r.lag1 < 0.45, &low},
			{r.lag1 > 0.65, &high},
			{r.level < 3.5, &light},
			{r.level > 15, &strong},
			{r.lag2 > 0.3, &far},
		} {
			if count.is {
				*count.of++
			}
		}
	}
	if inside < cameras/3 || low < cameras/20 || high < cameras/20 || light < cameras/20 || strong < cameras/20 || far < cameras/10 {
		t.Errorf("of %d cameras: lag-1 correlation within 0.45…0.72 %d, below %d, above 0.65 %d; level under 3.5 %d, over 15 %d; lag-2 over 0.3 %d",
			cameras, inside, low, high, light, strong, far)
	}
}

// TestCorrelation holds the table in the package's README.
func TestCorrelation(t *testing.T) {
	scene := photo(t, 1)
	processed := func(s *Settings) { // Canon EOS 70D at ISO 6,400
		s.Sensor, s.ISO, s.Demosaic, s.ChromaBlur = Sensors()[2], 6400, EdgeDirected, 2
	}
	tests := []struct {
		name              string
		change            func(*Settings)
		level, lag1, lag2 float64
	}{
		{"bilinear", func(s *Settings) { s.Demosaic = Bilinear }, 2.3, 0.56, 0.13},
		{"malvar", func(*Settings) {}, 2.2, 0.49, 0.12},
		{"edge", func(s *Settings) { s.Demosaic = EdgeDirected }, 2.4, 0.50, 0.18},
		{"X-Trans", func(s *Settings) { s.Pattern = XTrans }, 2.1, 0.44, 0.22},
		{"bilinear, ISO 100", func(s *Settings) { s.Demosaic, s.ISO = Bilinear, 100 }, 0.7, 0.39, 0.09},
		{"bilinear, ISO 25,600", func(s *Settings) { s.Demosaic, s.ISO = Bilinear, 25600 }, 9.5, 0.58, 0.13},
		{"half the size", func(s *Settings) { s.Scale = 0.5 }, 1.6, 0.37, -0.01},
		{"sharpened", func(s *Settings) { s.Sharpening = 0.4 }, 2.4, 0.42, 0.06},
		{"small sensor, ISO 1,600", func(s *Settings) { s.Sensor = Sensors()[6] }, 14.2, 0.49, 0.11},
		{"small sensor pushed", func(s *Settings) { s.Sensor, s.ISO, s.Exposure, s.Push = Sensors()[6], 3200, -2, 2 }, 45.2, 0.49, 0.11},
		{"colour blurred", processed, 6.4, 0.39, 0.15},
		{"flattened", func(s *Settings) { processed(s); s.LumaSmoothing = 1.5 * s.Level() }, 4.8, 0.55, 0.36},
		{"flattened more", func(s *Settings) { processed(s); s.LumaSmoothing = 3 * s.Level() }, 4.1, 0.69, 0.53},
		{"compressed too", func(s *Settings) {
			processed(s)
			s.LumaSmoothing, s.Quality, s.Subsampling = 3*s.Level(), 92, Sub422
		}, 4.2, 0.61, 0.47},
	}
	for _, test := range tests {
		s := Default()
		test.change(&s)
		r := measure(shoot(t, scene, s))
		// The table has two digits; another seed moves the correlation by 0.01.
		if math.Abs(r.lag1-test.lag1) > 0.02 || math.Abs(r.lag2-test.lag2) > 0.02 || math.Abs(r.level/test.level-1) > 0.05 {
			t.Errorf("%s: %+v, want %.1f, %.2f and %.2f", test.name, r, test.level, test.lag1, test.lag2)
		}
	}
}
