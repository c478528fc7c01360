package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"fyne.io/fyne/v2"

	"blindspot/app"
)

func TestAboutTellsAndCopies(t *testing.T) {
	w := newWindow(t)
	w.showAbout()
	seen := textsOn(w)
	for _, want := range append([]app.Part{{Name: "Blindspot " + app.Version}}, app.Parts()...) {
		if !slices.Contains(seen, want.Name) || want.Version != "" && !slices.Contains(seen, want.Version) {
			t.Errorf("%s %s is not on the box: %q", want.Name, want.Version, seen)
		}
	}
	tapButton(t, w, "Copy")
	if got := w.fyne.Clipboard().Content(); !strings.HasPrefix(got, "Blindspot "+app.Version) || !strings.Contains(got, app.Kernels()) {
		t.Errorf("copied was %q", got)
	}
	w.assets = fstest.MapFS{"licences/1.txt": {Data: []byte("first")}, "licences/2.txt": {Data: []byte("second")}}
	for range 2 { // Copy, Licences…
		w.win.Canvas().FocusNext()
	}
	w.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := textsOn(w); !slices.Contains(got, "Licences") {
		t.Errorf("Enter on a button opened %q", got)
	}
	w.escape()
	w.escape()
	if w.busy() || w.escape != nil {
		t.Error("two times Escape left a dialog open")
	}
	if got := w.licences(); got != "first\n\nsecond" {
		t.Errorf("the licences are %q", got)
	}
}

func TestLongLinesAreBroken(t *testing.T) {
	got := linesOf("one two three\n  kept\n\nunbreakable-word here\n", 8)
	want := []string{"one two", "three", "  kept", "", "unbreakable-word here"}
	if !slices.Equal(got, want) {
		t.Errorf("the lines are %q, want %q", got, want)
	}
}

func TestModalsCloseOnEscapeWhereverTheKeyboardIs(t *testing.T) {
	w := newWindow(t)
	w.showSettings()
	c := w.win.Canvas()
	var kinds []string
	for n := 1; n <= 6; n++ { // the general page has six controls
		for range n {
			c.FocusNext()
		}
		focused := c.Focused()
		kinds = append(kinds, fmt.Sprintf("%T", focused))
		focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if w.busy() {
			t.Fatalf("%T keeps the dialog open", focused)
		}
		w.showSettings()
	}
	want := []string{"*ui.segments", "*ui.dialogSelect", "*ui.dialogSelect", "*ui.dialogCheck", "*ui.dialogButton", "*ui.dialogButton"}
	if !slices.Equal(kinds, want) {
		t.Errorf("Tab goes through %q, want %q", kinds, want)
	}
}
