package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// The control that has the keyboard hears every key alone, so those of the train view hand on Escape and Enter
// themselves. Each has a keys function, which reports whether the key was meant for the view.

// keyButton is a button that Enter presses too.
type keyButton struct {
	widget.Button
	keys  func(*fyne.KeyEvent) bool
	stays bool // it keeps the keyboard when it is pressed by a key; a button of Fyne's gives it away
}

func newKeyButton(label string, keys func(*fyne.KeyEvent) bool, tapped func()) *keyButton {
	b := &keyButton{keys: keys}
	b.ExtendBaseWidget(b)
	b.Text, b.OnTapped = label, tapped
	return b
}

// TypedKey presses the button on Enter and Space.
func (b *keyButton) TypedKey(e *fyne.KeyEvent) {
	if !entered(e) && e.Name != fyne.KeySpace {
		b.keys(e)
		return
	}
	b.Tapped(nil)
	if c := fyne.CurrentApp().Driver().CanvasForObject(b); b.stays && c != nil {
		c.Focus(b)
	}
}

// keyCheck is a check box of the train view.
type keyCheck struct {
	widget.Check
	keys func(*fyne.KeyEvent) bool
}

func newKeyCheck(label string, keys func(*fyne.KeyEvent) bool, changed func(bool)) *keyCheck {
	c := &keyCheck{keys: keys}
	c.ExtendBaseWidget(c)
	c.Text, c.OnChanged = label, changed
	return c
}

// TypedKey is called by Fyne.
func (c *keyCheck) TypedKey(e *fyne.KeyEvent) {
	if !c.keys(e) {
		c.Check.TypedKey(e)
	}
}

// keySelect is a list of the train view.
type keySelect struct {
	widget.Select
	keys func(*fyne.KeyEvent) bool
}

func newKeySelect(keys func(*fyne.KeyEvent) bool, changed func(string)) *keySelect {
	s := &keySelect{keys: keys}
	s.ExtendBaseWidget(s)
	s.OnChanged = changed
	return s
}

// TypedKey is called by Fyne.
func (s *keySelect) TypedKey(e *fyne.KeyEvent) {
	if !s.keys(e) {
		s.Select.TypedKey(e)
	}
}

// keyEntry is a field of the train view.
type keyEntry struct {
	widget.Entry
	keys func(*fyne.KeyEvent) bool
}

func newKeyEntry(keys func(*fyne.KeyEvent) bool, changed func(string)) *keyEntry {
	e := &keyEntry{keys: keys}
	e.ExtendBaseWidget(e)
	e.OnChanged = changed
	return e
}

// TypedKey is called by Fyne.
func (e *keyEntry) TypedKey(k *fyne.KeyEvent) {
	if !e.keys(k) {
		e.Entry.TypedKey(k)
	}
}

// entered reports whether a key is one of the two Enters.
func entered(e *fyne.KeyEvent) bool { return e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter }
