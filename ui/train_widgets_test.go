package ui

import (
	"image"
	"math"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"blindspot/app"
)

func noKey(*fyne.KeyEvent) {}

func key(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

func TestScrubberFollowsTheNewestUntilItIsMoved(t *testing.T) {
	chosen := 0
	s := newScrubber(func() { chosen++ }, noKey)
	show(t, s, fyne.NewSize(407, scrubberHeight))
	s.set(0, 0, 0)
	s.Dragged(dragTo(100, 5))
	if s.snapshot() != -1 || chosen != 0 {
		t.Errorf("without snapshots %d is chosen", s.snapshot())
	}
	s.set(5, 0, 0)
	if s.chosen != 4 || s.snapshot() != -1 {
		t.Errorf("of five, %d is chosen", s.chosen)
	}
	s.MouseDown(pressAt(0, 5))
	s.set(6, 4, 0)
	if s.snapshot() != 0 || chosen != 1 {
		t.Errorf("moved to the first, it stands at %d", s.snapshot())
	}
	for _, k := range []fyne.KeyName{fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft} {
		s.TypedKey(key(k))
	}
	if s.snapshot() != 1 {
		t.Errorf("the keys lead to %d", s.snapshot())
	}
	s.pick(4)
	s.set(4, 2, 2) // thinned
	if s.chosen != 2 || s.snapshot() != 2 {
		t.Errorf("of four that are left, %d is chosen, as %d", s.chosen, s.snapshot())
	}
	s.TypedKey(key(fyne.KeyHome))
	s.TypedKey(key(fyne.KeyEnd))
	if s.snapshot() != -1 {
		t.Errorf("at the end it stands at %d", s.snapshot())
	}
}

// Every snapshot can be reached by mouse, and the phases stand apart.
func TestScrubberPlaces(t *testing.T) {
	s := newScrubber(func() {}, noKey)
	show(t, s, fyne.NewSize(407, scrubberHeight))
	s.set(40, 28, 0)
	for i := range s.count {
		if got := s.nearest(s.x(i)); got != i {
			t.Errorf("where %d stands, %d is nearest", i, got)
		}
	}
	step, gap := s.x(1)-s.x(0), s.x(28)-s.x(27)
	if math.Abs(float64(gap-step-scrubberGap)) > 0.01 || s.x(39) != 407-knobSize/2 {
		t.Errorf("steps of %v, %v between the phases, and the last at %v", step, gap, s.x(39))
	}
}

func TestThumbs(t *testing.T) {
	var chosen []int
	c := newThumbs(func(i int) { chosen = append(chosen, i) }, noKey)
	show(t, c, fyne.NewSize(thumbSide, 400))
	c.TypedKey(key(fyne.KeyDown))
	c.set([]image.Image{square(8, 1, 0), square(8, 2, 0), square(8, 3, 0)})
	if c.MinSize().Height != 3*thumbSide+2*thumbGap {
		t.Errorf("three are %v high", c.MinSize().Height)
	}
	test.TapAt(c, fyne.NewPos(10, 2*(thumbSide+thumbGap)+5))
	test.TapAt(c, fyne.NewPos(10, 390))
	c.TypedKey(key(fyne.KeyUp))
	c.TypedKey(key(fyne.KeyDown))
	c.TypedKey(key(fyne.KeyDown))
	if !slices.Equal(chosen, []int{2, 1, 2}) {
		t.Errorf("chosen were %v", chosen)
	}
	c.set([]image.Image{square(8, 4, 0)})
	if c.chosen != 0 {
		t.Errorf("of one picture, %d is chosen", c.chosen)
	}
}

func TestPhaseBar(t *testing.T) {
	b := newPhaseBar()
	show(t, b, fyne.NewSize(203, phaseBarHeight))
	for _, c := range []struct{ share, first, second float32 }{{0, 0, 0}, {0.25, 50, 0}, {0.5, 100, 0}, {0.75, 100, 50}, {1, 100, 100}} {
		b.set(0.5, float64(c.share))
		r := test.WidgetRenderer(b).(*phaseBarRenderer)
		for i, want := range []float32{c.first, c.second} {
			got := r.fills[i].Size().Width
			if r.fills[i].Hidden {
				got = 0
			}
			if math.Abs(float64(got-want)) > 0.1 {
				t.Errorf("at %v, part %d is filled over %v, want %v", c.share, i, got, want)
			}
		}
	}
}

// points are a curve of a phase from one share to another.
func points(phase string, from, to float64, values ...float64) []app.TrainingPoint {
	var list []app.TrainingPoint
	for i, v := range values {
		list = append(list, app.TrainingPoint{Share: from + (to-from)*float64(i)/float64(len(values)-1), Phase: phase, Value: v})
	}
	return list
}

func TestCurveScales(t *testing.T) {
	first := points(app.LearningNoise, 0, 0.7, append([]float64{400, 0, math.NaN(), math.Inf(1)}, slices.Repeat([]float64{8, 6, 5}, 10)...)...)
	second := points(app.MakingFast, 0.7, 1, 30, 20)
	c := newCurve()
	c.set(append(first, second...), nil)
	for i, want := range []scale{{5, 8, true}, {20, 20, true}} {
		if got := c.scales[i]; got.from != want.from && i == 0 || got.to != want.to && i == 0 || got.ok != want.ok {
			t.Errorf("phase %d goes from %v to %v, want %v", i, got.from, got.to, want)
		}
	}
	if from, to := c.scales[0].ends(); from != "5.0" || to != "8.0" {
		t.Errorf("its ends are %q and %q", from, to)
	}
	if s := scaleOf(app.MakingFast, first); s.ok {
		t.Error("a phase without points has a scale")
	}
	even := scaleOf(app.MakingFast, points(app.MakingFast, 0.7, 1, 5, 5))
	if math.Abs(even.height(5)-0.5) > 1e-9 {
		t.Errorf("an even line lies at %v of the height", even.height(5))
	}
}

// The line of a falling curve falls on the picture, within its own phase.
func TestCurveIsDrawn(t *testing.T) {
	c := newCurve()
	show(t, c, fyne.NewSize(260, curveHeight))
	c.set(nil, points(app.LearningNoise, 0, app.FirstShare, 9, 8, 7, 6, 5, 4, 3, 2))
	img := c.draw(200, 100).(*image.RGBA)
	last, columns, share := -1, 0, int(200*app.FirstShare)
	for x := range 200 {
		brightest, at := uint8(0x70), -1
		for y := range 100 {
			if v := img.RGBAAt(x, y).R; v > brightest {
				brightest, at = v, y
			}
		}
		if at < 0 {
			continue
		}
		columns++
		if at < last || x > share+1 {
			t.Fatalf("at column %d the line is at row %d after %d", x, at, last)
		}
		last = at
	}
	if columns < share-10 || last < 85 {
		t.Errorf("the line has %d columns and ends at row %d", columns, last)
	}
}

// The pictures of a trio show the same place, also when they are dragged.
func TestTrioMovesInStep(t *testing.T) {
	picture := square(320, 3, 20)
	c := newTrio([]image.Image{picture, picture, picture}, []string{"Before", "old", "new"})
	show(t, c, fyne.NewSize(3*200+2*trioGap, 150))
	for _, drag := range []fyne.Delta{{}, {DX: -30, DY: 20}, {DX: 9000, DY: 9000}} {
		c.draw(3*200+2*trioGap, 150)
		c.Dragged(&fyne.DragEvent{Dragged: drag})
		img := c.draw(3*200+2*trioGap, 150).(*image.RGBA)
		o := c.lens.origin()
		for y := 0; y < 150; y += 7 {
			for x := 0; x < 200; x += 7 {
				want := picture.At(x-o.X, y-o.Y)
				for i := range 3 {
					if got := img.RGBAAt(i*(200+trioGap)+x, y); got != want {
						t.Fatalf("dragged by %v, pixel %d, %d of picture %d is %v, want %v", drag, x, y, i, got, want)
					}
				}
			}
		}
	}
	if c.lens.origin() != image.Pt(0, 0) {
		t.Errorf("dragged far, the pictures begin at %v", c.lens.origin())
	}
}
