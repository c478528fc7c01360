package train

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A damaged checkpoint, or one of another training, is refused in one sentence.
func TestCheckpointsThatCannotBeUsed(t *testing.T) {
	o := small(folder(t, 2))
	o.Checkpoint, o.Resume = t.TempDir(), true
	cancelAt(t, o, PhaseFit, 3)
	path := filepath.Join(o.Checkpoint, checkpointName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func([]byte) []byte{
		"empty":        func(b []byte) []byte { return nil },
		"short":        func(b []byte) []byte { return b[:len(b)/2] },
		"one byte off": func(b []byte) []byte { return b[:len(b)-1] },
		"one bit":      func(b []byte) []byte { b[len(b)/3] ^= 4; return b },
		"header bit":   func(b []byte) []byte { b[40] ^= 1; return b },
		"other file":   func(b []byte) []byte { return bytes.Repeat([]byte("noise "), 1000) },
	} {
		if err := os.WriteFile(path, damage(slices.Clone(good)), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Run(context.Background(), o, nil)
		if !errors.Is(err, ErrCheckpoint) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if err := os.WriteFile(path, good, 0o644); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Options){
		"other photos":            func(o *Options) { o.Photos = o.Photos[:1] },
		"a network of width 16":   func(o *Options) { o.Width = 24 },
		"a hole of 9":             func(o *Options) { o.Hole = 5 },
		"another seed":            func(o *Options) { o.Seed = 9 },
		"another number of steps": func(o *Options) { o.Steps = 99 },
		"other settings":          func(o *Options) { o.Batch = 3 },
	} {
		other := o
		change(&other)
		if _, err := Run(context.Background(), other, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
