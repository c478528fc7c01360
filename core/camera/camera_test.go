package camera

import (
	"context"
	"errors"
	"image"
	_ "image/png"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"

	"blindspot/core/pixel"
)

// photo is a clean picture made small enough for many exposures.
func photo(t testing.TB, factor float64) *Frame {
	t.Helper()
	file, err := os.Open("../../testdata/photos/bliznaca.png")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, _, err := image.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	scene, err := NewScene(pixel.FromGo(img)).Scaled(context.Background(), factor)
	if err != nil {
		t.Fatal(err)
	}
	return scene
}

func shoot(t testing.TB, scene *Frame, s Settings) (noisy, clean *pixel.Image) {
	t.Helper()
	noisy, clean, err := Shoot(context.Background(), scene, s)
	if err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	return noisy, clean
}

// TestDeterminism: the same seed gives the same noise whatever the number of
// cores, another seed another noise of the same clean picture.
func TestDeterminism(t *testing.T) {
	scene := photo(t, 0.4)
	s := Draw(rand.New(rand.NewPCG(2, 0)))
	s.Quality, s.ChromaBlur, s.LumaSmoothing, s.Sharpening, s.Scale = 90, 1, 5, 0.3, 0.8
	cores := runtime.GOMAXPROCS(1)
	noisy, clean := shoot(t, scene, s)
	runtime.GOMAXPROCS(5)
	again, cleanAgain := shoot(t, scene, s)
	runtime.GOMAXPROCS(cores)
	if !noisy.Equal(again) || !clean.Equal(cleanAgain) {
		t.Error("the pictures depend on the number of cores")
	}
	s.Seed++
	other, cleanOther := shoot(t, scene, s)
	if noisy.Equal(other) {
		t.Error("another seed gave the same noise")
	}
	if !clean.Equal(cleanOther) {
		t.Error("another seed changed the clean picture")
	}
}

// TestSeedsAreIndependent: the noise of two seeds has nothing in common.
func TestSeedsAreIndependent(t *testing.T) {
	s := Default()
	scene := flat(200, 200, 0.3, 0.25, 0.2)
	noisy, clean := shoot(t, scene, s)
	s.Seed++
	other, _ := shoot(t, scene, s)
	var both, one, two float64
	for c := range noisy.Planes {
		for i := range noisy.Planes[c] {
			a := float64(noisy.Planes[c][i]) - float64(clean.Planes[c][i])
			b := float64(other.Planes[c][i]) - float64(clean.Planes[c][i])
			both, one, two = both+a*b, one+a*a, two+b*b
		}
	}
	// 40,000 pixels that are not independent: ±0.01.
	if correlation := both / math.Sqrt(one*two); math.Abs(correlation) > 0.03 {
		t.Errorf("the noise of two seeds correlates by %.3f", correlation)
	}
}

