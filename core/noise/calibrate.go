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
	calmShare = 0.1 // of the places, those with the least energy
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
			m.gather(s.Blind, s.Noisy, o, &m.Spectra[o], 4, 3, &energies)
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

// gather appends, for each coefficient along axis o, the energy of the difference between an estimate and the photo, or without a photo of the
// estimate itself, over that of the noise with the given spectrum: of blocks so many pixels apart, averaged over reach blocks to all sides.
func (m *Model) gather(blind, noisy *pixel.Tile, o int, spectrum *Spectrum, step, reach int, energies *[Block * Block][]float64) {
	if blind.W < Block || blind.H < Block {
		return
	}
	nx, ny := (blind.W-Block)/step+1, (blind.H-Block)/step+1
	across := make([]Spectrum, nx*ny) // sums over reach blocks to the left and right
	row := make([]Spectrum, nx)
	for by := range ny {
		for bx := range nx {
			row[bx] = m.ratio(blind, noisy, o, spectrum, bx*step, by*step)
		}
		for bx := range nx {
			sumOf(&across[by*nx+bx], row[max(bx-reach, 0):min(bx+reach+1, nx)], 1)
		}
	}
	for by := range ny {
		first, last := max(by-reach, 0), min(by+reach, ny-1)
		for bx := range nx {
			var sum Spectrum
			sumOf(&sum, across[first*nx+bx:last*nx+bx+1], nx)
			n := float64((last - first + 1) * (min(bx+reach, nx-1) - max(bx-reach, 0) + 1))
			for i, v := range sum {
				energies[i] = append(energies[i], v/n)
			}
		}
	}
}

// sumOf sets sum to the sum over every step-th of the spectra.
func sumOf(sum *Spectrum, spectra []Spectrum, step int) {
	*sum = spectra[0]
	for i := step; i < len(spectra); i += step {
		for j, v := range &spectra[i] {
			sum[j] += v
		}
	}
}

// ratio is gather's for the block at (x0, y0) alone.
func (m *Model) ratio(estimate, noisy *pixel.Tile, o int, spectrum *Spectrum, x0, y0 int) Spectrum {
	var block [Block * Block]float64
	var variance float64
	channels := estimate.C
	for c := range channels {
		axis := 1.0
		if channels == 3 {
			axis = Opponent[o][c]
		}
		var mean float64
		blind := estimate.Plane(c)
		for i := range block {
			at := (y0+i/Block)*estimate.W + x0 + i%Block
			v := float64(blind[at])
			mean += v / (Block * Block)
			if noisy != nil {
				v = float64(noisy.Plane(c)[at]) - interpolate(&m.Shift[c], v) - v
			}
			block[i] += axis * v
		}
		variance += interpolate(&m.Variance[c], mean) / float64(channels)
	}
	transform(&block)
	var r Spectrum
	for i, v := range block {
		r[i] = v * v / (variance * spectrum[i])
	}
	return r
}
