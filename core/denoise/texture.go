package denoise

import (
	"cmp"
	"context"
	"image"
	"maps"
	"math"
	"slices"
	"weak"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// This file frees tiles of what the network left of the noise, see kernel.Residue,
// and gives them their texture back, see kernel.Texture: what the network could
// not guess and what is too strong to be noise.
//
// It happens tile by tile, before tiles are joined, so that it depends on nothing
// but the plan, like everything else. The noise is measured once per photo.

// The excess over the noise up to which nothing comes back and all of the residue
// goes. Low thresholds leave grain: 1.7 costs 1.3 dB on phones' noise of 18. High
// ones cost 1.2 dB where texture passes for noise, which cannot happen where the
// noise has finer grain. In means of 8×8 the colour of large areas is at stake.
const (
	leastThreshold  = 1.7
	mostThreshold   = 3.0
	coarseThreshold = 1.7
)

// nothing is the threshold of a student that shows texture itself: what then lies between it and the photo is noise that
// the model does not know of, and giving that back costs 0.6 dB on cameras' JPEGs. Large areas keep their colours.
var nothing = float32(math.Inf(1))

// measured is what is known of one photo's noise.
type measured struct {
	photo   weak.Pointer[pixel.Image]
	report  *noise.Report
	filters [2]*filters // calibrated by the student, by the teacher
}

// filters work on the tiles of one photo and one network.
type filters struct {
	texture *kernel.Texture
	residue *kernel.Residue        // without its spectra
	left    map[bsn.Hole][]float32 // these, by hole
}

// of returns the residue's spectra at a hole, or at the next smaller stop of the
// slider, which leaves no less.
func (f *filters) of(hole bsn.Hole) []float32 {
	for ; hole > 0; hole-- {
		if s, ok := f.left[hole]; ok {
			return s
		}
	}
	return f.left[0]
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

// filters makes the filters for a photo's noise, or returns those that it made
// before. What the photo says of its noise is checked against what the network
// leaves of it in a few places, always the same ones.
func (e *Engine) filters(ctx context.Context, im *pixel.Image, teacher bool) (*filters, error) {
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
	f := newFilters(m)
	for hole, of := range samples {
		for _, level := range m.Residue(of) {
			for c := range level {
				f.left[hole] = appendSpectrum(f.left[hole], &level[c])
			}
		}
	}
	mean, err := f.freedMean(e.pool, samples)
	if err != nil {
		return nil, err
	}
	m.Calibrate(mean)
	_, _, f.texture.Spectra = m.Tables()
	if !teacher && e.textured {
		f.texture.Threshold = nothing
	}
	*known = f
	return f, nil
}

// newFilters are those for noise as a model describes it, without spectra.
func newFilters(m *noise.Model) *filters {
	curves, shifts, _ := m.Tables()
	if !slices.ContainsFunc(shifts, func(v float32) bool { return v != 0 }) {
		shifts = nil
	}
	threshold := float32(leastThreshold + (mostThreshold-leastThreshold)*m.Grain())
	return &filters{
		texture: &kernel.Texture{Bins: noise.Bins, Curves: curves, Shifts: shifts, Threshold: threshold, Coarse: coarseThreshold},
		residue: &kernel.Residue{Bins: noise.Bins, Curves: curves, Threshold: threshold},
		left:    map[bsn.Hole][]float32{},
	}
}

// freedMean are the samples with the mean over all holes of what is freed of its
// residue.
func (f *filters) freedMean(p *kernel.Pool, samples map[bsn.Hole][]noise.Sample) ([]noise.Sample, error) {
	var list []noise.Sample
	for _, hole := range slices.Sorted(maps.Keys(samples)) {
		residue := *f.residue
		residue.Spectra = [][]float32{f.of(hole)}
		for i, s := range samples[hole] {
			freed := pixel.NewTile(s.Blind.C, s.Blind.H, s.Blind.W)
			if err := residue.Remove(p, [][]float32{s.Blind.Pix}, [][]float32{freed.Pix}, freed.C, freed.H, freed.W); err != nil {
				return nil, err
			}
			if i >= len(list) {
				list = append(list, noise.Sample{Noisy: s.Noisy, Blind: pixel.NewTile(freed.C, freed.H, freed.W)})
			}
			for j, v := range freed.Pix {
				list[i].Blind.Pix[j] += v / float32(len(samples))
			}
		}
	}
	return list, nil
}

func appendSpectrum(list []float32, s *noise.Spectrum) []float32 {
	for _, v := range s {
		list = append(list, float32(v))
	}
	return list
}

// sampleSide is the side in pixels of the samples that a long-trained network is
// asked for; others get the patch they know.
const sampleSide = 128

// samples runs the network around the given places and returns what it says at
// each hole.
func (e *Engine) samples(ctx context.Context, im *pixel.Image, places []image.Point, teacher bool) (map[bsn.Hole][]noise.Sample, error) {
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
	req, err := e.exportRequest(Settings{Mode: mode, Bare: true})
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
	list := map[bsn.Hole][]noise.Sample{}
	err = r.run(ctx, tiles, func(tile int, results [][]float32) error {
		window := plan.window(tile)
		noisy := pixel.NewTile(im.C, window.Dy(), window.Dx())
		im.Read(noisy, window.Min.X, window.Min.Y)
		for i, hole := range req.holes {
			blind := *noisy
			blind.Pix = slices.Clone(results[i])
			list[hole] = append(list[hole], noise.Sample{Noisy: noisy, Blind: &blind})
		}
		return nil
	})
	return list, err
}

// restorer holds the memory for the results of a tile on their way through the filters.
type restorer struct {
	pool    *kernel.Pool
	filters *filters
	residue kernel.Residue // with the spectra of the request's holes
	mean    []float32
	freed   [][]float32
	out     [][]float32
}

// free returns the results of the request's holes without what they have kept of
// the noise, good until the next call.
func (r *runner) free(blind [][]float32) ([][]float32, error) {
	b := &r.back
	if len(b.residue.Spectra) == 0 {
		b.residue = *b.filters.residue
		for _, hole := range r.req.holes {
			b.residue.Spectra = append(b.residue.Spectra, b.filters.of(hole))
			b.freed = append(b.freed, make([]float32, len(blind[0])))
		}
	}
	return b.freed, b.residue.Remove(b.pool, blind, b.freed, r.im.C, r.plan.y.tile, r.plan.x.tile)
}

// restore returns the results that the request asks for beside the blind ones:
// each with its texture, and the mean with its own. All are planes of the photo's
// channels of the tile's size; what is returned is good until the next call.
func (r *runner) restore(noisy []float32, blind [][]float32) ([][]float32, error) {
	var from [][]float32
	if r.req.each || r.req.whole {
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
	return out, b.filters.texture.Apply(b.pool, noisy, from, out, r.im.C, r.plan.y.tile, r.plan.x.tile)
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
