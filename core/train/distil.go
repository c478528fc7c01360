package train

import (
	"context"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// studentPupil trains the student on pairs (recorrupt.go): the mean L1 between what it makes of the half that it sees and the
// mean of the teacher's results over its holes, for the same half, with texture of the other half. Where the noise of a photo
// is not known, the teacher alone is the target (Chen et al. 2024, section 3.3, "multi-teacher distillation").
type studentPupil struct {
	net      studentNet
	teacher  teacherNet
	pool     *kernel.Pool
	holes    []bsn.Hole
	recharge float64
	seed     uint64
	held     *heldOut
	seen     []*tensor.Dense // of the held-out crops' pairs
	targets  [][]float32     // of the held-out crops
	pairs    int             // held-out crops whose noise is known
}

// newStudentPupil lets the teacher denoise the held-out crops at every hole, in patches of the side that it knows.
func (t *trainer) newStudentPupil(ctx context.Context, net studentNet, teacher teacherNet, patch int) (*studentPupil, error) {
	p := &studentPupil{
		net: net, teacher: teacher, pool: t.pool, holes: t.o.Holes, recharge: t.o.Recharge, seed: t.o.Seed, held: t.held,
	}
	for i, x := range t.held.crops {
		if err := t.held.rest(ctx); err != nil {
			return nil, err
		}
		c, err := t.heldOutPair(ctx, i)
		if err != nil {
			return nil, err
		}
		seen, other := c.pair()
		results, err := inPatches(seen, patch, func(x *tensor.Dense) ([]*tensor.Dense, error) {
			return teacher.Forward(ctx, x, p.holes)
		})
		if err != nil {
			return nil, err
		}
		if c.noise[0] != nil {
			p.pairs++
		}
		s := x.Shape()
		target, err := enrich(p.pool, c.noise[0], meanOf(results), floats(other), s[1], s[2])
		if err != nil {
			return nil, err
		}
		p.seen, p.targets = append(p.seen, seen), append(p.targets, target)
	}
	return p, nil
}

// heldOutPair is held-out crop i with noise drawn for it. A photo that cannot be read any more has none.
func (t *trainer) heldOutPair(ctx context.Context, i int) (crops, error) {
	x := t.held.crops[i]
	c := crops{x: x, noise: make([]*noise.Model, 1), drawn: make([]float32, len(floats(x)))}
	im, err := t.album.get(ctx, t.held.photos[i])
	if ctx.Err() != nil {
		return c, ctx.Err()
	}
	if err != nil {
		return c, nil // the crop is there, and can still be compared with what the teacher says
	}
	if c.noise[0], err = t.album.noiseOf(ctx, t.held.photos[i], im); err != nil || c.noise[0] == nil {
		return c, err
	}
	s := x.Shape()
	tile := &pixel.Tile{C: s[1], H: s[2], W: s[3], Pix: floats(x)}
	c.drawn = c.noise[0].Draw(tile, draw(t.o.Seed, "held-out noise", i, 0)).Pix
	return c, nil
}

func (p *studentPupil) sync() { p.net.Sync() }

func (p *studentPupil) gradient(ctx context.Context, step int, b crops, grad *bsn.Params) (float64, error) {
	seen, other := b.pair()
	results, err := p.teacher.Forward(ctx, seen, p.holes)
	if err != nil {
		return 0, err
	}
	var guesses [][]float32
	for _, r := range results {
		guesses = append(guesses, floats(r))
	}
	guess := meanOf(guesses)
	s := seen.Shape()
	size := s[1] * s[2] * s[3]
	for i, m := range b.noise {
		part := guess[i*size:][:size]
		rich, err := enrich(p.pool, m, part, floats(other)[i*size:][:size], s[1], s[2])
		if err != nil {
			return 0, err
		}
		copy(part, rich)
	}
	target := dense(guess, s...)
	if p.recharge > 0 {
		recharge(target, other, p.recharge, p.seed, step)
	}
	return p.net.Gradient(ctx, seen, []*tensor.Dense{target}, grad)
}

// meanOf is the mean of pictures.
func meanOf(pictures [][]float32) []float32 {
	mean := make([]float32, len(pictures[0]))
	for _, p := range pictures {
		for i, v := range p {
			mean[i] += v
		}
	}
	for i := range mean {
		mean[i] /= float32(len(pictures))
	}
	return mean
}

func (p *studentPupil) judge(ctx context.Context, patch int) (verdict, error) {
	return p.held.agreement(ctx, p.net, p.seen, p.targets, patch)
}

func (p *studentPupil) show(ctx context.Context, x *tensor.Dense) ([]*tensor.Dense, error) {
	y, err := p.net.Forward(ctx, x)
	return []*tensor.Dense{y}, err
}

// recharge gives a share of the pixels of a target, drawn at random, the noisy value of all channels instead of its own.
// target and noisy are N×C×H×W; the target is changed.
func recharge(target, noisy *tensor.Dense, share float64, seed uint64, step int) {
	s := target.Shape()
	n, channels, area := s[0], s[1], s[2]*s[3]
	for i := range n {
		rng := draw(seed, "recharge", step, i)
		for at := range area {
			if rng.Float64() >= share {
				continue
			}
			for c := range channels {
				k := (i*channels+c)*area + at
				floats(target)[k] = floats(noisy)[k]
			}
		}
	}
}

// distil plans the student's training, if it has not been, and runs it.
func (t *trainer) distil(ctx context.Context, st *state) error {
	teacher, err := bsn.NewTeacher(st.teacher, t.pool)
	if err != nil {
		return err
	}
	net, err := bsn.NewStudent(st.weights, t.pool)
	if err != nil {
		return err
	}
	return t.hand(ctx, st, net, teacher)
}

func (t *trainer) hand(ctx context.Context, st *state, net studentNet, teacher teacherNet) error {
	p, err := t.newStudentPupil(ctx, net, teacher, judgingPatch(st.TeacherPatch, t.o))
	if err != nil {
		return err
	}
	t.pairs = p.pairs > 0
	if err := t.plan(ctx, st, p, t.distilSteps(st), t.o.DistilRate, t.distilBudget(st)); err != nil {
		return err
	}
	if err := t.learn(ctx, st, p); err != nil {
		return err
	}
	return t.remember(ctx, st, p)
}
