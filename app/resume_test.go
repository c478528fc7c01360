package app

import (
	"image"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestSessionIsRestored: what a session leaves behind is what the next one begins with.
func TestSessionIsRestored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.json")
	photos := []string{photoFile(t, 40, 30), photoFile(t, 40, 30), photoFile(t, 40, 30)}
	window := WindowState{Width: 1000, Height: 700, StripOff: true, Zoom: 2, X: 20, Y: 10}

	first := newStage(t, Options{LastPath: path})
	first.OpenAll(photos)
	first.until("the album", func() bool { _, ok := first.Photo(); return ok && len(first.Album()) == 3 })
	first.open(photos[1], image.Point{})
	first.strength(0.25)
	first.SetWindow(window)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	last, err := LoadLast(path)
	if err != nil || last.Window != window || last.Open != photos[1] || len(last.Photos) != 3 {
		t.Fatalf("saved were %+v, %v", last, err)
	}
	if last.Photos[2].Settings != nil {
		t.Error("a photo that was never opened has settings")
	}
	if err := os.Remove(photos[0]); err != nil {
		t.Fatal(err)
	}
	second := newStage(t, Options{LastPath: path})
	if !second.Restore(last) {
		t.Fatal("nothing was restored")
	}
	second.until("the photo", func() bool { info, ok := second.Photo(); return ok && info.Path == photos[1] })
	if !slices.Equal(second.Album(), photos[1:]) || second.Settings().Luma != 0.25 {
		t.Errorf("the album is %q, the luminance %v", second.Album(), second.Settings().Luma)
	}
	if undo, _, _ := second.Steps(); undo {
		t.Error("there is something to undo")
	}
	if m := second.Message(); !m.Problem || !strings.Contains(m.Text.String(), "1 photo ") {
		t.Errorf("of the missing photo is said %q", m.Text)
	}
	second.open(photos[2], image.Point{})
	if m := second.Message(); !m.Text.Empty() {
		t.Errorf("the next photo says %q", m.Text)
	}
}

func TestNothingIsRestored(t *testing.T) {
	last := LastSession{Photos: []LastPhoto{{Path: filepath.Join(t.TempDir(), "gone.png")}}}
	b := newStage(t, Options{})
	if b.Restore(LastSession{}) {
		t.Error("an empty session was restored")
	}
	b.Restore(last)
	b.until("the sentence", func() bool { return b.Message().Problem })
	if _, ok := b.Photo(); ok || b.Opening() != "" || len(b.Album()) > 0 {
		t.Error("something is open")
	}
	there := photoFile(t, 40, 30)
	b.Restore(last)
	b.open(there, image.Point{}) // what the user asks for comes first
	b.workers.Wait()
	b.Receive()
	if m := b.Message(); !m.Text.Empty() {
		t.Errorf("an overtaken session says %q", m.Text)
	}
	off := b.General()
	off.Restore = false
	b.SetGeneral(off)
	if b.Restore(last) {
		t.Error("a session was restored against the user's wish")
	}
}

func TestDamagedSessionIsLeftAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session.json")
	if last, err := LoadLast(path); err != nil || !reflect.DeepEqual(last, LastSession{}) {
		t.Errorf("without a file: %+v, %v", last, err)
	}
	for _, text := range []string{"", "[]", `{"photos": 3}`} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if last, err := LoadLast(path); err == nil || !reflect.DeepEqual(last, LastSession{}) {
			t.Errorf("%q gives %+v, %v", text, last, err)
		}
	}
}
