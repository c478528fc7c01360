package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"blindspot/app"
	"blindspot/app/apptest"
)

// modelFile writes the file of a small model that was trained on photos of a camera, none if it is empty.
func modelFile(t *testing.T, path, camera string) []byte {
	t.Helper()
	m := apptest.Model()
	if camera != "" {
		m.Info.Photos, m.Info.Cameras, m.Info.ISO = 12, []string{camera}, []int{800, 1600}
		m.Info.CorrelationMap, m.Info.NoiseLevel, m.Info.Correlation = make([]float64, 81), 6.25, []float64{0.4}
		m.Info.HeldOut, m.Info.HeldOutBase = 5.5, 5.75
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := m.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// newLibraryWindow makes a window with a library: the bundled model, and Alps and Night of the user's.
func newLibraryWindow(t *testing.T) (*Window, *app.Library) {
	t.Helper()
	bundled := modelFile(t, filepath.Join(t.TempDir(), "x"), "")
	l := app.NewLibrary(fstest.MapFS{"models/bundled.safetensors": {Data: bundled}}, t.TempDir())
	modelFile(t, l.ModelPath("Alps"), "")
	modelFile(t, l.ModelPath("Night"), "Fuji X-T5")
	return windowOf(t, l), l
}

func windowOf(t *testing.T, l *app.Library) *Window {
	t.Helper()
	w, err := New(Options{
		App: test.NewTempApp(t), Assets: fstest.MapFS{}, Preferences: app.DefaultPreferences(), Models: l.Choices(1), Library: l,
		do: func(func()) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Stop() })
	receive(t, w.session, func() bool { return len(w.session.AllModels()) == len(l.Models()) && !w.session.Model().Loading })
	return w
}

// openModels opens the library with a model shown.
func (w *Window) openModels(t *testing.T, name string) *modelManager {
	t.Helper()
	w.showModels()
	w.models.pick(name)
	if w.models.details.name.Text != name {
		t.Fatalf("%q is shown, want %q", w.models.details.name.Text, name)
	}
	return w.models
}

func (m *modelManager) key(name fyne.KeyName) { m.list.TypedKey(&fyne.KeyEvent{Name: name}) }

// told waits for a sentence.
func (m *modelManager) waitFor(t *testing.T, part string) {
	t.Helper()
	receive(t, m.w.session, func() bool { return m.noteBar.Visible() && strings.Contains(m.note.Text, part) })
}

// listed waits until a model is in the list, or gone from it.
func (w *Window) listed(t *testing.T, name string, there bool) {
	t.Helper()
	receive(t, w.session, func() bool {
		names, _ := w.session.Models()
		return slices.Contains(names, name) == there && !w.session.Model().Loading
	})
}

func TestDetailsOfAModel(t *testing.T) {
	w, _ := newLibraryWindow(t)
	m := w.openModels(t, "Night")
	text := map[string]string{}
	info, _ := m.current()
	for _, f := range facts(info) {
		text[f[0]] = f[1]
	}
	for name, want := range map[string]string{
		"Trained on": "12 photos", "Cameras": "Fuji X-T5", "ISO": "800, 1600", "Noise": "6.2 of 255, neighbouring pixels 40 % alike",
		"Score": "5.50, was 5.75 before the training; lower is better", "Fast network": "yes", "Size": "width 16, " + megabytes(info.Bytes),
	} {
		if text[name] != want {
			t.Errorf("%s is %q, want %q", name, text[name], want)
		}
	}
	if m.details.picture.Image == nil || !m.details.noise.Visible() || m.rename.Disabled() || m.delete.Disabled() {
		t.Error("a model of the user's has no map, or cannot be changed")
	}
	m.pick("bundled")
	if m.details.picture.Image != nil || m.details.noise.Visible() || !m.rename.Disabled() || !m.delete.Disabled() || m.copy.Disabled() {
		t.Error("the bundled model has a map, can be changed, or cannot be copied")
	}
}

func TestModelListByKeyboard(t *testing.T) {
	w, _ := newLibraryWindow(t)
	w.panel.models.OnTapped()
	m := w.models
	m.pick("bundled")
	if w.win.Canvas().Focused() != m.list {
		t.Errorf("%T has the keyboard", w.win.Canvas().Focused())
	}
	for _, step := range []struct {
		key  fyne.KeyName
		want string
	}{{fyne.KeyUp, "bundled"}, {fyne.KeyDown, "Alps"}, {fyne.KeyDown, "Night"}, {fyne.KeyDown, "Night"}, {fyne.KeyHome, "bundled"}, {fyne.KeyEnd, "Night"}} {
		m.key(step.key)
		if m.shown != step.want || m.details.name.Text != step.want {
			t.Errorf("%s shows %q, want %q", step.key, m.shown, step.want)
		}
	}
	m.key(fyne.KeyReturn)
	if m.open() || w.busy() {
		t.Error("Enter does not close the library")
	}
	receive(t, w.session, func() bool { return !w.session.Model().Loading })
	if names, chosen := w.session.Models(); names[chosen] != "Night" || w.panel.model.Selected != "Night" {
		t.Errorf("Enter chose %s, the panel says %q", names[chosen], w.panel.model.Selected)
	}
	m = w.openModels(t, "Night")
	m.key(fyne.KeyEscape)
	if m.open() {
		t.Error("Escape does not close the library")
	}
}

func TestRenameInTheLibrary(t *testing.T) {
	w, l := newLibraryWindow(t)
	m := w.openModels(t, "Night")
	m.key(fyne.KeyF2)
	if !m.details.field.Visible() || m.details.field.Text != "Night" || w.win.Canvas().Focused() != m.details.field {
		t.Fatalf("F2 shows a field: %v, with %q", m.details.field.Visible(), m.details.field.Text)
	}
	m.details.field.SetText("Alps")
	m.details.field.OnSubmitted("Alps")
	m.waitFor(t, "called Alps already")
	if !m.details.field.Visible() || m.undo.Visible() {
		t.Error("a name that is taken ends the renaming, or can be undone")
	}
	m.details.field.OnSubmitted("Evening")
	w.listed(t, "Evening", true)
	if m.shown != "Evening" || m.details.field.Visible() || m.noteBar.Visible() {
		t.Errorf("after it %q is shown", m.shown)
	}
	if _, err := os.Stat(l.ModelPath("Evening")); err != nil {
		t.Error(err)
	}
	m.startRename()
	m.details.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if m.details.field.Visible() || !m.open() {
		t.Error("Escape in the field closes the library, or leaves the field")
	}
}

func TestDeleteInTheLibrary(t *testing.T) {
	w, _ := newLibraryWindow(t)
	m := w.openModels(t, "bundled")
	m.key(fyne.KeyDelete) // does nothing
	m.pick("Alps")
	height := m.list.Size().Height
	m.key(fyne.KeyDelete)
	m.waitFor(t, "Alps is deleted")
	w.listed(t, "Alps", false)
	if !m.undo.Visible() || m.shown != "Night" || !slices.Equal(w.panel.model.Options[1:], []string{"bundled", "Night"}) {
		t.Errorf("after it %q is shown, the panel lists %v", m.shown, w.panel.model.Options)
	}
	m.undo.OnTapped()
	w.listed(t, "Alps", true)
	m.key(fyne.KeyDelete)
	w.listed(t, "Alps", false)
	w.undoStep() // Ctrl+Z goes to the list
	w.listed(t, "Alps", true)
	if m.shown != "Alps" || m.noteBar.Visible() || m.list.Size().Height != height {
		t.Errorf("after the undoing %q is shown in a list %v high, was %v", m.shown, m.list.Size().Height, height)
	}
}

func TestCopyExportAndImportInTheLibrary(t *testing.T) {
	w, _ := newLibraryWindow(t)
	m := w.openModels(t, "bundled")
	m.copy.OnTapped()
	w.listed(t, "bundled copy", true)
	receive(t, w.session, func() bool { return m.shown == "bundled copy" && !m.rename.Disabled() })
	path := filepath.Join(t.TempDir(), "shared.pth")
	m.exportTo("Night", path)
	m.waitFor(t, "Night is saved as shared.pth")
	m.exportTo("Alps", path) // the dialog has asked
	m.waitFor(t, "Alps is saved as shared.pth")
	m.importFile(path)
	m.waitFor(t, "shared is among your models")
	w.listed(t, "shared", true)
	if m.shown != "shared" || m.details.name.Text != "shared" {
		t.Errorf("%q is shown after the import", m.shown)
	}
	if err := os.WriteFile(path, []byte("PK\x03\x04"), 0o644); err != nil {
		t.Fatal(err)
	}
	m.importFile(path)
	m.waitFor(t, "damaged")
	m.exportTo("Night", filepath.Join(filepath.Dir(path), "v1.2")) // a name without a model's ending
	m.waitFor(t, "v1.2.safetensors")
	m.exportTo("Alps", filepath.Join(filepath.Dir(path), "v1.2"))
	m.waitFor(t, "exists already")
}

func TestDroppedModelIsImported(t *testing.T) {
	w, _ := newLibraryWindow(t)
	path := filepath.Join(t.TempDir(), "From a friend.SAFETENSORS")
	modelFile(t, path, "")
	photos := folderOf(t, 1)
	w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path), storage.NewFileURI(photos)})
	w.listed(t, "From a friend", true)
	w.opens(t, "IMG_0000.png")
	if !w.models.open() || w.models.shown != "From a friend" {
		t.Errorf("%q is shown", w.models.shown)
	}
}

