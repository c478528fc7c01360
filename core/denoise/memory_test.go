package denoise

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
)

// A photo of 24 megapixels and 16 bits stays under 2 GB for the whole process.
// Memory is at its largest with the first tiles: the photo, its result, the
// strip of sums and the network's own are there, and what follows reuses them.
// The result's pages count only once they are written, so its size is added.
func TestMemoryIsBounded(t *testing.T) {
	const limit = 2000 // MiB
	im := randomPhoto(1, 6000, 4000, 3, 16)
	unwritten := float64(6*im.W*im.H) / (1 << 20)
	for _, c := range []struct {
		mode Mode
		stop int // tiles
	}{{Fast, 4}, {Average, 4}} {
		e := openEngine(t, randomModel(t, 48, 3, LongTrainedPatch, 1), 2)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := e.Photo(ctx, im, DefaultSettings(c.mode), func(done, _ int) {
			if done == c.stop {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		peak, known := peakMiB(t)
		if !known {
			continue // the photo went through; only Linux tells its peak
		}
		t.Logf("%v: %.0f MiB", c.mode, peak+unwritten)
		if peak+unwritten > limit {
			t.Errorf("%v: %.0f MiB are resident, more than %d", c.mode, peak+unwritten, limit)
		}
	}
}

// peakMiB is the process's largest resident size so far, as Linux counts it.
func peakMiB(t testing.TB) (mib float64, known bool) {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return kib / 1024, true
}
