package noise

import (
	"math"
	"slices"

	"blindspot/core/pixel"
)

// Sample is a part of a photo and what a blind-spot network makes of it: tiles of one shape, values 0..255.
type Sample struct{ Noisy, Blind *pixel.Tile }

// What Calibrate looks at.
const (
	calibrationStep  = 4   // pixels between blocks
	calibrationReach = 3   // blocks to all sides that are averaged
	calmShare        = 0.1 // of the places, those with the least energy
	// calmEnergy is the mean energy of these over all, for noise alone: it spreads by chance.
	calmEnergy = 0.7
)

// Calibrate lowers the model's spectra where the samples show that there is less noise. The error of a blind estimate and the noise are
// independent, so the energy of their difference is nowhere less than the noise's; where the calmest places have less than the model says,
// the model has taken texture for noise. Nothing is ever raised. Samples smaller than a block tell nothing.
func (m *Model) Calibrate(samples []Sample) {
	for o := range m.Spectra {
		var energies [Block * Block][]float64
		for _, s := range samples {
			m.excess(s, o, &energies)
		}
		if len(energies[0]) == 0 {
			return
		}
		var least [Block * Block]float64 // logarithms
		for i := range energies {
			slices.Sort(energies[i])
			least[i] = math.Log(max(quantile(energies[i], calmShare), 1e-6))
		}
		for i := range m.Spectra[o] {
			m.Spectra[o][i] *= min(1, math.Exp(meanOfBand(&least, i))/calmEnergy)
		}
	}
}

// meanOfBand is the mean over the coefficients with about as many half waves as number i: each by itself is uncertain.
func meanOfBand(values *[Block * Block]float64, i int) float64 {
	var sum, n float64
	for j, v := range values {
		if d := i%Block + i/Block - j%Block - j/Block; d >= -1 && d <= 1 {
			sum += v
			n++
		}
	}
	return sum / n
}

// excess appends, for each coefficient along axis o, the energy of the difference over that of the noise, averaged around each block.
func (m *Model) excess(s Sample, o int, energies *[Block * Block][]float64) {
	nx, ny := (s.Noisy.W-Block)/calibrationStep+1, (s.Noisy.H-Block)/calibrationStep+1
	if s.Noisy.W < Block || s.Noisy.H < Block {
		return
	}
	blocks := make([]Spectrum, nx*ny)
	for by := range ny {
		for bx := range nx {
			blocks[by*nx+bx] = m.ratio(s, o, bx*calibrationStep, by*calibrationStep)
		}
	}
	for by := range ny {
		for bx := range nx {
			var sum Spectrum
			n := 0.0
			for y := max(by-calibrationReach, 0); y <= min(by+calibrationReach, ny-1); y++ {
				for x := max(bx-calibrationReach, 0); x <= min(bx+calibrationReach, nx-1); x++ {
					for i, v := range blocks[y*nx+x] {
						sum[i] += v
					}
					n++
				}
			}
			for i, v := range sum {
				energies[i] = append(energies[i], v/n)
			}
		}
	}
}

// ratio is the energy of the difference over the noise's in the block at (x0, y0).
func (m *Model) ratio(s Sample, o, x0, y0 int) Spectrum {
	var block [Block * Block]float64
	var variance float64
	channels := s.Noisy.C
	for c := range channels {
		axis := 1.0
		if channels == 3 {
			axis = Opponent[o][c]
		}
		var mean float64
		noisy, blind := s.Noisy.Plane(c), s.Blind.Plane(c)
		for i := range block {
			at := (y0+i/Block)*s.Noisy.W + x0 + i%Block
			block[i] += axis * float64(noisy[at]-blind[at])
			mean += float64(blind[at]) / (Block * Block)
		}
		variance += interpolate(&m.Variance[c], mean) / float64(channels)
	}
	transform(&block)
	var r Spectrum
	for i, v := range block {
		r[i] = v * v / (variance * m.Spectra[o][i])
	}
	return r
}
