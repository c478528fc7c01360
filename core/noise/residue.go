package noise

import (
	"math"
	"slices"

	"blindspot/core/pixel"
)

// What Residue looks at.
const (
	residueStep = 8 // pixels between blocks
	// residueShare of the places, those with the least energy, are taken for calm: samples lie where the photo is flattest.
	residueShare = 0.3
	// mostResidue is the largest part of the noise's energy that a network is believed to leave.
	mostResidue = 0.3
	// Mean shares of the noise's energy, over all fine waves: what seems to be left is believed up to the first and is picture from the second on.
	likelyResidue, unlikelyResidue = 0.12, 0.25
)

// Residue returns how much of the noise the estimates of the samples have kept: the spectra along the Opponent axes of the estimates
// themselves where they are calm, first of pixels and then of the means of 8×8 pixels, in units of the channels' mean variance. They are
// more than 0, and at most three tenths of the noise's. There is none to speak of where samples are smaller than a block, and where the
// estimates are nowhere calm: that is texture, and fills the picture.
func (m *Model) Residue(samples []Sample) [2][]Spectrum {
	fine, coarse := make([]Spectrum, len(m.Spectra)), make([]Spectrum, len(m.Spectra))
	few := make([]Sample, len(samples))
	for i, s := range samples {
		few[i].Blind = shrunk(s.Blind)
	}
	var sum float64
	for o := range m.Spectra {
		var mean Spectrum // of the mean of a block: the lowest coefficient is eight times as large
		for i := range mean {
			mean[i] = m.Spectra[o][0] / (Block * Block)
		}
		fine[o], coarse[o] = m.left(samples, o, &m.Spectra[o]), m.left(few, o, &mean)
		for i, v := range fine[o] {
			sum += v / m.Spectra[o][i] / float64(len(fine[o])*len(fine))
		}
	}
	belief := min(max((unlikelyResidue-sum)/(unlikelyResidue-likelyResidue), 0), 1)
	for o := range m.Spectra {
		for i := range fine[o] {
			fine[o][i] = max(belief*min(fine[o][i], mostResidue*m.Spectra[o][i]), faintest*faintest)
			coarse[o][i] = max(belief*min(coarse[o][i], mostResidue*m.Spectra[o][0]/(Block*Block)), faintest*faintest)
		}
	}
	return [2][]Spectrum{fine, coarse}
}

// left is the residue along one axis where the noise's energy is as given.
func (m *Model) left(samples []Sample, o int, noise *Spectrum) (s Spectrum) {
	var energies [Block * Block][]float64
	for _, sample := range samples {
		m.gather(sample.Blind, nil, o, noise, residueStep, 1, &energies)
	}
	if len(energies[0]) == 0 {
		return s
	}
	var calm [Block * Block]float64 // logarithms
	for i := range energies {
		slices.Sort(energies[i])
		calm[i] = math.Log(max(quantile(energies[i], residueShare)/calmEnergy, faintest))
	}
	calm[0] = calm[1] // the lowest is the picture itself
	for i := range s {
		s[i] = math.Exp(meanOfBand(&calm, i)) * noise[i]
	}
	return s
}

// shrunk are the means of 8×8 pixels; rows and columns that fill no block are left out.
func shrunk(t *pixel.Tile) *pixel.Tile {
	out := pixel.NewTile(t.C, t.H/Block, t.W/Block)
	for c := range t.C {
		from, to := t.Plane(c), out.Plane(c)
		for y := range out.H * Block {
			for x := range out.W * Block {
				to[y/Block*out.W+x/Block] += from[y*t.W+x] / (Block * Block)
			}
		}
	}
	return out
}
