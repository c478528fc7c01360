package main

import (
	"image"
	"os"
	"path/filepath"
	"testing"

	"blindspot/app"
	"blindspot/app/apptest"
	"blindspot/core/denoise"
	"blindspot/core/photo"
	"blindspot/core/pixel"
)

// TestStrip opens a folder of two photos, and goes from one to the other by keyboard and by mouse. Each keeps its settings, and
// all is there again at the next start.
func TestStrip(t *testing.T) {
	home, folder := t.TempDir(), t.TempDir()
	first, err := photo.Open(t.Context(), prepare(t, home))
	if err != nil {
		t.Fatal(err)
	}
	second := pixel.New(photoWidth, photoHeight, 3, 8)
	for c, plane := range second.Planes {
		for i := range plane {
			plane[i] = 65535 - first.Image.Planes[c][i]
		}
	}
	paths := []string{filepath.Join(folder, "1.png"), filepath.Join(folder, "2.png")}
	for i, im := range []*pixel.Image{first.Image, second} {
		if _, err := photo.Save(t.Context(), paths[i], &photo.Photo{Image: im}, photo.SaveOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "notes.txt"), []byte("no photo"), 0o644); err != nil {
		t.Fatal(err)
	}
	engine, err := denoise.NewEngine(apptest.Model(), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	s := newScreen(t)
	seen := func(what string, im *pixel.Image, hole app.Hole) {
		t.Helper()
		after, err := engine.Photo(t.Context(), im, app.Settings{Mode: app.Tunable, Hole: hole, Luma: 1, Colour: 1, Texture: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.until(what, func(v *image.RGBA) error { return shows(v, im, after, v.Rect.Dx()/2) })
	}
	program := buildProgram(t)
	s.run(program, home, folder)
	s.wait(0, "opened", folder)
	s.locate()
	x, y := slot(s, 2)
	s.do("mousemove", x, y, "click", "1") // choose the blind spot
	seen("the first photo", first.Image, 3)
	s.key("Right")
	seen("the second photo", second, 3)
	s.shot("strip")
	s.key("bracketright")
	seen("another hole", second, 5)
	x, y = s.at("strip", 0.5, 0)
	s.do("mousemove", x, y, "mousemove_relative", "0", "60", "click", "1")
	seen("the first photo, by mouse", first.Image, 3)
	s.key("Right")
	seen("the second photo again, as it was left", second, 5)
	s.key("ctrl+z")
	seen("its hole, undone", second, 3)
	s.key("bracketright")
	seen("a hole for the next time", second, 5)
	s.key("ctrl+q")
	s.end()

	n := len(s.events())
	s.run(program, home) // without arguments it begins where it was left
	s.wait(n, "opened", paths[1])
	s.locate()
	seen("the photo of the last time, as it was left", second, 5)
	s.key("Left")
	seen("its neighbour", first.Image, 3)
	s.key("ctrl+q")
	s.end()
}
