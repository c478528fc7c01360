package app

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// writeNoise writes a small picture of stripes.
func writeNoise(t *testing.T, path string) {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, 48, 40))
	for y := range 40 {
		for x := range 48 {
			im.SetRGBA(x, y, color.RGBA{uint8(x * 5), uint8(y * 6), uint8(x * y), 255})
		}
	}
	f, err := os.Create(path)
	if err == nil {
		err = errors.Join(png.Encode(f, im), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func newPhotoFolder(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range []string{"a.png", "b.png", "c.png"} {
		writeNoise(t, filepath.Join(dir, name))
	}
	return dir
}

func TestStoppedEvaluationKeepsItsPairs(t *testing.T) {
	model, err := newTestLibrary(t).Find("")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o := EvaluateOptions{
		Model: model, Noisy: newPhotoFolder(t), Clean: newPhotoFolder(t), Threads: 1,
		Settings: Settings{Mode: Tunable, Hole: 3, Luma: 1, Colour: 1},
	}
	e, err := Evaluate(ctx, o, func(done, total int, _ PairScore) {
		if done == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || e == nil || len(e.Pairs) != 2 || e.Means[0].PSNR != (e.Pairs[0].Scores[0].PSNR+e.Pairs[1].Scores[0].PSNR)/2 {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestStoppedBatchKeepsItsPhotos(t *testing.T) {
	model, err := newTestLibrary(t).Find("")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out := filepath.Join(t.TempDir(), "out")
	o := BatchOptions{
		Model: model, Inputs: []string{newPhotoFolder(t)}, Output: out + "/", Threads: 1,
		Settings: Settings{Mode: Tunable, Hole: 3, Luma: 1, Colour: 1},
	}
	results, err := DenoiseBatch(ctx, o, func(p BatchProgress) {
		if p.Index == 1 && p.Done > 0 { // in the middle of the second photo
			cancel()
		}
	})
	entries, readErr := os.ReadDir(out)
	if !errors.Is(err, context.Canceled) || len(results) != 1 || results[0].Err != nil || len(entries) != 1 || readErr != nil {
		t.Errorf("%+v, %v; the folder holds %v, %v", results, err, entries, readErr)
	}
}

// A model without the fast network can be used, but not in the mode that needs it.
func TestFastNeedsTheFastNetwork(t *testing.T) {
	model, err := newTestLibrary(t).Find("")
	if err != nil {
		t.Fatal(err)
	}
	o := BatchOptions{Model: model, Inputs: []string{newPhotoFolder(t)}, Settings: Settings{Mode: Fast, Luma: 1, Colour: 1}, Threads: 1}
	if _, err := DenoiseBatch(t.Context(), o, func(BatchProgress) {}); !errors.Is(err, ErrUsage) {
		t.Errorf("the batch says %v", err)
	}
}
