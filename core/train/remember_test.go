package train

import (
	"context"
	"testing"

	"blindspot/core/bsn"
)

func TestFineTunedStudentIsBlendedWithItsBase(t *testing.T) {
	c := bsn.Config{Width: 16, Channels: 3}
	constant := func(v float32) *bsn.Params {
		p := bsn.NewStudentParams(c)
		for i := range p.Flat() {
			p.Flat()[i] = v
		}
		return p
	}
	for _, test := range []struct {
		name   string
		change func(tr *trainer, st *state)
		score  float64 // of the blend; base 3, trained 2
		blend  bool
	}{
		{"in one valley", nil, 2.4, true},
		{"over a hill", nil, 2.6, false},
		{"no better than its base", func(_ *trainer, st *state) { st.BestStep = 0 }, 2.4, false},
		{"from random weights", func(_ *trainer, st *state) { st.Fresh = true }, 2.4, false},
		{"without a base", func(tr *trainer, _ *state) { tr.o.From = nil }, 2.4, false},
		{"of a base without texture", func(tr *trainer, _ *state) { tr.o.From.Info.Textured = false }, 2.4, false},
	} {
		base := &bsn.Model{Config: c, Info: bsn.Info{Textured: true}, Student: constant(1)}
		st := newState(PhaseDistil, constant(7))
		st.Schedule = schedule{Steps: 10, Stages: []stage{{Until: 10, Patch: 64, Batch: 1}}}
		st.best, st.BestStep, st.BestPatch, st.Best, st.BaseScore = constant(2), 10, 64, 2, 3
		tr := &trainer{o: Options{From: base}, pairs: true}
		if test.change != nil {
			test.change(tr, st)
		}
		if err := tr.remember(context.Background(), st, &fakePupil{weights: st.weights, scores: []float64{test.score}}); err != nil {
			t.Fatal(err)
		}
		switch got := st.blend; {
		case (got != nil) != test.blend:
			t.Errorf("%s: blended %v, want %v", test.name, got != nil, test.blend)
		case got != nil && got.Flat()[5] != 1.5:
			t.Errorf("%s: weight %v, want 1.5 between 1 and 2", test.name, got.Flat()[5])
		}
		if st.weights.Flat()[5] != 7 || base.Student.Flat()[5] != 1 {
			t.Errorf("%s: the weights in training or of the base changed", test.name)
		}
	}
}
