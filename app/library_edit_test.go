package app

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"blindspot/core/bsn"
)

func (l *Library) names() []string {
	var names []string
	for _, m := range l.Models() {
		names = append(names, m.Name)
	}
	return names
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRenameModel(t *testing.T) {
	l := newTestLibrary(t)
	before := read(t, l.ModelPath("old"))
	if err := l.Rename("old", "Night, ISO 6400"); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, l.ModelPath("Night, ISO 6400")), before) || slices.Contains(l.names(), "old") {
		t.Errorf("the models are %v", l.names())
	}
	m, err := l.load("Night, ISO 6400")
	if err != nil || m.Info.Name != "Night, ISO 6400" {
		t.Errorf("it calls itself %q, %v", m.Info.Name, err)
	}
	for _, c := range []struct{ name, to, want string }{
		{"Night, ISO 6400", "camera", "called camera already"},
		{"Night, ISO 6400", "CAMERA", "called CAMERA already"},
		{"Night, ISO 6400", "alpine", "called alpine already"}, // a bundled one
		{"Night, ISO 6400", "a/b", "holds a character"},
		{"Night, ISO 6400", "", "needs a name"},
		{"bundled", "mine", "comes with the program"},
		{"nobody", "mine", "no such model"},
	} {
		if err := l.Rename(c.name, c.to); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s to %q gives %v, want %q", c.name, c.to, err, c.want)
		}
	}
	if !bytes.Equal(read(t, l.ModelPath("Night, ISO 6400")), before) {
		t.Error("a refused renaming changed the file")
	}
}

func TestDuplicateModel(t *testing.T) {
	l := newTestLibrary(t)
	for _, want := range []string{"alpine copy", "alpine copy 2"} {
		if got, err := l.Duplicate("alpine"); err != nil || got != want {
			t.Errorf("the copy is %q, %v, want %q", got, err, want)
		}
	}
	original, err1 := l.load("alpine")
	copied, err2 := l.load("alpine copy 2")
	if err := errors.Join(err1, err2); err != nil || !slices.Equal(original.Teacher.Flat(), copied.Teacher.Flat()) {
		t.Errorf("the copy is another model, %v", err)
	}
	if err := l.Rename("alpine copy", "mine"); err != nil {
		t.Errorf("the copy is not the user's: %v", err)
	}
	if _, err := l.Duplicate("nobody"); err == nil {
		t.Error("what is not there was copied")
	}
	if _, err := NewLibrary(nil, l.data).Duplicate("nobody"); !errors.Is(err, ErrUnknownModel) { // where no model is bundled
		t.Errorf("what is not there gives %v", err)
	}
}

