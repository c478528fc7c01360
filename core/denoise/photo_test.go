package denoise

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/pixel"
)

// preview renders all cells of a photo in the given order of cells.
func preview(t *testing.T, e *Engine, im *pixel.Image, s Settings, order []int) *pixel.Image {
	t.Helper()
	plan := e.Plan(im.W, im.H, s.Mode)
	out := pixel.New(im.W, im.H, im.C, im.Depth)
	out.Alpha = slices.Clone(im.Alpha)
	for _, i := range order {
		cell, err := e.Cell(t.Context(), im, plan, i, s.Hole)
		if err != nil {
			t.Fatal(err)
		}
		if err := cell.Render(s, out, cell.Rect.Min); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func inOrder(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// What is shown is what is saved: every mode, both regimes, gray and colour
// through gray and colour networks, both depths, odd sizes, odd strengths, and
// the cells asked for in random order with hardly any room for those on their way.
func TestPreviewEqualsPhoto(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	cases := []struct {
		w, h, c, channels, depth, patch int
		s                               Settings
	}{
		{1, 1, 3, 3, 8, 64, of(Tunable, 0, 1, 1, 0)},
		{2, 37, 1, 1, 16, 64, of(Fast, 0, 0.5, 1, 0.6)},
		{97, 61, 3, 3, 8, 64, of(Average, 0, 0.3, 0.8, 0)},
		{333, 217, 3, 3, 16, 64, of(Tunable, 11, 1, 1, 1)},
		{210, 150, 1, 3, 8, 64, of(Tunable, 5, 0.77, 0, 0.6)},
		{301, 290, 3, 1, 16, 128, of(Average, 0, 1, 0.25, 0)},
		{640, 333, 3, 3, 8, 256, of(Tunable, 3, 0.9, 1, 1)},
		{511, 389, 3, 3, 16, 256, of(Average, 0, 1, 1, 0.6)},
		{1111, 570, 3, 3, 16, 0, of(Fast, 0, 0, 1, 0)},
		{100, 900, 1, 3, 16, 512, of(Fast, 0, 1, 1, 0)},
		{5, 700, 3, 3, 8, 512, of(Tunable, 9, 0.01, 0.99, 0.6)},
	}
	for n, c := range cases {
		t.Run(fmt.Sprintf("%dx%dx%d_%v_patch%d", c.w, c.h, c.c, c.s.Mode, c.patch), func(t *testing.T) {
			e, _, _ := fakeEngine(c.channels, c.patch)
			e.gathered = newGathering(1 << 20)
			im := randomPhoto(uint64(n), c.w, c.h, c.c, c.depth)
			if n%2 == 1 {
				randomAlpha(im, uint64(n))
			}
			before := im.Clone()
			saved, err := e.Photo(t.Context(), im, c.s, nil)
			if err != nil {
				t.Fatal(err)
			}
			shown := preview(t, e, im, c.s, rng.Perm(e.Plan(c.w, c.h, c.s.Mode).Len()))
			if !saved.Equal(shown) || saved.Depth != im.Depth {
				t.Error("the saved photo differs from the cells of the preview")
			}
			if !im.Equal(before) {
				t.Error("the photo itself was changed")
			}
			if saved.Equal(im) {
				t.Error("nothing was denoised")
			}
			if !slices.Equal(saved.Alpha, im.Alpha) || (im.Alpha == nil) != (saved.Alpha == nil) {
				t.Error("alpha was not carried")
			}
		})
	}
}

// The slow twin: every pixel as a float64 sum over all tiles, from the formulas.
func TestCellsMatchTheFormula(t *testing.T) {
	for _, patch := range []int{64, 160, 256} {
		e, teacher, _ := fakeEngine(3, patch)
		im := randomPhoto(uint64(patch), 413, 287, 3, 16)
		plan := e.Plan(im.W, im.H, Tunable)
		leave(e, im)
		want := slowly(t, teacher, im, plan, 5)
		for i := range plan.Len() {
			cell, err := e.Cell(t.Context(), im, plan, i, 5)
			if err != nil {
				t.Fatal(err)
			}
			got, err := cell.Denoised(Settings{Mode: Tunable, Hole: 5})
			if err != nil {
				t.Fatal(err)
			}
			for c := range 3 {
				for y := range got.H {
					for x := range got.W {
						w := want[(c*im.H+cell.Rect.Min.Y+y)*im.W+cell.Rect.Min.X+x]
						// Sums of at most nine float32 products of values up to 255, for which 1e-3 is ample, and half a step.
						if v := float64(got.Plane(c)[y*got.W+x]); math.Abs(v-w) > 1e-3+0.5/steps {
							t.Fatalf("patch %d: channel %d at (%d,%d) is %g, want %g", patch, c, cell.Rect.Min.X+x, cell.Rect.Min.Y+y, v, w)
						}
					}
				}
			}
		}
	}
}

// slowly adds up all tiles over the whole photo in float64.
func slowly(t *testing.T, net network, im *pixel.Image, p *Plan, k bsn.Hole) []float64 {
	sum := make([]float64, 3*im.W*im.H)
	weights := make([]float64, im.W*im.H)
	wx, wy := p.tiling.window(p.x.tile), p.tiling.window(p.y.tile)
	for i := range p.Tiles() {
		r := p.window(i)
		in := pixel.NewTile(3, r.Dy(), r.Dx())
		im.Read(in, r.Min.X, r.Min.Y)
		out, err := net.Forward(t.Context(), tensor.New(tensor.WithShape(1, 3, in.H, in.W), tensor.WithBacking(in.Pix)), []bsn.Hole{k})
		if err != nil {
			t.Fatal(err)
		}
		pix := out[0].Data().([]float32)
		inside := r.Intersect(p.Bounds())
		for y := inside.Min.Y; y < inside.Max.Y; y++ {
			for x := inside.Min.X; x < inside.Max.X; x++ {
				w := wy[y-r.Min.Y] * wx[x-r.Min.X]
				weights[y*im.W+x] += w
				for c := range 3 {
					sum[(c*im.H+y)*im.W+x] += w * float64(pix[(c*in.H+y-r.Min.Y)*in.W+x-r.Min.X])
				}
			}
		}
	}
	for i := range sum {
		sum[i] /= weights[i%len(weights)]
	}
	return sum
}

func TestStrengthZeroReturnsThePhoto(t *testing.T) {
	for _, depth := range []int{8, 16} {
		for _, mode := range Modes() {
			for _, c := range []int{1, 3} {
				e, _, _ := fakeEngine(3, 64)
				im := randomAlpha(randomPhoto(3, 131, 77, c, depth), 3)
				out, err := e.Photo(t.Context(), im, Settings{Mode: mode, Hole: 3}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if !out.Equal(im) {
					t.Errorf("%v, %d channels of %d bits: strength 0 changed the photo", mode, c, depth)
				}
			}
		}
	}
}

// A 16-bit ramp holds every value there is.
func TestStrengthZeroKeepsEveryValue(t *testing.T) {
	e, _, _ := fakeEngine(1, 64)
	im := pixel.New(256, 256, 1, 16)
	for i := range im.Planes[0] {
		im.Planes[0][i] = uint16(i)
	}
	out, err := e.Photo(t.Context(), im, Settings{Mode: Fast}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !out.Equal(im) {
		t.Error("strength 0 changed a value")
	}
}

// Gray photos go through a colour network three times alike and come back as
// the mean; colour photos go through a gray network channel by channel.
func TestChannelsAreMatched(t *testing.T) {
	flat := func(c int) *pixel.Image {
		im := pixel.New(40, 40, c, 8)
		for ch, p := range im.Planes {
			for i := range p {
				p[i] = uint16(50*(ch+1)) * 257
			}
		}
		return im
	}
	shift := networkFunc(func(x []float32, shape tensor.Shape) []float32 {
		y := slices.Clone(x)
		plane := shape[2] * shape[3]
		for i := range y {
			y[i] += float32(3 * (i / plane % shape[1])) // 0, 3, 6 by channel
		}
		return y
	})
	for _, c := range []struct {
		photo, net int
		want       []uint16
	}{{1, 3, []uint16{53}}, {3, 1, []uint16{50, 100, 150}}, {3, 3, []uint16{50, 103, 156}}, {1, 1, []uint16{50}}} {
		e := newEngine(kernel.NewPool(2), shift, shift, c.net, 64)
		out, err := e.Photo(t.Context(), flat(c.photo), Settings{Mode: Fast, Luma: 1, Colour: 1, Bare: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for ch, want := range c.want {
			if got := out.Planes[ch][777]; got != want*257 {
				t.Errorf("photo of %d channels, network of %d: channel %d is %g, want %d", c.photo, c.net, ch, float64(got)/257, want)
			}
		}
	}
}

// networkFunc is a network of one result that is a function of the values.
type networkFunc func(x []float32, shape tensor.Shape) []float32

func (f networkFunc) Forward(_ context.Context, x *tensor.Dense, holes []bsn.Hole) ([]*tensor.Dense, error) {
	var out []*tensor.Dense
	for range holes {
		y := f(x.Data().([]float32), x.Shape())
		out = append(out, tensor.New(tensor.WithShape(x.Shape()...), tensor.WithBacking(y)))
	}
	return out, nil
}

func TestProgressCountsTiles(t *testing.T) {
	e, _, _ := fakeEngine(3, 64)
	im := randomPhoto(1, 200, 150, 3, 8)
	var seen []int
	total := 0
	if _, err := e.Photo(t.Context(), im, DefaultSettings(Fast), func(done, of int) {
		seen = append(seen, done)
		total = of
	}); err != nil {
		t.Fatal(err)
	}
	if total != e.Plan(200, 150, Fast).Tiles() || !slices.Equal(seen, inOrder(total+1)) {
		t.Errorf("progress was %v of %d", seen, total)
	}
}

func TestCancelBetweenTiles(t *testing.T) {
	for _, mode := range Modes() {
		e, teacher, student := fakeEngine(3, 256)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s := DefaultSettings(mode)
		s.Bare = true // so that no sample is taken before the first tile
		out, err := e.Photo(ctx, randomPhoto(1, 900, 900, 1, 8), s, func(done, _ int) {
			if done == 2 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) || out != nil {
			t.Errorf("%v: error %v, picture %v", mode, err, out != nil)
		}
		if n := teacher.calls.Load() + student.calls.Load(); n != 2 {
			t.Errorf("%v: the network ran %d times, want 2", mode, n)
		}
	}
}

// A network that is slow inside gets the context and stops there.
func TestCancelInsideTheNetwork(t *testing.T) {
	e, teacher, _ := fakeEngine(3, 256)
	entered := make(chan struct{})
	teacher.hook = func(ctx context.Context) error {
		close(entered)
		<-ctx.Done()
		return ctx.Err()
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		cancel()
	}()
	im := randomPhoto(1, 300, 300, 3, 8)
	_, err := e.Cell(ctx, im, e.Plan(300, 300, Tunable), 0, 3)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	teacher.hook = nil
	if _, err := e.Cell(t.Context(), im, e.Plan(300, 300, Tunable), 0, 3); err != nil {
		t.Errorf("after a cancelled call: %v", err)
	}
}
