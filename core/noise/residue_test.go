package noise

import (
	"testing"

	"blindspot/core/pixel"
)

// TestResidue: an estimate that has kept a part of the noise is found out where the photo is calm, whatever is in the other half; one that has
// kept nothing has no residue, and one that seems to have kept nearly all shows texture.
func TestResidue(t *testing.T) {
	for _, channels := range []int{1, 3} {
		for _, test := range []struct{ deviation, low, high float64 }{ // of what is left of a noise of variance 100
			{3, 0.07, 0.17},
			{0, 0, 0.02},
			{9, 0, 1e-4},
		} {
			blind := tileOf(noisy(256, 256, channels, 16, busy(256, 256), constant(test.deviation), white, 3))
			levels := whiteModel(channels, 100).Residue([]Sample{{Blind: blind}})
			for o := range channels {
				if got := meanOf(&levels[0][o]); got < test.low || got > test.high {
					t.Errorf("%d channels, axis %d: deviation %v of 10 left, residue %.3f, want %v to %v", channels, o, test.deviation, got, test.low, test.high)
				}
				// The mean of 64 pixels has a 64th of the variance. The calm half's brightness rises, which is no calm at this size; its colour does not.
				if o == 0 {
					continue
				}
				if got := 64 * meanOf(&levels[1][o]); got < test.low/2 || got > test.high {
					t.Errorf("%d channels, axis %d: deviation %v of 10 left, residue of means %.3f, want %v to %v", channels, o, test.deviation, got, test.low/2, test.high)
				}
			}
		}
	}
}

// TestResidueOfSmallSamples: samples without a block say nothing, and what is returned can be divided by.
func TestResidueOfSmallSamples(t *testing.T) {
	for _, samples := range [][]Sample{nil, {{Blind: pixel.NewTile(3, 4, 4)}}, {{Blind: pixel.NewTile(3, 16, 16)}}} {
		for _, level := range whiteModel(3, 9).Residue(samples) {
			for _, s := range level {
				for _, v := range s {
					if !(v > 0) || v > 0.01 {
						t.Fatalf("residue %v of nothing", v)
					}
				}
			}
		}
	}
}
