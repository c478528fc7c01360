//go:build !noraw

package raw

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"

	"blindspot/core/photo/raw/rawtest"
)

// benchFile writes a file of 24 megapixels with a preview of 1.5.
func benchFile(b *testing.B, pattern string, perPixel int) string {
	b.Helper()
	const w, h = 6000, 4000
	tile := scenery(500, 500, perPixel)
	samples := make([]uint16, 0, w*h*perPixel)
	for y := range h {
		row := tile[y%500*500*perPixel:][:500*perPixel]
		for range w / 500 {
			samples = append(samples, row...)
		}
	}
	d := rawtest.DNG{
		W: w, H: h, Pattern: pattern, Samples: samples, Black: 512, White: 60000, Orientation: 8,
		Preview: testJPEG(b, 1500, 1000),
	}
	path := filepath.Join(b.TempDir(), "photo.dng")
	writeFile(b, path, d.Bytes())
	return path
}

// resetPeak forgets what making the file took.
func resetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

func benchmark(b *testing.B, op operation, path string) {
	resetPeak()
	var peak int64
	for b.Loop() {
		r, err := request(b.Context(), op, path)
		if err != nil {
			b.Fatal(err)
		}
		peak = max(peak, r.Peak)
	}
	b.ReportMetric(float64(peak)/(1<<20), "child-MiB")
	b.ReportMetric(float64(peakMemory())/(1<<20), "parent-MiB")
	CloseIdle()
}

func BenchmarkBayer24MP(b *testing.B) {
	path := benchFile(b, "RGGB", 1)
	for _, op := range []operation{opInspect, opPreview, opHalf, opFull, opMosaic} {
		b.Run(string(op), func(b *testing.B) { benchmark(b, op, path) })
	}
}

func BenchmarkLinear24MP(b *testing.B) {
	path := benchFile(b, "linear", 3)
	b.Run("full", func(b *testing.B) { benchmark(b, opFull, path) })
}

func BenchmarkXTrans24MP(b *testing.B) {
	path := benchFile(b, "X-Trans", 1)
	for _, op := range []operation{opHalf, opFull} {
		b.Run(string(op), func(b *testing.B) { benchmark(b, op, path) })
	}
}

// BenchmarkRender measures what our side does to a developed picture: the curve,
// the orientation, the planes.
func BenchmarkRender(b *testing.B) {
	const w, h = 6000, 4000
	p := picture{samples: make([][4]uint16, w*h), W: w, H: h, planes: 3}
	for i := range p.samples {
		p.samples[i] = [4]uint16{uint16(i), uint16(i / 3), uint16(i / 7), 0}
	}
	for name, flip := range map[string]int{"upright": 0, "across": flipDiagonal | flipX} {
		p.flip = flip
		a := answer{W: w, H: h, Planes: 3}
		if flip&flipDiagonal != 0 {
			a.W, a.H = h, w
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := writePlanes(io.Discard, a, p.band); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkChildStart inspects with a new child each time.
func BenchmarkChildStart(b *testing.B) {
	path := photos + "raw/sim_bayer_bliznaca_clean.dng"
	for b.Loop() {
		if _, err := Inspect(b.Context(), path); err != nil {
			b.Fatal(err)
		}
		CloseIdle()
	}
}

// BenchmarkCancel measures from cancelling a decode to the return.
func BenchmarkCancel(b *testing.B) {
	path := benchFile(b, "RGGB", 1)
	var total, worst time.Duration
	for b.Loop() {
		ctx, cancel := context.WithTimeout(b.Context(), 400*time.Millisecond)
		if _, _, err := Develop(ctx, path, Full); err == nil {
			b.Fatal("it was quicker than the cancelling")
		}
		deadline, _ := ctx.Deadline()
		cancel()
		took := time.Since(deadline)
		total, worst = total+took, max(worst, took)
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N), "ms/cancel")
	b.ReportMetric(float64(worst.Milliseconds()), "ms-worst")
}
