package ui

import (
	"image"
	"math"
	"testing"
)

func newLens(photo, pane image.Point) *lens {
	l := &lens{zoom: 1}
	l.resize(pane)
	l.show(photo)
	return l
}

func TestFit(t *testing.T) {
	for _, test := range []struct {
		photo, pane image.Point
		most, want  float64
	}{
		{image.Pt(4000, 3000), image.Pt(1000, 600), 1, 0.2},
		{image.Pt(3000, 4000), image.Pt(1000, 600), 1, 0.15},
		{image.Pt(100, 80), image.Pt(1000, 600), 1, 1},
		{image.Pt(100, 80), image.Pt(1000, 600), 2, 2},
		{image.Pt(1, 1), image.Pt(0, 0), 1, 0},
		{image.Pt(0, 0), image.Pt(10, 10), 1, 1},
	} {
		l := newLens(test.photo, test.pane)
		l.most = test.most
		l.settle()
		if l.zoom != test.want {
			t.Errorf("%v in %v at most %v fits at %v, want %v", test.photo, test.pane, test.most, l.zoom, test.want)
		}
	}
}

func TestZoomKeepsThePointUnderThePointer(t *testing.T) {
	l := newLens(image.Pt(4000, 3000), image.Pt(1000, 700))
	l.setZoom(1, image.Pt(600, 300))
	for _, zoom := range []float64{2, 1.5, 4, 8, 1} {
		at := image.Pt(420, 333)
		before, _ := l.pixelAt(at)
		l.setZoom(zoom, at)
		if after, ok := l.pixelAt(at); !ok || math.Abs(float64(after.X-before.X)) > 1 || math.Abs(float64(after.Y-before.Y)) > 1 {
			t.Errorf("at zoom %v pixel %v became %v", zoom, before, after)
		}
	}
}

func TestPanStopsAtTheEdges(t *testing.T) {
	l := newLens(image.Pt(500, 100), image.Pt(200, 200))
	l.setZoom(1, l.middle())
	l.pan(-10000, 50)
	if o := l.origin(); o != image.Pt(200-500, 50) {
		t.Errorf("far right the photo lies at %v", o)
	}
	l.pan(10000, -50)
	if o := l.origin(); o != image.Pt(0, 50) {
		t.Errorf("far left the photo lies at %v, and it must stay centred vertically", o)
	}
	if v := l.view(); v.Visible != image.Rect(0, 0, 200, 100) {
		t.Errorf("visible is %v", v.Visible)
	}
}

func TestWheelStopsAtEveryZoomOnce(t *testing.T) {
	l := newLens(image.Pt(4000, 3000), image.Pt(1000, 1000)) // fits at a quarter
	var in []float64
	for range 20 {
		l.step(true, image.Pt(10, 10))
		in = append(in, l.zoom)
	}
	if in[0] != 1./3 || in[3] != 1 || in[len(in)-1] != 8 {
		t.Errorf("zooming in goes %v", in)
	}
	for range 20 {
		l.step(false, image.Pt(10, 10))
	}
	if !l.fit || l.zoom != 0.25 {
		t.Errorf("zooming out ends at %v, fit: %v", l.zoom, l.fit)
	}
	small := newLens(image.Pt(100, 100), image.Pt(1000, 1000))
	small.step(true, small.middle())
	if small.zoom != 1.5 {
		t.Errorf("a small photo is enlarged to %v first", small.zoom)
	}
}

func TestPixelAtOneToOne(t *testing.T) {
	l := newLens(image.Pt(30, 20), image.Pt(101, 51))
	o := l.origin()
	if at, ok := l.pixelAt(o); at != (image.Point{}) || !ok {
		t.Errorf("the photo's corner is pixel %v", at)
	}
	if at, ok := l.pixelAt(o.Add(image.Pt(29, 19))); at != image.Pt(29, 19) || !ok {
		t.Errorf("its last pixel is %v", at)
	}
	if _, ok := l.pixelAt(o.Sub(image.Pt(1, 0))); ok {
		t.Error("beside the photo there is a pixel")
	}
}
