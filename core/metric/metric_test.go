package metric

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"blindspot/core/pixel"
)

func random(w, h, c int, seed uint64) *pixel.Image {
	rng := rand.New(rand.NewPCG(seed, 9))
	im := pixel.New(w, h, c, 16)
	for _, p := range im.Planes {
		for i := range p {
			p[i] = uint16(rng.Uint32())
		}
	}
	return im
}

func flat(w, h, c int, v uint16) *pixel.Image {
	im := pixel.New(w, h, c, 8)
	for _, p := range im.Planes {
		for i := range p {
			p[i] = v * 257
		}
	}
	return im
}

func TestPSNR(t *testing.T) {
	oneOff := flat(10, 10, 3, 100)
	oneOff.Planes[1][5] = 110 * 257
	between := flat(4, 4, 1, 100)
	between.Planes[0][0] += 128 // rounds back to 100
	tests := []struct {
		name string
		a, b *pixel.Image
		want float64
	}{
		{"one step everywhere", flat(8, 8, 3, 50), flat(8, 8, 3, 51), 48.1308036},
		{"black and white", flat(8, 8, 1, 0), flat(8, 8, 1, 255), 0},
		{"ten steps at one of 300 values", flat(10, 10, 3, 100), oneOff, 10 * math.Log10(255*255*300/100.0)},
		{"equal", flat(4, 4, 3, 7), flat(4, 4, 3, 7), math.Inf(1)},
		{"half a step of 8 bits", flat(4, 4, 1, 100), between, math.Inf(1)},
	}
	for _, test := range tests {
		got, err := PSNR(test.a, test.b)
		if err != nil || got != test.want && math.Abs(got-test.want) > 1e-6 {
			t.Errorf("%s: got %v, %v, want %v", test.name, got, err, test.want)
		}
	}
}

// TestSSIMFlat: without variance only the means count, so the value can be
// written down.
func TestSSIMFlat(t *testing.T) {
	got, err := SSIM(flat(20, 15, 3, 100), flat(20, 15, 3, 140))
	want := (2*100*140 + 6.5025) / (100*100 + 140*140 + 6.5025)
	if err != nil || math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// TestSSIM compares with the window laid over every position in two
// dimensions, centred moments and all.
func TestSSIM(t *testing.T) {
	a, b := random(23, 17, 3, 1), random(23, 17, 3, 2)
	for c := range b.Planes { // some structure in common
		for i := range b.Planes[c] {
			b.Planes[c][i] = uint16((3*uint32(a.Planes[c][i]) + uint32(b.Planes[c][i])) / 4)
		}
	}
	var want float64
	for c := range 3 {
		want += slowSSIM(a.Planes[c], b.Planes[c], 23, 17) / 3
	}
	got, err := SSIM(a, b)
	if err != nil || math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if same, err := SSIM(a, a); err != nil || math.Abs(same-1) > 1e-12 {
		t.Errorf("a picture against itself: %v, %v", same, err)
	}
}

func slowSSIM(a, b []uint16, w, h int) float64 {
	var total, n float64
	for cy := 5; cy < h-5; cy++ {
		for cx := 5; cx < w-5; cx++ {
			var norm, ma, mb, va, vb, cov float64
			window := func(visit func(weight, x, y float64)) {
				for dy := -5; dy <= 5; dy++ {
					for dx := -5; dx <= 5; dx++ {
						i := (cy+dy)*w + cx + dx
						weight := math.Exp(-float64(dx*dx+dy*dy) / 4.5)
						visit(weight, math.Round(float64(a[i])/257), math.Round(float64(b[i])/257))
					}
				}
			}
			window(func(weight, x, y float64) { norm += weight; ma += weight * x; mb += weight * y })
			ma, mb = ma/norm, mb/norm
			window(func(weight, x, y float64) {
				va += weight * (x - ma) * (x - ma) / norm
				vb += weight * (y - mb) * (y - mb) / norm
				cov += weight * (x - ma) * (y - mb) / norm
			})
			total += (2*ma*mb + 6.5025) * (2*cov + 58.5225) / ((ma*ma + mb*mb + 6.5025) * (va + vb + 58.5225))
			n++
		}
	}
	return total / n
}

func TestShapesMustAgree(t *testing.T) {
	base := flat(12, 12, 3, 1)
	for _, other := range []*pixel.Image{flat(11, 12, 3, 1), flat(12, 11, 3, 1), flat(12, 12, 1, 1)} {
		if _, err := PSNR(base, other); !errors.Is(err, ErrShape) {
			t.Errorf("PSNR: %v", err)
		}
		if _, err := SSIM(base, other); !errors.Is(err, ErrShape) {
			t.Errorf("SSIM: %v", err)
		}
	}
	if _, err := SSIM(flat(10, 40, 1, 1), flat(10, 40, 1, 1)); !errors.Is(err, ErrShape) {
		t.Errorf("SSIM of a picture narrower than its window: %v", err)
	}
}
