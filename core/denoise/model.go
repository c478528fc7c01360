package denoise

import (
	"context"
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/say"
)

// This file ties engines to the networks of package bsn.

// NewEngine prepares the networks of m to run on the given number of threads
// (at least 1). It packs the weights: later changes of m are not seen.
func NewEngine(m *bsn.Model, threads int) (*Engine, error) {
	if m == nil || m.Teacher == nil {
		return nil, errors.New("the model has no network")
	}
	if c := m.Config.Channels; c != 1 && c != 3 {
		return nil, say.Errorf("this model is for pictures of %d channels, not for photos of 1 or 3", c)
	}
	pool := kernel.NewPool(max(threads, 1))
	e := newEngine(pool, nil, nil, m.Config.Channels, m.Info.Patch)
	e.textured = m.Info.Textured
	teacher, err := bsn.NewTeacher(m.Teacher, pool)
	if err != nil {
		e.Close()
		return nil, fmt.Errorf("prepare the teacher: %w", err)
	}
	e.teacher, e.trunkPasses = teacher, teacher.TrunkPasses
	if m.Student != nil {
		net, err := bsn.NewStudent(m.Student, pool)
		if err != nil {
			e.Close()
			return nil, fmt.Errorf("prepare the student: %w", err)
		}
		e.student = student{net}
	}
	return e, nil
}

// student makes a network of bsn.Student. It has no holes and always one result.
type student struct{ net *bsn.Student }

func (s student) Forward(ctx context.Context, x *tensor.Dense, _ []bsn.Hole) ([]*tensor.Dense, error) {
	y, err := s.net.Forward(ctx, x)
	return []*tensor.Dense{y}, err
}
