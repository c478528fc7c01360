package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const photos = "../../testdata/photos"

// simulate runs the command and returns what it printed.
func simulate(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(context.Background(), arguments, &out)
	return out.String(), err
}

// files returns the contents of a folder by name.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[entry.Name()] = data
	}
	return all
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	noisy, clean, again, fewer := filepath.Join(dir, "noisy"), filepath.Join(dir, "clean"), filepath.Join(dir, "again"), filepath.Join(dir, "fewer")
	printed, err := simulate(t, "-in", photos, "-out", noisy, "-clean", clean, "-photos", "5", "-size", "160", "-seed", "9")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(printed), "\n"); len(lines) != 5 || !strings.HasPrefix(lines[3], "0004_coffee.png") {
		t.Errorf("printed:\n%s", printed)
	}
	first := files(t, noisy)
	if len(first) != 5 || len(files(t, clean)) != 5 {
		t.Fatalf("%d noisy and %d clean photos, want 5 of each", len(first), len(files(t, clean)))
	}
	for name, data := range first {
		config, _, err := image.DecodeConfig(bytes.NewReader(data))
		// a camera may make its picture smaller, by half at most
		if err != nil || config.Width < 60 || config.Width > 160 || config.Height < 60 || config.Height > 160 {
			t.Errorf("%s: %dx%d, %v", name, config.Width, config.Height, err)
		}
		other := files(t, clean)[name]
		otherConfig, _, err := image.DecodeConfig(bytes.NewReader(other))
		if err != nil || otherConfig.Width != config.Width || otherConfig.Height != config.Height || bytes.Equal(data, other) {
			t.Errorf("%s has no clean twin of its size", name)
		}
	}
	if _, err := simulate(t, "-in", photos, "-out", again, "-photos", "5", "-size", "160", "-seed", "9"); err != nil {
		t.Fatal(err)
	}
	if _, err := simulate(t, "-in", photos, "-out", fewer, "-photos", "2", "-size", "160", "-seed", "9"); err != nil {
		t.Fatal(err)
	}
	for name, data := range files(t, again) {
		if !bytes.Equal(data, first[name]) {
			t.Errorf("%s is another photo the second time", name)
		}
	}
	for name, data := range files(t, fewer) {
		if !bytes.Equal(data, first[name]) {
			t.Errorf("%s depends on how many photos are made", name)
		}
	}
}

func TestISO(t *testing.T) {
	printed, err := simulate(t, "-in", photos, "-out", t.TempDir(), "-photos", "3", "-size", "64", "-iso", "800")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(printed, "ISO 800,") != 3 {
		t.Errorf("not all photos were taken at ISO 800:\n%s", printed)
	}
	low, high, err := parseISO("400-6400")
	if low != 400 || high != 6400 || err != nil {
		t.Errorf("400-6400 was read as %v-%v, %v", low, high, err)
	}
}

func TestMistakes(t *testing.T) {
	empty, damaged := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "a.png"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		arguments []string
		says      string
	}{
		{nil, "-in"},
		{[]string{"-in", photos}, "-out"},
		{[]string{"-in", empty, "-out", t.TempDir()}, "no PNG or JPEG"},
		{[]string{"-in", damaged, "-out", t.TempDir()}, "a.png"},
		{[]string{"-in", photos, "-out", photos + "/"}, "another folder"},
		{[]string{"-in", photos, "-out", empty, "-clean", empty + "/."}, "two folders"},
		{[]string{"-in", photos, "-out", empty, "-photos", "0"}, "nothing to make"},
		{[]string{"-in", photos, "-out", empty, "-iso", "6400-400"}, "-iso"},
		{[]string{"-in", photos, "-out", empty, "-size", "3x4"}, "-size"},
		{[]string{"-size", "640", photos + "/bliznaca.png", filepath.Join(empty, "a.jpg")}, "1000x750"},
	}
	for _, test := range tests {
		if _, err := simulate(t, test.arguments...); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%v: want an error with %q, got %v", test.arguments, test.says, err)
		}
	}
	if len(files(t, empty)) != 0 {
		t.Error("a mistake left files")
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	err := run(ctx, []string{"-in", photos, "-out", dir, "-photos", "50"}, &bytes.Buffer{})
	if !errors.Is(err, context.Canceled) || len(files(t, dir)) > 0 {
		t.Errorf("got %v and %d files", err, len(files(t, dir)))
	}
}

// TestSampleRecipe makes a small photo with the older camera, as it did when the
// sample photo was made with it.
func TestSampleRecipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sample.jpg")
	if _, err := simulate(t, "-size", "96x64", photos+"/bliznaca.png", path); err != nil {
		t.Fatal(err)
	}
	got, want := decoded(t, path), decoded(t, "testdata/bliznaca_96x64.jpg")
	if got.Rect != want.Rect {
		t.Fatalf("the size is %v, want %v", got.Rect, want.Rect)
	}
	// The same bytes where they were made; processors that fuse multiplication and
	// addition may round a sample of the JPEG the other way.
	for i, v := range want.Y {
		if d := int(v) - int(got.Y[i]); d < -6 || d > 6 {
			t.Fatalf("pixel %d is %d, was %d", i, got.Y[i], v)
		}
	}
}

func decoded(t *testing.T, path string) *image.YCbCr {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := jpeg.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.YCbCr)
}
