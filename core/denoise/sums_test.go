package denoise

import (
	"math"
	"testing"
)

// What a cell remembers is the mean to half a step, and cut off where it is black or white after all.
func TestPackedValues(t *testing.T) {
	for _, results := range []int{1, 7} {
		for _, v := range []float64{-31.99, -3.25, 0, 0.001, 17.3, 127.5, 254.999, 255, 300} {
			sum := int64(math.Round(v*unit)) * int64(results)
			if got := float64(unpack(pack(sum, results))); math.Abs(got-v) > 0.5/steps+1e-4 {
				t.Errorf("%g over %d results becomes %g", v, results, got)
			}
		}
	}
	for _, v := range []int64{-ceiling, ceiling} {
		if got := unpack(pack(v*unit, 1)); got > floor && got < 309 {
			t.Errorf("%d becomes %g", v, got)
		}
	}
	blind, restored := packed{pack(100*unit, 1)}, packed{pack(120*unit, 1)}
	for share, want := range map[float32]float64{0: 100, 0.25: 105, 1: 120} {
		var got [1]float32
		mixed(got[:], blind, restored, share)
		if math.Abs(float64(got[0])-want) > 1.0/steps {
			t.Errorf("share %g between 100 and 120 is %g", share, got[0])
		}
	}
}
