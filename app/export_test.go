package app

import (
	"context"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blindspot/app/apptest"
	"blindspot/core/denoise"
	"blindspot/core/photo"
	"blindspot/core/pixel"
)

// noisyFile writes a photo of reproducible noise.
func noisyFile(t *testing.T, w, h int) string {
	t.Helper()
	im := pixel.New(w, h, 3, 8)
	rng := rand.New(rand.NewPCG(4, 4))
	for _, plane := range im.Planes {
		for i := range plane {
			plane[i] = uint16(rng.IntN(256)) * 257
		}
	}
	path := filepath.Join(t.TempDir(), "noisy.png")
	if _, err := photo.Save(t.Context(), path, &photo.Photo{Image: im}, photo.SaveOptions{}); err != nil {
		t.Fatal(err)
	}
	return path
}

func softModel() ModelChoice {
	return ModelChoice{Name: "soft", load: func(context.Context) (network, error) { return newEngine(apptest.Model(), 2) }}
}

// What is shown is what is saved: the preview's pixels, the file from warm cells, the file from cold ones and what the
// engine says of the whole photo are the same.
func TestShownIsSaved(t *testing.T) {
	path := noisyFile(t, 150, 110)
	engine, err := denoise.NewEngine(apptest.Model(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	in, err := photo.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for _, settings := range []Settings{
		{Mode: Fast, Hole: 3, Luma: 1, Colour: 1},
		{Mode: Tunable, Hole: 7, Luma: 0.4, Colour: 0.9},
		{Mode: Average, Hole: 3, Luma: 1, Colour: 0.5},
	} {
		want, err := engine.Photo(t.Context(), in.Image, settings, nil)
		if err != nil {
			t.Fatal(err)
		}
		b := newStage(t, Options{Models: []ModelChoice{softModel()}, Threads: 2})
		b.SetSettings(settings)
		b.until("the model", func() bool { return b.Model().Ready })
		b.Open(path)
		b.until("the photo", func() bool { _, ok := b.Photo(); return ok })
		if got := exported(t, b); !got.Equal(want) {
			t.Errorf("%v: a file from cold cells differs from the engine's photo", settings.Mode)
		}
		b.SetView(View{Visible: image.Rect(0, 0, 150, 110), Centre: image.Pt(75, 55)})
		b.complete()
		passes := b.TrunkPasses()
		if got := exported(t, b); !got.Equal(want) {
			t.Errorf("%v: a file from warm cells differs from the engine's photo", settings.Mode)
		}
		if b.TrunkPasses() != passes {
			t.Errorf("%v: exporting warm cells ran the network", settings.Mode)
		}
		if !b.shows(want) {
			t.Errorf("%v: the preview differs from the engine's photo", settings.Mode)
		}
	}
}

// toPNG is an order for the open photo as a file of its own.
func (b *stage) toPNG(path string) ExportOrder {
	b.t.Helper()
	info, ok := b.Photo()
	if !ok {
		b.t.Fatal("no photo is open")
	}
	name, _ := SplitEnding(filepath.Base(path))
	return ExportOrder{Photos: []string{info.Path}, Folder: filepath.Dir(path), Name: name, Format: "png", Quality: 90}
}

// export has an order carried out.
func (b *stage) export(o ExportOrder) {
	b.t.Helper()
	if err := b.Export(o); err != nil {
		b.t.Fatal(err)
	}
	b.exportsEnd()
}

func (b *stage) exportsEnd() {
	b.t.Helper()
	b.until("the end of the exports", func() bool { return !b.ExportSummary().Active })
}

// exported exports to PNG and reads the file.
func exported(t *testing.T, b *stage) *pixel.Image {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.png")
	b.export(b.toPNG(path))
	p, err := photo.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err, b.Message())
	}
	return p.Image
}

// shows reports whether the denoised picture on the screen is im.
func (b *stage) shows(im *pixel.Image) bool {
	_, after := b.Pictures()
	want := image.NewRGBA(image.Rect(0, 0, im.W, im.H))
	im.ToRGBA(want, want.Rect)
	return slices.Equal(after.Level(0).Pix, want.Pix)
}

