package train

import (
	"context"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
)

// Patches cover a crop, and each pixel comes from one in which it lies as deep as anywhere.
func TestPatchesCoverACropOnce(t *testing.T) {
	for _, c := range []struct{ side, patch, count int }{
		{32, 32, 1}, {64, 32, 2}, {96, 64, 2}, {128, 96, 2}, {128, 64, 2}, {160, 64, 3}, {256, 160, 2}, {512, 224, 3},
	} {
		places := seats(c.side, c.patch)
		if len(places) != c.count || places[0].from != 0 || places[c.count-1].to != c.side {
			t.Fatalf("%d in patches of %d: %v", c.side, c.patch, places)
		}
		deep := func(s seat, x int) int { return min(x-s.start, s.start+c.patch-1-x) }
		next := 0
		for _, s := range places {
			if s.from != next || s.start < 0 || s.start+c.patch > c.side {
				t.Fatalf("%d in patches of %d: %v", c.side, c.patch, places)
			}
			next = s.to
			for x := s.from; x < s.to; x++ {
				for _, other := range places {
					if deep(other, x) > deep(s, x)+1 {
						t.Fatalf("%d in patches of %d: pixel %d lies deeper in %v than in %v", c.side, c.patch, x, other, s)
					}
				}
			}
		}
	}
}

// knower is a teacher that gives back what it is shown, but only in patches of the side that it knows: in others it fails
// as young networks do.
type knower struct {
	shrinker
	side int
}

func (k knower) Forward(_ context.Context, x *tensor.Dense, holes []bsn.Hole) ([]*tensor.Dense, error) {
	out := slices.Clone(floats(x))
	if x.Shape()[3] != k.side {
		for i := range out {
			out[i] /= 2
		}
	}
	return []*tensor.Dense{dense(out, x.Shape()...)}, nil
}

// A network is judged by what it can in the patches that it knows, pixel by pixel of the same crops.
func TestScoresOfAllStagesCompare(t *testing.T) {
	held, err := openTestAlbum(t, folder(t, 2), 3, mega).holdOut(context.Background(), 4, 128, false)
	if err != nil {
		t.Fatal(err)
	}
	var fails float64
	for _, patch := range []int{32, 64, 96, 128} {
		v, err := held.blindSpot(context.Background(), knower{side: patch}, 9, patch)
		if err != nil {
			t.Fatal(err)
		}
		if v.Score != 0 || v.Shown.Denoised.W != 128 || !slices.Equal(v.Shown.Denoised.Pix, v.Shown.Noisy.Pix) {
			t.Errorf("in patches of %d the score is %g", patch, v.Score)
		}
		other, err := held.blindSpot(context.Background(), knower{side: 160}, 9, patch)
		if err != nil {
			t.Fatal(err)
		}
		// The same failure gives the same score in patches of any side: the same pixels are judged.
		if fails == 0 {
			fails = other.Score
		}
		if d := other.Score/fails - 1; fails < 1 || d > 1e-9 || d < -1e-9 {
			t.Errorf("in patches of %d a failing network scores %g, before %g", patch, other.Score, fails)
		}
	}
}

// The model says which patches the weights that were kept know, whichever stage they come from, and a student is shown
// nothing larger.
func TestModelRemembersThePatchOfItsBest(t *testing.T) {
	for _, c := range []struct {
		scores []float64 // at steps 0, 25, 50, 75 and 100; patches grow from 32 to 64 at 75
		patch  int
	}{
		{[]float64{9, 4, 6, 7, 8}, 32},
		{[]float64{9, 8, 7, 6, 7}, 32},
		{[]float64{9, 8, 7, 6, 5}, 64},
	} {
		tr, st, p := fakeTraining(t, 100)
		p.scores = c.scores
		if err := tr.learn(context.Background(), st, p); err != nil {
			t.Fatal(err)
		}
		if want := []int{32, 32, 32, 32, 64}; !slices.Equal(p.patches, want) {
			t.Errorf("judged in patches of %v, want %v", p.patches, want)
		}
		if got := tr.model(st).Info.Patch; got != c.patch {
			t.Errorf("scores %v: the model's patch is %d, want %d", c.scores, got, c.patch)
		}
		next := st.distillation(tr.o)
		s := newSchedule(next.patches(tr.o), 100, 1)
		if next.TeacherPatch != c.patch || s.lastPatch() != c.patch || s.Stages[0].Patch != 32 {
			t.Errorf("scores %v: the student is shown %v by a teacher that knows %d", c.scores, s.Stages, next.TeacherPatch)
		}
		next.Schedule, next.BestStep, next.BestPatch = s, 25, 32
		if got := tr.model(next).Info.Patch; got != 32 {
			t.Errorf("a student that knows 32 and a teacher that knows %d make a model of %d", c.patch, got)
		}
	}
}

// A model to fine-tune is judged in its own patches before the first step, and keeps them if nothing gets better.
func TestFineTuningBeginsWithTheModelsOwnPatch(t *testing.T) {
	for _, c := range []struct{ base, judged, kept int }{{32, 32, 32}, {0, 64, 0}, {256, 64, 256}, {64, 64, 64}} {
		tr, st, p := fakeTraining(t, 25)
		tr.o.From = &bsn.Model{Config: tr.o.config(), Teacher: st.weights.Clone(), Info: bsn.Info{Patch: c.base}}
		p.scores, st.Fresh = []float64{4, 5}, false
		if err := tr.learn(context.Background(), st, p); err != nil {
			t.Fatal(err)
		}
		if p.patches[0] != c.judged || p.patches[1] != 64 {
			t.Errorf("a model that knows %d was judged in patches of %v", c.base, p.patches)
		}
		if got := tr.model(st).Info.Patch; got != c.kept {
			t.Errorf("a model that knows %d and got no better now knows %d", c.base, got)
		}
	}
}

// When patches grow, a network leaks for a while until it knows them. The alarm compares leaks in patches of one side only.
func TestGrowingPatchesRaiseNoAlarm(t *testing.T) {
	for _, c := range []struct {
		leaks []float64 // at steps 0, 25, 50, 75 in patches of 32, and at 100 in patches of 64
		alarm bool
	}{
		{[]float64{1.2, 0.6, 0.4, 0.3, 0.6}, false},
		{[]float64{1.2, 0.3, 0.4, 0.6, 0.2}, false},
	} {
		tr, st, p := fakeTraining(t, 100)
		p.scores, p.leaks = []float64{9, 8, 7, 6, 5}, c.leaks
		sounded := map[int]bool{}
		tr.report = func(r Progress) { sounded[r.Step] = r.LeakAlarm }
		if err := tr.learn(context.Background(), st, p); err != nil {
			t.Fatal(err)
		}
		if want := c.leaks[3] > 0.5; sounded[75] != want || sounded[100] != c.alarm {
			t.Errorf("leaks %v: alarm at 75 %v, at 100 %v", c.leaks, sounded[75], sounded[100])
		}
	}
}
