package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// modal is a dialog of the window's own look. Escape closes it, whichever of its controls has the keyboard, if these are
// made by its methods or know its keys.
type modal struct {
	w     *Window
	popup *widget.PopUp
	keys  *keyboard // for the drawn controls in it
	below func()    // what Escape closes when this one is closed
}

// newModal makes a dialog that is not shown yet.
func (w *Window) newModal() *modal {
	m := &modal{w: w}
	m.keys = &keyboard{escape: m.close}
	return m
}

// show shows the dialog: a title, what it is about, and buttons, the last one of which is the most important.
func (m *modal) show(title string, width float32, content fyne.CanvasObject, left fyne.CanvasObject, buttons ...fyne.CanvasObject) {
	head := canvas.NewText(title, greyText)
	head.TextSize = 15
	row := container.NewHBox(buttons...)
	foot := container.NewBorder(nil, nil, left, row)
	body := container.New(fixedWidth(width), container.New(layout.NewCustomPaddedLayout(14, 12, 16, 16),
		container.New(layout.NewCustomPaddedVBoxLayout(12), head, content, foot)))
	m.below = m.w.escape
	m.w.escape = m.close
	m.popup = widget.NewModalPopUp(body, m.w.win.Canvas())
	m.popup.Show()
}

// close closes the dialog.
func (m *modal) close() {
	m.popup.Hide()
	m.w.escape = nil
	if m.w.busy() {
		m.w.escape = m.below
	}
	m.w.releaseKeys()
}

// The controls of dialogs know Escape.
type (
	dialogButton struct {
		widget.Button
		keys *keyboard
	}
	dialogCheck struct {
		widget.Check
		escape func()
	}
	dialogSelect struct {
		widget.Select
		escape func()
	}
)

func (m *modal) button(text string, tapped func()) *dialogButton {
	b := &dialogButton{keys: m.keys}
	b.ExtendBaseWidget(b)
	b.Text, b.OnTapped = text, tapped
	return b
}

func (m *modal) check(text string, on bool, changed func(bool)) *dialogCheck {
	c := &dialogCheck{escape: m.close}
	c.ExtendBaseWidget(c)
	c.Text, c.Checked, c.OnChanged = text, on, changed
	return c
}

// choice is a list of words of which one is chosen.
func (m *modal) choice(words []string, chosen int, changed func(i int)) *dialogSelect {
	s := &dialogSelect{escape: m.close}
	s.ExtendBaseWidget(s)
	s.Options = words
	s.SetSelectedIndex(chosen)
	s.OnChanged = func(string) { changed(s.SelectedIndex()) }
	return s
}

// TypedKey presses the button on Enter, and closes the dialog on Escape.
func (b *dialogButton) TypedKey(e *fyne.KeyEvent) {
	switch {
	case (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter) && !b.Disabled():
		b.Tapped(nil)
	case !b.keys.key(e):
		b.Button.TypedKey(e)
	}
}

// TypedKey closes the dialog on Escape.
func (c *dialogCheck) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		c.escape()
		return
	}
	c.Check.TypedKey(e)
}

// TypedKey closes the dialog on Escape.
func (s *dialogSelect) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		s.escape()
		return
	}
	s.Select.TypedKey(e)
}
