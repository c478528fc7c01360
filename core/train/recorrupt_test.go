package train

import (
	"context"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"blindspot/core/kernel"
	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// coarseNoise is noise of the given deviation at every brightness, as coarse as that of a camera's JPEGs.
func coarseNoise(sigma float64) *noise.Model {
	r := noise.Report{Channels: make([]noise.Curve, 3)}
	m := r.Model()
	for c := range m.Variance {
		for b := range m.Variance[c] {
			m.Variance[c][b] = sigma * sigma
		}
	}
	for o := range m.Spectra {
		var sum float64
		for i := range m.Spectra[o] {
			m.Spectra[o][i] = math.Exp(-float64(i%noise.Block+i/noise.Block) / 1.5)
			sum += m.Spectra[o][i]
		}
		for i := range m.Spectra[o] {
			m.Spectra[o][i] *= float64(len(m.Spectra[o])) / sum
		}
	}
	return m
}

// share is how much of pattern there is in values: 1 for values = pattern.
func share(values, pattern []float32) float64 {
	var sum, energy float64
	for i, v := range values {
		sum += float64(v) * float64(pattern[i])
		energy += float64(pattern[i]) * float64(pattern[i])
	}
	return sum / energy
}

func minus(a, b []float32) []float32 {
	out := make([]float32, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}

// A teacher that guesses nothing of a texture is corrected by the pair: the target holds the texture, and nothing of the noise that
// the student sees. Beside the texture, where there is only noise, the teacher's guess stays.
func TestPairBringsTextureWithoutTheNoise(t *testing.T) {
	const side, sigma = 128, 6
	m, rng := coarseNoise(sigma), rand.New(rand.NewPCG(5, 6))
	if m.Grain() > 0 {
		t.Fatalf("the noise's grain is %.2f", m.Grain())
	}
	clean := make([]float32, 3*side*side)
	texture := make([]float32, len(clean))
	guess := make([]float32, len(clean))
	for i := range clean {
		guess[i] = 120
		if i%side < side/2 {
			texture[i] = 15 * float32(1-2*rng.IntN(2)) // of every grain, like gravel
		}
		clean[i] = guess[i] + texture[i]
	}
	tile := &pixel.Tile{C: 3, H: side, W: side, Pix: clean}
	noisy := m.Draw(tile, rng).Pix
	for i, v := range clean {
		noisy[i] += v
	}
	c := crops{x: dense(noisy, 1, 3, side, side), noise: []*noise.Model{m}, drawn: m.Draw(tile, rng).Pix}
	seen, other := c.pair()
	pool := kernel.NewPool(2)
	defer pool.Close()
	target, err := enrich(pool, m, guess, floats(other), 3, side)
	if err != nil {
		t.Fatal(err)
	}
	if got := share(minus(target, guess), texture); got < 0.85 || got > 1.1 {
		t.Errorf("the target holds %.2f of the texture", got)
	}
	seenNoise := minus(floats(seen), clean)
	if got := share(minus(target, clean), seenNoise); math.Abs(got) > 0.03 {
		t.Errorf("the target holds %.3f of the noise that the student sees", got)
	}
	// The photo itself in the place of the pair would have been learned with its noise.
	wrong, err := enrich(pool, m, guess, noisy, 3, side)
	if err != nil {
		t.Fatal(err)
	}
	if got := share(minus(wrong, clean), seenNoise); got < 0.1 {
		t.Errorf("the photo as a target holds %.3f of the noise: this test shows nothing", got)
	}
	var flat, all float64
	for i, v := range minus(target, guess) {
		if i%side >= side*3/4 {
			flat += float64(v) * float64(v)
			all += 3 * sigma * sigma
		}
	}
	if flat > 0.5*all {
		t.Errorf("where there is only noise the target keeps %.2f of its energy", flat/all)
	}
}

// A photo's noise is measured once. Of one that texture fills it stays unknown, and crops are taken from others.
func TestCropsForPairsKnowTheirNoise(t *testing.T) {
	dir := t.TempDir()
	known, unknown := filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	writePhoto(t, known, 256, 256, false, 120, 8, 1)
	writePhoto(t, unknown, 256, 256, false, 254, 40, 2) // nearly all of it is clipped
	ctx := context.Background()
	a := openTestAlbum(t, []string{known, unknown}, 3, mega)
	c := newCropper(a, 3, PhaseDistil, nil, mega)
	for step := range 20 {
		b, err := c.batch(ctx, step, 64, 2)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range b.noise {
			if m == nil {
				t.Fatalf("step %d: crop %d comes from the photo whose noise is not known", step, i)
			}
			var energy float64
			for _, v := range b.drawn[i*3*64*64:][:3*64*64] {
				energy += float64(v) * float64(v) / (3 * 64 * 64)
			}
			if energy < 64*0.6 || energy > 64*1.5 {
				t.Errorf("step %d: noise of variance %.1f was drawn for one of 64", step, energy)
			}
		}
	}
	for i := range a.entries {
		im, err := a.get(ctx, i)
		if err != nil {
			t.Fatal(err)
		}
		first, err := a.noiseOf(ctx, i, im)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := a.noiseOf(ctx, i, nil); again != first { // nil could not be measured
			t.Errorf("photo %d was measured again", i)
		}
		if (first == nil) != (a.entries[i].path == unknown) {
			t.Errorf("noise of %s known: %v", a.entries[i].path, first != nil)
		}
	}
}
