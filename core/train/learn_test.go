package train

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
)

// fakePupil is a network whose loss is the squared distance of its weights from 1. At chosen steps it gives no number.
type fakePupil struct {
	weights *bsn.Params
	broken  map[int]string // "loss" or "gradient"
	scale   float32        // of the gradient
	scores  []float64      // of the judgements in their order; the last one repeats
	leaks   []float64      // of the judgements, none for 0.1
	judged  int
	patches []int     // in which it was judged
	norms   []float64 // of the gradients as the optimiser saw them are not known here, so as they were given
}

func (f *fakePupil) sync() {}

func (f *fakePupil) gradient(ctx context.Context, step int, _ crops, grad *bsn.Params) (float64, error) {
	loss := 0.0
	for i, w := range f.weights.Flat() {
		grad.Flat()[i] = f.scale * (w - 1)
		loss += float64(w-1) * float64(w-1)
	}
	switch f.broken[step] {
	case "loss":
		return math.NaN(), nil
	case "gradient":
		grad.Flat()[7] = float32(math.Inf(1))
	}
	f.norms = append(f.norms, globalNorm(grad.Flat()))
	return loss, ctx.Err()
}

func (f *fakePupil) judge(_ context.Context, patch int) (verdict, error) {
	f.patches = append(f.patches, patch)
	i := min(f.judged, len(f.scores)-1)
	f.judged++
	v := verdict{Score: f.scores[i], Leak: 0.1}
	if len(f.leaks) > 0 {
		v.Leak = f.leaks[i]
	}
	return v, nil
}

func (f *fakePupil) show(_ context.Context, x *tensor.Dense) ([]*tensor.Dense, error) {
	return []*tensor.Dense{x}, nil
}

// fakeTraining is a trainer and a state around a fake pupil.
func fakeTraining(t *testing.T, steps int) (*trainer, *state, *fakePupil) {
	t.Helper()
	o, err := small(folder(t, 1)).filled(jobRun)
	if err != nil {
		t.Fatal(err)
	}
	o.Width = 8
	st := newState(PhaseFit, bsn.NewTeacherParams(o.config()))
	st.Schedule, st.Fresh = newSchedule(o, steps, 1e-2), true
	a := openTestAlbum(t, o.Photos, 3, mega)
	held, err := a.holdOut(context.Background(), 1, 64, false)
	if err != nil {
		t.Fatal(err)
	}
	tr := &trainer{
		o: o, job: jobFit, pool: kernel.NewPool(1), album: a, held: held, report: func(Progress) {},
		crops: newCropper(a, 1, PhaseFit, nil, mega),
	}
	t.Cleanup(tr.pool.Close)
	return tr, st, &fakePupil{weights: st.weights, scale: 1, scores: []float64{5}}
}

func TestStepsWithoutNumbersAreSkipped(t *testing.T) {
	tr, st, p := fakeTraining(t, 20)
	p.broken = map[int]string{3: "loss", 4: "gradient", 11: "gradient"}
	if err := tr.learn(context.Background(), st, p); err != nil {
		t.Fatal(err)
	}
	if st.Skipped != 3 || st.Updates != 17 || st.Step != 20 {
		t.Errorf("%d skipped, %d updates in %d steps; want 3, 17, 20", st.Skipped, st.Updates, st.Step)
	}
	for _, w := range st.weights.Flat() {
		// Adam moves about one learning rate a step; the rates add up to about 0.1.
		if !(w > 0.05 && w < 0.2) {
			t.Fatalf("a weight is %g", w)
		}
	}
}

func TestARunawayTrainingGivesUp(t *testing.T) {
	tr, st, p := fakeTraining(t, 3*hopeless)
	p.broken = map[int]string{}
	for step := range 2 * hopeless {
		p.broken[step+5] = "loss"
	}
	err := tr.learn(context.Background(), st, p)
	if err == nil || !strings.Contains(err.Error(), "ran away") || st.Updates != 5 {
		t.Errorf("error %v after %d updates", err, st.Updates)
	}
}

