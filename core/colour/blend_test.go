package colour

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"blindspot/core/pixel"
)

func random(c int, seed uint64) *pixel.Tile {
	rng := rand.New(rand.NewPCG(seed, 0))
	t := pixel.NewTile(c, 5, 7)
	for i := range t.Pix {
		t.Pix[i] = 255 * rng.Float32()
	}
	return t
}

// TestBlend compares with the formula in float64, written out per channel.
func TestBlend(t *testing.T) {
	weights := []float64{0.2126, 0.7152, 0.0722}
	for _, c := range []int{1, 3} {
		noisy, denoised := random(c, 1), random(c, 2)
		for _, s := range [][2]float32{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0.5, 0.5}, {0.3, 0.9}} {
			got := pixel.NewTile(c, 5, 7)
			Blend(got, noisy, denoised, s[0], s[1])
			for i := range 35 {
				var luma float64
				for ch := range c {
					weight := weights[ch]
					if c == 1 {
						weight = 1
					}
					luma += weight * float64(denoised.Plane(ch)[i]-noisy.Plane(ch)[i])
				}
				for ch := range c {
					n := float64(noisy.Plane(ch)[i])
					delta := float64(denoised.Plane(ch)[i]) - n
					want := n + float64(s[0])*luma + float64(s[1])*(delta-luma)
					// A few roundings of values up to 255 at 24 bits.
					if math.Abs(float64(got.Plane(ch)[i])-want) > 1e-4 {
						t.Fatalf("%d channels, strengths %v, channel %d: got %v, want %v", c, s, ch, got.Plane(ch)[i], want)
					}
				}
			}
		}
	}
}

func TestBlendIsExactAtTheEnds(t *testing.T) {
	for _, c := range []int{1, 3} {
		noisy, denoised, out := random(c, 3), random(c, 4), pixel.NewTile(c, 5, 7)
		Blend(out, noisy, denoised, 0, 0)
		if !slices.Equal(out.Pix, noisy.Pix) {
			t.Error("strength 0 is not the noisy picture")
		}
		Blend(out, noisy, denoised, 1, 1)
		if !slices.Equal(out.Pix, denoised.Pix) {
			t.Error("strength 1 is not the denoised picture")
		}
	}
}

func TestBlendInPlace(t *testing.T) {
	for _, s := range [][2]float32{{0, 0}, {1, 1}, {0.5, 0.5}, {0.2, 0.7}} {
		want := pixel.NewTile(3, 5, 7)
		Blend(want, random(3, 5), random(3, 6), s[0], s[1])
		over := random(3, 6)
		Blend(over, random(3, 5), over, s[0], s[1])
		under := random(3, 5)
		Blend(under, under, random(3, 6), s[0], s[1])
		if !slices.Equal(over.Pix, want.Pix) || !slices.Equal(under.Pix, want.Pix) {
			t.Errorf("strengths %v: blending in place differs", s)
		}
	}
}
