package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
)

// keyList is what the window's help shows.
func keyList() [][2]string {
	return [][2]string{
		{lang.L("Space"), lang.L("hold to see the original")},
		{"\\", lang.L("original and result in turn")},
		{"Y", lang.L("split")},
		{lang.L("Shift+Y"), lang.L("side by side")},
		{"D", lang.L("what was removed")},
		{"S", lang.L("sensitivity: where the blind spot matters")},
		{",  .", lang.L("move the divider of the split")},
		{"Z", lang.L("whole photo and 100 % in turn")},
		{"F", lang.L("whole photo")},
		{"1  2  3  4", lang.L("50, 100, 200, 400 %")},
		{"+  −", lang.L("zoom in, out")},
		{"[  ]", lang.L("smaller, larger blind spot")},
		{"←  →", lang.L("previous, next photo of the strip")},
		{lang.L("PgUp  PgDn"), lang.L("scroll the strip; Home and End too")},
		{"T", lang.L("strip of photos on and off")},
		{lang.L("Tab"), lang.L("next control; Escape leaves it")},
		{lang.L("Escape"), lang.L("close a dialog, dismiss a message")},
		{lang.L("Ctrl+Z"), lang.L("undo a change of the settings")},
		{lang.L("Ctrl+Shift+Z"), lang.L("redo it; so does Ctrl+Y")},
		{lang.L("Ctrl+O"), lang.L("open photos")},
		{lang.L("Ctrl+Shift+O"), lang.L("open a folder of photos")},
		{lang.L("Ctrl+E"), lang.L("export the open or the marked photos")},
		{lang.L("Ctrl+Shift+E"), lang.L("export all photos of the strip")},
		{"Q", lang.L("export queue")},
		{lang.L("Shift+← →"), lang.L("mark photos of the strip; Ctrl+A marks all")},
		{lang.L("Del"), lang.L("take the marked photos off the strip")},
		{lang.L("Ctrl+T"), lang.L("train on a folder of your photos")},
		{lang.L("Ctrl+M"), lang.L("models")},
		{lang.L("Ctrl+,"), lang.L("settings")},
		{lang.L("Ctrl+Q"), lang.L("quit")},
		{"?", lang.L("this list")},
	}
}

// bindKeys is for keys that no control wants. Letters come as runes, so that they are where the keyboard's layout has them.
func (w *Window) bindKeys() {
	c := w.win.Canvas()
	c.SetOnTypedRune(w.typed)
	c.SetOnTypedKey(w.typedKey)
	if d, ok := c.(desktop.Canvas); ok {
		d.SetOnKeyDown(func(e *fyne.KeyEvent) { w.space(e, true) })
		d.SetOnKeyUp(func(e *fyne.KeyEvent) { w.space(e, false) })
	}
	w.fyne.Lifecycle().SetOnEnteredForeground(func() { w.away = false })
	w.fyne.Lifecycle().SetOnExitedForeground(func() {
		w.away = true
		w.viewer.hold(false) // the key's release goes elsewhere
	})
}

// typedKey closes dialogs and messages, and moves through the strip.
func (w *Window) typedKey(e *fyne.KeyEvent) {
	if w.busy() {
		switch {
		case e.Name == fyne.KeyEscape && w.escape != nil:
			w.escape()
		case w.dialog != nil:
			w.dialog.keys.key(e)
		}
		return
	}
	if w.trainingShown() {
		w.training.view.typedKey(e)
		return
	}
	const all = 1e6 // pages
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		w.stepStrip(-1)
	case fyne.KeyRight, fyne.KeyDown:
		w.stepStrip(1)
	case fyne.KeyDelete:
		w.leaveStrip()
	case fyne.KeyEscape:
		w.dismiss()
	case fyne.KeyPageUp:
		w.strip.page(-1)
	case fyne.KeyPageDown:
		w.strip.page(1)
	case fyne.KeyHome:
		w.strip.page(-all)
	case fyne.KeyEnd:
		w.strip.page(all)
	}
}

func (w *Window) space(e *fyne.KeyEvent, down bool) {
	if e.Name == fyne.KeySpace {
		w.viewer.hold(down)
		w.training.view.run.crop.hold(down)
	}
}

func (w *Window) typed(r rune) {
	if w.busy() || w.trainingShown() {
		return
	}
	v := w.viewer
	switch r {
	case '\\':
		v.toggleOriginal()
		w.compareChanged()
	case 'y':
		w.toggleCompare(splitView)
	case 'Y':
		w.toggleCompare(sideBySide)
	case 'd', 'D':
		w.toggleCompare(removedView)
	case 's', 'S':
		w.toggleCompare(sensitivityView)
	case 'z', 'Z':
		if v.lens.fit {
			v.zoomTo(1)
		} else {
			v.zoomTo(0)
		}
	case 'f', 'F':
		v.zoomTo(0)
	case '1', '2', '3', '4':
		v.zoomTo([]float64{0.5, 1, 2, 4}[r-'1'])
	case '+', '=':
		v.lens.step(true, v.lens.middle())
		v.moved()
	case '-':
		v.lens.step(false, v.lens.middle())
		v.moved()
	case ',':
		v.moveDivider(-dividerStep)
	case '.':
		v.moveDivider(dividerStep)
	case '[':
		w.panel.stepHole(-1)
	case ']':
		w.panel.stepHole(1)
	case 'q', 'Q':
		w.toggleQueue()
	case 't', 'T':
		w.toggleStrip()
	case '?':
		w.showKeys()
	}
}

// toggleCompare changes to a comparison, and back if it is there: from split and side by side to the single view, from
// the others to what was before them.
func (w *Window) toggleCompare(c compare) {
	switch {
	case w.viewer.mode != c:
	case c == removedView || c == sensitivityView:
		c = w.last
	default:
		c = singleView
	}
	w.setCompare(c)
}

const (
	keysWidth = 560
	keysRow   = 24
)

// showKeys shows the list of keys in two columns.
func (w *Window) showKeys() {
	column := func(list [][2]string) fyne.CanvasObject {
		keys := container.New(layout.NewCustomPaddedVBoxLayout(0))
		words := container.New(layout.NewCustomPaddedVBoxLayout(0))
		for _, k := range list {
			key := canvas.NewText(k[0], greyBright)
			key.TextStyle.Monospace = true
			word := canvas.NewText(k[1], greyText)
			key.TextSize, word.TextSize = 12, 12
			keys.Add(container.New(fixedHeight(keysRow), key))
			words.Add(container.New(fixedHeight(keysRow), word))
		}
		return container.New(layout.NewCustomPaddedHBoxLayout(16), keys, words)
	}
	list := keyList()
	half := (len(list) + 1) / 2
	columns := container.New(layout.NewCustomPaddedHBoxLayout(28), column(list[:half]), column(list[half:]))
	m := w.newModal()
	m.show(lang.L("Keys"), max(columns.MinSize().Width+2*16, keysWidth), columns, nil, m.button(lang.L("Close"), m.close))
}

// showDialog shows one of Fyne's dialogs so that Escape closes it, and then the one under it.
func (w *Window) showDialog(d dialog.Dialog) {
	below := w.escape
	w.escape = d.Hide
	d.SetOnClosed(func() {
		w.escape = nil
		if w.busy() { // what was decided here may have closed that one too
			w.escape = below
		}
	})
	d.Show()
}

// busy reports whether a dialog or menu lies over the window.
func (w *Window) busy() bool { return w.win.Canvas().Overlays().Top() != nil || w.asking != nil }