// Clipping bounds the gradient that Adam sees: its first moment after the first step is a tenth of it.
func TestClipping(t *testing.T) {
	for _, limit := range []float64{0, 2.5} {
		tr, st, p := fakeTraining(t, 1)
		tr.o.ClipNorm, p.scale = limit, 100
		if err := tr.learn(context.Background(), st, p); err != nil {
			t.Fatal(err)
		}
		want := p.norms[0]
		if limit > 0 {
			want = limit
		}
		if got := globalNorm(st.m) / (1 - beta1); math.Abs(got/want-1) > 1e-5 {
			t.Errorf("limit %g: Adam saw a norm of %g, want %g", limit, got, want)
		}
	}
}

// The snapshot with the lowest held-out score is kept, and the weights in training survive the judging.
func TestBestSnapshotIsKept(t *testing.T) {
	tr, st, p := fakeTraining(t, 100)
	p.scores = []float64{9, 4, 6, 7, 8} // at steps 0, 25, 50, 75, 100
	var at25 []float32
	tr.o.Yield = func(context.Context) error {
		if st.Step == 26 && at25 == nil {
			at25 = append(at25, st.best.Flat()...)
		}
		return nil
	}
	if err := tr.learn(context.Background(), st, p); err != nil {
		t.Fatal(err)
	}
	if st.Best != 4 || st.BestStep != 25 || p.judged != 5 {
		t.Errorf("best %g of step %d after %d judgements", st.Best, st.BestStep, p.judged)
	}
	if st.best.Flat()[0] != at25[0] || st.average.Flat()[0] <= at25[0] {
		t.Errorf("best %g, at step 25 %g, average %g", st.best.Flat()[0], at25[0], st.average.Flat()[0])
	}
	if st.weights.Flat()[0] <= st.average.Flat()[0] {
		t.Errorf("weights %g have been replaced by their average %g", st.weights.Flat()[0], st.average.Flat()[0])
	}
}

func TestYieldCanEndATraining(t *testing.T) {
	tr, st, p := fakeTraining(t, 10)
	enough := errors.New("enough")
	tr.o.Yield = func(context.Context) error {
		if st.Step == 4 {
			return enough
		}
		return nil
	}
	if err := tr.learn(context.Background(), st, p); !errors.Is(err, enough) || st.Step != 4 {
		t.Errorf("error %v at step %d", err, st.Step)
	}
}

// Time in Yield counts neither as work nor in the time left.
func TestPausesDoNotCount(t *testing.T) {
	tr, st, p := fakeTraining(t, 10)
	tr.o.ReportEvery = 1
	var longest time.Duration
	tr.report = func(r Progress) { longest = max(longest, r.Left) }
	tr.o.Yield = func(context.Context) error { time.Sleep(30 * time.Millisecond); return nil }
	began := time.Now()
	if err := tr.learn(context.Background(), st, p); err != nil {
		t.Fatal(err)
	}
	if whole := time.Since(began); st.Elapsed > whole-300*time.Millisecond {
		t.Errorf("%v worked of %v, of which 300 ms or more were pauses", st.Elapsed, whole)
	}
	if longest <= 0 {
		t.Error("no time left was ever reported")
	}
}

func TestAnUnusableCheckpointFolderIsSaidAtOnce(t *testing.T) {
	o := small(folder(t, 1))
	o.Checkpoint = o.Photos[0] + "/under a file"
	if _, err := Run(context.Background(), o, nil); err == nil || !strings.Contains(err.Error(), "checkpoint") {
		t.Errorf("error %v", err)
	}
}

func TestMeterLooksAtRecentStepsOnly(t *testing.T) {
	var m meter
	if m.left(5) != 0 {
		t.Error("time left without any step")
	}
	m.add(time.Hour)
	for range 32 {
		m.add(time.Second)
	}
	if got := m.left(5); got != 5*time.Second {
		t.Errorf("%v left, want 5 s", got)
	}
}
