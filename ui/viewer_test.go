package ui

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"blindspot/app"
)

// newStage shows a viewer of 400×300 with a photo of 200×100 whose result is told apart by being white.
func newStage(t *testing.T) (*viewer, *viewerRenderer, fyne.Window) {
	t.Helper()
	before, _ := openPictures(t, 200, 100)
	blank := image.NewRGBA(before.Level(0).Rect)
	fill(blank, blank.Rect, color.NRGBA(white))
	after := app.PictureOf(blank)
	v := newViewer(splitView)
	w := show(t, v, fyne.NewSize(400, 300))
	v.setPictures(before, after)
	return v, test.WidgetRenderer(v).(*viewerRenderer), w
}

var white = color.RGBA{255, 255, 255, 255}

// frame draws the viewer and tells whether a pixel of the photo shows the result.
func showsResult(v *viewer, x, y int) bool {
	img := v.draw(400, 300).(*image.RGBA)
	return img.RGBAAt(100+x, 100+y) == white
}

func TestSplitFollowsTheDivider(t *testing.T) {
	v, _, _ := newStage(t)
	if showsResult(v, 90, 50) || !showsResult(v, 110, 50) {
		t.Error("the split is not in the middle")
	}
	v.MouseDown(pressAt(200, 40)) // on the line, away from the handle
	v.Dragged(dragTo(150, 40))
	v.DragEnd()
	if showsResult(v, 40, 50) || !showsResult(v, 60, 50) {
		t.Error("the split did not follow")
	}
	v.MouseDown(pressAt(300, 40)) // not on the line: the picture is dragged
	v.Dragged(dragTo(100, 40))
	if v.divider != 0.375 {
		t.Errorf("dragging the picture moved the divider to %v", v.divider)
	}
}

func TestHandleStaysInReach(t *testing.T) {
	v, r, _ := newStage(t)
	for _, edge := range []float32{-50, 500} {
		v.MouseDown(pressAt(v.handleCentre().X, v.handleCentre().Y))
		v.Dragged(dragTo(edge, 150))
		v.DragEnd()
		c := v.handleCentre()
		if c.X-handleSize/2 < 0 || c.X+handleSize/2 > 400 || !r.handle.Visible() {
			t.Errorf("after dragging to %v the handle lies at %v", edge, c)
		}
		if !v.overDivider(c) {
			t.Errorf("after dragging to %v the handle cannot be grasped", edge)
		}
	}
	if v.pointer = v.handleCentre(); v.Cursor() != desktop.HResizeCursor {
		t.Error("the pointer does not say that the divider can be moved")
	}
}

func TestNamesAreAlwaysThere(t *testing.T) {
	v, r, _ := newStage(t)
	check := func(what, before, after string) {
		t.Helper()
		for _, n := range []struct {
			n    *name
			want string
		}{{r.before, before}, {r.after, after}} {
			if got := n.n.text.Text; n.n.text.Visible() != (n.want != "") || (n.want != "" && got != n.want) {
				t.Errorf("%s: the name is %q, visible %v, want %q", what, got, n.n.text.Visible(), n.want)
			}
			right := n.n.ground.Position().X + n.n.ground.Size().Width
			if n.want != "" && (n.n.ground.Position().X < 0 || right > 400) {
				t.Errorf("%s: the name %q is cut off", what, n.want)
			}
		}
	}
	check("split", "Before", "After")
	v.setProgress("3 of 12")
	check("while cells arrive", "Before", "After  ·  3 of 12")
	v.setProgress("")
	v.setDivider(0)
	check("divider at the left", "‹ Before", "After")
	v.setDivider(1)
	check("divider at the right", "Before", "After ›")
	v.hold(true)
	check("held", "Before", "")
	v.hold(false)
	v.setCompare(sideBySide)
	check("side by side", "Before", "After")
	v.hold(true)
	check("side by side, held", "Before", "Before")
	v.hold(false)
	v.setCompare(singleView)
	check("single", "", "After")
	v.toggleOriginal()
	check("single, original", "Before", "")
	v.setCompare(removedView)
	check("removed", "", "Removed ×4")
	v.hold(true)
	check("removed, held", "Before", "")
	v.hold(false)
	v.setCompare(sensitivityView)
	check("sensitivity", "", "Sensitivity")
	v.setProgress("3 of 12")
	check("sensitivity, while cells arrive", "", "Sensitivity  ·  3 of 12")
	v.setNotice("There is none.")
	check("no sensitivity", "", "Sensitivity")
}

func TestRemovedAndSensitivityViews(t *testing.T) {
	v, r, _ := newStage(t)
	at := func(x, y int) color.RGBA { return v.draw(400, 300).(*image.RGBA).RGBAAt(x, y) }
	pit := color.RGBA{greyPit.R, greyPit.G, greyPit.B, 255}
	noisy := v.before.Level(0).RGBAAt(33, 44)
	away := func(n uint8) uint8 { return uint8(max(128+4*(int(n)-255), 0)) }
	v.setCompare(removedView)
	if got, want := at(133, 144), (color.RGBA{away(noisy.R), away(noisy.G), away(noisy.B), 255}); got != want {
		t.Errorf("removed is %v, want %v", got, want)
	}
	if got := at(50, 144); got != pit {
		t.Errorf("beside the photo there is %v", got)
	}
	v.setCompare(sensitivityView)
	if got := at(133, 144); got != pit {
		t.Errorf("without a companion the sensitivity is %v", got)
	}
	v.setNotice("There is none, for a reason that takes more than one line to tell.")
	if c := r.notice; !c.Visible() || c.Position().X < 0 || c.Position().X+c.Size().Width > 400 || c.MinSize().Height > c.Size().Height {
		t.Errorf("the notice is at %v, %v", c.Position(), c.Size())
	}
	v.setNotice("")
	v.setCompanion(v.after)
	if got := at(133, 144); got != white || r.notice.Visible() {
		t.Errorf("the sensitivity is %v", got)
	}
	v.hold(true)
	if got := at(133, 144); got != noisy {
		t.Errorf("held, the sensitivity shows %v, want the original's %v", got, noisy)
	}
}

