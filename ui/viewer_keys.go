package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// With Tab the viewer can be reached like any control: then the arrow keys move the photo.
var (
	_ fyne.Focusable  = (*viewer)(nil)
	_ desktop.Keyable = (*viewer)(nil)
)

const (
	dividerStep = 0.05 // of the viewer's width
	panStep     = 0.1  // of the pane's width and height
)

// moveDivider moves the split's divider by a part of the width.
func (v *viewer) moveDivider(by float64) {
	if v.mode == splitView && v.before != nil {
		v.setDivider(v.divider + by)
	}
}

// FocusGained shows the frame.
func (v *viewer) FocusGained() { v.focused = true; v.Refresh() }

// FocusLost removes the frame.
func (v *viewer) FocusLost() { v.focused = false; v.Refresh() }

// TypedRune hands letters on.
func (v *viewer) TypedRune(r rune) { v.keys.rune(r) }

// TypedKey moves the photo, or goes to its whole.
func (v *viewer) TypedKey(e *fyne.KeyEvent) {
	dx, dy := 0., 0.
	switch e.Name {
	case fyne.KeyLeft:
		dx = panStep
	case fyne.KeyRight:
		dx = -panStep
	case fyne.KeyUp:
		dy = panStep
	case fyne.KeyDown:
		dy = -panStep
	case fyne.KeyHome:
		v.zoomTo(0)
		return
	default:
		v.keys.key(e)
		return
	}
	pane := v.paneSize()
	v.lens.pan(dx*float64(pane.X), dy*float64(pane.Y))
	v.moved()
}

// KeyDown hands on that Space is held.
func (v *viewer) KeyDown(e *fyne.KeyEvent) { v.keys.press(e, true) }

// KeyUp hands on that Space is let go.
func (v *viewer) KeyUp(e *fyne.KeyEvent) { v.keys.press(e, false) }
