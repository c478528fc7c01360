package noise

import "math"

// Strength is the noise level in four steps, for words.
type Strength int

// Strengths by the summary level, in steps of 8 bits.
const (
	None   Strength = iota // under 0.8: hardly to be seen
	Weak                   // under 5: a good camera at moderate sensitivity
	Medium                 // under 12
	Strong
)

// StrengthOf grades a level.
func StrengthOf(sigma float64) Strength {
	switch {
	case sigma < 0.8:
		return None
	case sigma < 5:
		return Weak
	case sigma < 12:
		return Medium
	}
	return Strong
}

// significant is the correlation from which on a lag counts for the width. The faint tails that chroma smoothing leaves lie below.
const significant = 0.15

// WidthOf returns the largest lag, 0..Reach, at which the correlation to the right or down is significant (0.15) and was at all
// smaller lags.
func WidthOf(right, down [Reach + 1]float64) int {
	for lag := 1; lag <= Reach; lag++ {
		if max(right[lag], down[lag]) < significant {
			return lag - 1
		}
	}
	return Reach
}

// Suggestion is what a hole should be.
type Suggestion struct {
	Training  int // hole to train with: 1, 3, 9, 13, 15 or 17
	Inference int // stop of the blind-spot slider: 0, 1, 3, 5 or 7
}

// unknown is suggested where nothing could be measured: what serves most photos.
var unknown = Suggestion{Training: 9, Inference: 3}

// Limits of Suggest.
const (
	whiteLag1  = 0.05 // correlation of neighbours up to which noise is white
	nearlyLag1 = 0.15
	coarseLag  = 0.5 // correlation at which a lag belongs to a grain's core
	faintSigma = 2.0
)

// Suggest is the rule for both holes. sigma is the level, right and down the correlation at lags 0..Reach, demosaiced says that the pixels
// were interpolated from a mosaic of colours.
//
// Training: a hole must cover what the noise of neighbours tells about the pixel. Nine pixels do for demosaiced photos, and such
// photos never get fewer, however white the noise looks: after strong processing the estimate cannot be trusted so far. Where the
// correlation of visible noise reaches past lag 5, the hole covers it: 2·width+1, at most 17. Other pictures (scans, monochrome sensors) with
// uncorrelated noise need a hole of 1, with slight correlation 3.
//
// Inference: 1 for white noise; otherwise 3, which the paper found best, 5 or 7 if the grain's core (correlation of a half) reaches
// lags 2 or 3, and one stop less where the noise is so faint that detail is worth more.
func Suggest(sigma float64, right, down [Reach + 1]float64, demosaiced bool) Suggestion {
	lag1 := max(math.Abs(right[1]), math.Abs(down[1]))
	if !demosaiced && lag1 < whiteLag1 {
		return Suggestion{Training: 1, Inference: 1}
	}
	if !demosaiced && lag1 < nearlyLag1 {
		return Suggestion{Training: 3, Inference: 1}
	}
	s := Suggestion{Training: 9, Inference: 3}
	if width := WidthOf(right, down); width > 5 && StrengthOf(sigma) != None {
		s.Training = 2*width + 1
	}
	core := func(lag int) bool { return (right[lag]+down[lag])/2 >= coarseLag }
	switch {
	case core(2) && core(3):
		s.Inference = 7
	case core(2):
		s.Inference = 5
	case lag1 < whiteLag1:
		s.Inference = 1
	}
	if sigma < faintSigma && s.Inference > 1 {
		s.Inference -= 2
	}
	return s
}
