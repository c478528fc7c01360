package main

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"blindspot/app"
	"blindspot/core/bsn"
	"blindspot/core/denoise"
	"blindspot/core/photo"
	"blindspot/core/pixel"
)

// TestTraining trains on a folder from the window, by keyboard: a training is begun and kept for later, resumed after a
// new start, ended early, and its model used for the photo that was open all the time.
func TestTraining(t *testing.T) {
	home := t.TempDir()
	noisy := prepare(t, home)
	folder := noisyFolder(t, 4)
	in, err := photo.Open(t.Context(), noisy)
	if err != nil {
		t.Fatal(err)
	}
	program := buildProgram(t)
	s := newScreen(t)
	defer func() {
		if t.Failed() {
			s.shot("failed")
		}
	}()
	start := func() {
		t.Helper()
		n := len(s.events())
		s.run(program, home, noisy)
		s.wait(n, "preview", "")
		s.locate()
	}
	// upTo does something and waits until the train view has come to a stage.
	upTo := func(stage string, do func()) {
		t.Helper()
		n := len(s.events())
		do()
		s.wait(n, "training", stage)
		time.Sleep(settle)
	}
	start()
	upTo("ready", func() { s.key("ctrl+t") })
	s.key("Tab", "Tab", "ctrl+a") // the folder's field, behind the button that closes the view
	upTo("ready", func() {
		s.do("type", "--delay", "10", folder)
		s.key("Return")
	})
	s.key("Tab", "Tab", "Tab", "Tab", "Right") // past the folder and the time to the model: the test's own
	s.key("Tab", "ctrl+a")
	s.do("type", "--delay", "10", "mine")
	s.key("Tab", "Return", "Tab") // the expert settings, the first of which are the minutes
	s.do("type", "1")
	time.Sleep(4 * settle)
	s.shot("train-1-choosing")
	upTo("snapshots", func() { s.key("Return") })
	s.shot("train-2-running")

	s.key("ctrl+q")
	time.Sleep(2 * settle)
	s.shot("train-3-question")
	s.key("Return") // keep it for later
	s.end()
	start()
	time.Sleep(settle)
	s.shot("train-4-offer")
	upTo("ready", func() { s.key("ctrl+t") })
	upTo("snapshots", func() { s.key("Tab", "Tab", "Return") }) // Resume stands before the folder
	upTo("closed", func() { s.key("Escape") })
	s.shot("train-5-closed")
	upTo("snapshots", func() { s.key("ctrl+t") })
	upTo("done", func() { s.key("Tab", "Tab", "Tab", "Tab", "Return") }) // past pictures and scrubber: stop and keep the best
	s.shot("train-6-done")
	n := len(s.events())
	s.key("Return") // use it
	s.wait(n, "preview", "")

	model, err := bsn.OpenModel(filepath.Join(home, "data", "blindspot", "models", "mine.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := denoise.NewEngine(model, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	after, err := engine.Photo(t.Context(), in.Image, app.Settings{Mode: app.Fast, Hole: 3, Luma: 1, Colour: 1, Texture: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.until("the photo through the new model", func(v *image.RGBA) error { return shows(v, in.Image, after, v.Rect.Dx()/2) })
	s.key("ctrl+q")
	s.end()
	if p, err := app.LoadPreferences(filepath.Join(home, "config", "blindspot", "settings.json")); err != nil || p.Model != "mine" {
		t.Errorf("the model of the next start is %q, %v", p.Model, err)
	}
}

// noisyFolder makes photos of soft shapes under strong noise, and a file that is none.
func noisyFolder(t testing.TB, count int) string {
	t.Helper()
	folder := t.TempDir()
	rng := rand.New(rand.NewPCG(3, 4))
	for n := range count {
		im := pixel.New(photoWidth, photoHeight, 3, 8)
		for c, plane := range im.Planes {
			for i := range plane {
				x, y := float64(i%photoWidth), float64(i/photoWidth)
				v := 128 + 60*math.Sin(x/float64(19+5*n)+float64(c))*math.Cos(y/float64(37-4*n)) + 20*rng.NormFloat64()
				plane[i] = uint16(math.Round(min(max(v, 0), 255))) * 257
			}
		}
		path := filepath.Join(folder, fmt.Sprintf("night-%d.png", n+1))
		if _, err := photo.Save(t.Context(), path, &photo.Photo{Image: im}, photo.SaveOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "broken.jpg"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	return folder
}
