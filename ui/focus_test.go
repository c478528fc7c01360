package ui

import (
	"image"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"
)

// controlName is what a control of the main window is called in this test.
func (w *Window) controlName(o fyne.Focusable) string {
	names := map[fyne.Focusable]string{
		w.strip: "strip", w.compare: "compare", w.zoom: "zoom", w.viewer: "viewer", w.panel.model: "model", w.panel.noise.apply: "apply",
		w.panel.mode: "mode", w.panel.hole: "hole", w.panel.luma: "luminance", w.panel.colour: "colour", w.panel.texture: "texture",
		w.panel.reset: "reset", w.panel.export: "export",
	}
	if name, ok := names[o]; ok {
		return name
	}
	if b, ok := o.(*widget.Button); ok {
		return b.Text
	}
	return "?"
}

// tabThrough presses Tab until it comes round, and lists what had the keyboard.
func (w *Window) tabThrough(each func(name string, o fyne.Focusable)) []string {
	c := w.win.Canvas()
	var order []string
	c.FocusNext()
	for first := c.Focused(); ; {
		name := w.controlName(c.Focused())
		order = append(order, name)
		each(name, c.Focused())
		c.FocusNext()
		if c.Focused() == first || len(order) > 50 {
			return order
		}
	}
}

// TestTabReachesEveryControl walks through the main window, and sees that each control shows that it has the keyboard.
func TestTabReachesEveryControl(t *testing.T) {
	w := newWindow(t)
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(folderOf(t, 2))})
	w.opens(t, "IMG_0000.png")
	w.win.Resize(fyne.NewSize(1280, 800))
	s := w.session.Settings()
	s.Luma = 0.5
	w.session.SetSettings(s) // so that there is something to reset
	c := w.win.Canvas()
	plain := c.Capture()
	order := w.tabThrough(func(name string, o fyne.Focusable) {
		if !differ(plain, c.Capture()) {
			t.Errorf("%s looks the same with the keyboard", name)
		}
	})
	c.Unfocus()
	if differ(plain, c.Capture()) {
		t.Error("a frame stays where nothing has the keyboard")
	}
	// Without a model there is nothing to choose and nothing to export.
	want := []string{"strip", "compare", "zoom", "viewer", "mode", "hole", "luminance", "colour", "texture", "reset"}
	got := slices.DeleteFunc(slices.Clone(order), func(name string) bool { return name == "apply" || !slices.Contains(want, name) && name != "?" })
	if !slices.Equal(got, want) {
		t.Errorf("Tab goes through %q, want at least %q", order, want)
	}
	w.panel.hole.Disable()
	if slices.Contains(w.tabThrough(func(string, fyne.Focusable) {}), "hole") {
		t.Error("Tab stops at a slider that is out of use")
	}
}

// TestDrawnControlsHandKeysOn: whichever of them has the keyboard, letters are for the window, Space shows the original, and
// Escape gives the keyboard back.
func TestDrawnControlsHandKeysOn(t *testing.T) {
	w := newWindow(t)
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(folderOf(t, 2))})
	w.opens(t, "IMG_0000.png")
	c := w.win.Canvas()
	for _, o := range []interface {
		fyne.Focusable
		KeyDown(*fyne.KeyEvent)
		KeyUp(*fyne.KeyEvent)
	}{w.strip, w.compare, w.zoom, w.viewer, w.panel.mode, w.panel.hole, w.panel.luma} {
		name := w.controlName(o)
		c.Focus(o)
		w.setCompare(splitView)
		o.TypedRune('d')
		if w.viewer.mode != removedView {
			t.Errorf("%s swallows a letter", name)
		}
		o.KeyDown(&fyne.KeyEvent{Name: fyne.KeySpace})
		held := w.viewer.held
		o.KeyUp(&fyne.KeyEvent{Name: fyne.KeySpace})
		if !held || w.viewer.held {
			t.Errorf("%s: Space held shows the original: %v, then %v", name, held, w.viewer.held)
		}
		o.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if c.Focused() != nil {
			t.Errorf("%s keeps the keyboard after Escape", name)
		}
	}
	c.Focus(w.compare)
	w.compare.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if c.Focused() != fyne.Focusable(w.compare) {
		t.Error("a row of words that is used by keyboard lost it")
	}
	c.Focus(w.strip)
	w.strip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	w.opens(t, "IMG_0001.png")
	if c.Focused() != fyne.Focusable(w.strip) {
		t.Error("the strip lost the keyboard with the next photo")
	}
}

func TestViewerByKeyboard(t *testing.T) {
	w := newWindow(t)
	w.Open(noisyFile(t, 2000, 1500))
	w.opens(t, "noisy.png")
	v := w.viewer
	v.setDivider(0.5)
	for _, r := range "..,..." {
		w.typed(r)
	}
	if v.divider < 0.69 || v.divider > 0.71 {
		t.Errorf("four steps on, the divider is at %v", v.divider)
	}
	w.typed('3')
	before := image.Pt(int(v.lens.x), int(v.lens.y))
	v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if after := image.Pt(int(v.lens.x), int(v.lens.y)); after.X <= before.X || after.Y >= before.Y {
		t.Errorf("right and up go from %v to %v", before, after)
	}
	v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if !v.lens.fit {
		t.Error("Home does not show the whole photo")
	}
}

func TestEscapeDismissesTheMessage(t *testing.T) {
	w := newWindow(t)
	w.session.Complain(errNoPortal)
	if !w.status.messageBox.Visible() {
		t.Fatal("there is no message")
	}
	w.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.status.messageBox.Visible() || !w.session.Message().Text.Empty() {
		t.Error("Escape leaves the message")
	}
}

// differ reports whether two pictures of the window differ anywhere.
func differ(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return true
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				return true
			}
		}
	}
	return false
}
