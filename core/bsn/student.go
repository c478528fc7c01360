package bsn

import (
	"context"
	"fmt"

	"blindspot/core/kernel"

	"gorgonia.org/tensor"
)

// Student is the light network: the U-Net with ordinary convolutions, one pass,
// no blind spot. It belongs to one goroutine at a time; its pool does the
// threading.
type Student struct {
	params *Params
	unet   *unet
	pool   *kernel.Pool
	plans  plans[*studentPlan]
}

type studentPlan struct {
	arena *kernel.Arena
	a     *activations
}

// NewStudent builds the network on the parameters, which it shares: call Sync
// after changing them.
func NewStudent(p *Params, pool *kernel.Pool) (*Student, error) {
	if err := checkParams(p, NewStudentParams); err != nil {
		return nil, fmt.Errorf("student: %w", err)
	}
	s := &Student{params: p, unet: newUnet(p.Config(), false, p.Config().Channels), pool: pool}
	s.Sync()
	return s, nil
}

// Sync takes over changed parameters.
func (s *Student) Sync() { s.unet.set(s.params) }

func (s *Student) plan(b batch, training bool) *studentPlan {
	return s.plans.get(shape{b.n, b.h, b.w, training}, func() *studentPlan {
		arena := kernel.NewArena()
		return &studentPlan{arena: arena, a: s.unet.newActivations(arena, b.n, b.h, b.w, training)}
	}, func(p *studentPlan) { p.arena.Free() })
}

func (s *Student) run(ctx context.Context, b batch, plan *studentPlan) (batch, error) {
	for n := range b.n {
		s.pool.Load(plan.a.x, n, b.image(n), 0)
	}
	if err := s.unet.forward(ctx, s.pool, plan.a); err != nil {
		return batch{}, err
	}
	out := b.like()
	for n := range b.n {
		s.pool.Store(plan.a.out(), n, out.image(n))
	}
	return out, nil
}

// Forward denoises x, N×C×H×W, values 0..255, sides multiples of 32.
func (s *Student) Forward(ctx context.Context, x *tensor.Dense) (*tensor.Dense, error) {
	b, err := readBatch(x, s.params.Config().Channels)
	if err != nil {
		return nil, err
	}
	out, err := s.run(ctx, b, s.plan(b, false))
	if err != nil {
		return nil, err
	}
	return out.dense(), nil
}

// Gradient runs the network forward and backward. The loss is the sum over the
// targets of the mean absolute difference (distillation from many teachers:
// AT-BSN, §3.4). grad, student parameters of the same configuration, is
// overwritten.
func (s *Student) Gradient(ctx context.Context, x *tensor.Dense, targets []*tensor.Dense, grad *Params) (float64, error) {
	b, err := readBatch(x, s.params.Config().Channels)
	if err != nil {
		return 0, err
	}
	plan := s.plan(b, true)
	out, err := s.run(ctx, b, plan)
	if err != nil {
		return 0, err
	}
	loss, d := 0.0, b.like()
	for _, target := range targets {
		t, err := readBatch(target, b.c)
		if err != nil {
			return 0, err
		}
		l, err := addL1(d.values, out, t)
		if err != nil {
			return 0, err
		}
		loss += l
	}
	for i, o := range out.values {
		if o <= 0 {
			d.values[i] *= leak
		}
	}
	for n := range b.n {
		s.pool.Load(plan.a.grad[0].b, n, d.image(n), 0)
	}
	return loss, s.unet.backward(ctx, s.pool, plan.a, grad)
}

// leak is the derivative of LeakyReLU below zero, and at zero.
const leak = 0.1
