package train

import (
	"context"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
)

// teacherPupil trains the teacher: the mean L1 between its output at the training hole and the noisy batch itself. With
// noise of mean 0 that is independent of what lies outside the hole, the best guess is the picture (Krull et al. 2019;
// Chen et al. 2024, section 3).
type teacherPupil struct {
	net  teacherNet
	hole bsn.Hole
	held *heldOut
}

func (p *teacherPupil) sync() { p.net.Sync() }

func (p *teacherPupil) gradient(ctx context.Context, _ int, b crops, grad *bsn.Params) (float64, error) {
	return p.net.Gradient(ctx, b.x, b.x, p.hole, grad)
}

func (p *teacherPupil) judge(ctx context.Context, patch int) (verdict, error) {
	return p.held.blindSpot(ctx, p.net, p.hole, patch)
}

func (p *teacherPupil) show(ctx context.Context, x *tensor.Dense) ([]*tensor.Dense, error) {
	return p.net.Forward(ctx, x, bsn.Stops())
}

// fit plans the teacher's training, if it has not been, and runs it.
func (t *trainer) fit(ctx context.Context, st *state) error {
	net, err := bsn.NewTeacher(st.weights, t.pool)
	if err != nil {
		return err
	}
	return t.teach(ctx, st, net)
}

func (t *trainer) teach(ctx context.Context, st *state, net teacherNet) error {
	p := &teacherPupil{net, t.o.Hole, t.held}
	if err := t.plan(ctx, st, p, t.o.Steps, t.o.Rate, t.fitBudget()); err != nil {
		return err
	}
	return t.learn(ctx, st, p)
}
