package train

import "gorgonia.org/tensor"

// A held-out crop is shown to a network in patches and put together again.

// seat is where a patch lies along one side of a crop, and the part of it that counts.
type seat struct{ start, from, to int }

// seats covers a side with the fewest patches, evenly spread. Where they overlap, each pixel counts in the patch in which
// it lies deeper: zeros at the border hurt a result most.
func seats(side, patch int) []seat {
	n := (side + patch - 1) / patch
	list := make([]seat, n)
	for i := range list {
		if n > 1 {
			list[i].start = i * (side - patch) / (n - 1)
		}
		list[i].to = side
		if i > 0 {
			list[i].from = (list[i-1].start + patch + list[i].start) / 2
			list[i-1].to = list[i].from
		}
	}
	return list
}

// inPatches runs forward on a crop (1×C×S×S) in patches (n×C×P×P, P ≤ S) and returns its results, each C×S×S. They belong
// to the caller.
func inPatches(crop *tensor.Dense, patch int, forward func(x *tensor.Dense) ([]*tensor.Dense, error)) ([][]float32, error) {
	s := crop.Shape()
	channels, side := s[1], s[2]
	places := seats(side, patch)
	cut := make([]float32, 0, len(places)*len(places)*channels*patch*patch)
	for _, down := range places {
		for _, across := range places {
			for c := range channels {
				for y := down.start; y < down.start+patch; y++ {
					cut = append(cut, floats(crop)[(c*side+y)*side+across.start:][:patch]...)
				}
			}
		}
	}
	outputs, err := forward(dense(cut, len(places)*len(places), channels, patch, patch))
	if err != nil {
		return nil, err
	}
	var results [][]float32
	for _, out := range outputs {
		values := make([]float32, channels*side*side)
		for n := range len(places) * len(places) {
			down, across := places[n/len(places)], places[n%len(places)]
			for c := range channels {
				for y := down.from; y < down.to; y++ {
					row := floats(out)[((n*channels+c)*patch+y-down.start)*patch:][across.from-across.start : across.to-across.start]
					copy(values[(c*side+y)*side+across.from:], row)
				}
			}
		}
		results = append(results, values)
	}
	return results, nil
}
