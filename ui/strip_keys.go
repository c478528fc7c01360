package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// With Tab the strip can be reached like any control.
var (
	_ fyne.Focusable  = (*strip)(nil)
	_ desktop.Keyable = (*strip)(nil)
)

// FocusGained shows the frame.
func (p *strip) FocusGained() { p.focused = true; p.Refresh() }

// FocusLost removes the frame.
func (p *strip) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune hands letters on.
func (p *strip) TypedRune(r rune) { p.keys.rune(r) }

// TypedKey goes from photo to photo, and scrolls.
func (p *strip) TypedKey(e *fyne.KeyEvent) {
	if p.keys.key(e) {
		return
	}
	p.onKey(e)
}

// KeyDown hands on that Space is held.
func (p *strip) KeyDown(e *fyne.KeyEvent) { p.keys.press(e, true) }

// KeyUp hands on that Space is let go.
func (p *strip) KeyUp(e *fyne.KeyEvent) { p.keys.press(e, false) }
