package noise

import "math"

// confidence is the least of the channels': it grows with the number of flat patches, their share among all, and the share of the
// area whose brightness they cover. A hundred patches, a fifth of all and half of the area are enough.
func confidence(curves []Curve, flat float64) float64 {
	least := 1.0
	for c := range curves {
		least = min(least, (1-math.Exp(-curves[c].patches()/40))*min(1, flat/0.2)*min(1, curves[c].covered()/0.5))
	}
	return least
}

// Shares of the energy in the lowest coefficients of brightness: noise of cameras has less than grainShare, texture that was taken for
// noise more than clumpShare.
const (
	grainShare = 0.84
	clumpShare = 0.92
)

// fineness is 1 for noise with some grain in it and falls to 0 where all but a little of the energy is coarse, as in gravel or leaves that
// fill the picture. Where the spectrum is unknown it is 1.
func fineness(spectra []Spectrum) float64 {
	if spectra == nil {
		return 1
	}
	return falling(spectra[0].coarse(), grainShare, clumpShare)
}

// coarse is the share of the energy in the lowest coefficients.
func (s *Spectrum) coarse() float64 {
	var coarse, all float64
	for i, v := range s {
		all += v
		if i%Block+i/Block <= 2 {
			coarse += v
		}
	}
	return coarse / max(all, 1e-12)
}

// falling is 1 up to v = from and 0 from to on.
func falling(v, from, to float64) float64 { return min(max((to-v)/(to-from), 0), 1) }

// fading is 1 for noise whose correlation dies out towards the largest lags, as all noise of cameras does, and falls to 0 where it does not:
// texture that fills the picture and was taken for noise.
func fading(right, down [Reach + 1]float64) float64 {
	var far float64
	for lag := Reach - 1; lag <= Reach; lag++ {
		far = max(far, math.Abs(right[lag]), math.Abs(down[lag]))
	}
	return min(max((0.4-far)/0.3, 0), 1)
}
