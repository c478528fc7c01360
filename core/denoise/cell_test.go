package denoise

import (
	"image"
	"math"
	"testing"

	"blindspot/core/bsn"
	"blindspot/core/pixel"
)

// Each tile runs once for a preview that goes from cell to neighbour, whatever
// the slider does afterwards.
func TestTilesRunOnceForAllStops(t *testing.T) {
	for _, patch := range []int{64, 256} {
		e, teacher, _ := fakeEngine(3, patch)
		im := randomPhoto(1, 400, 300, 3, 8)
		plan := e.Plan(im.W, im.H, Tunable)
		if _, err := e.filters(t.Context(), im, true); err != nil { // looks at a few places once
			t.Fatal(err)
		}
		before := teacher.seen.Load()
		var cells []*CellResult
		for _, i := range plan.Visible(plan.Bounds(), middle(plan.Bounds())) {
			c, err := e.Cell(t.Context(), im, plan, i, 7)
			if err != nil {
				t.Fatal(err)
			}
			cells = append(cells, c)
		}
		if n := teacher.seen.Load() - before; n != int64(plan.Tiles()) {
			t.Errorf("patch %d: %d pictures went through the network for %d tiles", patch, n, plan.Tiles())
		}
		dst := pixel.New(im.W, im.H, im.C, im.Depth)
		for _, c := range cells {
			for _, k := range bsn.Stops() {
				for _, s := range []Settings{of(Tunable, k, 1, 0.5, 1), of(Average, k, 0.5, 1, 0.6)} {
					if err := c.Render(s, dst, c.Rect.Min); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if _, err := e.Cell(t.Context(), im, e.Plan(im.W, im.H, Average), 0, 3); err != nil {
			t.Fatal(err)
		}
		if n := teacher.seen.Load() - before; n != int64(plan.Tiles()) {
			t.Errorf("patch %d: the slider or the change to average ran the network", patch)
		}
	}
}

func TestRenderTileAgreesWithRender(t *testing.T) {
	e, _, _ := fakeEngine(3, 64)
	im := randomPhoto(4, 150, 100, 3, 16)
	cell, err := e.Cell(t.Context(), im, e.Plan(150, 100, Tunable), 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	s := of(Tunable, 7, 0.4, 0.9, 0)
	tile := pixel.NewTile(3, cell.Rect.Dy(), cell.Rect.Dx())
	if err := cell.RenderTile(s, tile); err != nil {
		t.Fatal(err)
	}
	want, got := pixel.New(tile.W, tile.H, 3, 16), pixel.New(tile.W, tile.H, 3, 16)
	want.Write(tile, 0, 0, tile.W, tile.H, 0, 0)
	if err := cell.Render(s, got, image.Point{}); err != nil {
		t.Fatal(err)
	}
	if !got.Equal(want) {
		t.Error("RenderTile, rounded, differs from Render")
	}
}

func TestSpreadIsTheRangeOverTheStops(t *testing.T) {
	e, _, _ := fakeEngine(3, 64)
	im := randomPhoto(4, 50, 50, 3, 16)
	cell, err := e.Cell(t.Context(), im, e.Plan(50, 50, Average), 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	got := cell.Spread()
	for i, v := range got.Pix {
		want := float32(0)
		for c := range 3 {
			low, high := float32(math.Inf(1)), float32(math.Inf(-1))
			for _, k := range bsn.Stops() {
				d, err := cell.Denoised(Settings{Mode: Tunable, Hole: k})
				if err != nil {
					t.Fatal(err)
				}
				low, high = min(low, d.Plane(c)[i]), max(high, d.Plane(c)[i])
			}
			want = max(want, high-low)
		}
		if math.Abs(float64(v-want)) > 1e-4 || v == 0 {
			t.Fatalf("spread at %d is %g, want %g", i, v, want)
		}
	}
}
