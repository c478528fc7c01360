package app

import (
	"image"
	"os"
	"path/filepath"
	"testing"
)

// strength changes the luminance, as a part of a drag.
func (b *stage) strength(v float32) {
	s := b.Settings()
	s.Luma = v
	b.SetSettings(s)
}

func (b *stage) wantLuma(what string, want float32, undo, redo bool) {
	b.t.Helper()
	gotUndo, gotRedo, _ := b.Steps()
	if got := b.Settings().Luma; got != want || gotUndo != undo || gotRedo != redo {
		b.t.Errorf("%s: luminance %v, undo %v, redo %v; want %v, %v, %v", what, got, gotUndo, gotRedo, want, undo, redo)
	}
}

func TestADragIsOneStep(t *testing.T) {
	b := newStage(t, Options{})
	b.wantLuma("at first", 1, false, false)
	b.Undo()
	for _, v := range []float32{0.9, 0.8, 0.7} {
		b.strength(v)
	}
	b.wantLuma("during the drag", 0.7, true, false)
	b.EndStep()
	b.EndStep()
	b.strength(0.2)
	b.Undo() // ends the step under way
	b.wantLuma("one step back", 0.7, true, true)
	b.Undo()
	b.wantLuma("two steps back", 1, false, true)
	b.Redo()
	b.Redo()
	b.Redo()
	b.wantLuma("forth again", 0.2, true, false)
	b.Undo()
	b.strength(0.5)
	b.wantLuma("another way from there", 0.5, true, false)
	b.ResetSettings()
	b.wantLuma("reset", 1, true, false)
	if _, _, reset := b.Steps(); reset {
		t.Error("what was reset can be reset")
	}
	b.Undo()
	b.wantLuma("reset, undone", 0.5, true, true)
}

func TestOldStepsAreForgotten(t *testing.T) {
	b := newStage(t, Options{})
	for i := range 2 * historyLimit {
		b.strength(float32(i%100) / 100)
		b.EndStep()
	}
	for range 2 * historyLimit {
		b.Undo()
	}
	if undo, _, _ := b.Steps(); undo || len(b.histories.current.steps) != historyLimit+1 {
		t.Errorf("%d steps are kept", len(b.histories.current.steps))
	}
	if want := float32((historyLimit-1)%100) / 100; b.Settings().Luma != want {
		t.Errorf("the oldest step has %v, want %v", b.Settings().Luma, want)
	}
}

func TestEachPhotoKeepsItsSettings(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	first, second := photoFile(t, fakeSide, fakeSide), photoFile(t, fakeSide, fakeSide)
	b.open(first, image.Point{})
	began := b.Settings()
	s := began
	s.Hole = 7
	b.SetSettings(s)
	b.open(second, image.Point{})
	if got := b.Settings().Hole; got != 7 {
		t.Errorf("a new photo begins with hole %v", got)
	}
	s.Hole = 11
	b.SetSettings(s)
	b.complete()
	b.open(first, image.Point{})
	b.complete()
	if got := b.Settings().Hole; got != 7 || b.after(3, 3) != fakeGray(b.Settings()) {
		t.Errorf("back at the first photo the hole is %v, and %d is painted", got, b.after(3, 3))
	}
	b.Undo()
	if got := b.Settings(); got != began {
		t.Errorf("its step undone, the settings are %+v", got)
	}
	bad := filepath.Join(t.TempDir(), "bad.png")
	if err := os.WriteFile(bad, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	b.Open(bad)
	b.until("the complaint", func() bool { return b.Message().Problem })
	if _, redo, _ := b.Steps(); !redo {
		t.Error("a photo that could not be opened took the steps away")
	}
	b.open(second, image.Point{})
	if got := b.Settings().Hole; got != 11 {
		t.Errorf("the second photo has hole %v", got)
	}
}
