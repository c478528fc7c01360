package denoise

import (
	"context"
	"errors"
	"image"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/pixel"
)

// These tests run the real networks with random weights of width 16.

// randomModel has weights from Kaiming's distribution, the deep levels damped by
// the factor given, and a last layer that brings results to 128 ± 40, where
// rounding does not clamp them. Patch is the model's.
func randomModel(t testing.TB, width, channels, patch int, damping float32) *bsn.Model {
	t.Helper()
	c := bsn.Config{Width: width, Channels: channels}
	m := &bsn.Model{Config: c, Teacher: bsn.NewTeacherParams(c), Student: bsn.NewStudentParams(c), Info: bsn.Info{Patch: patch}}
	for _, p := range []*bsn.Params{m.Teacher, m.Student} {
		p.InitKaiming(rand.New(rand.NewPCG(11, 12)))
	}
	damp(t, m, damping)
	return m
}

// damp takes weight from the deep levels, whose reach is wide, as long training
// does, and brings the results back to 128 ± 40.
func damp(t testing.TB, m *bsn.Model, by float32) {
	t.Helper()
	for _, p := range []*bsn.Params{m.Teacher, m.Student} {
		for _, layer := range []string{"enc4.conv1", "enc5.conv1", "enc6.conv1", "dec5.conv2", "dec4.conv2", "dec3.conv2"} {
			scale(p.Get("unet."+layer+".conv.weight"), by)
		}
	}
	e, err := NewEngine(m, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	calibrate(t, e.teacher, m.Teacher, "nin_C")
	calibrate(t, e.student, m.Student, "unet.dec1.conv2")
}

func scale(values []float32, by float32) {
	for i := range values {
		values[i] *= by
	}
}

// calibrate scales the last layer of a network to results of 128 ± 40.
func calibrate(t testing.TB, net network, p *bsn.Params, last string) {
	t.Helper()
	c := p.Config().Channels
	in := pixel.NewTile(c, 64, 64)
	randomPhoto(5, 64, 64, c, 8).Read(in, 0, 0)
	out, err := net.Forward(context.Background(), tensor.New(tensor.WithShape(1, c, 64, 64), tensor.WithBacking(in.Pix)), []bsn.Hole{3})
	if err != nil {
		t.Fatal(err)
	}
	values := out[0].Data().([]float32)
	var sum, squares float64
	for _, v := range values {
		// Undo the LeakyReLU that ends the student.
		if last != "nin_C" && v < 0 {
			v *= 10
		}
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	mean := sum / float64(len(values))
	gain := 40 / math.Sqrt(squares/float64(len(values))-mean*mean)
	suffix := ""
	if last != "nin_C" {
		suffix = ".conv"
	}
	scale(p.Get(last+suffix+".weight"), float32(gain))
	for i := range p.Get(last + suffix + ".bias") {
		p.Get(last + suffix + ".bias")[i] = float32(128 - gain*mean)
	}
}

// openEngine runs a model until the test ends.
func openEngine(t testing.TB, m *bsn.Model, threads int) *Engine {
	t.Helper()
	e, err := NewEngine(m, threads)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// Preview and export agree with the real networks, which stack tiles and are
// asked for other holes in either case, and with other numbers of threads.
func TestRealPreviewEqualsPhotoOnAnyThreads(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, patch := range []int{64, 256} {
		m := randomModel(t, 16, 3, patch, 1)
		one, three := openEngine(t, m, 1), openEngine(t, m, 3)
		im := randomPhoto(uint64(patch), 331, 203, 3, 16)
		for _, s := range []Settings{of(Fast, 0, 1, 1, 1), of(Tunable, 0, 1, 1, 0.6), of(Tunable, 9, 0.7, 0.4, 0), of(Average, 0, 1, 0.9, 1)} {
			saved, err := one.Photo(t.Context(), im, s, nil)
			if err != nil {
				t.Fatal(err)
			}
			shown := preview(t, three, im, s, rng.Perm(three.Plan(im.W, im.H, s.Mode).Len()))
			if !saved.Equal(shown) {
				t.Errorf("patch %d, %+v: the saved photo differs from the preview", patch, s)
			}
		}
	}
}

// The slider never runs the trunk again.
func TestSliderLeavesTheTrunkAlone(t *testing.T) {
	e := openEngine(t, randomModel(t, 16, 3, 256, 1), 2)
	im := randomPhoto(1, 300, 200, 3, 8)
	cell, err := e.Cell(t.Context(), im, e.Plan(im.W, im.H, Tunable), 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	passes := e.TrunkPasses()
	if passes == 0 {
		t.Fatal("the trunk was not counted")
	}
	dst := pixel.New(im.W, im.H, 3, 8)
	for _, k := range bsn.Stops() {
		if err := cell.Render(of(Tunable, k, 1, 1, 0.6), dst, cell.Rect.Min); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Cell(t.Context(), im, e.Plan(im.W, im.H, Average), 0, k); err != nil {
			t.Fatal(err)
		}
	}
	if e.TrunkPasses() != passes {
		t.Errorf("the trunk ran %d times more", e.TrunkPasses()-passes)
	}
}

// The promise of the program's name, through tiles, padding and feathers: what
// a pixel and its neighbours inside the hole hold does not reach the result
// there. A pixel outside of the hole does. The places lie on borders of tiles
// and between them, further from the photo's edge than its mirror image is seen.
//
// The fast convolution computes blocks of 4×4 from sums over 6×6 in which what a
// pixel must not see cancels, in float32 only up to rounding: of values around
// 128, a few parts in 10⁷. Inside the hole the pixels are inverted, a thousand
// times what noise does to them.
func TestBlindSpotThroughTheWholeProgram(t *testing.T) {
	const rounding = 1e-3
	for _, patch := range []int{64, 256} {
		e := openEngine(t, randomModel(t, 16, 3, patch, 1), 2)
		im := randomPhoto(2, 420, 390, 3, 8)
		for _, at := range []image.Point{{96, 128}, {95, 127}, {111, 145}, {224, 192}} {
			before := cellAt(t, e, im, at)
			for _, k := range []bsn.Hole{1, 9} {
				r := int(k) / 2
				inside, outside := im.Clone(), im.Clone()
				for _, d := range []image.Point{{0, 0}, {r, r}, {-r, r}, {r, -r}, {-r, -r}, {0, r}, {-r, 0}} {
					invert(inside, at.Add(d))
				}
				for _, d := range []image.Point{{r + 2, 0}, {0, r + 2}, {-r - 2, 0}, {0, -r - 2}} {
					invert(outside, at.Add(d))
				}
				if d := distance(t, before, cellAt(t, e, inside, at), at, k); d > rounding {
					t.Errorf("patch %d, hole %v at %v: the pixels inside change the result by %g", patch, k, at, d)
				}
				if d := distance(t, before, cellAt(t, e, outside, at), at, k); d < 100*rounding {
					t.Errorf("patch %d, hole %v at %v: the pixels around change the result by %g only", patch, k, at, d)
				}
			}
		}
	}
}

func invert(im *pixel.Image, at image.Point) {
	for _, p := range im.Planes {
		p[at.Y*im.W+at.X] = 65535 - p[at.Y*im.W+at.X]
	}
}

// cellAt computes the cell that holds a pixel.
func cellAt(t *testing.T, e *Engine, im *pixel.Image, at image.Point) *CellResult {
	t.Helper()
	plan := e.Plan(im.W, im.H, Tunable)
	leave(e, im) // what is taken off it later stands for itself
	i := plan.Visible(image.Rectangle{Min: at, Max: at.Add(image.Pt(1, 1))}, at)[0]
	cell, err := e.Cell(t.Context(), im, plan, i, 3)
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

// distance is the largest difference between two results at one pixel, unrounded.
func distance(t *testing.T, a, b *CellResult, at image.Point, k bsn.Hole) (d float64) {
	t.Helper()
	s := Settings{Mode: Tunable, Hole: k}
	x, err := a.Denoised(s)
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Denoised(s)
	if err != nil {
		t.Fatal(err)
	}
	i := (at.Y-a.Rect.Min.Y)*x.W + at.X - a.Rect.Min.X
	for c := range x.C {
		d = max(d, math.Abs(float64(x.Plane(c)[i]-y.Plane(c)[i])))
	}
	return d
}

// Cancelling stops the networks in the middle of a photo: not one more tile is
// reported. How long it takes is logged, since only an idle machine could judge it.
func TestRealCancel(t *testing.T) {
	e := openEngine(t, randomModel(t, 48, 3, 64, 1), 2)
	im := randomPhoto(1, 2000, 1500, 3, 8)
	for _, mode := range Modes() {
		ctx, cancel := context.WithCancel(t.Context())
		var stop time.Time
		late := 0
		timer := time.AfterFunc(150*time.Millisecond, func() {
			stop = time.Now()
			cancel()
		})
		_, err := e.Photo(ctx, im, DefaultSettings(mode), func(done, total int) {
			if ctx.Err() != nil && done > 0 {
				late++
			}
		})
		t.Logf("%v: stopped after %v", mode, time.Since(stop))
		timer.Stop()
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v: error %v", mode, err)
		}
		if late > e.Plan(im.W, im.H, mode).stack() { // one call may just have ended
			t.Errorf("%v: %d more tiles were reported after cancelling", mode, late)
		}
	}
}