func TestSideBySideMovesInStep(t *testing.T) {
	v, _, _ := newStage(t)
	v.setCompare(sideBySide)
	v.zoomTo(4)
	v.lens.pan(37, -21)
	img := v.draw(400, 300).(*image.RGBA)
	if v.paneSize() != image.Pt(198, 300) {
		t.Fatalf("a pane is %v", v.paneSize())
	}
	left, right := v.inPane(fyne.NewPos(50, 60)), v.inPane(fyne.NewPos(50+202, 60))
	a, _ := v.lens.pixelAt(left)
	b, _ := v.lens.pixelAt(right)
	if a != b {
		t.Errorf("the same place in both panes is pixel %v and %v", a, b)
	}
	if img.RGBAAt(50, 60) == white || img.RGBAAt(252, 60) != white {
		t.Error("the panes do not show the original at the left and the result at the right")
	}
}

func TestLeftSideMayBeAnotherHole(t *testing.T) {
	v, r, w := newStage(t)
	asked := 0
	v.onLeft = func() { asked++ }
	v.setCompare(sideBySide)
	v.setCompanion(v.after) // white, as the result: only the left side tells them apart
	left := func() color.RGBA { return v.draw(400, 300).(*image.RGBA).RGBAAt(100, 150) }
	if left() == white || r.left.Visible() {
		t.Error("without other holes the left side is not the original, or can be exchanged")
	}
	v.setResult("Hole 3", true)
	if left() == white || !r.left.Visible() || r.left.text != "Before" || r.before.text.Visible() {
		t.Errorf("the chooser says %q, visible %v", r.left.text, r.left.Visible())
	}
	test.TapCanvas(w.Canvas(), fyne.NewPos(nameMargin+5, nameMargin+5))
	if asked != 1 {
		t.Errorf("a tap on the name asked %d times", asked)
	}
	v.setLeft(app.Companion{Kind: app.OtherHole, Hole: 11})
	v.setProgress("3 of 12")
	if left() != white || r.left.text != "Hole 11" || r.after.text.Text != "Hole 3  ·  3 of 12" {
		t.Errorf("the names are %q and %q", r.left.text, r.after.text.Text)
	}
	v.hold(true)
	if left() == white || r.left.Visible() || r.before.text.Text != "Before" {
		t.Error("held, the left side is not the original")
	}
	v.hold(false)
	v.setResult("Fast", false)
	if left() == white || r.left.Visible() || r.after.text.Text != "After  ·  3 of 12" {
		t.Error("without other holes the left side did not go back to the original")
	}
	v.setCompare(splitView)
	if r.left.Visible() {
		t.Error("the split has a chooser")
	}
}

func TestViewIsToldWhenItChanges(t *testing.T) {
	v, _, _ := newStage(t)
	var told []app.View
	v.onView = func(view app.View) { told = append(told, view) }
	v.zoomTo(4)
	if len(told) != 1 || told[0].Visible != image.Rect(50, 12, 150, 88) || told[0].Centre != image.Pt(100, 50) {
		t.Errorf("at 400 %% the view is told as %v", told)
	}
	v.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 150)}, Scrolled: fyne.NewDelta(0, 10)})
	if v.lens.zoom != 4 {
		t.Error("a small movement of a touchpad zoomed already")
	}
	v.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(200, 150)}, Scrolled: fyne.NewDelta(0, 15)})
	if v.lens.zoom != 6 {
		t.Errorf("a notch of the wheel zoomed to %v", v.lens.zoom)
	}
	v.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(10, 10)})
	if v.lens.zoom != 1 || v.lens.fit {
		t.Errorf("a double click went to %v, fit %v", v.lens.zoom, v.lens.fit)
	}
	n := len(told)
	v.Refresh()
	v.moved()
	if len(told) != n {
		t.Error("the same view was told twice")
	}
}

func TestHoverTellsThePixel(t *testing.T) {
	v, _, _ := newStage(t)
	var at image.Point
	var over bool
	v.onHover = func(p image.Point, ok bool) { at, over = p, ok }
	v.MouseMoved(pressAt(103, 105))
	if at != image.Pt(3, 5) || !over {
		t.Errorf("the pointer is over %v, %v", at, over)
	}
	v.zoomTo(4) // the photo moves under the pointer
	if at != image.Pt(75, 38) || !over {
		t.Errorf("after zooming it is over %v, %v", at, over)
	}
	v.MouseOut()
	if over {
		t.Error("the pointer left")
	}
}

func TestBufferIsReusedAndWhole(t *testing.T) {
	v, _, _ := newStage(t)
	a := v.draw(400, 300).(*image.RGBA)
	b := v.draw(400, 300).(*image.RGBA)
	if a != b {
		t.Error("each frame has a new buffer")
	}
	for _, img := range []*image.RGBA{b, v.draw(401, 299).(*image.RGBA)} {
		if len(img.Pix) != 4*img.Rect.Dx()*img.Rect.Dy() || img.Rect.Min != (image.Point{}) {
			t.Errorf("the frame %v is part of a larger one", img.Rect)
		}
	}
}
