package denoise

import (
	"context"
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
)

// network is what this package needs of a teacher or a student. x has the shape
// N×C×H×W with values 0..255; there is one result of the same shape per hole.
// The N pictures must not influence each other, nor must the holes asked for,
// nor the number of threads: results are the same bit for bit. Results may be
// overwritten by the next call. *bsn.Teacher is one.
type network interface {
	Forward(ctx context.Context, x *tensor.Dense, holes []bsn.Hole) ([]*tensor.Dense, error)
}

// request says what to run on each tile: the network and, for the teacher, at
// which holes. The student ignores them and has one result.
type request struct {
	net   network
	holes []bsn.Hole
	// each asks for every hole's result with its texture too, mean for that of the mean over all holes.
	each, mean bool
	// whole is set for a student that shows texture itself: there is no result without what comes back.
	whole bool
	bare  bool // what the network says, and no filter after it
}

// layers says at which place of a cell each result stands: the blind ones in the
// order of the stops, those with texture alike behind them, and last that of the mean.
func (r *request) layers(teacher bool) []int {
	var list []int
	for _, hole := range r.holes {
		at := 0
		if teacher {
			at = slices.Index(bsn.Stops(), hole)
		}
		list = append(list, at)
	}
	if r.each {
		for _, at := range list {
			list = append(list, at+len(r.holes))
		}
	}
	if r.mean {
		list = append(list, len(list))
	}
	return list
}

// studentHole stands for the student's only result.
var studentHole = []bsn.Hole{0}

// forward runs the network on n pictures of c×h×w values, one after another in
// x, and returns the values of each result.
func (r *request) forward(ctx context.Context, x []float32, n, c, h, w int) ([][]float32, error) {
	in := tensor.New(tensor.WithShape(n, c, h, w), tensor.WithBacking(x))
	out, err := r.net.Forward(ctx, in, r.holes)
	if err != nil {
		return nil, err
	}
	if len(out) != len(r.holes) {
		return nil, fmt.Errorf("the network returned %d results for %d holes", len(out), len(r.holes))
	}
	values := make([][]float32, len(out))
	for i, t := range out {
		data, ok := t.Data().([]float32)
		if !ok || len(data) != len(x) {
			return nil, fmt.Errorf("the network returned a result of shape %v for a picture of shape %v", t.Shape(), in.Shape())
		}
		values[i] = data
	}
	return values, nil
}
