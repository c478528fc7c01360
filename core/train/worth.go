package train

import "math"

// What can be said of a training's worth without clean pictures.

// Whether training from scratch pays, by the level of the noise (standard deviation in steps of 8 bits). A network that learned
// for some ten minutes is wrong by four or five levels on average, one that learned for an hour by little
// less. Where noise is weaker than that, the photo is closer to the truth than the network's guess.
const (
	scratchSoon = 6.0 // minutes
	scratchLong = 4.0 // an hour and more
)

// ScratchPays reports whether a network that is trained from scratch for that many minutes can be expected to come closer to the
// picture than photos with noise of level sigma are.
func ScratchPays(sigma, minutes float64) bool {
	if minutes >= 60 {
		return sigma >= scratchLong
	}
	return sigma >= scratchSoon
}

// GuessError estimates how far a teacher's guess is from the picture, as a standard deviation, from its held-out score and the level of
// the noise. The guess's error is independent of the noise that it did not see, so their variances add up in what the score measures;
// the mean distance of a normal distribution is its deviation times √(2/π).
func GuessError(heldOut, sigma float64) float64 {
	all := heldOut * math.Sqrt(math.Pi/2)
	return math.Sqrt(max(all*all-sigma*sigma, 0))
}
