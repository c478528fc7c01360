package noise

import (
	"context"
	"math"
	"slices"

	"blindspot/core/pixel"
)

// Noise arises in linear light and passes through the tone curve, which is steep in the shadows and flattens from there on. It
// bends strong noise: what goes down goes farther than what goes up, so that the photo is darker, on the mean, than the scene.
// The median is not: it passes through any curve. A blind network that learns by the mean absolute error finds medians.
//
// To second order the curve y = g(l) moves the mean by g″/2·σₗ², which is g″/(2g′²)·σ² of the noise σ that is seen. For y = l^(1/γ) this is
// −(γ−1)/2 · σ²/y. Near black curves are straight and the noise is cut off, so that it grows no more where σ comes near to y:
//
//	shift(y) = −bend · (γ−1)/2 · σ(y)² / (y + 1.2·σ(y)),  γ = 2.2
//
// Photos of phones at σ 11 to 25 agree with it at bend 1 within 1 of 255, from y = 32 on. How much of it there is in a photo is
// measured, as the mean less the median in flat windows: noise that was added behind the curve has none.

// Of the curve that shifts are told by.
const (
	gammaBend = 0.6 // (γ−1)/2
	blackBend = 1.2
	mostBend  = 1.3 // more is an error
	// sureBend is the number of standard errors up to which a bend is taken for chance.
	sureBend = 2
)

// shift is how far the mean of noise of the given level lies above its median, at a bend of 1.
func shift(brightness, sigma float64) float64 {
	if sigma == 0 {
		return 0
	}
	return -gammaBend * sigma * sigma / (max(brightness, 0) + blackBend*sigma)
}

// bend is how much of the shift there is in flat windows of the given side: the slope, by least squares, of mean less median over it.
func (r *Report) bend(ctx context.Context, im *pixel.Image, places []place, side int) (float64, error) {
	type point struct{ x, y float64 } // in standard deviations of the noise
	points := make([][]point, len(places))
	basis := modes(side)
	err := inParallel(ctx, len(places), func(i int) {
		window := make([]float64, side*side)
		for c := range places[i].samples {
			s := &places[i].samples[c]
			sigma := r.Channels[c].At(s.mean)
			if sigma == 0 {
				continue
			}
			residual(im, c, s, side, basis, window)
			slices.Sort(window)
			points[i] = append(points[i], point{shift(s.mean, sigma) / sigma, -quantile(window, 0.5) / sigma})
		}
	})
	if err != nil {
		return 0, err
	}
	var xx, xy float64
	for _, p := range slices.Concat(points...) {
		xx += p.x * p.x
		xy += p.x * p.y
	}
	if xx == 0 {
		return 0, nil
	}
	slope := xy / xx
	var scatter float64
	for _, list := range points { // the channels of a window err alike
		var e float64
		for _, p := range list {
			e += p.x * (p.y - slope*p.x)
		}
		scatter += e * e
	}
	chance := sureBend * math.Sqrt(scatter) / xx
	if slope <= chance {
		return 0, nil
	}
	return min(slope*(1-chance*chance/(slope*slope)), mostBend), nil
}
