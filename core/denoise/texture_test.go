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

// A student that shows texture itself is believed in all that is fine, whatever share of the texture is asked for. What lies beyond
// blocks, such as the colour of the whole, still comes back.
func TestTexturedStudentIsBelieved(t *testing.T) {
	fine := func(im *pixel.Image) (energy, mean float64) {
		for i, v := range im.Planes[1] {
			if x := i % im.W; x > 0 {
				d := (float64(v) - float64(im.Planes[1][i-1])) / 257
				energy += d * d / float64(len(im.Planes[1]))
			}
			mean += float64(v) / 257 / float64(len(im.Planes[1]))
		}
		return energy, mean
	}
	// A student that is 5 too dark and has lost all that is fine across.
	net := networkFunc(func(x []float32, shape tensor.Shape) []float32 {
		y := slices.Clone(x)
		for i := range y {
			if at := i % shape[3]; at > 1 && at < shape[3]-2 {
				y[i] = (x[i-2]+x[i-1]+x[i]+x[i+1]+x[i+2])/5 - 5
			}
		}
		return y
	})
	im := randomPhoto(8, 200, 160, 3, 16)
	for _, plane := range im.Planes {
		for i := range plane { // stripes that no noise would make
			if x := i % im.W; x > im.W/2 && x%2 == 0 {
				plane[i] = uint16(min(int(plane[i])+40*257, 65535))
			}
		}
	}
	denoised := func(textured bool, share float32) *pixel.Image {
		e := newEngine(kernel.NewPool(2), net, net, 3, 512)
		defer e.Close()
		e.textured = textured
		if e.TexturedFast() != textured {
			t.Error("the engine does not tell what its student does")
		}
		s := DefaultSettings(Fast)
		s.Texture = share
		out, err := e.Photo(t.Context(), im, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	_, noisy := fine(im)
	given, _ := fine(denoised(false, 1))
	believed, mean := fine(denoised(true, 1))
	if believed > given/2 {
		t.Errorf("fine energy %.1f, and %.1f where texture comes back", believed, given)
	}
	if math.Abs(mean-noisy) > 1 {
		t.Errorf("the mean is %.2f, of the photo %.2f", mean, noisy)
	}
	none, all := denoised(true, 0), denoised(true, 1)
	for c := range none.Planes {
		if !slices.Equal(none.Planes[c], all.Planes[c]) {
			t.Error("the share of texture changes the result")
		}
	}
}
