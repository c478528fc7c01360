package photo

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"blindspot/core/photo/meta"
	"blindspot/core/say"
)

// leftovers returns all names in a folder but the expected ones.
func leftovers(t *testing.T, folder string, expected ...string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, e := range expected {
		known[e] = true
	}
	var rest []string
	for _, e := range entries {
		if !known[e.Name()] {
			rest = append(rest, e.Name())
		}
	}
	return rest
}

func TestSaveRefusesWhatExists(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "kept.png")
	if err := os.WriteFile(path, []byte("precious"), 0o640); err != nil {
		t.Fatal(err)
	}
	p := &Photo{Image: smooth(16, 16, 3)}
	if _, err := Save(context.Background(), path, p, SaveOptions{}); !errors.Is(err, ErrExists) {
		t.Fatalf("got %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "precious" {
		t.Fatalf("the file was touched: %q, %v", data, err)
	}
	mustSave(t, path, p, SaveOptions{Overwrite: true})
	if !open(t, path).Image.Equal(p.Image) {
		t.Error("the new picture is not there")
	}
	if stat, err := os.Stat(path); err != nil || stat.Mode().Perm() != 0o640 {
		t.Errorf("permissions became %v, %v", stat.Mode(), err)
	}
	if rest := leftovers(t, folder, "kept.png"); rest != nil {
		t.Errorf("left behind: %v", rest)
	}
}

// TestFailedSaveLeavesNothing breaks saving at every step: the old file stays
// whole and no temporary file remains.
func TestFailedSaveLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "old.png")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the disk is full")
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	halfway, stop := context.WithCancel(context.Background())
	tests := []struct {
		name  string
		ctx   context.Context
		write func(*os.File) error
		want  error
	}{
		{"before the first byte", context.Background(), func(*os.File) error { return broken }, broken},
		{"after some bytes", context.Background(), func(w *os.File) error {
			if _, err := w.Write(make([]byte, 1000)); err != nil {
				return err
			}
			return broken
		}, broken},
		{"cancelled before", cancelled, func(w *os.File) error { _, err := w.Write([]byte{1}); return err }, context.Canceled},
		{"cancelled at the last moment", halfway, func(w *os.File) error {
			_, err := w.Write([]byte{1})
			stop()
			return err
		}, context.Canceled},
	}
	for _, test := range tests {
		for _, name := range []string{"old.png", "new.png"} {
			err := writeFile(test.ctx, filepath.Join(folder, name), true, time.Time{}, test.write)
			if !errors.Is(err, test.want) {
				t.Errorf("%s: got %v", test.name, err)
			}
			if rest := leftovers(t, folder, "old.png"); rest != nil {
				t.Errorf("%s: left behind: %v", test.name, rest)
			}
		}
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "old" {
		t.Errorf("the old file became %q, %v", data, err)
	}
}

// TestNameTakenMeanwhile: the target appears while the picture is written.
func TestNameTakenMeanwhile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.png")
	err := writeFile(context.Background(), path, false, time.Time{}, func(*os.File) error {
		return os.WriteFile(path, []byte("faster"), 0o600)
	})
	if !errors.Is(err, ErrExists) {
		t.Errorf("got %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "faster" {
		t.Errorf("the other file became %q, %v", data, err)
	}
	if rest := leftovers(t, folder, "a.png"); rest != nil {
		t.Errorf("left behind: %v", rest)
	}
}

func TestSaveThroughALink(t *testing.T) {
	folder := t.TempDir()
	target, link := filepath.Join(folder, "target.png"), filepath.Join(folder, "link.png")
	p := &Photo{Image: smooth(8, 8, 1)}
	mustSave(t, target, p, SaveOptions{})
	if err := os.Symlink("target.png", link); err != nil {
		t.Fatal(err)
	}
	p.Image = smooth(9, 9, 1)
	mustSave(t, link, p, SaveOptions{Overwrite: true})
	if stat, err := os.Lstat(link); err != nil || stat.Mode()&fs.ModeSymlink == 0 {
		t.Error("the link was replaced instead of what it points to")
	}
	if open(t, target).Image.W != 9 {
		t.Error("the target was not written")
	}
}

