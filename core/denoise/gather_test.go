package denoise

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/pixel"
)

// mirrorNetwork returns what it is given, at every hole, and counts.
type mirrorNetwork struct {
	sizes []int // pictures of each call
}

func (m *mirrorNetwork) Forward(_ context.Context, x *tensor.Dense, holes []bsn.Hole) ([]*tensor.Dense, error) {
	n := x.Shape()[0]
	m.sizes = append(m.sizes, n)
	var out []*tensor.Dense
	for range holes {
		out = append(out, x)
	}
	return out, nil
}

func (m *mirrorNetwork) tiles() (n int) {
	for _, size := range m.sizes {
		n += size
	}
	return n
}

// A photo as large as a window fills without any tile running twice, whatever the overlap, in calls that are full: one
// that is not costs the network new tensors.
func TestAFillRunsNoTileTwice(t *testing.T) {
	for _, patch := range []int{32, 64, 96, 128, 160, 256} {
		net := &mirrorNetwork{}
		e := newEngine(kernel.NewPool(2), net, nil, 3, patch)
		im := randomPhoto(1, 700, 420, 3, 8)
		plan := e.Plan(im.W, im.H, Tunable)
		if _, err := e.filters(t.Context(), im, true); err != nil { // looks at a few places once
			t.Fatal(err)
		}
		net.sizes = nil
		var kept []*CellResult
		for _, i := range plan.Visible(plan.Bounds(), middle(plan.Bounds())) {
			c, err := e.Cell(t.Context(), im, plan, i, 3)
			if err != nil {
				t.Fatal(err)
			}
			kept = append(kept, c)
		}
		if len(kept) != plan.Len() || net.tiles() != plan.Tiles() {
			t.Errorf("patch %d: %d tiles ran for %d of the plan", patch, net.tiles(), plan.Tiles())
		}
		short := 0
		for _, n := range net.sizes {
			if n < plan.stack() {
				short++
			}
		}
		if short > len(net.sizes)/10+1 {
			t.Errorf("patch %d: %d of %d calls held fewer than %d tiles", patch, short, len(net.sizes), plan.stack())
		}
		if e.gathered.bytes != 0 || len(e.gathered.cells) != 0 {
			t.Errorf("patch %d: %d cells are still on their way", patch, len(e.gathered.cells))
		}
	}
}

// Sums on their way stay within their limit, which costs repeated tiles and changes no value.
func TestSumsStayWithinTheirLimit(t *testing.T) {
	const limit = 2 << 20
	net := &mirrorNetwork{}
	e := newEngine(kernel.NewPool(2), net, nil, 3, 96)
	e.LimitSums(limit)
	im := randomPhoto(1, 400, 300, 3, 16)
	plan := e.Plan(im.W, im.H, Average)
	rng := rand.New(rand.NewPCG(1, 5))
	for _, i := range rng.Perm(plan.Len()) {
		c, err := e.Cell(t.Context(), im, plan, i, 3)
		if err != nil {
			t.Fatal(err)
		}
		held := 0
		for _, element := range e.gathered.cells {
			held += element.Value.(*gathered).bytes()
		}
		if held > limit || held != e.gathered.bytes {
			t.Fatalf("%d bytes are held and %d counted, with a limit of %d", held, e.gathered.bytes, limit)
		}
		got, err := c.Denoised(DefaultSettings(Average))
		if err != nil {
			t.Fatal(err)
		}
		// Weights add up to 1 within a few units, and so do the cosines of the filters, which take a ten-thousandth
		// of this photo's noise away at least. A step of the result is half a hundredth.
		for n, v := range got.Pix {
			if d := v - c.Noisy().Pix[n]; d > 1e-2 || d < -1e-2 {
				t.Fatalf("cell %d holds %g where the photo has %g", i, v, c.Noisy().Pix[n])
			}
		}
	}
	if net.tiles() <= plan.Tiles() {
		t.Errorf("%d tiles ran: the limit was never felt", net.tiles())
	}
}

// A cell that is asked for again is not computed while its result is in use; another photo begins anew.
func TestCellsInUseAreNotComputedAgain(t *testing.T) {
	net := &mirrorNetwork{}
	e := newEngine(kernel.NewPool(2), net, nil, 3, 96)
	one, two := randomPhoto(1, 200, 200, 3, 8), randomPhoto(2, 200, 200, 3, 8)
	plan := e.Plan(200, 200, Tunable)
	cell := func(im *pixel.Image, k bsn.Hole) *CellResult {
		c, err := e.Cell(t.Context(), im, plan, 0, k)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := cell(one, 3)
	ran := net.tiles()
	if cell(one, 7) != first || net.tiles() != ran {
		t.Error("a cell in use was computed again")
	}
	if other := cell(two, 3); slices.Equal(other.Noisy().Pix, first.Noisy().Pix) || net.tiles() != 2*ran {
		t.Error("another photo was given the first one's cell")
	}
}

// Values far outside of the scale are cut off and do not wrap around in the sums.
func TestHugeValuesAreCutOff(t *testing.T) {
	for _, drift := range []float32{1e6, -1e6} {
		e := newEngine(kernel.NewPool(2), &fakeNetwork{drift: drift}, nil, 3, 64)
		im := randomPhoto(3, 70, 50, 3, 16)
		saved, err := e.Photo(t.Context(), im, Settings{Mode: Average, Luma: 1, Colour: 1, Bare: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := uint16(0)
		if drift > 0 {
			want = 65535
		}
		for _, plane := range saved.Planes {
			if slices.Max(plane) != want || slices.Min(plane) != want {
				t.Fatalf("drift %g: values from %d to %d, want %d", drift, slices.Min(plane), slices.Max(plane), want)
			}
		}
	}
}
