package bsn

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// batch is a view of a tensor N×C×H×W as planar float32 pictures.
type batch struct {
	n, c, h, w int
	values     []float32
}

// readBatch checks that x is a float32 tensor N×C×H×W that the network can take.
func readBatch(x *tensor.Dense, channels int) (batch, error) {
	shape := x.Shape()
	if len(shape) != 4 || shape[1] != channels || shape[0] < 1 {
		return batch{}, fmt.Errorf("the network takes pictures N×%d×H×W, not %v", channels, shape)
	}
	b := batch{n: shape[0], c: shape[1], h: shape[2], w: shape[3]}
	if b.h < sideUnit || b.w < sideUnit || b.h%sideUnit != 0 || b.w%sideUnit != 0 {
		return batch{}, fmt.Errorf("the network takes sides that are multiples of %d, not %d×%d", sideUnit, b.w, b.h)
	}
	values, ok := x.Data().([]float32)
	if !ok || len(values) != b.n*b.c*b.h*b.w {
		return batch{}, fmt.Errorf("the network takes float32 pictures, not %v", x.Dtype())
	}
	b.values = values
	return b, nil
}

// like makes an empty batch of the same shape.
func (b batch) like() batch {
	b.values = make([]float32, len(b.values))
	return b
}

func (b batch) dense() *tensor.Dense {
	return tensor.New(tensor.WithShape(b.n, b.c, b.h, b.w), tensor.WithBacking(b.values))
}

// image is the planar picture n.
func (b batch) image(n int) []float32 {
	size := b.c * b.h * b.w
	return b.values[n*size:][:size]
}

// addL1 returns the mean absolute difference of out and target and adds its
// gradient, sign(out−target)/count, zero where they are equal, to grad.
func addL1(grad []float32, out, target batch) (float64, error) {
	if out.n != target.n || out.c != target.c || out.h != target.h || out.w != target.w {
		return 0, fmt.Errorf("the target is %d×%d×%d×%d, the output %d×%d×%d×%d",
			target.n, target.c, target.h, target.w, out.n, out.c, out.h, out.w)
	}
	unit := float32(1) / float32(len(out.values))
	sum := 0.0
	for i, o := range out.values {
		d := o - target.values[i]
		sum += math.Abs(float64(d))
		switch {
		case d > 0:
			grad[i] += unit
		case d < 0:
			grad[i] -= unit
		}
	}
	return sum / float64(len(out.values)), nil
}
