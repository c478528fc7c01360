package ui

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// compare is how the viewer puts the noisy and the denoised photo beside each other.
type compare string

const (
	splitView       compare = "split"
	sideBySide      compare = "side"
	singleView      compare = "single"
	removedView     compare = "removed"     // what was taken away
	sensitivityView compare = "sensitivity" // how much the result depends on the hole
)

// sideGap is the width in device pixels between two pictures side by side.
const sideGap = 3

// viewer shows the photo, noisy and denoised. It draws into one raster and keeps names and handle above it.
type viewer struct {
	widget.BaseWidget

	// onView is told what is visible, onHover over which pixel of the photo the pointer is, onZoom that zoom or
	// comparison changed, onFrame that a frame has been drawn, onDrag that the divider or the photo is about to be moved.
	onView  func(app.View)
	onHover func(at image.Point, ok bool)
	onZoom  func()
	onFrame func()
	onDrag  func(event, value string)
	// onLeft is called when the user wants another picture at the left side.
	onLeft func()

	before, after *app.Pyramid
	companion     *app.Pyramid // of the sensitivity view, and of the left side where another hole or model stands there; or nil
	lens          lens
	enlarge       float64 // how far Fit may enlarge a small picture beyond 100 %
	mode          compare
	divider       float64       // of the split, 0..1 of the width
	original      bool          // the single view shows the noisy photo
	held          bool          // the noisy photo is shown as long as Space is down
	progress      string        // beside the name of the denoised picture, empty when all is there
	notice        string        // in place of a picture that there cannot be
	holes         bool          // the denoised picture can be made at any hole
	left          app.Companion // what stands at the left side, the noisy photo if nothing else
	result        string        // what made the denoised picture: hole or mode
	rivals        rivals        // the models of the two sides

	raster  *canvas.Raster
	over    *viewerRenderer // what lies over it, nil until it is first shown
	buffer  *image.RGBA
	scratch *image.RGBA // a second frame, made when it is needed
	frame   image.Point // size of the raster in device pixels
	sent    app.View

	grabbed bool // the divider is being dragged
	hovered bool
	focused bool      // it has the keyboard
	keys    *keyboard // for keys that are not its own
	pointer fyne.Position
	pending float32 // part of a wheel step
}

func newViewer(mode compare) *viewer {
	v := &viewer{
		mode: mode, divider: 0.5, enlarge: 1,
		onView: func(app.View) {}, onHover: func(image.Point, bool) {}, onZoom: func() {}, onFrame: func() {}, onLeft: func() {},
		onDrag: func(string, string) {},
	}
	v.raster = canvas.NewRaster(v.draw)
	v.raster.ScaleMode = canvas.ImageScalePixels
	v.lens.fit, v.lens.zoom = true, 1
	v.ExtendBaseWidget(v)
	return v
}

// setPictures shows another photo, wholly.
func (v *viewer) setPictures(before, after *app.Pyramid) {
	v.before, v.after, v.original = before, after, false
	if before != nil {
		v.lens.show(before.Size())
	} else {
		v.lens.show(image.Point{})
	}
	v.moved()
}

// replacePictures shows other pictures of the same photo; the part of it that is seen stays.
func (v *viewer) replacePictures(before, after *app.Pyramid) {
	if v.before == nil || before.Size() != v.before.Size() {
		v.setPictures(before, after)
		return
	}
	v.before, v.after = before, after
	v.moved()
}

// setCompare changes how the pictures are compared.
func (v *viewer) setCompare(mode compare) {
	v.mode, v.original = mode, false
	v.lens.resize(v.paneSize())
	v.moved()
}

// toggleOriginal exchanges the two pictures in the single view, and goes there from the others.
func (v *viewer) toggleOriginal() {
	show := v.mode != singleView || !v.original
	if v.mode != singleView {
		v.setCompare(singleView)
	}
	v.original = show
	v.moved()
}

// hold shows the noisy photo everywhere until it is called with false.
func (v *viewer) hold(on bool) {
	if v.held != on {
		v.held = on
		v.Refresh()
	}
}

// setProgress writes how far the denoised picture is beside its name.
func (v *viewer) setProgress(text string) {
	if v.progress != text {
		v.progress = text
		v.rename()
	}
}

// setCompanion takes another companion.
func (v *viewer) setCompanion(p *app.Pyramid) {
	if v.companion != p {
		v.companion = p
		v.Refresh()
	}
}

// setLeft puts another picture at the left side.
func (v *viewer) setLeft(c app.Companion) {
	v.left = c
	v.Refresh()
}

// setResult says what made the denoised picture, and whether there are other holes to compare it with.
func (v *viewer) setResult(name string, holes bool) {
	if v.result != name || v.holes != holes {
		v.result, v.holes = name, holes
		v.rename()
	}
}

// setNotice says why there is no picture.
func (v *viewer) setNotice(text string) {
	if v.notice != text {
		v.notice = text
		v.Refresh()
	}
}

// rename writes the names anew, which is far less work than drawing the pictures.
func (v *viewer) rename() {
	if v.over != nil {
		v.over.rename()
	}
}

// repaint draws the pictures again because their pixels changed.
func (v *viewer) repaint() { v.raster.Refresh() }

// zoomTo zooms around the middle; 0 is Fit.
func (v *viewer) zoomTo(zoom float64) {
	if zoom == 0 {
		v.lens.setFit()
	} else {
		v.lens.setZoom(zoom, v.lens.middle())
	}
	v.moved()
}

// moved repaints after the visible part changed, and tells everybody.
func (v *viewer) moved() {
	v.Refresh()
	v.tell()
	v.tellHover()
	v.onZoom()
}

func (v *viewer) tell() {
	if view := v.lens.view(); v.before != nil && view != v.sent && v.frame != (image.Point{}) {
		v.sent = view
		v.onView(view)
	}
}

// Resize is told by the layout. The zoom of Fit follows.
func (v *viewer) Resize(size fyne.Size) {
	v.BaseWidget.Resize(size)
	s := float64(v.scale())
	v.setFrame(image.Pt(int(math.Round(float64(size.Width)*s)), int(math.Round(float64(size.Height)*s))))
	v.onZoom()
}

func (v *viewer) setFrame(size image.Point) {
	if v.frame != size {
		v.frame = size
		v.lens.most = math.Floor(float64(v.scale())) * v.enlarge
		v.lens.resize(v.paneSize())
		v.tell()
	}
}

// scale is the number of device pixels per unit of Fyne's sizes.
func (v *viewer) scale() float32 {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		return c.Scale()
	}
	return 1
}

func (v *viewer) paneSize() image.Point {
	if v.mode == sideBySide {
		return image.Pt(max((v.frame.X-sideGap)/2, 0), v.frame.Y)
	}
	return v.frame
}

// device converts a position in the widget to device pixels of the frame.
func (v *viewer) device(p fyne.Position) image.Point {
	size := v.Size()
	if size.Width <= 0 || size.Height <= 0 {
		return image.Point{}
	}
	return image.Pt(int(p.X*float32(v.frame.X)/size.Width), int(p.Y*float32(v.frame.Y)/size.Height))
}

// inPane converts a position in the widget to one in the pane under it.
func (v *viewer) inPane(p fyne.Position) image.Point {
	at := v.device(p)
	if right := v.frame.X - v.paneSize().X; v.mode == sideBySide && at.X >= right {
		at.X -= right
	}
	return at
}
