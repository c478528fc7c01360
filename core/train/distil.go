package train

import (
	"context"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
)

// studentPupil trains the student: the sum over the teacher's holes of the mean L1 between the student's output and the
// teacher's (Chen et al. 2024, section 3.3, "multi-teacher distillation").
type studentPupil struct {
	net      studentNet
	teacher  teacherNet
	holes    []bsn.Hole
	recharge float64
	seed     uint64
	held     *heldOut
	targets  [][][]float32 // the teacher's results: held-out crop, hole
}

// newStudentPupil lets the teacher denoise the held-out crops at every hole, in patches of the side that it knows.
func newStudentPupil(ctx context.Context, net studentNet, teacher teacherNet, o Options, held *heldOut, patch int) (*studentPupil, error) {
	p := &studentPupil{
		net: net, teacher: teacher, holes: o.Holes, recharge: o.Recharge, seed: o.Seed, held: held,
	}
	for _, x := range held.crops {
		if err := held.rest(ctx); err != nil {
			return nil, err
		}
		results, err := inPatches(x, patch, func(x *tensor.Dense) ([]*tensor.Dense, error) {
			return teacher.Forward(ctx, x, p.holes)
		})
		if err != nil {
			return nil, err
		}
		p.targets = append(p.targets, results)
	}
	return p, nil
}

func (p *studentPupil) sync() { p.net.Sync() }

func (p *studentPupil) gradient(ctx context.Context, step int, x *tensor.Dense, grad *bsn.Params) (float64, error) {
	targets, err := p.teacher.Forward(ctx, x, p.holes)
	if err != nil {
		return 0, err
	}
	if p.recharge > 0 {
		rechargeTargets(targets, x, p.recharge, p.seed, step)
	}
	return p.net.Gradient(ctx, x, targets, grad)
}

func (p *studentPupil) judge(ctx context.Context, patch int) (verdict, error) {
	return p.held.agreement(ctx, p.net, p.targets, patch)
}

func (p *studentPupil) show(ctx context.Context, x *tensor.Dense) ([]*tensor.Dense, error) {
	y, err := p.net.Forward(ctx, x)
	return []*tensor.Dense{y}, err
}

// rechargeTargets returns some of the photo's texture to the targets: at a share of the pixels one teacher, drawn at
// random, gives the noisy value of all channels instead of its own. targets and x are N×C×H×W; targets are changed.
func rechargeTargets(targets []*tensor.Dense, x *tensor.Dense, share float64, seed uint64, step int) {
	s := x.Shape()
	n, channels, area := s[0], s[1], s[2]*s[3]
	noisy := floats(x)
	for i := range n {
		rng := draw(seed, "recharge", step, i)
		for at := range area {
			which, chosen := rng.IntN(len(targets)), rng.Float64() < share
			if !chosen {
				continue
			}
			values := floats(targets[which])
			for c := range channels {
				k := (i*channels+c)*area + at
				values[k] = noisy[k]
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
	p, err := newStudentPupil(ctx, net, teacher, t.o, t.held, judgingPatch(st.TeacherPatch, t.o))
	if err != nil {
		return err
	}
	if err := t.plan(ctx, st, p, t.distilSteps(st), t.o.DistilRate, t.distilBudget(st)); err != nil {
		return err
	}
	return t.learn(ctx, st, p)
}