func TestSaveOptions(t *testing.T) {
	colour, deep := smooth(16, 16, 3), picture(16, 16, 3, 16, false)
	seeThrough := picture(16, 16, 3, 8, true)
	tests := []struct {
		name    string
		file    string
		photo   *Photo
		options SaveOptions
		want    error
		format  Format
		depth   int
	}{
		{"format by name", "a.jpg", &Photo{Image: colour}, SaveOptions{}, nil, JPEG, 8},
		{"format by option", "a.dat", &Photo{Image: colour}, SaveOptions{Format: PNG}, nil, PNG, 8},
		{"16 bits stay", "a.png", &Photo{Image: deep}, SaveOptions{}, nil, PNG, 16},
		{"16 bits to 8", "a.png", &Photo{Image: deep}, SaveOptions{Depth: 8}, nil, PNG, 8},
		{"8 bits to 16", "a.png", &Photo{Image: colour}, SaveOptions{Depth: 16}, nil, PNG, 16},
		{"16 bits into a JPEG", "a.jpg", &Photo{Image: deep}, SaveOptions{Quality: 80}, nil, JPEG, 8},
		{"TIFF by name", "a.tif", &Photo{Image: deep}, SaveOptions{}, nil, TIFF, 16},
		{"16 bits into 8 of a TIFF", "a.tiff", &Photo{Image: deep}, SaveOptions{Depth: 8}, nil, TIFF, 8},
		{"progressive JPEG", "a.jpg", &Photo{Image: colour}, SaveOptions{Progressive: true}, nil, JPEG, 8},
		{"coarse colour", "a.jpg", &Photo{Image: colour}, SaveOptions{Subsampling: Sub420}, nil, JPEG, 8},
		{"a format that is only read", "a.webp", &Photo{Image: colour}, SaveOptions{}, ErrUnsupported, 0, 0},
		{"a raw by name", "a.dng", &Photo{Image: colour}, SaveOptions{}, ErrUnsupported, 0, 0},
		{"unknown name", "a.gif", &Photo{Image: colour}, SaveOptions{}, ErrUnsupported, 0, 0},
		{"no ending", "a", &Photo{Image: colour}, SaveOptions{}, ErrUnsupported, 0, 0},
		{"unknown format", "a.png", &Photo{Image: colour}, SaveOptions{Format: 99}, ErrUnsupported, 0, 0},
		{"12 bits", "a.png", &Photo{Image: colour}, SaveOptions{Depth: 12}, ErrUnsupported, 0, 0},
		{"quality 101", "a.jpg", &Photo{Image: colour}, SaveOptions{Quality: 101}, ErrUnsupported, 0, 0},
		{"transparency into a JPEG", "a.jpg", &Photo{Image: seeThrough}, SaveOptions{}, nil, JPEG, 8},
		{"missing folder", "missing/a.png", &Photo{Image: colour}, SaveOptions{}, fs.ErrNotExist, 0, 0},
	}
	for _, test := range tests {
		folder := t.TempDir()
		path := filepath.Join(folder, test.file)
		_, err := Save(context.Background(), path, test.photo, test.options)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
		if test.want != nil {
			if rest := leftovers(t, folder); rest != nil {
				t.Errorf("%s: left behind: %v", test.name, rest)
			}
			continue
		}
		if p := open(t, path); p.Format != test.format || p.Image.Depth != test.depth {
			t.Errorf("%s: saved as %v with %d bits", test.name, p.Format, p.Image.Depth)
		}
	}
}

// TestSourceIsKept: the photo's own file is not replaced by any of its names, unless that is asked for in so many words.
func TestSourceIsKept(t *testing.T) {
	folder := t.TempDir()
	source, symlink, hard := filepath.Join(folder, "photo.png"), filepath.Join(folder, "symlink.png"), filepath.Join(folder, "hard.png")
	mustSave(t, source, &Photo{Image: smooth(16, 16, 3)}, SaveOptions{})
	if err := errors.Join(os.Symlink(source, symlink), os.Link(source, hard)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	p := open(t, source)
	p.Image = smooth(17, 17, 3)
	for _, name := range []string{source, symlink, hard, filepath.Join(folder, ".", "photo.png")} {
		for _, overwrite := range []bool{false, true} {
			if _, err := Save(t.Context(), name, p, SaveOptions{Overwrite: overwrite}); !errors.Is(err, ErrSource) {
				t.Errorf("%s, overwrite %v: got %v", name, overwrite, err)
			}
		}
		if _, err := Save(t.Context(), name, p, SaveOptions{OverwriteSource: true}); !errors.Is(err, ErrExists) {
			t.Errorf("%s, without overwriting: got %v", name, err)
		}
	}
	if now, err := os.ReadFile(source); err != nil || !slices.Equal(now, before) {
		t.Fatalf("the source was touched: %v", err)
	}
	mustSave(t, source, p, SaveOptions{Overwrite: true, OverwriteSource: true})
	if open(t, source).Image.W != 17 {
		t.Error("the source was not replaced although that was asked for")
	}
	if rest := leftovers(t, folder, "photo.png", "symlink.png", "hard.png"); rest != nil {
		t.Errorf("left behind: %v", rest)
	}
}

func TestKeepTimes(t *testing.T) {
	folder := t.TempDir()
	source := filepath.Join(folder, "photo.png")
	mustSave(t, source, &Photo{Image: smooth(16, 16, 3)}, SaveOptions{})
	old := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := os.Chtimes(source, old, old); err != nil {
		t.Fatal(err)
	}
	p := open(t, source)
	for _, keep := range []bool{false, true} {
		target := filepath.Join(folder, "copy.jpg")
		mustSave(t, target, p, SaveOptions{KeepTimes: keep, Overwrite: true})
		if stat, err := os.Stat(target); err != nil || stat.ModTime().Equal(old) != keep {
			t.Errorf("keep %v: the time is %v, %v", keep, stat.ModTime(), err)
		}
	}
}

// TestWhatAJPEGCannotHold is told.
func TestWhatAJPEGCannotHold(t *testing.T) {
	m := meta.Set{PNG: []meta.Chunk{{Kind: "gAMA", Data: []byte{0, 1, 2, 3}}, {Kind: "tEXt", Data: []byte("Author\x00me")}}}
	p := &Photo{Image: picture(16, 16, 3, 8, true), Meta: Metadata{Set: m}}
	folder := t.TempDir()
	if notes := mustSave(t, filepath.Join(folder, "a.png"), p, SaveOptions{}); len(notes) > 0 {
		t.Errorf("into a PNG: %q", notes)
	}
	again := open(t, filepath.Join(folder, "a.png"))
	if !slices.EqualFunc(again.Meta.PNG, m.PNG, func(a, b meta.Chunk) bool { return a.Kind == b.Kind && string(a.Data) == string(b.Data) }) {
		t.Errorf("the chunks became %q", again.Meta.PNG)
	}
	notes := say.Join(mustSave(t, filepath.Join(folder, "a.jpg"), p, SaveOptions{}), "; ").String()
	for _, word := range []string{"transparency", "texts", "gamma"} {
		if !strings.Contains(notes, word) {
			t.Errorf("%q says nothing of %s", notes, word)
		}
	}
}
