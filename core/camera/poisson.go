package camera

import (
	"math"
	"math/rand/v2"
)

// poisson draws a number of electrons with the given mean.
func poisson(rng *rand.Rand, mean float64) float64 {
	switch {
	case mean <= 0:
		return 0
	case mean < 10:
		return poissonSmall(rng, mean)
	case mean < 2000:
		return poissonLarge(rng, mean)
	}
	// Skewness is 1/√mean: from here on nothing tells a rounded normal number
	// apart once it is divided by a gain.
	return math.Round(mean + math.Sqrt(mean)*rng.NormFloat64())
}

// poissonSmall walks up the distribution until a uniform number is used up.
func poissonSmall(rng *rand.Rand, mean float64) float64 {
	left := rng.Float64()
	share := math.Exp(-mean)
	k := 0.0
	for left > share && k < 200 { // rounding may leave a crumb that no share takes
		left -= share
		k++
		share *= mean / k
	}
	return k
}

// poissonLarge is Hörmann's transformed rejection with squeeze, PTRS ("The
// transformed rejection method for generating Poisson random variables", 1993):
// exact for means from 10 up, one or two uniform numbers each.
func poissonLarge(rng *rand.Rand, mean float64) float64 {
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := -0.059 + 0.02483*b
	squeeze := 0.9277 - 3.6224/(b-2)
	for {
		u, v := rng.Float64()-0.5, rng.Float64()
		us := 0.5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + mean + 0.43)
		if us >= 0.07 && v <= squeeze {
			return k
		}
		if k < 0 || us < 0.013 && v > us {
			continue
		}
		inverse := 1.1239 + 1.1328/(b-3.4)
		factorial, _ := math.Lgamma(k + 1)
		if math.Log(v*inverse/(a/(us*us)+b)) <= k*math.Log(mean)-mean-factorial {
			return k
		}
	}
}
