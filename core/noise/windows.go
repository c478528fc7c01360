package noise

import (
	"cmp"
	"context"
	"math"
	"slices"

	"blindspot/core/pixel"
)

// window is a flat piece of one channel from which the whole variance and the correlation are taken.
type window struct {
	sample
	around float64 // mean fine energy of the patches inside
}

// How windows are chosen.
const (
	mostCandidates = 1500
	calmFactor     = 1.8  // a patch inside with more energy than this times the level spoils a window
	fewestWindows  = 30   // with fewer of double size single patches are taken
	mostWindows    = 1200 // before the calmest are taken
	calmest        = 0.35 // share of the windows that are used, those with the least energy over the level
	// calmestMean is the mean of the lowest 35 % of a normal distribution in standard deviations, with its sign changed.
	calmestMean = 1.058
)

// wideWindows returns, for each channel, windows of twice the patches' side around flat patches whose four quarters are all flat. Noise
// that is correlated over many pixels hides from small patches behind their plane.
func wideWindows(ctx context.Context, im *pixel.Image, all [][]sample, l *levels, n int) ([][]window, error) {
	var candidates []int
	for i, w := range l.weights {
		if w > 0.5 {
			candidates = append(candidates, i)
		}
	}
	candidates = thin(candidates, mostCandidates)
	found := make([][]window, len(candidates)) // per candidate one for each channel, or none
	small, wide := modes(n), modes(2*n)
	err := inParallel(ctx, len(candidates), func(k int) {
		at := all[0][candidates[k]]
		x, y := at.x-n/2, at.y-n/2
		if x < 0 || y < 0 || x+2*n > im.W || y+2*n > im.H {
			return
		}
		found[k] = lookAround(im, x, y, n, l, small, wide)
	})
	list := make([][]window, len(all))
	for _, windows := range found {
		for c, w := range windows {
			if w.valid() {
				list[c] = append(list[c], w)
			}
		}
	}
	return list, err
}

// lookAround measures the window of side 2n at (x, y) in all channels, or returns nil if a quarter is not flat.
func lookAround(im *pixel.Image, x, y, n int, l *levels, small, wide [lowOrder][]float64) []window {
	buffer := make([]float64, 4*n*n)
	windows := make([]window, im.C)
	for c := range windows {
		w := window{sample: look(im, c, x, y, 2*n, wide, buffer)}
		for q := range 4 {
			s := look(im, c, x+q%2*n, y+q/2*n, n, small, buffer[:n*n])
			if w.valid() && (s.constant || s.fine+l.floor > calmFactor*(l.at(c, s.mean)+l.floor)) {
				return nil
			}
			w.around += s.fine / 4
		}
		windows[c] = w
	}
	return windows
}

// correlate returns the covariance of the noise in channel c in units of the fine energy, bias of the planes removed; its centre is
// the whole variance over the level. ok is false if there is no flat patch.
func correlate(ctx context.Context, im *pixel.Image, c int, samples []sample, usable []bool, list []window, l *levels, n int) (cov lags, ok bool, err error) {
	side := 2 * n
	if len(list) < fewestWindows {
		side, list = n, nil
		for i, w := range l.weights {
			if w > 0.5 && usable[i] {
				list = append(list, window{samples[i], samples[i].fine})
			}
		}
	}
	if len(list) == 0 {
		return cov, false, ctx.Err()
	}
	list = thin(list, mostWindows)
	var mean float64
	for _, w := range list {
		mean += w.around / l.at(c, w.mean) / float64(len(list))
	}
	// What structure is left sits in the windows with the most energy; what cutting these off costs in noise is added below.
	over := func(w window) float64 { return w.total / l.at(c, w.mean) }
	slices.SortStableFunc(list, func(a, b window) int { return cmp.Compare(over(a), over(b)) })
	list = list[:max(1, int(calmest*float64(len(list))))]
	scale := make([]float64, len(list))
	for i, w := range list {
		scale[i] = mean * l.at(c, w.mean)
	}
	measured, err := covariances(ctx, im, c, list, scale, side)
	cov = unbias(measured, side)
	// The variance in a window spreads as that of so many independent samples does.
	independent := float64(side*side) / cov.pixelsPerSample()
	cov.times(1 + calmestMean*math.Sqrt(2/independent))
	return cov, cov.at(0, 0) > 0, err
}

// flatPlaces returns the windows that are flat in all channels, or where there are few of them the patches, and their side.
func flatPlaces(all [][]sample, usable [][]bool, wide [][]window, l *levels, n int) (places []place, side int) {
	add := func(samples []sample) {
		p := place{samples: samples}
		for c, s := range samples {
			p.over += s.total / max(l.at(c, s.mean), 1e-9)
		}
		places = append(places, p)
	}
	at := map[[2]int][]sample{}
	for _, list := range wide {
		for _, w := range list {
			at[[2]int{w.x, w.y}] = append(at[[2]int{w.x, w.y}], w.sample)
		}
	}
	for _, w := range wide[0] {
		if samples := at[[2]int{w.x, w.y}]; len(samples) == len(all) {
			add(samples)
		}
	}
	if len(places) >= fewestWindows {
		return places, 2 * n
	}
	places = nil
	for i, w := range l.weights {
		samples := make([]sample, 0, len(all))
		for c := range all {
			if w > 0.5 && usable[c][i] {
				samples = append(samples, all[c][i])
			}
		}
		if len(samples) == len(all) {
			add(samples)
		}
	}
	return thin(places, mostWindows), n
}

// thin returns at most so many members of the list, evenly spread.
func thin[T any](list []T, most int) []T {
	if len(list) <= most {
		return slices.Clone(list)
	}
	out := make([]T, most)
	for i := range out {
		out[i] = list[i*len(list)/most]
	}
	return out
}
