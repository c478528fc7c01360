package train

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// writePhoto writes a noisy PNG: a slow wave with Gaussian noise of deviation sigma around level.
func writePhoto(t testing.TB, path string, w, h int, gray bool, level, sigma float64, seed uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	value := func(x, y, c int) uint8 {
		wave := 20 * math.Sin(float64(x+3*c)/17) * math.Cos(float64(y)/23)
		return uint8(min(max(math.Round(level+wave+sigma*rng.NormFloat64()), 0), 255))
	}
	var img image.Image
	if gray {
		g := image.NewGray(image.Rect(0, 0, w, h))
		for i := range g.Pix {
			g.Pix[i] = value(i%w, i/w, 0)
		}
		img = g
	} else {
		c := image.NewNRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				c.SetNRGBA(x, y, color.NRGBA{value(x, y, 0), value(x, y, 1), value(x, y, 2), 255})
			}
		}
		img = c
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

// breakPhoto leaves a photo's header readable and damages its pixels.
func breakPhoto(t testing.TB, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(data) / 2; i < len(data)/2+64; i++ {
		data[i] ^= 0xff
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// folder writes n colour photos of 192×160 and returns their paths in order.
func folder(t testing.TB, n int) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i := range n {
		path := filepath.Join(dir, string(rune('a'+i))+".png")
		writePhoto(t, path, 192, 160, false, 120, 15, uint64(i))
		paths = append(paths, path)
	}
	return paths
}

func openTestAlbum(t testing.TB, paths []string, channels int, cache int64) *album {
	t.Helper()
	a, err := openAlbum(context.Background(), paths, channels, cache, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
