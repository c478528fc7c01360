package app

import (
	"context"
	"errors"
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

// exported exports to PNG and reads the file.
func exported(t *testing.T, b *stage) *pixel.Image {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.png")
	if err := b.Export(ExportOptions{Path: path, Format: "png", Quality: 90}); err != nil {
		t.Fatal(err)
	}
	b.until("the export", func() bool { return len(b.Jobs()) == 0 })
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
	if err := b.Export(ExportOptions{Path: path, Format: "png", Quality: 90}); err != nil {
		t.Fatal(err)
	}
	b.until("the export to begin", func() bool { return b.Jobs()[0].Total > 0 })
	b.SetView(View{Visible: image.Rect(0, 0, 2*fakeSide, fakeSide)})
	waitFor(t, "the preview to wait", func() bool { return b.queue.Waiting(Previewing) })
	step <- struct{}{}
	b.complete()
	step <- struct{}{}
	step <- struct{}{}
	b.until("the export", func() bool { return len(b.Jobs()) == 0 })
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
	if err := b.Export(ExportOptions{Path: filepath.Join(folder, "out.png"), Format: "png", Quality: 90}); err != nil {
		t.Fatal(err)
	}
	b.until("the export to begin", func() bool { return b.Jobs()[0].Total > 0 })
	b.CancelJob(b.Jobs()[0].ID)
	b.until("the end", func() bool { return len(b.Jobs()) == 0 })
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	if m := b.Message(); m.Text != "" {
		t.Errorf("cancelling said %q", m.Text)
	}
}

func TestExportAsksBeforeReplacing(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	path := photoFile(t, 30, 20)
	b.open(photoFile(t, 20, 20), image.Point{})
	b.complete()
	original, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	o := ExportOptions{Path: path, Format: "png", Quality: 90}
	if err := b.Export(o); !errors.Is(err, ErrExists) {
		t.Fatalf("exporting over a file gave %v", err)
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != string(original) {
		t.Fatal("the file was changed")
	}
	o.Overwrite = true
	if err := b.Export(o); err != nil {
		t.Fatal(err)
	}
	b.until("the export", func() bool { return len(b.Jobs()) == 0 })
	if now, err := os.ReadFile(path); err != nil || string(now) == string(original) {
		t.Error("the file was not replaced although that was asked")
	}
	if m := b.Message(); m.Problem || !strings.Contains(m.Text, path) {
		t.Errorf("the message is %+v", m)
	}
}

func TestExportThatCannotBeWritten(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	b.open(photoFile(t, 20, 20), image.Point{})
	b.complete()
	missing := filepath.Join(t.TempDir(), "no such folder", "out.png")
	if err := b.Export(ExportOptions{Path: missing, Format: "png", Quality: 90}); err != nil {
		t.Fatal(err)
	}
	b.until("the complaint", func() bool { return b.Message().Problem })
	for _, o := range []ExportOptions{{Path: " ", Format: "png"}, {Path: missing, Format: "gif"}} {
		if err := b.Export(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

func TestSuggestedExport(t *testing.T) {
	b := newStage(t, Options{})
	path := photoFile(t, 20, 20)
	b.open(path, image.Point{})
	stem := strings.TrimSuffix(path, ".png") + "-denoised"
	first := b.SuggestExport()
	if first.Path != stem+".jpg" || first.Format != "jpeg" {
		t.Errorf("the suggestion is %+v", first)
	}
	if err := os.WriteFile(first.Path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if second := b.SuggestExport(); second.Path != stem+"-2.jpg" {
		t.Errorf("with that taken it is %s", second.Path)
	}
	for _, test := range []struct{ path, format, want string }{
		{"a/b.jpg", "png", "a/b.png"}, {"b.JPEG", "jpeg", "b.jpg"}, {"v1.2", "png", "v1.2.png"},
	} {
		if got := (ExportOptions{Path: test.path}).WithFormat(test.format).Path; got != test.want {
			t.Errorf("%s as %s is %s, want %s", test.path, test.format, got, test.want)
		}
	}
}
