package camera

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// flat is a scene of one colour.
func flat(w, h int, r, g, b float32) *Frame {
	f := newFrame(w, h)
	for i := range w * h {
		f.Planes[0][i], f.Planes[1][i], f.Planes[2][i] = r, g, b
	}
	return f
}

// plain is a sensor whose colours are sRGB's, so that known light stays known.
func plain() Sensor {
	inverse, _ := invert(srgbToXYZ)
	return Sensor{
		Name: "plain", Gain: 0.4, MaxGain: 1e9, Matrix: inverse,
		ReadSlope: 0.5, ReadBias: 1.5, RowSlope: 0.5, RowBias: -0.5,
	}
}

// TestNoise computes the published lines by hand.
func TestNoise(t *testing.T) {
	tests := []struct {
		sensor          Sensor
		iso             float64
		full, read, row float64
	}{
		// exp(0.7994 + 0.5635·ln 0.415) = 1.355 of 14 bits, by 0.415 a code value
		{Sensors()[1], 100, 39477, 3.265, 0.2692},
		// at 64 times the gain, where the calibration ends
		{Sensors()[1], 6400, 616.8, 0.5312, 0.02714},
		// four times beyond it: the same electrons of noise in fewer electrons of signal
		{Sensors()[1], 25600, 154.2, 0.5312, 0.02714},
		// Claff's 4.2 electrons at any ISO
		{Sensors()[4], 3200, 1761, 4.2, 0},
		// Brooks et al.: shot 0.0025 → read deviation exp((2.18·ln 0.0025 + 1.20)/2) = 0.002657 of the range
		{Sensors()[6], 1000, 400, 400 * 0.002657, 0},
	}
	for _, test := range tests {
		n := test.sensor.Noise(test.iso)
		for _, pair := range [][2]float64{{n.Full, test.full}, {n.Read, test.read}, {n.Row, test.row}} {
			if math.Abs(pair[0]-pair[1]) > 0.003*pair[1] {
				t.Errorf("%s at ISO %v: %+v, want %v, %v, %v electrons", test.sensor.Name, test.iso, n, test.full, test.read, test.row)
			}
		}
	}
}

// TestVarianceIsAStraightLine measures the raw's variance at several brightnesses
// against the slope and the intercept that the sensor promises.
func TestVarianceIsAStraightLine(t *testing.T) {
	s := Default()
	s.Sensor, s.RedGain, s.BlueGain, s.ISO = plain(), 1, 1, 6400
	const w, h = 512, 512
	n := s.Sensor.Noise(s.ISO)
	for i, signal := range []float64{0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6} {
		s.Seed = uint64(i)
		v := float32(signal)
		m, err := Expose(context.Background(), flat(w, h, v, v, v), s, true)
		if err != nil {
			t.Fatal(err)
		}
		var sum, squares float64
		for _, p := range m.Pix {
			x := (float64(p) - float64(m.Black)) / float64(m.White-m.Black)
			sum += x
			squares += x * x
		}
		mean := sum / (w * h)
		variance := squares/(w*h) - mean*mean
		// Rounding to a code value adds a twelfth of its square.
		step := 1 / float64(m.White-m.Black)
		want := n.Variance(signal) + step*step/12
		// The variance of 2¹⁸ samples scatters by √2/512 = 0.28 %, and rows that share
		// their noise by more where that counts; the mean by a 512th of the deviation.
		if math.Abs(variance/want-1) > 0.015 {
			t.Errorf("signal %v: variance %.4g, want %.4g", signal, variance, want)
		}
		if tolerance := 4*math.Sqrt(want)/512 + n.Row/n.Full/math.Sqrt(h)*4; math.Abs(mean-signal) > tolerance {
			t.Errorf("signal %v: mean %v", signal, mean)
		}
	}
}

// TestRowNoise measures how far the means of rows scatter in the dark.
func TestRowNoise(t *testing.T) {
	s := Default()
	s.Sensor = plain()
	s.Sensor.RowBias = 3 // far above the rest
	const w, h = 256, 1024
	m, err := Expose(context.Background(), flat(w, h, 0, 0, 0), s, true)
	if err != nil {
		t.Fatal(err)
	}
	n := s.Sensor.Noise(s.ISO)
	var squares float64
	for y := range h {
		var sum float64
		for _, p := range m.Pix[y*w:][:w] {
			sum += float64(p) - float64(m.Black)
		}
		row := sum / w / float64(m.White-m.Black) * n.Full
		squares += row * row
	}
	want := math.Sqrt(n.Row*n.Row + n.Read*n.Read/w)
	if got := math.Sqrt(squares / h); math.Abs(got/want-1) > 0.1 { // 1024 rows: ±2 %
		t.Errorf("rows scatter by %.3f electrons, want %.3f", got, want)
	}
}

// TestPoisson compares frequencies with the distribution itself, across the
// borders between the three ways of drawing.
func TestPoisson(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, mean := range []float64{0.05, 1, 9.9, 10, 40, 1999, 2001} {
		const draws = 200000
		counts := map[float64]int{}
		var sum, squares float64
		for range draws {
			k := poisson(rng, mean)
			counts[k]++
			sum += k
			squares += k * k
		}
		got, variance := sum/draws, squares/draws-(sum/draws)*(sum/draws)
		if math.Abs(got-mean) > 5*math.Sqrt(mean/draws) {
			t.Errorf("mean %v: measured %v", mean, got)
		}
		// The variance of the variance is (2 + 1/mean)·mean²/draws.
		if math.Abs(variance/mean-1) > 5*math.Sqrt((2+1/mean)/draws) {
			t.Errorf("mean %v: variance %v", mean, variance)
		}
		if mean > 50 {
			continue
		}
		for k := range 80 {
			factorial, _ := math.Lgamma(float64(k) + 1)
			expected := draws * math.Exp(float64(k)*math.Log(mean)-mean-factorial)
			if difference := math.Abs(float64(counts[float64(k)]) - expected); difference > 5*math.Sqrt(expected)+5 {
				t.Errorf("mean %v: %d electrons %d times, want %.0f", mean, k, counts[float64(k)], expected)
			}
		}
	}
	if poisson(rng, 0) != 0 || poisson(rng, -1) != 0 {
		t.Error("no light gave electrons")
	}
}
