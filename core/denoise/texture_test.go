package denoise

import (
	"image"
	"math"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// meanOfRows is a network that knows little: the mean of the rows above and below.
// It loses all that is fine.
func meanOfRows() network {
	return networkFunc(func(x []float32, shape tensor.Shape) []float32 {
		y := slices.Clone(x)
		w := shape[3]
		for i := range y {
			if row := i / w % shape[2]; row > 0 && row < shape[2]-1 {
				y[i] = (x[i-w] + x[i+w]) / 2
			}
		}
		return y
	})
}

// One long tile: what Photo gives is what the filters make of the network's result.
func TestTextureIsTheKernels(t *testing.T) {
	net := meanOfRows()
	e := newEngine(kernel.NewPool(2), net, net, 3, 512)
	im := randomPhoto(8, 200, 160, 3, 16)
	s := DefaultSettings(Fast)
	blind, restored, half := *im, *im, *im
	for out, share := range map[*pixel.Image]float32{&blind: 0, &restored: 1, &half: 0.5} {
		s.Texture = share
		got, err := e.Photo(t.Context(), im, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		*out = *got
	}
	r, err := noise.Measure(t.Context(), im, noise.Options{})
	if err != nil {
		t.Fatal(err)
	}
	filters, err := e.filters(t.Context(), im, false)
	if err != nil {
		t.Fatal(err)
	}
	filter := filters.texture
	m := r.Model()
	if filter.Curves[25] != float32(m.Variance[1][5]) {
		t.Error("the filter is not for the noise that was measured")
	}
	for i, v := range filter.Spectra {
		if v > float32(m.Spectra[i/64][i%64]) {
			t.Error("calibration has added noise")
		}
	}
	window := e.Plan(im.W, im.H, Fast).window(0)
	read := func(im *pixel.Image) []float32 {
		tile := pixel.NewTile(3, window.Dy(), window.Dx())
		im.Read(tile, window.Min.X, window.Min.Y)
		return tile.Pix
	}
	noisy := read(im)
	estimate := net.(networkFunc)(noisy, tensor.Shape{1, 3, window.Dy(), window.Dx()})
	want, freed := make([]float32, len(noisy)), make([]float32, len(noisy))
	residue := *filters.residue
	residue.Spectra = [][]float32{filters.of(0)}
	pool := kernel.NewPool(1)
	if err := residue.Remove(pool, [][]float32{estimate}, [][]float32{freed}, 3, window.Dy(), window.Dx()); err != nil {
		t.Fatal(err)
	}
	if err := filter.Apply(pool, noisy, [][]float32{freed}, [][]float32{want}, 3, window.Dy(), window.Dx()); err != nil {
		t.Fatal(err)
	}
	differ := 0
	for c := range 3 {
		for y := range im.H {
			for x := range im.W {
				at := (c*window.Dy()+y-window.Min.Y)*window.Dx() + x - window.Min.X
				got := restored.Planes[c][y*im.W+x]
				if math.Abs(float64(got)-257*float64(min(max(want[at], 0), 255))) > 2 {
					t.Fatalf("channel %d at %d, %d: %.3f, want %.3f", c, x, y, float64(got)/257, want[at])
				}
				b := blind.Planes[c][y*im.W+x]
				if got != b {
					differ++
				}
				if m := (int(b) + int(got)) / 2; math.Abs(float64(m-int(half.Planes[c][y*im.W+x]))) > 2 {
					t.Fatalf("channel %d at %d, %d: half of the texture gives %d, between %d and %d", c, x, y, half.Planes[c][y*im.W+x], b, got)
				}
			}
		}
	}
	if differ < im.W*im.H/10 {
		t.Errorf("only %d values have texture", differ)
	}
}

// The mean has its texture from the mean, not from a mean of textures, and it does
// not matter which hole was computed first.
func TestMeanHasItsOwnTexture(t *testing.T) {
	e := newEngine(kernel.NewPool(2), &fakeNetwork{drift: 0.02}, nil, 3, 64)
	im := randomPhoto(9, 150, 130, 3, 16)
	plan := e.Plan(im.W, im.H, Average)
	at := plan.Visible(image.Rect(60, 60, 61, 61), image.Pt(60, 60))[0]
	tile := func(current bsn.Hole) *pixel.Tile {
		e.gathered = newGathering(gatherBytes)
		cell, err := e.Cell(t.Context(), im, plan, at, current)
		if err != nil {
			t.Fatal(err)
		}
		out, err := cell.Denoised(DefaultSettings(Average))
		if err != nil {
			t.Fatal(err)
		}
		mean := slices.Clone(out.Pix)
		clear(mean)
		for _, k := range bsn.Stops() {
			s := DefaultSettings(Tunable)
			s.Hole = k
			one, err := cell.Denoised(s)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range one.Pix {
				mean[i] += v / float32(len(bsn.Stops()))
			}
		}
		if slices.Equal(mean, out.Pix) {
			t.Error("the mean's texture is the mean of the textures")
		}
		return out
	}
	if !slices.Equal(tile(0).Pix, tile(11).Pix) {
		t.Error("the mean's texture depends on the hole that was computed first")
	}
}

// A report that is handed over is used; the photo is not measured again.
func TestUseNoise(t *testing.T) {
	e, _, _ := fakeEngine(3, 64)
	im := randomPhoto(10, 60, 60, 3, 8)
	r := &noise.Report{}
	e.UseNoise(im, r)
	if got, err := e.Noise(t.Context(), im); got != r || err != nil {
		t.Errorf("got %p, %v, want %p", got, err, r)
	}
	if got, err := e.Noise(t.Context(), im.Clone()); got == r || err != nil {
		t.Errorf("another photo has the same noise: %v", err)
	}
}
