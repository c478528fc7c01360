package denoise

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// patches are training patches of both regimes, odd ones among them.
var patches = []int{0, 20, 32, 64, 96, 100, 128, 160, 192, 255, 256, 512}

// sizes are awkward ones and 40 random ones.
func sizes() []int {
	rng := rand.New(rand.NewPCG(1, 2))
	list := []int{1, 2, 3, 31, 32, 33, 63, 64, 65, 191, 192, 193, 447, 448, 449, 512, 513, 1999, 2000}
	for range 40 {
		list = append(list, 1+rng.IntN(2000))
	}
	return list
}

func TestWeightsAddUpToOne(t *testing.T) {
	for _, patch := range patches {
		for _, teacher := range []bool{false, true} {
			for _, size := range sizes() {
				a := newTiling(patch, teacher).axis(size)
				sum := make([]float64, size)
				for _, s := range a.spans {
					for i, w := range s.weight {
						if w <= 0 || w > 1 {
							t.Fatalf("patch %d size %d: weight %g at %d", patch, size, w, s.from+i)
						}
						sum[s.from+i] += float64(w)
					}
				}
				for x, v := range sum {
					if math.Abs(v-1) > 1e-6 {
						t.Fatalf("patch %d teacher %v size %d: weights at %d add up to %g", patch, teacher, size, x, v)
					}
				}
			}
		}
	}
}

// Every tile keeps what its regime promises.
func TestTilesKeepTheirRegime(t *testing.T) {
	for _, patch := range patches {
		for _, teacher := range []bool{false, true} {
			tl := newTiling(patch, teacher)
			for _, size := range sizes() {
				a := tl.axis(size)
				if a.tile%grid != 0 || a.tile > tl.tile || (a.count > 1 && a.stride < 1) {
					t.Fatalf("patch %d size %d: tiles of %d every %d", patch, size, a.tile, a.stride)
				}
				if tl.hann && a.tile != max(patch/grid*grid, grid) {
					t.Fatalf("patch %d size %d: tiles of %d", patch, size, a.tile)
				}
				for i, s := range a.spans {
					o := a.origin(i)
					if a.tile > grid && o%grid != 0 {
						t.Fatalf("patch %d size %d: tile %d at %d is off the grid", patch, size, i, o)
					}
					if s.from >= s.to {
						t.Fatalf("patch %d size %d: tile %d counts nowhere", patch, size, i)
					}
					if !tl.hann && (s.from < o+halo || s.to > o+a.tile-halo) {
						t.Fatalf("patch %d size %d: tile %d [%d,%d) counts in its halo: %d to %d", patch, size, i, o, o+a.tile, s.from, s.to)
					}
				}
			}
		}
	}
}

// The padding reaches far enough that no pixel of the photo, at its edges least
// of all, is known only from the rim of a tile.
func TestEdgePixelsLieInsideATile(t *testing.T) {
	for _, patch := range patches {
		tl := newTiling(patch, true)
		for _, size := range sizes() {
			a := tl.axis(size)
			for _, x := range []int{0, size - 1} {
				deepest := 0
				for i := range a.count {
					at := x - a.origin(i)
					deepest = max(deepest, min(at, a.tile-1-at))
				}
				want := tl.lead - 1
				if tl.hann {
					want = a.tile/4 - 1 // what half overlap gives everywhere
				}
				if deepest < want {
					t.Fatalf("patch %d size %d: pixel %d lies %d deep, want %d", patch, size, x, deepest, want)
				}
			}
		}
	}
}

func TestCellsCoverThePhotoOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for n := range 60 {
		w, h := 1+rng.IntN(2000), 1+rng.IntN(2000)
		if n < 3 {
			w, h = 1+n, 1
		}
		e, _, _ := fakeEngine(3, patches[n%len(patches)])
		p := e.Plan(w, h, Modes()[n%3])
		seen := make([]uint8, w*h)
		cells := p.Cells()
		if len(cells) != p.Len() {
			t.Fatalf("%d cells, Len says %d", len(cells), p.Len())
		}
		for _, r := range cells {
			if r.Empty() || !r.In(p.Bounds()) {
				t.Fatalf("%d×%d: cell %v", w, h, r)
			}
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					seen[y*w+x]++
				}
			}
		}
		for i, c := range seen {
			if c != 1 {
				t.Fatalf("%d×%d: pixel (%d,%d) lies in %d cells", w, h, i%w, i/w, c)
			}
		}
	}
}

