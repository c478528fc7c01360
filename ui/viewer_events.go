package ui

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// The viewer is dragged, scrolled, double-clicked and hovered.
var (
	_ fyne.Draggable      = (*viewer)(nil)
	_ fyne.Scrollable     = (*viewer)(nil)
	_ fyne.DoubleTappable = (*viewer)(nil)
	_ desktop.Mouseable   = (*viewer)(nil)
	_ desktop.Hoverable   = (*viewer)(nil)
	_ desktop.Cursorable  = (*viewer)(nil)
)

const (
	handleSize  = 30 // of the divider's handle
	grabWidth   = 7  // on both sides of the divider's line
	wheelNotch  = 25 // what Fyne reports for one notch of a wheel
	wheelPanned = 3  // shift and wheel moves the picture by this many times the reported distance
)

// handleCentre is where the divider's handle lies: on the line, but never so near to an edge that it cannot be grasped.
func (v *viewer) handleCentre() fyne.Position {
	size := v.Size()
	const least = handleSize/2 + 4
	x := min(max(float32(v.divider)*size.Width, least), max(size.Width-least, least))
	return fyne.NewPos(x, size.Height/2)
}

// overDivider reports whether the divider can be grasped at p.
func (v *viewer) overDivider(p fyne.Position) bool {
	if v.mode != splitView || v.before == nil || v.held {
		return false
	}
	handle := p.Subtract(v.handleCentre())
	line := p.X - float32(v.divider)*v.Size().Width
	return handle.X*handle.X+handle.Y*handle.Y <= handleSize*handleSize/4 || (line >= -grabWidth && line <= grabWidth)
}

// MouseDown grasps the divider or the picture.
func (v *viewer) MouseDown(e *desktop.MouseEvent) {
	v.keys.release()
	v.grabbed = e.Button == desktop.MouseButtonPrimary && v.overDivider(e.Position)
}

// MouseUp lets go.
func (v *viewer) MouseUp(*desktop.MouseEvent) { v.grabbed = false }

// Dragged moves the divider or the picture.
func (v *viewer) Dragged(e *fyne.DragEvent) {
	if v.grabbed {
		v.setDivider(float64(e.Position.X / v.Size().Width))
		return
	}
	v.onDrag("pan", "")
	s := float64(v.frame.X) / float64(v.Size().Width)
	v.lens.pan(float64(e.Dragged.DX)*s, float64(e.Dragged.DY)*s)
	v.Refresh()
	v.tell()
}

// DragEnd lets go.
func (v *viewer) DragEnd() { v.grabbed = false }

func (v *viewer) setDivider(at float64) {
	if math.IsNaN(at) {
		return
	}
	v.onDrag("divider", percent(at))
	v.divider = min(max(at, 0), 1)
	v.Refresh()
	v.onZoom()
}

// Scrolled zooms at the pointer, one stop for each notch; with Shift it moves the picture sideways.
func (v *viewer) Scrolled(e *fyne.ScrollEvent) {
	if v.before == nil {
		return
	}
	if modifiers() == fyne.KeyModifierShift { // Fyne exchanges the axes for us
		v.lens.pan(float64(e.Scrolled.DX)*wheelPanned, float64(e.Scrolled.DY)*wheelPanned)
		v.Refresh()
		v.tell()
		return
	}
	v.pending += e.Scrolled.DY
	for v.pending >= wheelNotch {
		v.pending -= wheelNotch
		v.lens.step(true, v.inPane(e.Position))
	}
	for v.pending <= -wheelNotch {
		v.pending += wheelNotch
		v.lens.step(false, v.inPane(e.Position))
	}
	v.moved()
}

// modifiers are the keys held at this moment; scroll events do not carry them.
func modifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// DoubleTapped goes to 100 % where the pointer is, and back to the whole photo.
func (v *viewer) DoubleTapped(e *fyne.PointEvent) {
	if v.before == nil || v.overDivider(e.Position) {
		return
	}
	if v.lens.zoom == 1 && !v.lens.fit {
		v.lens.setFit()
	} else {
		v.lens.setZoom(1, v.inPane(e.Position))
	}
	v.moved()
}

// MouseIn begins the hovering.
func (v *viewer) MouseIn(e *desktop.MouseEvent) { v.MouseMoved(e) }

// MouseMoved tells which pixel is under the pointer.
func (v *viewer) MouseMoved(e *desktop.MouseEvent) {
	v.pointer, v.hovered = e.Position, true
	v.tellHover()
}

// MouseOut ends the hovering.
func (v *viewer) MouseOut() {
	v.hovered = false
	v.tellHover()
}

// tellHover tells which pixel is under the pointer: the pointer moved, or the photo under it.
func (v *viewer) tellHover() {
	if v.before == nil || !v.hovered {
		v.onHover(image.Point{}, false)
		return
	}
	v.onHover(v.lens.pixelAt(v.inPane(v.pointer)))
}

// Cursor shows that the divider can be moved.
func (v *viewer) Cursor() desktop.Cursor {
	if v.grabbed || v.overDivider(v.pointer) {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}
