package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"blindspot/app"
)

// textsOn are all texts of the topmost dialog.
func textsOn(w *Window) []string {
	var texts []string
	for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
		if t, ok := o.(*canvas.Text); ok {
			texts = append(texts, t.Text)
		}
	}
	return texts
}

// tapButton taps a button of the topmost dialog.
func tapButton(t *testing.T, w *Window, text string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
		if b, ok := o.(*dialogButton); ok && b.Text == text {
			b.Tapped(&fyne.PointEvent{})
			return
		}
	}
	t.Fatalf("there is no button %q", text)
}

// controlsOn are the lists and check boxes of the topmost dialog.
func controlsOn(w *Window) (lists []*dialogSelect, checks []*dialogCheck) {
	for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
		switch c := o.(type) {
		case *dialogSelect:
			lists = append(lists, c)
		case *dialogCheck:
			checks = append(checks, c)
		}
	}
	return lists, checks
}

func TestSettingsDialog(t *testing.T) {
	w := newWindow(t)
	w.showSettings()
	lists, checks := controlsOn(w)
	lists[0].SetSelectedIndex(2) // Deutsch
	checks[0].Tapped(&fyne.PointEvent{})
	lists[1].SetSelected("150 %")
	if g := w.session.General(); g.Language != "de" || g.Restore || g.Scale != 1.5 {
		t.Errorf("the general page made %+v", g)
	}
	if !slices.Contains(textsOn(w), "Language and size change when the program starts next.") {
		t.Error("nothing says that a new start is needed")
	}
	tapSegment(t, w, 2)
	lists, _ = controlsOn(w)
	lists[len(lists)-1].SetSelected("1 GB")
	lists[len(lists)-2].SetSelectedIndex(0)
	if g := w.session.General(); g.CacheMB != 1024 || g.Threads != 0 {
		t.Errorf("the page of speed made %+v", g)
	}
	tapButton(t, w, "Restore the defaults")
	if g := w.session.General(); g != app.DefaultPreferences().General {
		t.Errorf("the defaults are %+v", g)
	}
	tapButton(t, w, "Close")
	if w.busy() {
		t.Error("the dialog stays")
	}
}

func TestSettingsOfNewPhotos(t *testing.T) {
	w := newWindow(t)
	d := &settingsDialog{modal: w.newModal(), begun: w.atStart}
	d.later = quiet("", fyne.TextAlignLeading)
	d.build(1)
	if !d.hole.Disabled() || !d.mode.Disabled() || !d.luma.Disabled() {
		t.Error("settings that nobody asks for can be changed")
	}
	d.newPhoto.SetSelectedIndex(1) // the settings below
	d.hole.jump(5)
	d.luma.jump(0.25)
	d.grain.jump(0)
	want := app.Settings{Mode: app.Tunable, Hole: 9, Luma: 0.25, Colour: 1, Texture: 0}
	if g := w.session.General(); g.NewPhoto != app.ChosenSettings || g.Start.Settings() != want {
		t.Errorf("new photos begin with %+v", g)
	}
	d.mode.pick(0)
	if !d.hole.resting || d.lumaText.Text != "25 %" {
		t.Errorf("Fast has a hole: %v; the luminance is %s", !d.hole.resting, d.lumaText.Text)
	}
}

func TestThreadChoices(t *testing.T) {
	for processors, want := range map[int]int{1: 1, 2: 2, 8: 6, 100: 13} {
		if got := len(threadChoices(processors)); got != want {
			t.Errorf("%d processors give %v", processors, threadChoices(processors))
		}
	}
}

// tapSegment picks a page of the settings.
func tapSegment(t *testing.T, w *Window, i int) {
	t.Helper()
	for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
		if s, ok := o.(*segments); ok && s.Visible() {
			s.pick(i)
			return
		}
	}
	t.Fatal("there are no pages")
}
