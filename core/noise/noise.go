// Package noise measures the noise of a photo from the photo alone: its level as a function of brightness, and how it is correlated
// from pixel to pixel.
//
// # Method
//
// Noise of real photos is correlated by demosaicing, smoothing and JPEG, so that filters which keep only the finest detail see a small and
// unknown part of it. Therefore flat patches are searched, and their whole variance is taken.
//
//  1. Patches of 16×16 pixels are split by polynomials into a plane (left to the scene), seven middle modes, and 246 fine
//     ones. Patches with more than a quarter of their samples at black or white, and such without any variation, are left out.
//  2. The energy of the fine modes is modelled as a mixture: flat patches scatter around a smooth level, a function of brightness,
//     as much as their degrees of freedom allow; textured ones lie anywhere above. Expectation maximisation, begun low, finds
//     the level and each patch's probability of being flat, in all channels together (level.go). Patches whose middle modes hold more
//     than their part are taken out, whatever their level.
//  3. Around flat patches windows of 32×32 pixels are taken whose quarters are flat too, and of these the calmer ones. The covariance
//     of what is left after their plane is averaged at lags up to 8, each window in units of its level; what the plane took with it is
//     computed and given back (correlation.go). Its centre says how much the whole variance exceeds that of the fine modes.
//  4. The degrees of freedom follow from the correlation; 2 and 3 are done again with them.
//
// Rounding to 8 bits adds 1/12 to the variance, which is taken off.
//
// # What it cannot see
//
// Noise that changes over more than 32 pixels passes for shading. Texture as fine as the noise and everywhere at a brightness passes for noise
// there, unless the curve's neighbours say otherwise. Cameras that smooth flat areas and spare texture leave more noise in the latter
// than is found here. Confidence tells how much flat area there was.
package noise

import (
	"context"
	"errors"
	"image"
	"math"

	"blindspot/core/pixel"
)

// ErrShape is returned for pictures with neither one nor three channels, or whose planes do not fit their size.
var ErrShape = errors.New("the picture has neither one nor three complete channels")

// Options of Measure. The zero value is meant for photos of an ordinary camera.
type Options struct {
	Patches     int  // most patches looked at; 0 means 12,000
	Independent bool // every pixel was measured by itself, as by scanners and monochrome sensors: never set for demosaiced photos
}

const defaultPatches = 12000

// Report is what Measure finds. Levels are standard deviations of gamma-encoded values in steps of 8 bits.
type Report struct {
	Sigma       float64            // root of the mean variance over the photo's brightnesses and channels
	Strength    Strength           // of Sigma
	Channels    []Curve            // one for each channel, by that channel's brightness
	Pooled      Curve              // all channels together
	Correlation Map                // mean of the channels
	PerChannel  []Map              // each by itself
	Spectra     []Spectrum         // along the Opponent axes (gray: of the channel), in units of the channels' mean variance; nil if unknown
	Bend        float64            // 0 (noise spreads evenly to both sides) to 1 (as a tone curve bends it: its mean lies below its median) and a little more
	Right, Down [Reach + 1]float64 // correlation at lags 0..Reach along rows and columns, mean of the channels
	Width       int                // WidthOf Right and Down
	Suggested   Suggestion         // Suggest of the above
	Confidence  float64            // 0 (nothing was measured) to 1 (plenty of flat area at most brightnesses)
	Flat        float64            // share of the patches that are flat
	Flattest    []image.Point      // middles of the flattest places, the flattest first, apart from each other; at most 8
	Demosaiced  bool               // three channels, and not declared independent

	rounding float64 // variance that the photo's depth adds to what the curves say
}

// Measure measures the noise of a photo of one or three channels. The result does not depend on the number of processors. Pictures in
// which nothing can be measured (smaller than 8 pixels, all black) give Sigma 0 with Confidence 0; pictures without any variation give
// Sigma 0 with Confidence 1. The error is ErrShape or the context's.
func Measure(ctx context.Context, im *pixel.Image, o Options) (*Report, error) {
	if err := check(im); err != nil {
		return nil, err
	}
	if o.Patches <= 0 {
		o.Patches = defaultPatches
	}
	r := newReport(im.C, im.C == 3 && !o.Independent)
	g := planGrid(im.W, im.H, o.Patches)
	all, err := survey(ctx, im, g)
	if err != nil {
		return nil, err
	}
	valid, constant := census(all)
	switch {
	case constant > valid:
		r.Confidence = 1
	case valid > 0:
		if err := r.measure(ctx, im, all, g.n); err != nil {
			return nil, err
		}
	}
	r.conclude()
	return r, nil
}

func check(im *pixel.Image) error {
	if im == nil || im.C != 1 && im.C != 3 || len(im.Planes) != im.C || im.W < 0 || im.H < 0 {
		return ErrShape
	}
	for _, p := range im.Planes {
		if len(p) != im.W*im.H {
			return ErrShape
		}
	}
	return nil
}

