package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"blindspot/core/bsn"
	"blindspot/core/say"
)

// small is a training of width 16 that takes a second or two.
func small(photos []string) Options {
	return Options{
		Photos: photos, Width: 16, Steps: 12, DistilSteps: 12, Seed: 3, Threads: 2,
		Patch: 32, LastPatch: 64, Batch: 2, Name: "test", CheckpointEvery: time.Hour,
	}
}

func mustRun(t *testing.T, o Options, report func(Progress)) *bsn.Model {
	t.Helper()
	m, err := Run(context.Background(), o, report)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func sameWeights(a, b *bsn.Model) bool {
	return slices.Equal(a.Teacher.Flat(), b.Teacher.Flat()) && slices.Equal(a.Student.Flat(), b.Student.Flat())
}

func modelBytes(t *testing.T, m *bsn.Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Two runs give the same file, byte for byte, whatever the number of threads, the size of the cache for photos, the time
// of the reports and whether checkpoints are written. Info tells the training's story.
func TestRunIsExactlyRepeatable(t *testing.T) {
	o := small(folder(t, 3))
	o.Created = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	first := mustRun(t, o, nil)
	o.Threads, o.ReportEvery, o.Background = 3, 1, true
	o.Checkpoint, o.CheckpointEvery = t.TempDir(), time.Nanosecond
	slices.Reverse(o.Photos)
	again := mustRun(t, o, func(Progress) {})
	if !bytes.Equal(modelBytes(t, first), modelBytes(t, again)) {
		t.Error("two runs of the same training give different files")
	}
	o.Seed++
	if sameWeights(first, mustRun(t, o, nil)) {
		t.Error("another seed gives the same weights")
	}
	got := first.Info
	if got.Name != "test" || got.Created != "2024-05-06T07:08:09Z" || got.KTrain != 9 || !slices.Equal(got.Holes, bsn.Stops()) ||
		got.Patch != 64 || got.Steps != 12 || got.DistilSteps != 12 || got.Photos != 3 {
		t.Errorf("info %+v", got)
	}
}

// cancelAt cancels a run when it reaches a step of a phase.
func cancelAt(t *testing.T, o Options, phase string, step int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.ReportEvery = 1
	m, err := Run(ctx, o, func(p Progress) {
		if p.Phase == phase && p.Step >= step && p.Steps > 0 {
			cancel()
		}
	})
	if err != context.Canceled || m != nil {
		t.Fatalf("a cancelled run returned %v, %v", m, err)
	}
}

// Cancelled in either phase and resumed, a training ends with the same bits.
func TestResumeIsExact(t *testing.T) {
	o := small(folder(t, 3))
	want := mustRun(t, o, nil)
	o.Checkpoint, o.Resume = t.TempDir(), true
	cancelAt(t, o, PhaseFit, 5)
	assertPending(t, o.Checkpoint, PhaseFit, 5)
	cancelAt(t, o, PhaseFit, 9)
	cancelAt(t, o, PhaseDistil, 0)
	cancelAt(t, o, PhaseDistil, 5)
	assertPending(t, o.Checkpoint, PhaseDistil, 5)
	got := mustRun(t, o, nil)
	if !sameWeights(want, got) || want.Info.Patch != got.Info.Patch {
		t.Error("the resumed training ends with other weights")
	}
	if p, err := FindPending(o.Checkpoint); err != nil || !p.Finished {
		t.Errorf("after the end: %+v, %v", p, err)
	}
	if again := mustRun(t, o, nil); !sameWeights(want, again) {
		t.Error("a finished training gives other weights when its model is fetched again")
	}
	if err := Discard(o.Checkpoint); err != nil {
		t.Error(err)
	}
	if p, err := FindPending(o.Checkpoint); p != nil || err != nil {
		t.Errorf("after Discard: %+v, %v", p, err)
	}
}

func assertPending(t *testing.T, dir, phase string, step int) {
	t.Helper()
	p, err := FindPending(dir)
	if err != nil || p == nil {
		t.Fatalf("no checkpoint: %v", err)
	}
	if p.Phase != phase || p.Step != step || p.Steps != 12 || p.Finished || time.Since(p.Saved) > time.Minute {
		t.Errorf("checkpoint %+v, want step %d of %s", p, step, phase)
	}
}

// A photo that turns out to be damaged is left out and named, and a resumed training still ends with the same bits.
func TestResumeWithADamagedPhoto(t *testing.T) {
	o := small(folder(t, 4))
	breakPhoto(t, o.Photos[1])
	var notes []say.Text
	want := mustRun(t, o, func(p Progress) { notes = append(notes, p.Notes...) })
	if len(notes) != 1 || !strings.Contains(notes[0].String(), "b.png") || !strings.Contains(notes[0].String(), "damaged") {
		t.Errorf("notes %q, want one about b.png", notes)
	}
	if want.Info.Photos != 3 {
		t.Errorf("%d photos in the model's story, want 3", want.Info.Photos)
	}
	o.Checkpoint, o.Resume = t.TempDir(), true
	cancelAt(t, o, PhaseFit, 7)
	if !sameWeights(want, mustRun(t, o, nil)) {
		t.Error("the resumed training ends with other weights")
	}
}

// A budget in minutes becomes a number of steps that a resume keeps, and the same number of steps gives the same weights.
func TestMinutesBecomeSteps(t *testing.T) {
	o := small(folder(t, 2))
	o.Steps, o.DistilSteps, o.Minutes = 0, 0, 0.04
	o.Checkpoint = t.TempDir()
	began := time.Now()
	var fit, distil int
	want := mustRun(t, o, func(p Progress) {
		if p.Phase == PhaseFit {
			fit = p.Steps
		} else {
			distil = p.Steps
		}
	})
	// Reading, measuring and a busy machine come on top of so small a budget; a schedule that ignored it would run for hours.
	if took := time.Since(began); took > time.Minute {
		t.Errorf("a budget of %.2f minutes took %v", o.Minutes, took)
	}
	if fit < 1 || distil < 1 || want.Info.Steps != fit || want.Info.DistilSteps != distil {
		t.Errorf("%d and %d steps, and %d and %d in the model", fit, distil, want.Info.Steps, want.Info.DistilSteps)
	}
	o.Checkpoint, o.Resume = t.TempDir(), true
	ctx, cancel := context.WithCancel(context.Background())
	planned := 0
	if _, err := Run(ctx, o, func(p Progress) {
		if planned = p.Steps; planned > 0 {
			cancel()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), o, func(p Progress) {
		if p.Phase == PhaseFit && p.Steps > 0 && p.Steps != planned {
			t.Errorf("resumed with %d steps, planned %d", p.Steps, planned)
		}
	}); err != nil {
		t.Fatal(err)
	}
	o.Checkpoint, o.Resume, o.Minutes, o.Steps, o.DistilSteps = "", false, 0, fit, distil
	if !sameWeights(want, mustRun(t, o, nil)) {
		t.Error("the same number of steps gives other weights than the budget did")
	}
}

// Training makes the guess better: the held-out score falls, in both phases.
func TestTrainingLearns(t *testing.T) {
	o := small(folder(t, 3))
	o.Steps, o.DistilSteps, o.Batch, o.LastPatch = 150, 100, 4, 32
	scores := map[string][]float64{}
	mustRun(t, o, func(p Progress) {
		if p.Sample != nil {
			scores[p.Phase] = append(scores[p.Phase], p.HeldOut)
		}
	})
	fit, distil := scores[PhaseFit], scores[PhaseDistil]
	// The photos have noise of deviation 15: no guess can come closer on average than 15·√(2/π) = 12.
	if last := fit[len(fit)-1]; last > 25 || last > fit[0]/3 {
		t.Errorf("the held-out score went %v", fit)
	}
	if last := distil[len(distil)-1]; last > distil[0]/3 {
		t.Errorf("the student's score went %v", distil)
	}
}

// Fit and Distil alone, and fine-tuning from their model.
func TestPhasesAloneAndFineTuning(t *testing.T) {
	ctx := context.Background()
	o := small(folder(t, 2))
	o.Steps, o.DistilSteps = 4, 4
	fitted, err := Fit(ctx, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if fitted.Student != nil || fitted.Info.Steps != 4 {
		t.Errorf("a fitted model has student %v and %d steps", fitted.Student != nil, fitted.Info.Steps)
	}
	if _, err := Distil(ctx, o, nil); err == nil {
		t.Error("distillation without a teacher did not fail")
	}
	o.From = fitted
	distilled, err := Distil(ctx, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.From = nil
	whole := mustRun(t, o, nil)
	if !slices.Equal(distilled.Teacher.Flat(), whole.Teacher.Flat()) {
		t.Error("Fit alone gives another teacher than Run")
	}
	if distilled.Info.Steps != 4 || distilled.Info.DistilSteps != 4 || distilled.Info.Base != "test" {
		t.Errorf("info %+v", distilled.Info)
	}
	before := slices.Clone(whole.Teacher.Flat())
	o.From, o.Width = whole, 0
	tuned := mustRun(t, o, nil)
	if !slices.Equal(before, whole.Teacher.Flat()) {
		t.Error("fine-tuning changed the model it started from")
	}
	if tuned.Config.Width != 16 || sameWeights(tuned, whole) {
		t.Errorf("fine-tuning from width 16 gave width %d", tuned.Config.Width)
	}
	// A wider network begins as the narrow one, so its score before the first step is the same.
	o.Width = 24
	widened := mustRun(t, o, nil)
	if widened.Config.Width != 24 || widened.Info.HeldOutBase == 0 || math.Abs(widened.Info.HeldOutBase/tuned.Info.HeldOutBase-1) > 1e-4 {
		t.Errorf("width %d, held-out score %g before training, want 24 and %g", widened.Config.Width, widened.Info.HeldOutBase, tuned.Info.HeldOutBase)
	}
	if again := mustRun(t, o, nil); !sameWeights(again, widened) {
		t.Error("widening is not repeatable")
	}
	o.Width = 8
	if _, err := Run(ctx, o, nil); err == nil || !strings.Contains(err.Error(), "width 16") {
		t.Errorf("a narrower network than the model's: %v", err)
	}
}

// However short, a training that comes to its end returns both networks.
func TestOneStepEach(t *testing.T) {
	o := small(folder(t, 1))
	o.Steps, o.DistilSteps = 1, 1
	if m := mustRun(t, o, nil); m.Student == nil {
		t.Error("no student")
	}
}

// A network of one channel trains on gray photos.
func TestGrayNetwork(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	writePhoto(t, path, 200, 130, true, 100, 10, 1)
	o := small([]string{path})
	o.Channels, o.Steps, o.DistilSteps = 1, 3, 3
	if m := mustRun(t, o, nil); m.Config.Channels != 1 || m.Student == nil {
		t.Errorf("model %+v", m.Config)
	}
}

// Stop ends a phase with its best snapshot. A student that learned nothing is left out.
func TestStop(t *testing.T) {
	o := small(folder(t, 2))
	calls := 0
	o.Stop = func(phase string) bool { calls++; return phase == PhaseDistil || calls > 4 }
	m := mustRun(t, o, nil)
	if m.Info.Steps != 4 || m.Student != nil {
		t.Errorf("%d steps, student %v; want 4 and none", m.Info.Steps, m.Student != nil)
	}
}
