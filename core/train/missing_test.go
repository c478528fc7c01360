package train

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"blindspot/core/say"
)

// move renames a folder of photos away and returns a function that puts it back.
func move(t *testing.T, paths []string) (back func()) {
	t.Helper()
	dir := filepath.Dir(paths[0])
	if err := os.Rename(dir, dir+" away"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Rename(dir+" away", dir); err != nil {
			t.Fatal(err)
		}
	}
}

// A drive that is unplugged in the middle stops the training without harm: it cannot be resumed while the photos are gone, and
// ends with the same bits when they are back.
func TestUnpluggedPhotosAreWaitedFor(t *testing.T) {
	photos := folder(t, 3)
	o := small(photos)
	o.Steps, o.DistilSteps, o.ReportEvery = 40, 20, 1
	o.CacheBytes = 1 << 18 // nothing stays in memory
	want := mustRun(t, o, nil)
	o.Checkpoint, o.Resume = t.TempDir(), true
	var back func()
	_, err := Run(context.Background(), o, func(p Progress) {
		if p.Step == 3 && back == nil {
			back = move(t, photos)
		}
	})
	if !errors.Is(err, ErrPhotosGone) {
		t.Fatalf("without photos: %v", err)
	}
	if _, err := Run(context.Background(), o, nil); !errors.Is(err, ErrPhotosGone) {
		t.Fatalf("resumed without photos: %v", err)
	}
	back()
	if got := mustRun(t, o, nil); !sameWeights(got, want) {
		t.Error("the training ends with other weights")
	}
}

// A photo that is deleted while a training rests is left out; the training goes on all the same.
func TestDeletedPhotoIsLeftOut(t *testing.T) {
	photos := folder(t, 4)
	o := small(photos)
	o.CacheBytes = 1 << 18
	o.Checkpoint, o.Resume = t.TempDir(), true
	cancelAt(t, o, PhaseFit, 2)
	if err := os.Remove(photos[1]); err != nil {
		t.Fatal(err)
	}
	var notes []say.Text
	m := mustRun(t, o, func(p Progress) { notes = append(notes, p.Notes...) })
	if m.Info.Photos != 3 || !strings.Contains(say.Join(notes, "\n").String(), photos[1]) {
		t.Errorf("trained on %d photos; notes %q", m.Info.Photos, notes)
	}
}

// A checkpoint that cannot be written is told once, and the training goes on.
func TestFullDiskDoesNotEndTheTraining(t *testing.T) {
	o := small(folder(t, 2))
	dir := t.TempDir()
	blocked := filepath.Join(dir, checkpointName+".new") // a folder of this name stands in the way of every write
	o.Checkpoint, o.CheckpointEvery, o.ReportEvery = dir, time.Nanosecond, 1
	var notes []say.Text
	mustRun(t, o, func(p Progress) {
		notes = append(notes, p.Notes...)
		var err error
		switch {
		case p.Phase == PhaseFit && p.Step == 2:
			err = os.MkdirAll(blocked, 0o755)
		case p.Phase == PhaseDistil && p.Step == 2:
			err = os.RemoveAll(blocked)
		}
		if err != nil {
			t.Error(err)
		}
	})
	if len(notes) != 2 || !strings.Contains(notes[0].String(), "tries again") || !strings.Contains(notes[1].String(), "again") {
		t.Errorf("notes %q", notes)
	}
	if p, err := FindPending(dir); err != nil || p == nil || !p.Finished {
		t.Errorf("after the disk had room again: %+v, %v", p, err)
	}
}
