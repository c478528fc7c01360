package noise

import (
	"context"
	"math"
	"slices"
)

// The mixture of flat and textured patches.
const (
	startQuantile = 0.1 // of the energies in a bin, where the search begins
	startAbove    = 1.2 // standard deviations of a flat patch's logarithm from there up
	textureRange  = 5.0 // natural logarithm of how much texture may add to a patch's variance
	mostRounds    = 40
	settled       = 2e-3 // largest change of a logarithm of the level that ends the search
)

// Patches a bin needs to be trusted half as much as one with very many.
const halfTrust = 20

// aboveWeight is how much bins above the first curve count in it: those may hold texture alone.
const aboveWeight = 0.1

// Floors are added to energies: below them differences do not tell flat from textured. JPEG and rounding to 8 bits leave in the same
// flat area patches without any fine energy beside others with a few tenths.
const (
	floor8  = 0.5
	floor16 = 0.02
)

// levels is the energy of the fine modes as a function of brightness in each channel, and which patches are flat. While it is being
// fitted, energies include the floor.
type levels struct {
	energy  [][Bins]float64 // per channel, variance units
	count   [][Bins]float64 // flat patches behind it
	weights []float64       // per patch: the probability of being flat
	share   float64         // of flat patches among the usable ones
	floor   float64
}

// at returns the energy of channel c at a brightness.
func (l *levels) at(c int, brightness float64) float64 { return interpolate(&l.energy[c], brightness) }

// fitter searches the levels by expectation maximisation over a mixture: patches are flat, with energies that follow a gamma
// distribution around the level, or textured, with energies that lie above it, equally likely on a logarithmic scale. A patch is flat in
// all channels or in none.
type fitter struct {
	levels
	all    [][]sample
	usable [][]bool
	shape  float64 // of the gamma distribution: half the degrees of freedom of a flat patch
}

// start begins low, so that of several humps in the distribution the search finds the lowest.
func (f *fitter) start() {
	f.share = 0.5
	for c, samples := range f.all {
		var perBin [Bins][]float64
		for i, s := range samples {
			if f.usable[c][i] {
				perBin[binOf(s.mean)] = append(perBin[binOf(s.mean)], s.fine+f.floor)
			}
		}
		var logs, weight [Bins]float64
		for b, v := range perBin {
			if len(v) > 0 {
				slices.Sort(v)
				logs[b] = math.Log(quantile(v, startQuantile)) + startAbove/math.Sqrt(f.shape)
				weight[b] = trust(float64(len(v)))
			}
		}
		f.energy[c] = envelope(logs, weight)
	}
}

// envelope is a smooth curve under most of the data.
func envelope(logs, weight [Bins]float64) [Bins]float64 {
	curve := smooth(logs, weight)
	for range 10 {
		lowered := weight
		for b := range lowered {
			if logs[b] > math.Log(curve[b]) {
				lowered[b] *= aboveWeight
			}
		}
		curve = smooth(logs, lowered)
	}
	return curve
}

func trust(patches float64) float64 { return patches / (patches + halfTrust) }

// search alternates between judging patches by the level and taking the level from the patches until it settles.
func (f *fitter) search(ctx context.Context) error {
	for range mostRounds {
		if err := f.judge(ctx); err != nil {
			return err
		}
		if f.take() < settled {
			break
		}
	}
	return nil
}

// judge sets the patches' probabilities of being flat for the present levels.
func (f *fitter) judge(ctx context.Context) error {
	logGamma, _ := math.Lgamma(f.shape)
	norm := f.shape*math.Log(f.shape) - logGamma
	const group = 512
	err := inParallel(ctx, (len(f.weights)+group-1)/group, func(part int) {
		for i := part * group; i < min((part+1)*group, len(f.weights)); i++ {
			f.weights[i] = f.probability(i, norm)
		}
	})
	var sum, n float64
	for i, w := range f.weights {
		if f.any(i) {
			sum += w
			n++
		}
	}
	f.share = min(max(sum/max(n, 1), 0.02), 0.98)
	return err
}

