package bsn

import (
	"context"
	"fmt"
	"sync/atomic"

	"blindspot/core/kernel"

	"gorgonia.org/tensor"
)

// Teacher is the blind-spot network at full resolution (AT-BSN, CVPR 2024,
// §3.2): one blind trunk sees the picture in four rotations; their features,
// shifted so that a hole opens around each pixel, meet in three 1×1 layers.
//
// The trunk does not depend on the hole, so it runs once for any number of
// them. A Teacher belongs to one goroutine at a time; its pool does the
// threading.
type Teacher struct {
	params *Params
	trunk  *unet
	head   *kernel.Head
	pool   *kernel.Pool
	plans  plans[*teacherPlan]
	passes atomic.Int64
}

// NewTeacher builds the network on the parameters, which it shares: call Sync
// after changing them.
func NewTeacher(p *Params, pool *kernel.Pool) (*Teacher, error) {
	if err := checkParams(p, NewTeacherParams); err != nil {
		return nil, fmt.Errorf("teacher: %w", err)
	}
	c := p.Config()
	t := &Teacher{
		params: p, pool: pool,
		trunk: newUnet(c, true, 2*c.Width),
		head:  kernel.NewHead(2*c.Width, 2*c.Width, c.Channels),
	}
	t.Sync()
	return t, nil
}

// Sync takes over changed parameters.
func (t *Teacher) Sync() {
	p := t.params
	t.trunk.set(p)
	t.head.Set(p.Get("nin_A.weight"), p.Get("nin_A.bias"), p.Get("nin_B.weight"), p.Get("nin_B.bias"), p.Get("nin_C.weight"), p.Get("nin_C.bias"))
}

// TrunkPasses counts how often the trunk has run on a batch.
func (t *Teacher) TrunkPasses() int64 { return t.passes.Load() }

// teacherPlan holds the tensors for one batch shape.
type teacherPlan struct {
	arena    *kernel.Arena
	looks    []look
	features kernel.View
	gradient kernel.View // of the features, before their activation
	hidden   *kernel.Hidden
	d3       *kernel.Tensor
	out      []*kernel.Tensor // one per hole
}

// look is a run of the trunk over some of the rotations, stacked as one batch.
type look struct {
	rotations []int
	a         *activations
	out       *kernel.Tensor // features of these rotations
}

// stackedPixels is the batch size up to which all four rotations of square
// pictures run as one: small pictures gain from it, since their deep levels are
// only a few pixels, while large ones would only take more memory.
const stackedPixels = 4 * 128 * 128

func rotationGroups(b batch, training bool) [][]int {
	switch {
	case b.h == b.w && (training || 4*b.n*b.h*b.w <= stackedPixels):
		return [][]int{{0, 1, 2, 3}}
	case training:
		return [][]int{{0, 2}, {1, 3}}
	}
	return [][]int{{0}, {1}, {2}, {3}}
}

func (t *Teacher) plan(b batch, training bool) *teacherPlan {
	return t.plans.get(shape{b.n, b.h, b.w, training}, func() *teacherPlan {
		return t.newPlan(b, training)
	}, func(p *teacherPlan) { p.arena.Free() })
}

func (t *Teacher) newPlan(b batch, training bool) *teacherPlan {
	arena := kernel.NewArena()
	p := &teacherPlan{arena: arena}
	shared := map[bool]*activations{}
	for _, rotations := range rotationGroups(b, training) {
		h, w, turned := b.h, b.w, rotations[0]%2 == 1
		if turned {
			h, w = w, h
		}
		n := len(rotations) * b.n
		key := turned && h != w
		if training || shared[key] == nil {
			shared[key] = t.trunk.newActivations(arena, n, h, w, training)
		}
		l := look{rotations: rotations, a: shared[key], out: shared[key].out()}
		if !training {
			l.out = arena.Tensor(n, l.out.C, h, w)
		}
		p.looks = append(p.looks, l)
		for i, r := range rotations {
			p.features[r] = l.out.Images(i*b.n, b.n)
			if training {
				p.gradient[r] = l.a.grad[0].b.Images(i*b.n, b.n)
			}
		}
	}
	if training {
		p.hidden = t.head.NewHidden(arena, b.n, b.h, b.w)
		p.d3 = arena.Tensor(b.n, b.c, b.h, b.w)
	}
	return p
}

// outputs makes sure that there is a tensor for each hole.
func (p *teacherPlan) outputs(b batch, holes int) []*kernel.Tensor {
	for len(p.out) < holes {
		p.out = append(p.out, p.arena.Tensor(b.n, b.c, b.h, b.w))
	}
	return p.out[:holes]
}

