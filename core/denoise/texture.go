package denoise

import (
	"cmp"
	"context"
	"image"
	"slices"
	"weak"

	"blindspot/core/kernel"
	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// This file gives tiles their texture back, see kernel.Texture: what the network
// could not guess and what is too strong to be noise.
//
// It happens tile by tile, before tiles are joined, so that it depends on nothing
// but the plan, like everything else. The noise is measured once per photo.

// threshold is the excess over the noise up to which nothing comes back. Lower
// ones leave grain in strong noise, higher ones lose texture in light noise; from
// 1.5 to 2.5 it costs less than 0.1 dB.
const threshold = 1.7

// measured is what is known of one photo's noise.
type measured struct {
	photo   weak.Pointer[pixel.Image]
	report  *noise.Report
	filters [2]*kernel.Texture // calibrated by the student, by the teacher
}

// Noise measures the noise of a photo, or returns what it measured before. The
// photo must not be changed in between.
func (e *Engine) Noise(ctx context.Context, im *pixel.Image) (*noise.Report, error) {
	if photo := weak.Make(im); e.measured.photo != photo {
		r, err := noise.Measure(ctx, im, noise.Options{})
		if err != nil {
			return nil, err
		}
		e.measured = measured{photo: photo, report: r}
	}
	return e.measured.report, nil
}

// UseNoise spares the engine measuring the noise of a photo that noise.Measure
// has reported on already.
func (e *Engine) UseNoise(im *pixel.Image, r *noise.Report) {
	if e.measured.photo != weak.Make(im) || e.measured.report != r {
		e.measured = measured{photo: weak.Make(im), report: r}
	}
}

// texture makes the filter for a photo's noise, or returns the one that it made
// before. What the photo says of its noise is checked against what the network
// leaves of it in a few places, always the same ones.
func (e *Engine) texture(ctx context.Context, im *pixel.Image, teacher bool) (*kernel.Texture, error) {
	r, err := e.Noise(ctx, im)
	if err != nil {
		return nil, err
	}
	known := &e.measured.filters[0]
	if teacher {
		known = &e.measured.filters[1]
	}
	if *known != nil {
		return *known, nil
	}
	m := r.Model()
	samples, err := e.samples(ctx, im, r.Flattest, teacher)
	if err != nil {
		return nil, err
	}
	m.Calibrate(samples)
	*known = newTexture(m)
	return *known, nil
}

// newTexture is the filter for noise as a model describes it.
func newTexture(m *noise.Model) *kernel.Texture {
	t := &kernel.Texture{Bins: noise.Bins, Threshold: threshold}
	for c := range m.Variance {
		for _, v := range m.Variance[c] {
			t.Curves = append(t.Curves, float32(v))
		}
		for _, v := range m.Spectra[c] {
			t.Spectra = append(t.Spectra, float32(v))
		}
	}
	return t
}

// sampleSide is the side in pixels of the samples that a long-trained network is
// asked for; others get the patch they know.
const sampleSide = 128

// samples runs the network around the given places. Of the teacher it takes the
// mean over all stops, so that every hole gets the same filter.
func (e *Engine) samples(ctx context.Context, im *pixel.Image, places []image.Point, teacher bool) ([]noise.Sample, error) {
	mode := Fast
	if teacher {
		mode = Average
	}
	side := min(sampleSide, newTiling(e.patch, teacher).tile)
	plan := newPlan(im.W, im.H, mode, youngTiling(side, teacher))
	if len(places) == 0 { // no place is flat: what is in the middle, and around it, must do
		for _, at := range [][2]int{{2, 2}, {1, 1}, {3, 1}, {1, 3}, {3, 3}} {
			places = append(places, image.Pt(im.W*at[0]/4, im.H*at[1]/4))
		}
	}
	req, err := e.exportRequest(Settings{Mode: mode})
	if err != nil {
		return nil, err
	}
	r, err := e.runner(ctx, im, plan, req)
	if err != nil {
		return nil, err
	}
	var tiles []int
	for _, at := range places {
		tiles = append(tiles, plan.nearest(at))
	}
	slices.Sort(tiles)
	tiles = slices.Compact(tiles)
	var list []noise.Sample
	err = r.run(ctx, tiles, func(tile int, results [][]float32) error {
		window := plan.window(tile)
		noisy, blind := pixel.NewTile(im.C, window.Dy(), window.Dx()), pixel.NewTile(im.C, window.Dy(), window.Dx())
		im.Read(noisy, window.Min.X, window.Min.Y)
		copy(blind.Pix, r.meanOf(results))
		list = append(list, noise.Sample{Noisy: noisy, Blind: blind})
		return nil
	})
	return list, err
}

// restorer holds the memory for the results of a tile with their texture.
type restorer struct {
	pool   *kernel.Pool
	filter *kernel.Texture
	mean   []float32
	out    [][]float32
}

// restore returns the results that the request asks for beside the blind ones:
// each with its texture, and the mean with its own. All are planes of the photo's
// channels of the tile's size; what is returned is good until the next call.
func (r *runner) restore(noisy []float32, blind [][]float32) ([][]float32, error) {
	var from [][]float32
	if r.req.each {
		from = append(from, blind...)
	}
	if r.req.mean {
		from = append(from, r.meanOf(blind))
	}
	if len(from) == 0 {
		return nil, nil
	}
	b := &r.back
	for len(b.out) < len(from) {
		b.out = append(b.out, make([]float32, len(noisy)))
	}
	out := b.out[:len(from)]
	return out, b.filter.Apply(b.pool, noisy, from, out, r.im.C, r.plan.y.tile, r.plan.x.tile)
}

// meanOf is the mean of the results, summed in the order of their holes, in which
// ever order they came.
func (r *runner) meanOf(blind [][]float32) []float32 {
	order := make([]int, len(blind))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(r.req.holes[a], r.req.holes[b]) })
	if len(r.back.mean) != len(blind[0]) {
		r.back.mean = make([]float32, len(blind[0]))
	}
	mean := r.back.mean
	copy(mean, blind[order[0]])
	for _, i := range order[1:] {
		for k, v := range blind[i] {
			mean[k] += v
		}
	}
	for k := range mean {
		mean[k] /= float32(len(blind))
	}
	return mean
}

// mixed is the blind result with a share of its texture: blind itself at 0,
// restored itself at 1. dst may be blind.
func mixed(dst, blind, restored []float32, share float32) {
	for i, b := range blind {
		dst[i] = b + share*(restored[i]-b)
	}
}