func TestPreviewOvertakesAnExport(t *testing.T) {
	var log []string // guarded by the queue: one heavy job at a time
	step := make(chan struct{})
	n := &fakeNetwork{before: func(ctx context.Context, what string) error {
		log = append(log, what)
		if what == "step" {
			select {
			case <-step:
			case <-ctx.Done():
			}
		}
		return ctx.Err()
	}}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.until("the model", func() bool { return b.Model().Ready })
	b.Open(photoFile(t, 2*fakeSide, fakeSide))
	b.until("the photo", func() bool { _, ok := b.Photo(); return ok })
	path := filepath.Join(t.TempDir(), "out.png")
	if err := b.Export(b.toPNG(path)); err != nil {
		t.Fatal(err)
	}
	b.until("the export to begin", func() bool { return b.Exports()[0].Total > 0 })
	b.SetView(View{Visible: image.Rect(0, 0, 2*fakeSide, fakeSide)})
	waitFor(t, "the preview to wait", func() bool { return b.queue.Waiting(Previewing) })
	step <- struct{}{}
	b.complete()
	step <- struct{}{}
	step <- struct{}{}
	b.exportsEnd()
	if want := []string{"step", "cell", "cell", "step", "step"}; !slices.Equal(log, want) {
		t.Errorf("the work was %q, want %q", log, want)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestCancelledExportLeavesNothing(t *testing.T) {
	n := &fakeNetwork{before: func(ctx context.Context, what string) error {
		if what == "step" {
			<-ctx.Done()
		}
		return ctx.Err()
	}}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.until("the model", func() bool { return b.Model().Ready })
	b.Open(photoFile(t, 20, 20))
	b.until("the photo", func() bool { _, ok := b.Photo(); return ok })
	folder := t.TempDir()
	if err := b.Export(b.toPNG(filepath.Join(folder, "out.png"))); err != nil {
		t.Fatal(err)
	}
	b.until("the export to begin", func() bool { return b.Exports()[0].Total > 0 })
	b.CancelExport(b.Exports()[0].ID)
	b.exportsEnd()
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	if m := b.Message(); !m.Text.Empty() {
		t.Errorf("cancelling said %q", m.Text)
	}
}

// TestExportNeverReplacesUnasked: a number is added, whatever the file there is.
func TestExportNeverReplacesUnasked(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	b.open(photoFile(t, 20, 20), image.Point{})
	b.complete()
	path := filepath.Join(t.TempDir(), "out.png")
	if err := os.WriteFile(path, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	o := b.toPNG(path)
	second := strings.Replace(path, "out", "out-2", 1)
	if example, replaces, err := b.ExportExample(o); err != nil || replaces || example != second {
		t.Errorf("the example is %s, replacing %v, %v", example, replaces, err)
	}
	b.export(o)
	if text, err := os.ReadFile(path); err != nil || string(text) != "precious" {
		t.Fatalf("the file was touched: %v", err)
	}
	if m := b.Message(); m.Problem || m.Text.String() != "Saved "+second || b.Exports()[0].Output != second {
		t.Errorf("the message is %+v, the entry %+v", m, b.Exports()[0])
	}
	o.Replace = true
	if example, replaces, err := b.ExportExample(o); err != nil || !replaces || example != path {
		t.Errorf("replacing, the example is %s, replacing %v, %v", example, replaces, err)
	}
	b.export(o)
	if text, err := os.ReadFile(path); err != nil || string(text) == "precious" {
		t.Errorf("the file was not replaced although that was asked: %v", err)
	}
}

// TestExportNeverReplacesAPhoto, by whatever name it goes and whatever was asked.
func TestExportNeverReplacesAPhoto(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	path := photoFile(t, fakeSide, fakeSide)
	link := filepath.Join(t.TempDir(), "link.png")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b.open(path, image.Point{})
	b.complete()
	for _, target := range []string{path, link} {
		o := b.toPNG(target)
		o.Replace = true
		b.export(o)
		if now, err := os.ReadFile(path); err != nil || !slices.Equal(now, before) {
			t.Fatalf("the original was touched: %v", err)
		}
		if _, err := os.Stat(strings.TrimSuffix(target, ".png") + "-2.png"); err != nil {
			t.Error(err)
		}
	}
}

func TestExportThatCannotBeWritten(t *testing.T) {
	n := &fakeNetwork{}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.until("the model", func() bool { return b.Model().Ready })
	b.Open(photoFile(t, 20, 20))
	b.until("the photo", func() bool { _, ok := b.Photo(); return ok })
	o := b.toPNG(filepath.Join(photoFile(t, 10, 10), "out.png")) // a file is no folder
	b.export(o)
	if m := b.Message(); !m.Problem || !strings.HasPrefix(m.Text.String(), "Make the folder") || b.Exports()[0].Problem.String() != m.Text.String() {
		t.Errorf("the message is %+v, the entry %+v", m, b.Exports()[0])
	}
	if n.twins != 0 {
		t.Error("the photo was denoised for nothing")
	}
	for what, o := range map[string]ExportOrder{
		"no name": {Name: " ", Format: "png", Quality: 90}, "GIF": {Name: "a", Format: "gif", Quality: 90},
		"a folder": {Name: "a/b", Format: "png", Quality: 90}, "12 bits": {Name: "a", Format: "png", Quality: 90, Depth: 12},
		"no quality": {Name: "a", Format: "jpeg"},
	} {
		o.Photos = []string{b.Exports()[0].Photo}
		if err := b.Export(o); err == nil || len(b.Exports()) != 1 {
			t.Errorf("%s was accepted", what)
		}
	}
	o.Photos = nil
	if err := b.Export(o); err == nil {
		t.Error("no photo was accepted")
	}
}

func TestSuggestedExport(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	path := photoFile(t, 20, 20)
	b.open(path, image.Point{})
	b.complete()
	o := b.SuggestExport([]string{path})
	if o.Format != "jpeg" || o.Folder != filepath.Dir(path) || o.Name != defaultName || o.Replace {
		t.Errorf("the suggestion is %+v", o)
	}
	if example, _, err := b.ExportExample(o); err != nil || example != strings.TrimSuffix(path, ".png")+"-denoised.jpg" {
		t.Errorf("it would be saved as %s, %v", example, err)
	}
	if other := b.SuggestExport([]string{path, photoFile(t, 20, 20)}); other.Folder != "" {
		t.Errorf("photos of two folders would go to %s", other.Folder)
	}
	o.Format, o.Depth, o.Name, o.Folder = "tiff", 16, "{name} of {camera}", filepath.Join(t.TempDir(), "new", "folder")
	b.export(o)
	if got := b.Exports()[0].Output; got != filepath.Join(o.Folder, "photo of.tif") {
		t.Errorf("saved as %s", got)
	}
	if saved, err := photo.Open(t.Context(), b.Exports()[0].Output); err != nil || saved.Image.Depth != 16 {
		t.Errorf("the saved file: %v", err)
	}
	if next := b.SuggestExport([]string{path}); next.Format != "tiff" || next.Depth != 16 || next.Name != o.Name {
		t.Errorf("the next suggestion is %+v", next)
	}
	once := b.toPNG(filepath.Join(t.TempDir(), "once.png"))
	b.export(once)
	if next := b.SuggestExport([]string{path}); next.Name != o.Name {
		t.Errorf("after a name without fields %q is suggested", next.Name)
	}
	for _, test := range []struct{ name, stem, format string }{
		{"b.jpg", "b", "jpeg"}, {"b.TIFF", "b", "tiff"}, {"v1.2", "v1.2", ""}, {"{name}.png", "{name}", "png"}, {"c.webp", "c", ""},
	} {
		if stem, format := SplitEnding(test.name); stem != test.stem || format != test.format {
			t.Errorf("%s is %s as %s", test.name, stem, format)
		}
	}
}
