package app

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"blindspot/core/photo"
)

// TestMessagesSayWhatToDo opens what cannot be opened, and reads the window's sentence.
func TestMessagesSayWhatToDo(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole, err := os.ReadFile(photoFile(t, 40, 30))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(folder, "gone.png"):         "moved",
		write("words.png", []byte("no picture")):  "save it as JPEG",
		write("half.png", whole[:len(whole)*2/3]): "copy it again",
	} {
		b := newStage(t, Options{})
		b.Open(path)
		b.until("the sentence", func() bool { return b.Message().Problem })
		text := b.Message().Text.String()
		if !strings.Contains(text, want) || strings.Contains(text, "\n") || !strings.HasSuffix(text, ".") {
			t.Errorf("%s: %q does not say %q", filepath.Base(path), text, want)
		}
		b.open(photoFile(t, 8, 8), image.Point{})
		if !b.Message().Text.Empty() {
			t.Errorf("%s: the sentence stays over the next photo", filepath.Base(path))
		}
	}
	if plain := errors.New("the export needs a file name"); advised(plain) != plain {
		t.Error("an error that nobody knows is changed")
	}
	if err := advised(fmt.Errorf("open: %w", photo.ErrTooLarge)); !errors.Is(err, photo.ErrTooLarge) {
		t.Errorf("%v has lost its kind", err)
	}
}
