package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// keyboard is what the drawn controls do with keys that are not theirs while they have the keyboard: the window's letters
// go on to work, and Escape gives the keyboard back. In a dialog Enter agrees to it.
type keyboard struct {
	typed  func(rune)
	down   func(e *fyne.KeyEvent, down bool)
	escape func()
	back   func() // takes the keyboard from the control, as what is done with the mouse does
	enter  func()
}

// newFrame is drawn around a control while it has the keyboard.
func newFrame() *canvas.Rectangle {
	f := canvas.NewRectangle(color.Transparent)
	f.StrokeColor, f.StrokeWidth, f.Hidden = greyQuiet, 2, true
	return f
}

// rune hands a letter on.
func (k *keyboard) rune(r rune) {
	if k != nil && k.typed != nil {
		k.typed(r)
	}
}

// key hands a key on that a control does not know, and reports whether it was of use.
func (k *keyboard) key(e *fyne.KeyEvent) bool {
	if k != nil && k.escape != nil && e.Name == fyne.KeyEscape {
		k.escape()
		return true
	}
	if k != nil && k.enter != nil && (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter) {
		k.enter()
		return true
	}
	return false
}

// release gives the keyboard back: what is done with the mouse needs none.
func (k *keyboard) release() {
	if k != nil && k.back != nil {
		k.back()
	}
}

// press hands on that a key went down or up: Space shows the original as long as it is held.
func (k *keyboard) press(e *fyne.KeyEvent, down bool) {
	if k != nil && k.down != nil {
		k.down(e, down)
	}
}