// What fails after the library has been closed is said in the window.
func TestErrorsAfterTheLibraryIsClosed(t *testing.T) {
	w, _ := newLibraryWindow(t)
	m := w.openModels(t, "Night")
	m.importFile(filepath.Join(t.TempDir(), "none.pth"))
	m.close()
	receive(t, w.session, func() bool { return strings.Contains(w.session.Message().Text.String(), "none.pth") })
}

func TestEmptyAndDamagedLibrary(t *testing.T) {
	l := app.NewLibrary(nil, t.TempDir())
	w := windowOf(t, l)
	w.showModels()
	m := w.models
	if !m.details.empty.Visible() || !m.use.Disabled() || !m.copy.Disabled() || !m.export.Disabled() || !w.panel.model.Disabled() {
		t.Error("an empty library offers something")
	}
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyUp, fyne.KeyEnd, fyne.KeyHome, fyne.KeyReturn, fyne.KeyF2, fyne.KeyDelete} {
		m.key(key)
	}
	if err := os.MkdirAll(filepath.Dir(l.ModelPath("x")), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.ModelPath("broken"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.session.RefreshModels()
	receive(t, w.session, func() bool { return m.shown == "broken" })
	if m.details.empty.Visible() || !strings.Contains(m.details.problem.Text, "broken.safetensors") || !m.use.Disabled() || m.delete.Disabled() {
		t.Errorf("of a damaged model it says %q", m.details.problem.Text)
	}
	m.remove()
	receive(t, w.session, func() bool { return len(w.session.AllModels()) == 0 && m.details.empty.Visible() })
}

func TestWhyAModelIsChosen(t *testing.T) {
	newWindow(t) // texts belong to an app
	for _, c := range []struct {
		choice app.AutomaticChoice
		want   string
	}{
		{app.AutomaticChoice{On: true, Own: true}, ""},
		{app.AutomaticChoice{On: true, Camera: "X"}, ""},
		{app.AutomaticChoice{On: true, Own: true, Fits: true, Camera: "X", LeastISO: 100, MostISO: 400}, "It was trained on photos of this camera, X, at ISO 100 – 400."},
		{app.AutomaticChoice{On: true, Own: true, Fits: true, Camera: "X", LeastISO: 100, MostISO: 100}, "It was trained on photos of this camera, X, at ISO 100."},
		{app.AutomaticChoice{On: true, Own: true, Fits: true, Camera: "X"}, "It was trained on photos of this camera, X."},
		{app.AutomaticChoice{On: true, Own: true, Camera: "X", ISO: 800}, "None of your models was trained on the X at about ISO 800."},
		{app.AutomaticChoice{On: true, Own: true, Camera: "X"}, "None of your models was trained on the X."},
		{app.AutomaticChoice{Own: true, Fits: true, Camera: "X", Model: "a", Chosen: "b"}, "Your model a was trained on photos of this camera, X."},
		{app.AutomaticChoice{Own: true, Fits: true, Camera: "X", Model: "a", Chosen: "a"}, ""},
	} {
		if got := whyModel(c.choice); got != c.want {
			t.Errorf("%+v gives %q, want %q", c.choice, got, c.want)
		}
	}
}

func TestAutomaticEntryOfThePanel(t *testing.T) {
	w, _ := newLibraryWindow(t)
	p := w.panel
	if want := []string{"Automatic  ·  bundled", "bundled", "Alps", "Night"}; !slices.Equal(p.model.Options, want) || p.model.Selected != want[0] {
		t.Errorf("%q of %v is selected", p.model.Selected, p.model.Options)
	}
	p.model.SetSelected("Alps")
	receive(t, w.session, func() bool { return !w.session.Model().Loading })
	if p.model.Selected != "Alps" || p.model.Options[0] != "Automatic" || w.session.Preferences().Model != "Alps" {
		t.Errorf("%q is selected, remembered %q", p.model.Selected, w.session.Preferences().Model)
	}
	p.model.SetSelected("Automatic")
	receive(t, w.session, func() bool { return !w.session.Model().Loading })
	if p.model.Selected != "Automatic  ·  bundled" || w.session.Preferences().Model != "" {
		t.Errorf("%q is selected, remembered %q", p.model.Selected, w.session.Preferences().Model)
	}
}

func TestTwoModelsSideBySide(t *testing.T) {
	w, _ := newLibraryWindow(t)
	w.win.Resize(startSize)
	w.Open(filepath.Join(folderOf(t, 1), "IMG_0000.png"))
	w.opens(t, "IMG_0000.png")
	w.setCompare(sideBySide)
	w.viewer.draw(600, 400)
	receive(t, w.session, func() bool { return w.session.Preview().Complete() })
	if left, right := w.viewer.sideNames(); left != "Before" || right != "After" || !w.viewer.rivals.any {
		t.Errorf("at first the sides are %q and %q", left, right)
	}
	w.viewer.setLeft(app.Companion{Kind: app.OtherModel, Model: "Night"})
	w.compareChanged()
	receive(t, w.session, func() bool { return w.session.Beside().Complete() && w.viewer.companion != nil })
	hole := "Fast"
	if left, right := w.viewer.sideNames(); left != "Night  ·  "+hole || right != "bundled  ·  "+hole {
		t.Errorf("the sides are %q and %q", left, right)
	}
	w.setCompare(splitView)
	if w.session.Beside().Possible {
		t.Error("the other model is computed though it is not shown")
	}
	w.setCompare(sideBySide)
	receive(t, w.session, func() bool { return w.session.Beside().Complete() })
	w.openModels(t, "Night").remove()
	w.listed(t, "Night", false)
	if left, _ := w.viewer.sideNames(); left != "Before" || w.session.Beside().Possible {
		t.Errorf("after the other model was deleted the left side is %q", left)
	}
}