// any reports whether some channel of patch i is usable.
func (f *fitter) any(i int) bool {
	for c := range f.usable {
		if f.usable[c][i] {
			return true
		}
	}
	return false
}

func (f *fitter) probability(i int, norm float64) float64 {
	var odds, channels float64
	for c, samples := range f.all {
		if !f.usable[c][i] {
			continue
		}
		u := (samples[i].fine + f.floor) / f.at(c, samples[i].mean)
		logU := math.Log(u)
		flat := norm + f.shape*(logU-u)
		// A range of factors above 1, blurred like a flat patch: the normal distribution's integral, nearly.
		textured := -math.Log(textureRange * (1 + math.Exp(-1.702*logU*math.Sqrt(f.shape))))
		odds += textured - flat
		channels++
	}
	if channels == 0 {
		return 0
	}
	// Channels share some of their noise: together they tell less than if they were independent.
	odds = min(odds/math.Sqrt(channels), 500)
	return 1 / (1 + (1-f.share)/f.share*math.Exp(odds))
}

// take sets the levels for the present probabilities and returns the largest change of a logarithm.
func (f *fitter) take() float64 {
	var change float64
	for c, samples := range f.all {
		var sum, weight, logs [Bins]float64
		for i, w := range f.weights {
			if f.usable[c][i] {
				b := binOf(samples[i].mean)
				sum[b] += w * (samples[i].fine + f.floor)
				weight[b] += w
			}
		}
		f.count[c] = weight
		for b, w := range weight {
			if w > 1e-6 {
				logs[b] = math.Log(sum[b] / w)
			}
			weight[b] = trust(w)
		}
		before := f.energy[c]
		f.energy[c] = smooth(logs, weight)
		for b := range before {
			change = max(change, math.Abs(math.Log(f.energy[c][b]/before[b])))
		}
	}
	return change
}

// A patch whose middle modes hold more than middleLimit times what they hold in the calmer patches has structure.
const (
	middleLimit    = 2.5
	middleQuantile = 0.35
	fewestRatios   = 20
)

// separate finds the levels of all channels, given the degrees of freedom that a flat patch has. Structure reaches into the middle modes
// more than noise does, whatever its level, so that patches are also judged by the ratio of both.
func separate(ctx context.Context, all [][]sample, freedom, floor float64) (*levels, [][]bool, error) {
	f := fitter{all: all, usable: make([][]bool, len(all)), shape: freedom / 2}
	f.weights = make([]float64, len(all[0]))
	f.energy, f.count = make([][Bins]float64, len(all)), make([][Bins]float64, len(all))
	f.floor = floor
	for c, samples := range all {
		f.usable[c] = make([]bool, len(samples))
		for i, s := range samples {
			f.usable[c][i] = s.valid()
		}
	}
	f.start()
	err := f.search(ctx)
	for range 2 {
		for c := range all {
			f.dropStructure(c)
		}
		err = f.search(ctx)
	}
	for c := range f.energy {
		for b := range f.energy[c] {
			f.energy[c][b] = max(f.energy[c][b]-floor, floor/1e3)
		}
	}
	return &f.levels, f.usable, err
}

func (f *fitter) dropStructure(c int) {
	samples := f.all[c]
	var ratios []float64
	for i, w := range f.weights {
		if w > 0.5 && samples[i].valid() {
			ratios = append(ratios, samples[i].middle/samples[i].fine)
		}
	}
	if len(ratios) < fewestRatios {
		return
	}
	slices.Sort(ratios)
	limit := middleLimit * quantile(ratios, middleQuantile)
	for i, s := range samples {
		f.usable[c][i] = s.valid() && s.middle <= limit*s.fine
	}
}

// quantile of sorted values.
func quantile(sorted []float64, q float64) float64 {
	p := q * float64(len(sorted)-1)
	i := int(p)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	f := p - float64(i)
	return sorted[i]*(1-f) + sorted[i+1]*f
}
