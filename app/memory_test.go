package app

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestPhotosThatWereLeftAreForgotten opens 200 photos of a strip one after the other. A photo takes half a megabyte with its two
// pictures, so that it would show if one in four were kept.
func TestPhotosThatWereLeftAreForgotten(t *testing.T) {
	const count, settled, side = 200, 20, 200
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	data, err := os.ReadFile(photoFile(t, side, side))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for i := range count {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%03d.png", i)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b.OpenAll([]string{folder})
	b.until("the strip", func() bool { return len(b.Album()) == count })
	held := func() (megabytes float64, goroutines int) {
		runtime.GC()
		runtime.GC() // what pools keep goes with the second
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6, runtime.NumGoroutine()
	}
	var megabytes float64
	var goroutines int
	for i, path := range b.Album() {
		b.open(path, image.Pt(side/2, side/2))
		b.complete()
		if i == settled {
			megabytes, goroutines = held()
		}
	}
	now, running := held()
	if now > megabytes+10 || running > goroutines+10 {
		t.Errorf("%.1f MB and %d goroutines after %d photos, %.1f MB and %d after %d", now, running, count, megabytes, goroutines, settled+1)
	}
}