// covering must name exactly the tiles whose support meets a rectangle, in rising order.
func TestCoveringFindsEveryTile(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for n := range 40 {
		e, _, _ := fakeEngine(3, patches[n%len(patches)])
		w, h := 1+rng.IntN(1200), 1+rng.IntN(1200)
		p := e.Plan(w, h, Average)
		x, y := rng.IntN(w), rng.IntN(h)
		r := image.Rect(x, y, x+1+rng.IntN(w-x), y+1+rng.IntN(h-y))
		var want []int
		for i := range p.Tiles() {
			if p.support(i).Overlaps(r) {
				want = append(want, i)
			}
		}
		got := p.covering(r)
		if len(got) != len(want) {
			t.Fatalf("%v of %d×%d: tiles %v, want %v", r, w, h, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%v of %d×%d: tiles %v, want %v", r, w, h, got, want)
			}
		}
	}
}

// The first cell of a long-trained network takes one tile, and no cell waits for
// two tiles that are new unless the view shows none between.
func TestVisibleComesNearestFirst(t *testing.T) {
	for _, c := range []struct {
		patch, first int // tiles of the first cell
	}{{256, 1}, {64, 9}} {
		e, _, _ := fakeEngine(3, c.patch)
		p := e.Plan(2000, 1500, Tunable)
		view := image.Rect(700, 400, 1500, 1100)
		want := map[int]bool{}
		for i, r := range p.Cells() {
			if r.Overlaps(view) {
				want[i] = true
			}
		}
		got := p.Visible(view, middle(view))
		if len(got) != len(want) || len(want) < 9 {
			t.Fatalf("%d cells are visible, want %d", len(got), len(want))
		}
		known := map[int]bool{}
		for n, i := range got {
			if !want[i] {
				t.Fatalf("cell %d is not visible or came twice", i)
			}
			delete(want, i)
			before := len(known)
			for _, tile := range p.covering(p.Rect(i)) {
				known[tile] = true
			}
			fresh := len(known) - before
			if n == 0 && fresh != c.first {
				t.Errorf("patch %d: the first cell takes %d tiles, want %d", c.patch, fresh, c.first)
			}
			if n > 0 && c.first == 1 && fresh > 1 && p.Rect(i).In(view) {
				t.Errorf("patch %d: cell %d takes %d new tiles", c.patch, n, fresh)
			}
		}
		if d := apart(middle(p.Rect(got[0])), middle(view)); d > 150*150 {
			t.Errorf("patch %d: the first cell %v is far from the centre", c.patch, p.Rect(got[0]))
		}
		// The centre of interest need not be the middle of what is visible.
		corner := view.Max.Sub(image.Pt(1, 1))
		if nearest := p.Visible(view, corner)[0]; apart(middle(p.Rect(nearest)), corner) > 200*200 {
			t.Errorf("patch %d: the first cell %v is far from %v", c.patch, p.Rect(nearest), corner)
		}
		if len(p.Visible(image.Rect(-50, -50, 0, 0), image.Pt(3, 3))) != 0 {
			t.Error("cells are visible outside of the photo")
		}
	}
}

func TestPlanOfNothingIsEmpty(t *testing.T) {
	e, _, _ := fakeEngine(3, 64)
	if p := e.Plan(0, 10, Fast); p.Len() != 0 || p.Tiles() != 0 || len(p.Cells()) != 0 {
		t.Errorf("a photo without pixels has %d cells and %d tiles", p.Len(), p.Tiles())
	}
}

// A plan for the largest photo must not be felt.
func BenchmarkPlan(b *testing.B) {
	e, _, _ := fakeEngine(3, 64)
	for b.Loop() {
		if e.Plan(20000, 12500, Tunable).Len() == 0 {
			b.Fatal("no cells")
		}
	}
}
