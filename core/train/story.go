package train

import (
	"context"

	"blindspot/core/bsn"
	"blindspot/core/noise"
)

// A model tells how well it did and what noise it learned, so that people can see what it is for.

// told is the trained model with its story.
func (t *trainer) told(ctx context.Context, st *state) (*bsn.Model, error) {
	m := t.model(st)
	tellScore(m, st.position)
	if err := t.tellNoise(ctx, m); err != nil {
		return nil, err // the checkpoint is that of the end: resuming comes here again at once
	}
	return m, nil
}

// tellOf is how many photos are measured for that.
const tellOf = 3

// tellNoise measures the noise of a few photos, spread over the album, and writes the mean into the model's story. Photos
// that show too little flat area say nothing.
func (t *trainer) tellNoise(ctx context.Context, m *bsn.Model) error {
	const sure = 0.3 // confidence, from which on a report is more than a guess
	var sum noise.Map
	var right [noise.Reach + 1]float64
	level, n := 0.0, 0.0
	last := -1
	for k := range tellOf {
		i := t.album.at((float64(k) + 0.5) / tellOf)
		if i == last { // there are fewer photos, or this one is larger than the others together
			continue
		}
		last = i
		if err := t.giveWay(ctx); err != nil {
			return err
		}
		im, err := t.album.get(ctx, i)
		if err != nil {
			continue // it has been said when it was to be trained on
		}
		r, err := noise.Measure(ctx, im, noise.Options{})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || r.Confidence < sure {
			continue
		}
		for y := range sum {
			for x := range sum[y] {
				sum[y][x] += r.Correlation[y][x]
			}
		}
		for lag, v := range r.Right {
			right[lag] += (v + r.Down[lag]) / 2
		}
		level, n = level+r.Sigma, n+1
	}
	if n == 0 {
		return ctx.Err()
	}
	m.Info.NoiseLevel = level / n
	for _, row := range sum {
		for _, v := range row {
			m.Info.CorrelationMap = append(m.Info.CorrelationMap, v/n)
		}
	}
	for _, v := range right[1:] {
		m.Info.Correlation = append(m.Info.Correlation, v/n)
	}
	return ctx.Err()
}

// tellScore writes into the model's story what its teacher scored on the held-out crops.
func tellScore(m *bsn.Model, p position) {
	best := p.Best
	if p.Phase != PhaseFit {
		best = p.FitBest
	}
	if best > 0 && best < 1e6 { // no score is that bad, but none at all is
		m.Info.HeldOut, m.Info.HeldOutBase = best, p.FirstScore
	}
}
