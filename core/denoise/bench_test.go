package denoise

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"

	"blindspot/core/pixel"
)

// BenchmarkPhoto denoises 24 megapixels of 16 bits with the published width
// and reports the most memory that the process ever held. The long-trained
// student and teacher, and a young student.
func BenchmarkPhoto(b *testing.B) {
	for _, c := range []struct {
		name  string
		patch int
		mode  Mode
	}{{"fast", 256, Fast}, {"fast_young", 64, Fast}, {"tunable", 256, Tunable}} {
		b.Run(c.name, func(b *testing.B) {
			e := openEngine(b, randomModel(b, 48, 3, c.patch, 1), runtime.NumCPU())
			im := randomPhoto(1, 6000, 4000, 3, 16)
			for b.Loop() {
				if _, err := e.Photo(b.Context(), im, DefaultSettings(c.mode), nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(24*float64(b.N)/b.Elapsed().Seconds(), "Mpx/s")
			if peak, known := peakMiB(b); known {
				b.ReportMetric(peak, "MiB-peak")
			}
		})
	}
}

// BenchmarkFirstCell is the wait for the first sharp cell of a preview.
func BenchmarkFirstCell(b *testing.B) {
	for _, mode := range []Mode{Fast, Tunable} {
		for _, patch := range []int{64, 96, 128, 256} {
			b.Run(mode.String()+"_patch"+strconv.Itoa(patch), func(b *testing.B) {
				e := openEngine(b, randomModel(b, 48, 3, patch, 1), runtime.NumCPU())
				im := randomPhoto(1, 2000, 1500, 3, 8)
				plan := e.Plan(im.W, im.H, mode)
				first := plan.Visible(plan.Bounds(), middle(plan.Bounds()))[0]
				for b.Loop() {
					e.gathered = newGathering(gatherBytes)
					if _, err := e.Cell(b.Context(), im, plan, first, 3); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkFill is the wait until a window that shows a photo of three quarters of a megapixel is sharp all over.
func BenchmarkFill(b *testing.B) {
	for _, c := range []struct {
		mode         Mode
		width, patch int
	}{{Fast, 16, 96}, {Tunable, 16, 96}, {Tunable, 24, 128}, {Tunable, 48, 96}, {Tunable, 48, 256}} {
		b.Run(fmt.Sprintf("%v_width%d_patch%d", c.mode, c.width, c.patch), func(b *testing.B) {
			e := openEngine(b, randomModel(b, c.width, 3, c.patch, 1), runtime.NumCPU())
			im := randomPhoto(1, 1000, 750, 3, 8)
			plan := e.Plan(im.W, im.H, c.mode)
			for b.Loop() {
				e.gathered = newGathering(gatherBytes)
				for _, i := range plan.Visible(plan.Bounds(), middle(plan.Bounds())) {
					if _, err := e.Cell(b.Context(), im, plan, i, 3); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(plan.Tiles()), "tiles")
		})
	}
}

// BenchmarkRender is what a move of the slider or of a strength costs per cell.
func BenchmarkRender(b *testing.B) {
	e, _, _ := fakeEngine(3, 256)
	im := randomPhoto(1, 600, 600, 3, 8)
	cell, err := e.Cell(b.Context(), im, e.Plan(600, 600, Tunable), 0, 3)
	if err != nil {
		b.Fatal(err)
	}
	dst := pixel.New(600, 600, 3, 8)
	for b.Loop() {
		if err := cell.Render(of(Tunable, 7, 0.8, 0.6, 1), dst, cell.Rect.Min); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cell.Rect.Dx()*cell.Rect.Dy())*float64(b.N)/1e6/b.Elapsed().Seconds(), "Mpx/s")
}
