package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"blindspot/app"
	"blindspot/app/apptest"
	"blindspot/core/denoise"
	"blindspot/core/photo"
)

// quick has the program start in Fast.
func quick(t *testing.T, home string) {
	t.Helper()
	path := filepath.Join(home, "config", "blindspot", "settings.json")
	p, err := app.LoadPreferences(path)
	if err == nil {
		p.Mode = app.Fast.String()
		err = p.Save(path)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestQueue exports a folder with a damaged photo in it, by keyboard: one fails, the rest is done; mended, it is tried again.
// Then two marked photos are exported under other names.
func TestQueue(t *testing.T) {
	home, folder := t.TempDir(), t.TempDir()
	data, err := os.ReadFile(prepare(t, home))
	if err != nil {
		t.Fatal(err)
	}
	quick(t, home)
	names := []string{"a", "b", "c", "d"}
	place := func(name string) string { return filepath.Join(folder, name+".png") }
	for _, name := range names {
		if name == "b" {
			err = os.WriteFile(place(name), data[:len(data)/2], 0o644)
		} else {
			err = os.WriteFile(place(name), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s := newScreen(t)
	s.run(buildProgram(t), home, folder)
	s.wait(0, "preview", "")
	s.locate()

	s.key("ctrl+shift+e")
	time.Sleep(2 * settle)
	s.key("ctrl+a")
	s.do("type", "--delay", "30", "{name} {mode} {number}.png")
	time.Sleep(settle)
	s.shot("queue-1-dialog")
	n := len(s.events())
	s.key("Return")
	time.Sleep(settle)
	s.key("q")
	time.Sleep(settle)
	s.shot("queue-2-running")
	e := s.wait(n, "exported", "")
	if e.Value != "3 of 4, 1 failed" {
		t.Errorf("the exports ended with %q", e.Value)
	}
	s.key("Home", "Down")
	time.Sleep(settle)
	s.shot("queue-3-failed")

	if err := os.WriteFile(place("b"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	n = len(s.events())
	s.key("r")
	if e := s.wait(n, "exported", ""); e.Value != "1 of 1" {
		t.Errorf("another try ended with %q", e.Value)
	}
	time.Sleep(settle)
	s.shot("queue-4-done")
	s.key("Escape") // the drawer
	s.key("Escape")
	s.key("shift+Right")
	time.Sleep(settle)
	s.shot("queue-5-marked")
	s.key("ctrl+e")
	time.Sleep(2 * settle)
	s.key("ctrl+a")
	s.do("type", "--delay", "30", "both.png")
	n = len(s.events())
	s.key("Return")
	if e := s.wait(n, "exported", ""); e.Value != "2 of 2" {
		t.Errorf("the marked photos ended with %q", e.Value)
	}
	s.key("ctrl+q")
	s.end()

	in, err := photo.Open(t.Context(), place("a"))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := denoise.NewEngine(apptest.Model(), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	want, err := engine.Photo(t.Context(), in.Image, app.Settings{Mode: app.Fast, Hole: 3, Luma: 1, Colour: 1, Texture: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	results := []string{"both", "both-2"}
	for i, name := range names {
		results = append(results, fmt.Sprintf("%s fast %d", name, i+1))
	}
	for _, name := range results {
		got, err := photo.Open(t.Context(), place(name))
		if err != nil {
			t.Error(err)
		} else if !got.Image.Equal(want) {
			t.Errorf("%s differs from what the engine says", name)
		}
	}
	if all, err := os.ReadDir(folder); err != nil || len(all) != len(names)+len(results) {
		var list []string
		for _, f := range all {
			list = append(list, f.Name())
		}
		t.Errorf("in the folder lie %s, %v", strings.Join(list, ", "), err)
	}
}
