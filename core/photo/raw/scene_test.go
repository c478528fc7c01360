//go:build !noraw

package raw

import (
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"blindspot/core/pixel"
)

// simulated is a raw whose scene is known: see the README of the photos.
type simulated struct {
	name, scene, pattern string
	w, h                 int
	psnr                 float64 // of the clean render against the scene, dB, at least
	noise                [2]float64
}

var simulations = []simulated{
	{"sim_bayer_bliznaca", "bliznaca.png", "RGGB", 528, 528, 39.5, [2]float64{10, 12}},
	{"sim_xtrans_coffee", "coffee.png", "X-Trans", 600, 528, 33.5, [2]float64{10.5, 12.5}},
}

// The simulated camera.
const (
	simBlack, simWhite = 512, 16383
	simExposure        = 0.5
)

var simNeutral = [3]float64{0.5, 1, 0.6}

func readPNG(t *testing.T, path string) *pixel.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	im, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return pixel.FromGo(im)
}

func develop(t *testing.T, path string, q Quality) *pixel.Image {
	t.Helper()
	im, _, err := Develop(t.Context(), path, q)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return im
}

func toLinear(v uint16) float64 {
	x := float64(v) / 65535
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

func toSRGB(v float64) float64 {
	if v <= 0.0031308 {
		return 65535 * 12.92 * v
	}
	return 65535 * (1.055*math.Pow(v, 1/2.4) - 0.055)
}

// TestMosaicIsTheScene compares each pixel of the clean mosaics with what the
// simulated camera must have seen. Only rounding lies between: half a step.
func TestMosaicIsTheScene(t *testing.T) {
	for _, sim := range simulations {
		scene := readPNG(t, photos+sim.scene)
		m, err := ReadMosaic(t.Context(), photos+"raw/"+sim.name+"_clean.dng")
		if err != nil {
			t.Fatal(err)
		}
		if m.W != sim.w || m.H != sim.h || m.Info.Pattern != sim.pattern || len(m.Planes) != 1 {
			t.Fatalf("%s: %d by %d, %q, %d planes", sim.name, m.W, m.H, m.Info.Pattern, len(m.Planes))
		}
		worst := 0.0
		for y := range scene.H {
			for x := range scene.W {
				colour := m.ColourAt(x, y)
				c := map[byte]int{'R': 0, 'G': 1, 'B': 2}[m.Names[colour]]
				light := toLinear(scene.Planes[c][y*scene.W+x]) * simExposure * simNeutral[c]
				want := simBlack + light*(simWhite-simBlack)
				if m.BlackAt(colour, x, y) != simBlack || m.White[colour] != simWhite {
					t.Fatalf("%s: levels %v, %v", sim.name, m.BlackAt(colour, x, y), m.White[colour])
				}
				worst = max(worst, math.Abs(float64(m.Planes[0][y*m.W+x])-want))
			}
		}
		if worst > 0.51 {
			t.Errorf("%s: a sensor value is off by %.2f", sim.name, worst)
		}
		for i, want := range []float64{1 / simNeutral[0], 1, 1 / simNeutral[2], 1} {
			if math.Abs(m.AsShot[i]-want) > 1e-4 {
				t.Errorf("%s: white balance %v", sim.name, m.AsShot)
			}
		}
	}
}

// TestDevelopedScene compares clean renders with the scene at the sensor's
// exposure, and noisy ones with the clean: 8 pixels at the borders, where
// demosaicing has less to go by, are left out.
func TestDevelopedScene(t *testing.T) {
	for _, sim := range simulations {
		scene := readPNG(t, photos+sim.scene)
		clean := develop(t, photos+"raw/"+sim.name+"_clean.dng", Full)
		noisy := develop(t, photos+"raw/"+sim.name+"_noisy.dng", Full)
		if clean.W != sim.w || clean.H != sim.h || clean.C != 3 || clean.Depth != 16 {
			t.Fatalf("%s: %d×%d×%d of %d bits", sim.name, clean.W, clean.H, clean.C, clean.Depth)
		}
		want := func(c, x, y int) float64 { return toSRGB(toLinear(scene.Planes[c][y*scene.W+x]) * simExposure) }
		error2, noise2, shift := differences(clean, noisy, scene.W, scene.H, want)
		psnr := -10 * math.Log10(error2)
		noise := 255 * math.Sqrt(noise2)
		t.Logf("%s: clean against scene %.2f dB, mean difference %.3f of 255, noise %.2f of 255", sim.name, psnr, 255*shift, noise)
		if psnr < sim.psnr || math.Abs(255*shift) > 0.5 {
			t.Errorf("%s: %.2f dB, mean difference %.3f of 255", sim.name, psnr, 255*shift)
		}
		if noise < sim.noise[0] || noise > sim.noise[1] {
			t.Errorf("%s: the noise is %.2f of 255", sim.name, noise)
		}
	}
}

// differences returns the mean squares of clean against want and of noisy
// against clean, and the mean of clean against want, all of a range of 1.
func differences(clean, noisy *pixel.Image, w, h int, want func(c, x, y int) float64) (error2, noise2, shift float64) {
	const border = 8
	n := 0.0
	for c := range 3 {
		for y := border; y < h-border; y++ {
			for x := border; x < w-border; x++ {
				i := y*clean.W + x
				off := (float64(clean.Planes[c][i]) - want(c, x, y)) / 65535
				grain := (float64(noisy.Planes[c][i]) - float64(clean.Planes[c][i])) / 65535
				error2, noise2, shift, n = error2+off*off, noise2+grain*grain, shift+off, n+1
			}
		}
	}
	return error2 / n, noise2 / n, shift / n
}

// TestHalf compares the half-size render with the mean of the full one's blocks:
// the same picture, told apart by demosaicing only.
func TestHalf(t *testing.T) {
	for _, sim := range simulations {
		path := photos + "raw/" + sim.name + "_clean.dng"
		full, half := develop(t, path, Full), develop(t, path, Half)
		if half.W != sim.w/2 || half.H != sim.h/2 || half.C != 3 {
			t.Fatalf("%s: %d by %d", sim.name, half.W, half.H)
		}
		var sum, n float64
		for c := range 3 {
			for y := 4; y < half.H-4; y++ {
				for x := 4; x < half.W-4; x++ {
					i := 2*y*full.W + 2*x
					p := full.Planes[c]
					mean := (float64(p[i]) + float64(p[i+1]) + float64(p[i+full.W]) + float64(p[i+full.W+1])) / 4
					d := (float64(half.Planes[c][y*half.W+x]) - mean) / 65535
					sum, n = sum+d*d, n+1
				}
			}
		}
		psnr := -10 * math.Log10(sum/n)
		t.Logf("%s: half against full %.2f dB", sim.name, psnr)
		if psnr < 29.5 {
			t.Errorf("%s: half is %.2f dB from full", sim.name, psnr)
		}
	}
}
