package ui

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"blindspot/app"
)

// newWindow makes a window whose session is taken care of by receive.
func newWindow(t *testing.T) *Window {
	t.Helper()
	w, err := New(Options{App: test.NewTempApp(t), Assets: fstest.MapFS{}, Preferences: app.DefaultPreferences()})
	if err != nil {
		t.Fatal(err)
	}
	w.bridge.do = func(func()) {}
	t.Cleanup(func() { w.Stop() })
	return w
}

// opens waits until a photo is open.
func (w *Window) opens(t *testing.T, name string) {
	t.Helper()
	receive(t, w.session, func() bool {
		info, ok := w.session.Photo()
		return ok && info.Name == name && w.session.Opening() == ""
	})
}

func TestStripComesWithSeveralPhotos(t *testing.T) {
	w := newWindow(t)
	folder := folderOf(t, 3)
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(filepath.Join(folder, "IMG_0001.png"))})
	w.opens(t, "IMG_0001.png")
	if w.strip.Visible() || !w.shelf.Disabled {
		t.Error("one photo has a strip")
	}
	alone := w.viewer.Size().Width
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(folder)})
	w.opens(t, "IMG_0000.png")
	if !w.strip.Visible() || w.shelf.Disabled || w.viewer.Size().Width != alone-stripWidth-besideSeam {
		t.Errorf("a folder's strip is visible: %v; the viewer is %v wide, was %v", w.strip.Visible(), w.viewer.Size().Width, alone)
	}
	for _, step := range []struct {
		key  fyne.KeyName
		name string
	}{{fyne.KeyLeft, "IMG_0000.png"}, {fyne.KeyRight, "IMG_0001.png"}, {fyne.KeyRight, "IMG_0002.png"}, {fyne.KeyLeft, "IMG_0001.png"}} {
		w.typedKey(&fyne.KeyEvent{Name: step.key})
		w.opens(t, step.name)
	}
	if w.strip.current != 1 || w.strip.count() != "2 of 3" {
		t.Errorf("photo %d is marked: %s", w.strip.current, w.strip.count())
	}
	w.typed('t')
	if w.strip.Visible() || w.shelf.Checked || w.viewer.Size().Width != alone {
		t.Error("the strip was not put away")
	}
	w.typed('t')
	if !w.strip.Visible() {
		t.Error("the strip did not come back")
	}
	w.Open(filepath.Join(folderOf(t, 1), "IMG_0000.png"))
	receive(t, w.session, func() bool { return len(w.session.Album()) == 1 })
	if w.strip.Visible() {
		t.Error("the strip stayed for a photo from elsewhere")
	}
}

func TestToggledViewsGoBack(t *testing.T) {
	w := newWindow(t)
	for _, step := range []struct {
		key  rune
		want compare
	}{{'Y', sideBySide}, {'d', removedView}, {'s', sensitivityView}, {'s', sideBySide}, {'d', removedView}, {'d', sideBySide}, {'Y', singleView}, {'y', splitView}} {
		w.typed(step.key)
		if w.viewer.mode != step.want || w.session.Preferences().Compare != string(step.want) {
			t.Errorf("%c leads to %v, remembered %q; want %v", step.key, w.viewer.mode, w.session.Preferences().Compare, step.want)
		}
	}
}

// How far the picture has come is about the cells that are seen, also when the view has moved to some that are done and nothing
// new arrives.
func TestProgressFollowsTheView(t *testing.T) {
	w, _ := newLibraryWindow(t)
	w.Open(noisyFile(t, 900, 700))
	w.opens(t, "noisy.png")
	w.viewer.zoomTo(4)
	seen := func() app.PreviewState {
		w.viewer.draw(300, 200)
		return w.session.Preview()
	}
	receive(t, w.session, func() bool { return seen().Complete() && w.viewer.progress == "" })
	w.viewer.zoomTo(1)
	if s := seen(); s.Waiting == 0 || w.viewer.progress == "" {
		t.Fatalf("with %d of %d cells waiting the name says %q", s.Waiting, s.Total, w.viewer.progress)
	}
	w.viewer.zoomTo(4)
	if s := seen(); s.Waiting != 0 || w.viewer.progress != "" {
		t.Errorf("with %d of %d cells waiting the name says %q", s.Waiting, s.Total, w.viewer.progress)
	}
}
