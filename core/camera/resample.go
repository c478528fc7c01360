package camera

import (
	"context"
	"math"
)

// scaledSide is the length of a side after scaling, at least one pixel.
func scaledSide(side int, factor float64) int {
	return max(1, int(math.Round(float64(side)*factor)))
}

// taps are the weights of neighbouring samples for one output sample.
type taps struct {
	first   int // index of the first sample, which may lie outside
	weights []float32
}

// tapsFor returns the Catmull-Rom weights (Keys: "Cubic convolution
// interpolation", 1981, a = −1/2) that bring from samples to to. Going smaller,
// the filter is stretched, so that nothing folds back as false detail.
func tapsFor(from, to int) []taps {
	step := float64(from) / float64(to)
	stretch := max(step, 1)
	all := make([]taps, to)
	for i := range all {
		centre := (float64(i)+0.5)*step - 0.5
		first := int(math.Ceil(centre - 2*stretch))
		last := int(math.Floor(centre + 2*stretch))
		t := taps{first: first}
		var sum float64
		for j := first; j <= last; j++ {
			sum += cubic((float64(j) - centre) / stretch)
		}
		for j := first; j <= last; j++ {
			t.weights = append(t.weights, float32(cubic((float64(j)-centre)/stretch)/sum))
		}
		all[i] = t
	}
	return all
}

func cubic(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1:
		return (1.5*x-2.5)*x*x + 1
	case x < 2:
		return ((-0.5*x+2.5)*x-4)*x + 2
	}
	return 0
}

// resample returns the w by h plane at the size toW by toH; border samples are
// repeated outside.
func resample(ctx context.Context, plane []float32, w, h, toW, toH int) ([]float32, error) {
	across, down := tapsFor(w, toW), tapsFor(h, toH)
	half := make([]float32, toW*h)
	err := eachBand(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := plane[y*w:][:w]
			for x, t := range across {
				var sum float32
				for j, weight := range t.weights {
					sum += weight * row[min(max(t.first+j, 0), w-1)]
				}
				half[y*toW+x] = sum
			}
		}
	})
	if err != nil {
		return nil, err
	}
	out := make([]float32, toW*toH)
	err = eachBand(ctx, toH, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := out[y*toW:][:toW]
			for j, weight := range down[y].weights {
				from := half[min(max(down[y].first+j, 0), h-1)*toW:][:toW]
				for x, v := range from {
					row[x] += weight * v
				}
			}
		}
	})
	return out, err
}
