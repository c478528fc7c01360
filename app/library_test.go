package app

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"blindspot/core/bsn"
)

// modelBytes is the file of a small random model.
func modelBytes(t *testing.T, name, created string) []byte {
	t.Helper()
	config := bsn.Config{Width: 16, Channels: 3}
	m := &bsn.Model{Config: config, Teacher: bsn.NewTeacherParams(config)}
	m.Teacher.InitKaiming(rand.New(rand.NewPCG(1, 2)))
	m.Info = bsn.Info{Name: name, KTrain: 9, Patch: 64, Created: created}
	var file bytes.Buffer
	if err := m.Write(&file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// newTestLibrary has the bundled models alpine, bundled and camera, and the user's models camera and old.
func newTestLibrary(t *testing.T) *Library {
	t.Helper()
	assets := fstest.MapFS{"models/README.md": {Data: []byte("not a model")}}
	for _, name := range []string{"alpine", "bundled", "camera"} {
		assets["models/"+name+".safetensors"] = &fstest.MapFile{Data: modelBytes(t, name, "2025-03-01T10:00:00Z")}
	}
	l := NewLibrary(assets, t.TempDir())
	if err := os.MkdirAll(filepath.Dir(l.ModelPath("x")), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"camera": time.Hour, "old": 1000 * time.Hour} {
		if err := os.WriteFile(l.ModelPath(name), modelBytes(t, name, ""), 0o644); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(l.ModelPath(name), then, then); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func TestLibraryListsEveryModelOnce(t *testing.T) {
	l := newTestLibrary(t)
	if err := os.WriteFile(l.ModelPath("broken"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range l.Models() {
		names = append(names, m.Name)
		switch m.Name {
		case "bundled":
			if !m.Bundled || m.Date.Year() != 2025 || m.Bytes == 0 || m.Fast {
				t.Errorf("%+v", m)
			}
		case "camera": // the user's hides the bundled one
			if m.Bundled || m.Path != l.ModelPath("camera") || time.Since(m.Date) > 2*time.Hour {
				t.Errorf("%+v", m)
			}
		case "broken":
			if !strings.Contains(m.Problem.String(), "broken.safetensors") {
				t.Errorf("%+v", m)
			}
		}
	}
	if want := []string{"bundled", "alpine", "broken", "camera", "old"}; !slices.Equal(names, want) {
		t.Errorf("the list is %v, want %v", names, want)
	}
	choices := l.Choices(1)
	if len(choices) != 4 || choices[0].Name != "bundled" {
		t.Errorf("the choices are %v", choices)
	}
	n, err := choices[2].load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.close()
}

func TestFindModel(t *testing.T) {
	l := newTestLibrary(t)
	for name, want := range map[string]string{"": "bundled", "camera": "camera", l.ModelPath("old"): "old"} {
		m, err := l.Find(name)
		if err != nil || m.Name != want || m.Width() != 16 || m.HasFast() {
			t.Errorf("%q finds %+v, %v", name, m, err)
		}
	}
	_, err := l.Find("nothing")
	if !errors.Is(err, ErrUnknownModel) || !strings.Contains(err.Error(), "alpine, bundled, camera, old") {
		t.Errorf("an unknown name says %v", err)
	}
	bare := NewLibrary(nil, l.data)
	if m, err := bare.Find(""); err != nil || m.Name != "camera" {
		t.Errorf("without bundled models the newest should be found, not %+v, %v", m, err)
	}
	if m, err := bare.FirstBundled(); m != nil || err != nil {
		t.Errorf("there is a bundled model where there is none: %+v, %v", m, err)
	}
	empty := NewLibrary(fstest.MapFS{}, t.TempDir())
	if _, err := empty.Find(""); !errors.Is(err, ErrUnknownModel) || len(empty.Models()) != 0 {
		t.Errorf("an empty library says %v", err)
	}
}

func TestDataFolder(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/somewhere/else")
	if dir, err := dataFolder(); err != nil || dir != filepath.FromSlash("/somewhere/else/blindspot") {
		t.Errorf("%s, %v", dir, err)
	}
	t.Setenv("XDG_DATA_HOME", "relative") // to be ignored, says the XDG base directory specification
	if dir, err := dataFolder(); err != nil || strings.Contains(dir, "relative") {
		t.Errorf("%s, %v", dir, err)
	}
}

func TestModelNames(t *testing.T) {
	for _, good := range []string{"x", "Canon EOS 80D, ISO 3200", "nächtlich", "v1.2"} {
		if err := CheckModelName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", ".", "..", "a/b", `a\b`, " a", "a ", "a\nb", "scratch", "a.safetensors", strings.Repeat("x", 101)} {
		if CheckModelName(bad) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