// TestNeighbouringSeeds: rows use the seed and their number; neither may make
// one seed's noise another's, moved.
func TestNeighbouringSeeds(t *testing.T) {
	s := Default()
	scene := flat(64, 64, 0.3, 0.3, 0.3)
	expose := func(seed uint64) *Mosaic {
		s.Seed = seed
		m, err := Expose(context.Background(), scene, s, true)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	rows := map[string]bool{}
	for seed := range uint64(4) {
		m := expose(seed)
		for y := range m.H {
			var row strings.Builder
			for _, v := range m.Pix[y*m.W:][:m.W] {
				row.WriteRune(rune(v))
			}
			rows[row.String()] = true
		}
	}
	if len(rows) != 4*64 {
		t.Errorf("only %d of 256 rows of noise are different", len(rows))
	}
}

// TestCleanIsThePicture: much light, no processing and no noise give back the
// photographed picture, but for what a mosaic cannot see.
func TestCleanIsThePicture(t *testing.T) {
	scene, err := photo(t, 1).Scaled(context.Background(), 0.4)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range Demosaics() {
		s := Default()
		s.Demosaic, s.Exposure, s.Push = d, -0.5, 0.5
		_, clean := shoot(t, scene, s)
		var squares float64
		for c := range clean.Planes {
			for i, v := range clean.Planes[c] {
				difference := float64(v)/257 - 255*encoded(min(float64(scene.Planes[c][i]), 1))
				squares += difference * difference
			}
		}
		// Blossom made this small has all its edges within two pixels: bilinear lies 13.6
		// off. A picture moved by one pixel would lie 30 off.
		if rms := math.Sqrt(squares / float64(3*clean.W*clean.H)); rms > 15 {
			t.Errorf("%v: the clean picture lies %.1f off the scene", d, rms)
		}
	}
}

// TestNoiseIsUnbiased: in the middle tones the mean of the noisy picture is the
// clean one's.
func TestNoiseIsUnbiased(t *testing.T) {
	for _, d := range Demosaics() {
		s := Default()
		s.Demosaic, s.ISO = d, 3200
		noisy, clean := shoot(t, flat(256, 256, 0.3, 0.25, 0.2), s)
		for c := range noisy.Planes {
			var sum float64
			for i, v := range noisy.Planes[c] {
				sum += (float64(v) - float64(clean.Planes[c][i])) / 257
			}
			// Half the curve's second derivative times the variance: noise of 10 of 255
			// lowers a blue of 124 by 0.5.
			if mean := sum / (256 * 256); math.Abs(mean) > 0.7 {
				t.Errorf("%v: channel %d moved by %.2f", d, c, mean)
			}
		}
	}
}

// TestDraw: every drawn camera works, pictures keep their promise of size and
// depth, and all kinds occur.
func TestDraw(t *testing.T) {
	rng := rand.New(rand.NewPCG(77, 0))
	seen := map[string]int{}
	for range 400 {
		s := Draw(rng)
		if err := s.check(); err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
		seen[s.Sensor.Name]++
		seen[s.Pattern.String()]++
		seen[s.Demosaic.String()]++
		seen[s.Subsampling.String()]++
		switch {
		case s.Quality == 0:
			seen["no JPEG"]++
		case s.ISO > 400 && s.ISO < 12800:
			seen["usual ISO"]++
		}
	}
	for _, kind := range []string{
		"Sony A7S II", "Nikon D850", "Canon EOS 70D", "Canon EOS 700D", "Nikon D800", "Canon EOS 5D Mark II", smallSensor,
		"RGGB", "GRBG", "GBRG", "BGGR", "X-Trans", "bilinear", "malvar", "edge", "4:4:4", "4:2:2", "4:2:0", "no JPEG", "usual ISO",
	} {
		if seen[kind] < 10 {
			t.Errorf("%s drawn %d times of 400", kind, seen[kind])
		}
	}
	first, second := Draw(rand.New(rand.NewPCG(1, 2))), Draw(rand.New(rand.NewPCG(1, 2)))
	if first != second {
		t.Error("the same generator drew two cameras")
	}
}

// TestLensBlur: the lens works on light, before the mosaic, and on both pictures.
func TestLensBlur(t *testing.T) {
	scene := photo(t, 0.3)
	s := Default()
	s.LensBlur = 1
	noisy, clean := shoot(t, scene, s)
	blurred := newFrame(scene.W, scene.H)
	for c := range scene.Planes {
		var err error
		if blurred.Planes[c], err = gaussian(context.Background(), scene.Planes[c], scene.W, scene.H, 1); err != nil {
			t.Fatal(err)
		}
	}
	alone, err := Photograph(context.Background(), scene, s, true)
	if err != nil {
		t.Fatal(err)
	}
	s.LensBlur = 0
	wantNoisy, wantClean := shoot(t, blurred, s)
	if !noisy.Equal(wantNoisy) || !clean.Equal(wantClean) || !alone.Equal(wantNoisy) {
		t.Error("the lens is not a blur of the light")
	}
}

func TestBadSettings(t *testing.T) {
	tests := []struct {
		change func(*Settings)
		says   string
	}{
		{func(s *Settings) { s.ISO = 0 }, "ISO"},
		{func(s *Settings) { s.ISO = math.NaN() }, "ISO"},
		{func(s *Settings) { s.Bits = 8 }, "bits"},
		{func(s *Settings) { s.Pattern = 9 }, "pattern"},
		{func(s *Settings) { s.RedGain = 0 }, "red gain"},
		{func(s *Settings) { s.Demosaic = -1 }, "demosaic"},
		{func(s *Settings) { s.Contrast = 2 }, "contrast"},
		{func(s *Settings) { s.Scale = 0 }, "scale"},
		{func(s *Settings) { s.Quality = 101 }, "quality"},
		{func(s *Settings) { s.Sharpening, s.SharpenRadius = 1, 0 }, "radius"},
		{func(s *Settings) { s.Sensor = Sensor{} }, "sensor"},
	}
	for _, test := range tests {
		s := Default()
		test.change(&s)
		_, _, err := Shoot(context.Background(), flat(8, 8, 1, 1, 1), s)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("want an error about %s, got %v", test.says, err)
		}
	}
	if _, err := flat(8, 8, 1, 1, 1).Crop(image.Rect(4, 4, 9, 8)); err == nil {
		t.Error("a crop reached out of the scene")
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Shoot(ctx, flat(64, 64, 1, 1, 1), Default()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
}

// TestTinyPictures: nothing reaches outside however small the sensor is.
func TestTinyPictures(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for _, size := range [][2]int{{1, 1}, {1, 7}, {2, 3}, {5, 1}} {
		for range 20 {
			s := Draw(rng)
			s.Scale = 0.5
			s.Quality = 85
			noisy, _ := shoot(t, flat(size[0], size[1], 0.5, 0.4, 0.3), s)
			if noisy.W != scaledSide(size[0], 0.5) || noisy.H != scaledSide(size[1], 0.5) {
				t.Fatalf("%v became %d×%d", size, noisy.W, noisy.H)
			}
		}
	}
}

// BenchmarkShoot makes 24-megapixel photos, noisy and clean, as a camera would
// write them.
func BenchmarkShoot(b *testing.B) {
	scene := flat(6000, 4000, 0.3, 0.2, 0.1)
	s := Default()
	s.ChromaBlur, s.LumaSmoothing, s.Sharpening, s.Quality, s.Subsampling = 2, 8, 0.4, 92, Sub422
	for b.Loop() {
		shoot(b, scene, s)
	}
}
