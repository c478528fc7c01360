package train

import (
	"context"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
)

// teacherNet is what training needs of bsn.Teacher.
type teacherNet interface {
	Sync()
	Forward(ctx context.Context, x *tensor.Dense, holes []bsn.Hole) ([]*tensor.Dense, error)
	Gradient(ctx context.Context, x, target *tensor.Dense, hole bsn.Hole, grad *bsn.Params) (float64, error)
}

// studentNet is what training needs of bsn.Student.
type studentNet interface {
	Sync()
	Forward(ctx context.Context, x *tensor.Dense) (*tensor.Dense, error)
	Gradient(ctx context.Context, x *tensor.Dense, targets []*tensor.Dense, grad *bsn.Params) (float64, error)
}

// pupil is a network in training together with its loss.
type pupil interface {
	// sync makes the network use its parameters' current values.
	sync()
	// gradient writes the gradient of the step's loss on its crops to grad and returns the loss.
	gradient(ctx context.Context, step int, b crops, grad *bsn.Params) (float64, error)
	// judge scores the network on the held-out crops, which it sees in patches of the given side.
	judge(ctx context.Context, patch int) (verdict, error)
	// show denoises patches for people: the mean of what it returns is the picture, for a teacher that of all its holes.
	show(ctx context.Context, x *tensor.Dense) ([]*tensor.Dense, error)
}