func TestDeleteModelAndUndo(t *testing.T) {
	l := newTestLibrary(t)
	before := read(t, l.ModelPath("old"))
	d, err := l.Delete("old")
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(l.names(), "old") {
		t.Error("it is listed still")
	}
	if err := d.Restore(); err != nil || !bytes.Equal(read(t, l.ModelPath("old")), before) {
		t.Errorf("it came back as something else, %v", err)
	}
	// Deleting the same name again and again keeps each in the trash.
	for range 3 {
		if _, err := l.Delete("old"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(l.ModelPath("old"), before, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d, err = l.Delete("camera")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.ModelPath("camera"), before, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := d.Restore(); err == nil || !strings.Contains(err.Error(), "another model is called camera") {
		t.Errorf("where the name is taken it says %v", err)
	}
	if err := d.Purge(); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(l.trashFolder()); err != nil || len(entries) != 3 {
		t.Errorf("the trash holds %v, %v", entries, err)
	}
	if _, err := l.Delete("bundled"); err == nil || !strings.Contains(err.Error(), "comes with the program") {
		t.Errorf("deleting a bundled model gives %v", err)
	}
}

func TestTrashIsSweptByAge(t *testing.T) {
	l := newTestLibrary(t)
	if err := os.MkdirAll(l.trashFolder(), 0o755); err != nil {
		t.Fatal(err)
	}
	now := fmt.Sprintf("%d-0-new.safetensors", time.Now().Unix())
	for name, stays := range map[string]bool{"1000000000-0-old.safetensors": false, now: true, "notes.txt": true} {
		if err := os.WriteFile(filepath.Join(l.trashFolder(), name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		l.sweepTrash()
		if exists(filepath.Join(l.trashFolder(), name)) != stays {
			t.Errorf("%s stays: %v", name, !stays)
		}
	}
	if _, err := l.Delete("old"); err != nil { // its file is 1000 hours old
		t.Fatal(err)
	}
	l.sweepTrash()
	if entries, err := os.ReadDir(l.trashFolder()); err != nil || len(entries) != 3 {
		t.Errorf("what was deleted just now is gone: %v, %v", entries, err)
	}
}

func TestExportAndImportModel(t *testing.T) {
	l := newTestLibrary(t)
	want, err := l.load("camera")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for file, name := range map[string]string{"From a friend.safetensors": "From a friend", "published.PTH": "published", "camera.pth": "camera 2"} {
		path := filepath.Join(folder, file)
		if err := l.Export("camera", path, false); err != nil {
			t.Fatal(err)
		}
		before := read(t, path)
		if err := l.Export("camera", path, false); !errors.Is(err, ErrExists) || !bytes.Equal(read(t, path), before) {
			t.Errorf("exporting to a file that is there gives %v", err)
		}
		if err := os.WriteFile(path, []byte("an old file"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := l.Export("camera", path, true); err != nil || !bytes.Equal(read(t, path), before) {
			t.Errorf("overwriting a file gives %v", err)
		}
		got, err := l.Import(path, "")
		if err != nil || got != name {
			t.Errorf("%s is imported as %q, %v, want %q", file, got, err, name)
			continue
		}
		m, err := l.load(got)
		if err != nil || !slices.Equal(m.Teacher.Flat(), want.Teacher.Flat()) {
			t.Errorf("%s came back as another model, %v", file, err)
		}
		if strings.HasSuffix(file, modelEnding) && m.Info.Patch != want.Info.Patch {
			t.Errorf("%s has forgotten its training: %+v", file, m.Info)
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 3 {
		t.Errorf("something was left behind: %v, %v", entries, err)
	}
}

func TestImportRefusesWhatIsNoModel(t *testing.T) {
	l := newTestLibrary(t)
	before := l.names()
	folder := t.TempDir()
	whole := modelBytes(t, "x", "")
	for name, data := range map[string][]byte{
		"cut.safetensors": whole[:len(whole)-7], "text.pth": []byte("hello"), "empty.pth": nil, "archive.pth": []byte("PK\x03\x04"),
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Import(path, ""); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	if _, err := l.Import(filepath.Join(folder, "none.pth"), ""); err == nil {
		t.Error("a file that is not there was imported")
	}
	if !slices.Equal(l.names(), before) {
		t.Errorf("the models are %v, were %v", l.names(), before)
	}
}

func TestNamesOfImportedFiles(t *testing.T) {
	for file, want := range map[string]string{
		"night.safetensors": "night", "a.b.pth": "a.b", "x.PT": "x", "a:b?.pth": "a b", ".pth": "pth", "...": "imported", "scratch.pth": "imported",
		strings.Repeat("ü", 90) + ".pth": "imported", strings.Repeat("u", 90) + ".pth": strings.Repeat("u", 80),
	} {
		if got := plainName(file); got != want {
			t.Errorf("%q becomes %q, want %q", file, got, want)
		}
	}
}

func TestMapOfAModel(t *testing.T) {
	info := ModelInfo{}
	if info.MapPicture() != nil {
		t.Error("a model without a map has a picture")
	}
	info.CorrelationMap = make([]float64, bsn.CorrelationSide*bsn.CorrelationSide)
	info.CorrelationMap[0] = 1
	picture := info.MapPicture()
	if r, _, _, _ := picture.At(0, 0).RGBA(); r != 0xffff || picture.Bounds().Dx() != bsn.CorrelationSide*mapScale {
		t.Errorf("the corner is %#x in a picture of %v", r, picture.Bounds())
	}
}
