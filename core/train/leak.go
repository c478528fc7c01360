package train

import (
	"cmp"
	"math"
	"slices"

	"gorgonia.org/tensor"
)

// The leak alarm. Where the picture is flat, all deviation of the input is noise, and what deviation the output has there
// is noise that got through. While a network learns, it falls. If it rises again, the network has found a way to rebuild the
// noise, as it can when the noise is correlated further than the hole is wide.

const (
	flatSide  = 16 // pixels of a block: enough for its deviation, small enough to be flat
	flatShare = 8  // one block in so many counts as flat

	// The alarm sounds when the leak is at least alarmLeak and alarmRise times its lowest value. Young networks bounce
	// below that without harm.
	alarmLeak = 0.4
	alarmRise = 1.5
)

// flatBlock is one channel of one block of a held-out crop.
type flatBlock struct{ crop, channel, x, y int }

// flattest picks the blocks of least variance that are neither clipped nor without any noise, in all channels alike.
func flattest(crops []*tensor.Dense) []flatBlock {
	type rated struct {
		flatBlock
		variance float64
	}
	var all []rated
	for i, crop := range crops {
		s := crop.Shape()
		for c := range s[1] {
			for y := 0; y+flatSide <= s[2]; y += flatSide {
				for x := 0; x+flatSide <= s[3]; x += flatSide {
					b := flatBlock{i, c, x, y}
					mean, variance := b.moments(floats(crop), s)
					if mean > 8 && mean < 247 && variance > 0 {
						all = append(all, rated{b, variance})
					}
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b rated) int { return cmp.Compare(a.variance, b.variance) })
	var flat []flatBlock
	for _, r := range all[:(len(all)+flatShare-1)/flatShare] {
		flat = append(flat, r.flatBlock)
	}
	return flat
}

// moments is mean and variance of the block in a picture of shape 1×C×H×W.
func (b flatBlock) moments(values []float32, shape tensor.Shape) (mean, variance float64) {
	h, w := shape[2], shape[3]
	var sum, squares float64
	for y := range flatSide {
		row := values[(b.channel*h+b.y+y)*w+b.x:][:flatSide]
		for _, v := range row {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
	}
	mean = sum / (flatSide * flatSide)
	return mean, max(squares/(flatSide*flatSide)-mean*mean, 0)
}

// leak is the deviation of the outputs over all flat blocks as a share of the inputs': 0 for a perfectly smooth result, 1
// for one as noisy as the photo, and 0 when the photos have no flat place with noise.
func leak(flat []flatBlock, crops []*tensor.Dense, outputs [][]float32) float64 {
	var in, out float64
	for _, b := range flat {
		shape := crops[b.crop].Shape()
		_, vi := b.moments(floats(crops[b.crop]), shape)
		_, vo := b.moments(outputs[b.crop], shape)
		in, out = in+vi, out+vo
	}
	ratio := math.Sqrt(out / in)
	if math.IsNaN(ratio) || math.IsInf(ratio, 0) {
		return 0
	}
	return ratio
}
