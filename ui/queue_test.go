package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"blindspot/app"
	"blindspot/app/apptest"
	"blindspot/core/say"
)

// newExportWindow makes a window with a model and a folder of n photos, of which the second is damaged. The first is open.
func newExportWindow(t *testing.T, n int) *Window {
	t.Helper()
	data := t.TempDir()
	models := filepath.Join(data, "models")
	if err := os.MkdirAll(models, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := apptest.Model().WriteFile(filepath.Join(models, "soft.safetensors")); err != nil {
		t.Fatal(err)
	}
	w, err := New(Options{
		App: test.NewTempApp(t), Assets: fstest.MapFS{}, Preferences: app.DefaultPreferences(),
		Models: app.NewLibrary(nil, data).Choices(2), do: func(func()) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Stop() })
	folder := folderOf(t, n)
	if err := os.Truncate(filepath.Join(folder, "IMG_0001.png"), 40); err != nil {
		t.Fatal(err)
	}
	w.OpenAll([]string{folder})
	w.opens(t, "IMG_0000.png")
	receive(t, w.session, func() bool { return w.session.Model().Ready })
	return w
}

// states shows the rows of the drawer.
func (w *Window) states() []string {
	var list []string
	for _, e := range w.queue.entries {
		list = append(list, strings.TrimPrefix(filepath.Base(e.Photo), "IMG_")+" "+exportText(e))
	}
	return list
}

func TestExportDialogSaysWhatItWillDo(t *testing.T) {
	w := newExportWindow(t, 3)
	folder := filepath.Dir(w.session.Album()[0])
	w.showExport()
	d := w.dialog
	if d == nil || !slices.Equal(d.photos.words, []string{"This photo", "All 3 photos"}) || d.settingsRow[0].Visible() {
		t.Fatalf("the dialog is %+v", d)
	}
	if d.example.Text != "→  IMG_0000-denoised.jpg" || d.folder.Text != folder || w.win.Canvas().Focused() != d.name {
		t.Errorf("it says %q in %q", d.example.Text, d.folder.Text)
	}
	for _, step := range []struct{ name, want string }{
		{"{name} {mode} {hole}", "→  IMG_0000 fast.jpg"},
		{"x.png", "→  x.png"},
		{"IMG_0000.png", "→  IMG_0000-2.png"},
		{"{nmae}", "There is no field {nmae}: use {name}, {model}, {mode}, {hole}, {iso}"},
	} {
		d.name.SetText(step.name)
		if !strings.HasPrefix(d.example.Text, step.want) {
			t.Errorf("for %s it says %q, want %q", step.name, d.example.Text, step.want)
		}
	}
	if !d.export.Disabled() || d.format.chosen != 1 || !d.quality.disabled {
		t.Errorf("export disabled %v, format %d", d.export.Disabled(), d.format.chosen)
	}
	d.name.SetText("IMG_")
	d.name.CursorColumn = 4
	d.insert("{number}")
	d.photos.pick(1)
	if d.example.Text != "→  IMG_1.png   and 2 more" || !d.settingsRow[0].Visible() {
		t.Errorf("for all it says %q", d.example.Text)
	}
	d.photos.TypedKey(key(fyne.KeyEscape))
	if w.busy() || w.dialog != nil || len(w.session.Exports()) > 0 {
		t.Error("Escape did not leave")
	}
}

// TestExportAll: by keyboard, with one photo that fails, is put in order, and is tried again.
func TestExportAll(t *testing.T) {
	w := newExportWindow(t, 4)
	out := filepath.Join(t.TempDir(), "new")
	w.session.PauseExports(true)
	w.showExportAll()
	w.dialog.folder.SetText(out)
	w.dialog.depth.TypedKey(key(fyne.KeyReturn))
	if w.busy() {
		t.Fatal("Enter did not export:", w.dialog.problem.Text)
	}
	if !w.status.jobBox.Visible() || w.status.job.Text != "Export: 0 of 4 done, paused" {
		t.Errorf("the status bar says %q", w.status.job.Text)
	}
	w.typed('q')
	q := w.queue
	if !q.content.Visible() || w.win.Canvas().Focused() != q.list || q.list.at() != 0 || q.pause.Text != "Continue" {
		t.Fatalf("the drawer is visible: %v, it marks %d", q.content.Visible(), q.list.at())
	}
	q.list.TypedKey(key(fyne.KeyEnd))
	q.list.TypedRune('p')
	want := []string{"0000.png Waiting", "0001.png Waiting", "0002.png Waiting", "0003.png Paused"}
	if got := w.states(); !slices.Equal(got, want) {
		t.Errorf("the drawer says %q", got)
	}
	failed := &fyne.Notification{
		Title: "The export has ended", Content: "2 of 4 photos are in " + out + ", 1 failed.",
	}
	test.AssertNotificationSent(t, failed, func() {
		test.Tap(q.pause)
		receive(t, w.session, func() bool { return !w.session.ExportSummary().Active })
	})
	q.list.TypedKey(key(fyne.KeyHome))
	q.list.TypedKey(key(fyne.KeyDown))
	if got := w.states(); !slices.Equal(got[2:], []string{"0002.png Saved as IMG_0002-denoised.jpg", "0003.png Paused"}) || !q.retry.Visible() {
		t.Errorf("the drawer says %q", got)
	}
	if !strings.Contains(q.problem.Text, "IMG_0001.png") || q.summary.Text != "2 of 4 done, 1 failed, paused" {
		t.Errorf("the chosen photo says %q, the whole %q", q.problem.Text, q.summary.Text)
	}
	good, err := os.ReadFile(w.session.Album()[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.session.Album()[1], good, 0o644); err != nil {
		t.Fatal(err)
	}
	q.list.TypedRune('r')
	q.list.TypedKey(key(fyne.KeyHome))
	for q.list.at() < 3 && !strings.Contains(w.states()[q.list.at()], "Paused") {
		q.list.TypedKey(key(fyne.KeyDown))
	}
	q.list.TypedRune('p')
	receive(t, w.session, func() bool { return !w.session.ExportSummary().Active })
	names, err := filepath.Glob(filepath.Join(out, "*.jpg"))
	if err != nil || len(names) != 4 {
		t.Errorf("there are %v, %v", names, err)
	}
	if q.summary.Text != "2 of 2 done" || w.status.jobBox.Visible() || q.problem.Text != "" {
		t.Errorf("at the end it says %q", q.summary.Text)
	}
	q.list.TypedKey(key(fyne.KeyHome))
	q.list.TypedKey(key(fyne.KeyDelete))
	if len(q.entries) != 3 || q.list.at() != 0 {
		t.Errorf("after Delete there are %d, number %d is marked", len(q.entries), q.list.at())
	}
	test.Tap(q.clear)
	if len(q.entries) != 0 || !q.empty.Visible() {
		t.Errorf("%q stay on the list", w.states())
	}
	q.list.TypedKey(key(fyne.KeyEscape))
	if q.content.Visible() || w.win.Canvas().Focused() != nil {
		t.Error("Escape did not put the drawer away")
	}
}

func TestRowsHaveTheButtonsThatHelp(t *testing.T) {
	s := newSession(t)
	r := newQueueRow(s, func() {})
	show(t, r, fyne.NewSize(600, queueRowHeight))
	for _, test := range []struct {
		entry                    app.ExportInfo
		up, down, pause, discard bool
		icon                     string
		text                     string
	}{
		{app.ExportInfo{State: app.ExportQueued}, true, true, true, true, "pause", "Waiting"},
		{app.ExportInfo{State: app.ExportQueued, First: true, Last: true}, false, false, true, true, "pause", "Waiting"},
		{app.ExportInfo{State: app.ExportRunning}, false, false, true, true, "pause", "Getting ready…"},
		{app.ExportInfo{State: app.ExportRunning, Done: 1, Total: 4}, false, false, true, true, "pause", "Denoising  25 %"},
		{app.ExportInfo{State: app.ExportRunning, Done: 4, Total: 4}, false, false, true, true, "pause", "Saving…"},
		{app.ExportInfo{State: app.ExportPaused, Done: 1, Total: 2}, false, false, true, true, "play", "Paused  50 %"},
		{app.ExportInfo{State: app.ExportFailed, Problem: say.Textf("It is damaged.")}, false, false, true, true, "refresh", "It is damaged."},
		{app.ExportInfo{State: app.ExportCancelled}, false, false, true, true, "refresh", "Cancelled"},
		{app.ExportInfo{State: app.ExportDone, Output: "/a/b.jpg"}, false, false, false, true, "", "Saved as b.jpg"},
	} {
		r.show(test.entry)
		if r.up.Visible() != test.up || r.down.Visible() != test.down || r.pause.Visible() != test.pause || r.discard.Visible() != test.discard {
			t.Errorf("%+v: up %v, down %v, pause %v", test.entry, r.up.Visible(), r.down.Visible(), r.pause.Visible())
		}
		if !strings.Contains(r.pause.Icon.Name(), test.icon) || r.state.Text != test.text {
			t.Errorf("%+v: icon %s, %q", test.entry, r.pause.Icon.Name(), r.state.Text)
		}
	}
}

func TestQueueInWords(t *testing.T) {
	test.NewTempApp(t)
	for _, c := range []struct {
		sum  app.ExportSummary
		want string
	}{
		{app.ExportSummary{}, ""},
		{app.ExportSummary{Photos: 40, Done: 12, Failed: 2, Open: 26, Active: true, Left: 4*time.Minute + 10*time.Second}, "12 of 40 done, 2 failed, about 4 minutes left"},
		{app.ExportSummary{Photos: 2, Open: 2, Active: true, Left: 70 * time.Second}, "0 of 2 done, about a minute left"},
		{app.ExportSummary{Photos: 2, Open: 2, Active: true, Left: 3 * time.Second}, "0 of 2 done, a few seconds left"},
		{app.ExportSummary{Photos: 2, Open: 2, Active: true, Paused: true, Left: time.Hour}, "0 of 2 done, paused"},
		{app.ExportSummary{Photos: 900, Open: 900, Active: true, Left: 7*time.Hour + 10*time.Minute}, "0 of 900 done, about 7 hours left"},
	} {
		if got := exportsText(c.sum); got != c.want {
			t.Errorf("%+v is %q", c.sum, got)
		}
	}
	if title, text := endTexts(app.ExportSummary{Photos: 3, Failed: 3}); title != "The export failed" || text != "None of 3 photos could be exported." {
		t.Errorf("%q, %q", title, text)
	}
}