// run takes the batch through trunk and head for the given holes.
func (t *Teacher) run(ctx context.Context, b batch, plan *teacherPlan, holes []Hole) ([]batch, error) {
	for _, l := range plan.looks {
		for i, r := range l.rotations {
			for n := range b.n {
				t.pool.Load(l.a.x, i*b.n+n, b.image(n), r)
			}
		}
		l.a.dec[levels-1][1] = l.out
		if err := t.trunk.forward(ctx, t.pool, l.a); err != nil {
			return nil, err
		}
	}
	t.passes.Add(1)
	shifts := make([]int, len(holes))
	for i, k := range holes {
		shifts[i] = k.Shift()
	}
	results := plan.outputs(b, len(holes))
	t.head.Forward(t.pool, results, plan.features, shifts, plan.hidden)
	out := make([]batch, len(holes))
	for i, r := range results {
		out[i] = b.like()
		for n := range b.n {
			t.pool.Store(r, n, out[i].image(n))
		}
	}
	return out, nil
}

// MaxHoles is the largest number of holes that one call of Teacher.Forward takes: the head's kernel has room for so many.
const MaxHoles = 16

// Forward denoises x, N×C×H×W, values 0..255, sides multiples of 32, with
// every given hole, MaxHoles at most: one output of the same shape each. The
// trunk runs once.
func (t *Teacher) Forward(ctx context.Context, x *tensor.Dense, holes []Hole) ([]*tensor.Dense, error) {
	b, err := readBatch(x, t.params.Config().Channels)
	if err != nil {
		return nil, err
	}
	if len(holes) > MaxHoles {
		return nil, fmt.Errorf("the network gives results for at most %d holes at once, not for %d", MaxHoles, len(holes))
	}
	for _, k := range holes {
		if !k.Valid() {
			return nil, fmt.Errorf("a hole of %d is neither 0 nor odd up to %d", k, MaxHole)
		}
	}
	out, err := t.run(ctx, b, t.plan(b, false), holes)
	if err != nil {
		return nil, err
	}
	dense := make([]*tensor.Dense, len(out))
	for i := range out {
		dense[i] = out[i].dense()
	}
	return dense, nil
}

// Gradient runs the network forward at one hole and backward. The loss is the
// mean absolute difference to the target, which in training is the noisy
// picture itself. grad, teacher parameters of the same configuration, is
// overwritten.
func (t *Teacher) Gradient(ctx context.Context, x, target *tensor.Dense, hole Hole, grad *Params) (float64, error) {
	b, err := readBatch(x, t.params.Config().Channels)
	if err != nil {
		return 0, err
	}
	want, err := readBatch(target, b.c)
	if err != nil {
		return 0, err
	}
	if !hole.Valid() {
		return 0, fmt.Errorf("a hole of %d is neither 0 nor odd up to %d", hole, MaxHole)
	}
	plan := t.plan(b, true)
	out, err := t.run(ctx, b, plan, []Hole{hole})
	if err != nil {
		return 0, err
	}
	d := b.like()
	loss, err := addL1(d.values, out[0], want)
	if err != nil {
		return 0, err
	}
	for n := range b.n {
		t.pool.Load(plan.d3, n, d.image(n), 0)
	}
	t.head.Backward(t.pool, plan.gradient, kernel.HeadGradient{
		WA: grad.Get("nin_A.weight"), BA: grad.Get("nin_A.bias"),
		WB: grad.Get("nin_B.weight"), BB: grad.Get("nin_B.bias"),
		WC: grad.Get("nin_C.weight"), BC: grad.Get("nin_C.bias"),
	}, plan.d3, plan.features, hole.Shift(), plan.hidden)
	return loss, t.backwardTrunk(ctx, plan, grad)
}

// backwardTrunk goes back through every look. Where the rotations did not fit
// in one batch, their gradients are added.
func (t *Teacher) backwardTrunk(ctx context.Context, plan *teacherPlan, grad *Params) error {
	if err := t.trunk.backward(ctx, t.pool, plan.looks[0].a, grad); err != nil {
		return err
	}
	for _, l := range plan.looks[1:] {
		more := NewTeacherParams(t.params.Config())
		if err := t.trunk.backward(ctx, t.pool, l.a, more); err != nil {
			return err
		}
		t.trunk.each(func(name string, _ *kernel.Conv3x3) {
			for _, part := range []string{".weight", ".bias"} {
				sum := grad.Get(name + part)
				for i, g := range more.Get(name + part) {
					sum[i] += g
				}
			}
		})
	}
	return nil
}
