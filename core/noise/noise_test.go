package noise

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"math"
	"reflect"
	"runtime"
	"testing"

	"blindspot/core/pixel"
)

func measure(t *testing.T, im *pixel.Image, o Options) *Report {
	t.Helper()
	r, err := Measure(context.Background(), im, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func off(got, want float64) float64 { return math.Abs(got/want - 1) }

// TestWhite: the calmest third of at most 1,200 overlapping windows, about 300 independent ones of 1,024 pixels in the smallest picture here, gives the
// variance to about 0.6 %; taking the calmest and what texture is left in them cost more. Five per cent of the level is several times
// that; ten where texture fills half of the picture.
func TestWhite(t *testing.T) {
	for _, depth := range []int{8, 16} {
		for _, channels := range []int{1, 3} {
			for _, sigma := range []float64{1, 2, 5, 10, 25} {
				for name, s := range map[string]scene{"flat": flatScene(128), "gradient": gradient(320), "busy": busy(320, 320)} {
					r := measure(t, noisy(320, 320, channels, depth, s, constant(sigma), white, 5), Options{Independent: true})
					tolerance := 0.05
					if name == "busy" {
						tolerance = 0.1
					}
					where := fmt.Sprintf("%s, %d bits, %d channels, level %v", name, depth, channels, sigma)
					if off(r.Sigma, sigma) > tolerance {
						t.Errorf("%s: measured %.3f", where, r.Sigma)
					}
					if lag := max(math.Abs(r.Right[1]), math.Abs(r.Down[1])); lag > 0.05 {
						t.Errorf("%s: correlation %.3f of neighbours", where, lag)
					}
					if r.Suggested.Training > 3 || r.Width != 0 {
						t.Errorf("%s: suggested %+v, width %d", where, r.Suggested, r.Width)
					}
					if r.Confidence < 0.5 {
						t.Errorf("%s: confidence %.2f", where, r.Confidence)
					}
				}
			}
		}
	}
}

// TestPoissonGaussian: each bin of the gradient has 1/15 of the area, some 250 patches of 246 modes in 4 times overlap: 1.2 % of the level.
// The smooth curve may differ at its ends.
func TestPoissonGaussian(t *testing.T) {
	truth := func(v float64) float64 { return math.Sqrt(1.5 + 0.15*v) }
	for _, s := range []scene{gradient(512), busy(512, 512)} {
		r := measure(t, noisy(512, 512, 3, 8, s, truth, white, 9), Options{})
		for c := range r.Channels {
			for v := 36.0; v < 215; v += 8 {
				if got := r.Channels[c].At(v); off(got, truth(v)) > 0.1 {
					t.Errorf("channel %d at %v: %.2f, want %.2f", c, v, got, truth(v))
				}
			}
		}
		if got, want := r.Pooled.At(128), truth(128); off(got, want) > 0.07 {
			t.Errorf("pooled: %.2f, want %.2f", got, want)
		}
	}
}

// TestCorrelated compares with the autocorrelation of the filter. With m pixels per independent sample a correlation from N pixels
// has a deviation of √(m/N) at most: 0.006 for the widest filter here. The calmest windows hold less coarse noise than others do, which
// lowers correlations of wide filters by up to 0.055.
func TestCorrelated(t *testing.T) {
	kernels := map[string]kernel{
		"demosaicing": newKernel([]float64{1, 2, 1}, []float64{2, 4, 2}, []float64{1, 2, 1}),
		"horizontal":  newKernel([]float64{1, 3, 4, 3, 1}),
		"sharpened":   newKernel([]float64{0, -1, 0}, []float64{-1, 6, -1}, []float64{0, -1, 0}),
		"box of five": box(5, 5),
		"wide":        box(7, 3),
	}
	for name, k := range kernels {
		for _, depth := range []int{8, 16} {
			r := measure(t, noisy(512, 512, 3, depth, gradient(512), constant(6), k, 21), Options{})
			if off(r.Sigma, 6) > 0.06 {
				t.Errorf("%s: level %.2f, want 6", name, r.Sigma)
			}
			for dy := -4; dy <= 4; dy++ {
				for dx := -4; dx <= 4; dx++ {
					if got, want := r.Correlation[4+dy][4+dx], k.correlation(dy, dx); math.Abs(got-want) > 0.07 {
						t.Errorf("%s, lag %d down %d right: %.3f, want %.3f", name, dy, dx, got, want)
					}
				}
			}
			for lag := range r.Right {
				if got, want := r.Right[lag], k.correlation(0, lag); math.Abs(got-want) > 0.07 {
					t.Errorf("%s, lag %d right: %.3f, want %.3f", name, lag, got, want)
				}
			}
			if r.Suggested.Training < 9 {
				t.Errorf("%s: hole %d for a photo of three channels", name, r.Suggested.Training)
			}
		}
	}
}

// TestWithoutNoise: pictures without noise, or where nothing can be seen.
func TestWithoutNoise(t *testing.T) {
	none := constant(0)
	tests := []struct {
		name      string
		im        *pixel.Image
		most      float64 // level
		confident bool
	}{
		{"one colour", noisy(300, 200, 3, 8, flatScene(90), none, white, 1), 0, true},
		{"one colour, 16 bits", noisy(300, 200, 3, 16, flatScene(90.3), none, white, 1), 0, true},
		{"black", noisy(300, 200, 3, 8, flatScene(0), none, white, 1), 0, false},
		{"white", noisy(300, 200, 1, 8, flatScene(255), none, white, 1), 0, false},
		{"a gradient", noisy(400, 300, 3, 8, gradient(400), none, white, 1), 0.5, true},
		{"a gradient, 16 bits", noisy(400, 300, 3, 16, gradient(400), none, white, 1), 0.1, true},
		{"one pixel", noisy(1, 1, 3, 8, flatScene(90), none, white, 1), 0, false},
		{"a line", noisy(500, 3, 3, 8, gradient(500), constant(5), white, 1), 0, false},
		{"empty", pixel.New(0, 0, 3, 8), 0, false},
	}
	for _, test := range tests {
		r := measure(t, test.im, Options{})
		if !(r.Sigma <= test.most) || r.Strength != None {
			t.Errorf("%s: level %v, strength %d", test.name, r.Sigma, r.Strength)
		}
		if (r.Confidence > 0.3) != test.confident {
			t.Errorf("%s: confidence %.2f", test.name, r.Confidence)
		}
		if off(r.Correlation[4][4], 1) > 1e-9 || r.Suggested.Training < 9 {
			t.Errorf("%s: centre %v, hole %d", test.name, r.Correlation[4][4], r.Suggested.Training)
		}
	}
}

// TestTexture: a picture of nothing but strong texture must not come out as surely noisy.
func TestTexture(t *testing.T) {
	s := func(_, x, y int) float64 {
		return 128 + 40*math.Sin(float64(x)*0.7)*math.Cos(float64(y)*0.5) + 40*math.Sin(float64(x*y)/900)
	}
	r := measure(t, noisy(400, 400, 3, 8, s, constant(3), white, 4), Options{})
	if r.Sigma > 6 && r.Confidence > 0.3 {
		t.Errorf("level %.2f with confidence %.2f, want 3 or little confidence", r.Sigma, r.Confidence)
	}
}

// TestSmall: pictures with few patches still give the level roughly. 64 pixels square are 4,096 samples, a deviation of 1.1 %; the
// smallest here has 576 and is measured with small patches.
func TestSmall(t *testing.T) {
	for _, side := range []int{24, 40, 64, 128} {
		r := measure(t, noisy(side, side, 3, 8, flatScene(120), constant(8), white, 3), Options{})
		if off(r.Sigma, 8) > 0.2 {
			t.Errorf("%d pixels: level %.2f, want 8", side, r.Sigma)
		}
	}
}

// TestClipping: half of the picture is blown out, and shadows touch black; the levels in between stay.
func TestClipping(t *testing.T) {
	s := func(_, x, _ int) float64 { return -20 + 400*float64(x)/512 }
	r := measure(t, noisy(512, 256, 3, 8, s, constant(6), white, 8), Options{})
	for v := 32.0; v < 235; v += 10 {
		if got := r.Pooled.At(v); off(got, 6) > 0.1 {
			t.Errorf("at %v: %.2f, want 6", v, got)
		}
	}
}

// TestJPEG: what compression leaves of a clean picture is no noise to speak of.
func TestJPEG(t *testing.T) {
	clean := noisy(512, 384, 3, 8, gradient(512), constant(0), white, 1)
	for _, quality := range []int{40, 75, 95} {
		var file bytes.Buffer
		if err := jpeg.Encode(&file, clean.ToGo(8), &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(&file)
		if err != nil {
			t.Fatal(err)
		}
		if r := measure(t, pixel.FromGo(img), Options{}); r.Sigma > 1.5 {
			t.Errorf("quality %d: level %.2f", quality, r.Sigma)
		}
	}
}

func TestRefuses(t *testing.T) {
	short := pixel.New(20, 20, 3, 8)
	short.Planes[2] = short.Planes[2][:7]
	for _, im := range []*pixel.Image{nil, pixel.New(9, 9, 2, 8), short} {
		if _, err := Measure(context.Background(), im, Options{}); !errors.Is(err, ErrShape) {
			t.Errorf("%v", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Measure(ctx, pixel.New(99, 99, 3, 8), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestDeterministic: the report is the same to the last bit on one processor and on many.
func TestDeterministic(t *testing.T) {
	im := noisy(300, 260, 3, 8, busy(300, 260), constant(7), box(3, 3), 2)
	want := measure(t, im, Options{})
	for _, processors := range []int{1, 5} {
		before := runtime.GOMAXPROCS(processors)
		got := measure(t, im, Options{})
		runtime.GOMAXPROCS(before)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d processors give another report", processors)
		}
	}
}

// BenchmarkMeasure is a photo of 24 megapixels.
func BenchmarkMeasure(b *testing.B) {
	im := noisy(6000, 4000, 3, 8, busy(6000, 4000), constant(6), white, 1)
	for b.Loop() {
		if _, err := Measure(context.Background(), im, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
