package camera

import (
	"math"

	"blindspot/core/pixel"
)

// residual is what is measured of noisy − clean: all channels pooled, both
// directions, each channel's mean taken off.
type residual struct {
	level float64 // deviation, of 255
	lag1  float64 // correlation of neighbours
	lag2  float64 // of pixels two apart
	lag3  float64
}

// measure compares two pictures, border pixels left out.
func measure(noisy, clean *pixel.Image) residual {
	const border = 4
	w, h := noisy.W, noisy.H
	var power, count float64
	var lags [4]float64
	for c := range noisy.C {
		d := make([]float64, w*h)
		var mean float64
		for i := range d {
			d[i] = (float64(noisy.Planes[c][i]) - float64(clean.Planes[c][i])) / 257
			mean += d[i]
		}
		mean /= float64(len(d))
		for i := range d {
			d[i] -= mean
		}
		for y := border; y < h-border; y++ {
			for x := border; x < w-border; x++ {
				i := y*w + x
				power += d[i] * d[i]
				count++
				for lag := 1; lag <= 3; lag++ {
					lags[lag] += d[i] * (d[i+lag] + d[i+lag*w]) / 2
				}
			}
		}
	}
	return residual{math.Sqrt(power / count), lags[1] / power, lags[2] / power, lags[3] / power}
}