// newReport is the report of a picture without noise.
func newReport(channels int, demosaiced bool) *Report {
	r := &Report{Channels: make([]Curve, channels), PerChannel: make([]Map, channels), Demosaiced: demosaiced}
	r.Right[0], r.Down[0], r.Correlation[4][4] = 1, 1, 1
	for c := range r.PerChannel {
		r.PerChannel[c][4][4] = 1
	}
	return r
}

// census counts the patches that can tell about noise in some channel, and those that are constant in all.
func census(all [][]sample) (valid, constant int) {
	for i := range all[0] {
		some, every := false, true
		for c := range all {
			some = some || all[c][i].valid()
			every = every && all[c][i].constant && !all[c][i].clipped
		}
		if some {
			valid++
		}
		if every {
			constant++
		}
	}
	return valid, constant
}

// Pixels per independent sample before anything is known, and how much more widely than theory says flat patches scatter.
const (
	firstPixels = 6.0
	fitPixels   = 5.0 // at most, or textured patches pass for widely scattered flat ones
	scatter     = 1.5
)

// measure fills in curves and correlations.
func (r *Report) measure(ctx context.Context, im *pixel.Image, all [][]sample, n int) error {
	floor, rounding := floor16, 0.0
	if im.Depth == 8 {
		floor, rounding = floor8, 1.0/12
	}
	r.rounding = rounding
	modes := float64(n*n - planeModes - middleModes)
	freedom := modes / firstPixels
	for _, last := range []bool{false, true} {
		l, usable, err := separate(ctx, all, freedom, floor)
		if err != nil {
			return err
		}
		wide := make([][]window, im.C)
		if last {
			if wide, err = wideWindows(ctx, im, all, l, n); err != nil {
				return err
			}
		}
		r.Flat = l.share
		var pooled lags
		var found float64
		for c, samples := range all {
			cov, ok, err := correlate(ctx, im, c, samples, usable[c], wide[c], l, n)
			if err != nil {
				return err
			}
			r.Channels[c] = newCurve(samples, l, c, cov.at(0, 0), rounding)
			if !ok {
				continue
			}
			cov[0][Reach] -= min(rounding/meanVariance(&r.Channels[c], rounding), 0.7) * cov[0][Reach]
			correlation := cov.correlation()
			r.PerChannel[c] = correlation.drawn()
			pooled.plus(1, &correlation)
			found++
		}
		if found == 0 {
			return nil
		}
		pooled.times(1 / found)
		freedom = modes / min(pooled.pixelsPerSample(), fitPixels) / scatter
		if last {
			places, side := flatPlaces(all, usable, wide, l, n)
			if r.Spectra, err = r.spectra(ctx, im, places, side, rounding); err != nil {
				return err
			}
			if r.Bend, err = r.bend(ctx, im, places, side); err != nil {
				return err
			}
			r.Flattest = spread(places, side)
		}
		r.Correlation = pooled.drawn()
		for lag := range Reach + 1 {
			r.Right[lag], r.Down[lag] = pooled.at(0, lag), pooled.at(lag, 0)
		}
	}
	return nil
}

// meanVariance is the variance of a curve with the rounding put back.
func meanVariance(c *Curve, rounding float64) float64 { return max(c.variance()+rounding, 1e-9) }

// newCurve turns the fine level of channel c into the whole: total is their ratio.
func newCurve(samples []sample, l *levels, c int, total, rounding float64) Curve {
	out := Curve{Patches: l.count[c]}
	var n float64
	for i := range samples {
		if !samples[i].clipped {
			out.Share[binOf(samples[i].mean)]++
			n++
		}
	}
	for b, energy := range l.energy[c] {
		out.Sigma[b] = math.Sqrt(max(0, energy*total-rounding))
		out.Share[b] /= max(n, 1)
	}
	return out
}

// conclude derives the summary from curves and correlation.
func (r *Report) conclude() {
	var variance float64
	for c := range r.Channels {
		variance += r.Channels[c].variance() / float64(len(r.Channels))
	}
	r.Pooled = meanCurve(r.Channels)
	if r.Flat > 0 {
		r.Confidence = confidence(r.Channels, r.Flat)
		if StrengthOf(math.Sqrt(variance)) != None { // the rest of rounding may be correlated in any way
			r.Confidence *= fading(r.Right, r.Down)
		}
		r.Confidence *= fineness(r.Spectra)
	}
	r.summarise(math.Sqrt(variance))
}

// summarise sets the level and what is concluded from it and from the correlation.
func (r *Report) summarise(sigma float64) {
	r.Sigma = sigma
	r.Strength = StrengthOf(sigma)
	r.Width = WidthOf(r.Right, r.Down)
	r.Suggested = Suggest(sigma, r.Right, r.Down, r.Demosaiced)
	if r.Confidence == 0 {
		r.Suggested = unknown
	}
}
