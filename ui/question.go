package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// question is a dialog with several answers. The last one is what Enter does; Escape gives none.
type question struct {
	w       *Window
	title   string
	text    string
	buttons []fyne.CanvasObject
	popup   *widget.PopUp
}

func newQuestion(w *Window, title, text string) *question {
	return &question{w: w, title: title, text: text}
}

const questionWidth = 520

// answer adds one.
func (q *question) answer(label string, act func()) {
	q.buttons = append(q.buttons, newKeyButton(label, q.key, func() {
		q.close()
		act()
	}))
}

func (q *question) key(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyEscape {
		q.close()
		return true
	}
	return false
}

func (q *question) show() {
	title := canvas.NewText(q.title, greyBright)
	title.TextSize = titleSize
	last := q.buttons[len(q.buttons)-1].(*keyButton)
	last.Importance = widget.HighImportance
	row := container.NewHBox(append([]fyne.CanvasObject{layout.NewSpacer()}, q.buttons...)...)
	text := plain(q.text)
	text.Resize(fyne.NewSize(questionWidth, 1)) // its height follows from its width
	q.popup = widget.NewModalPopUp(container.New(fixedWidth(questionWidth), container.New(layout.NewCustomPaddedLayout(14, 12, 16, 16),
		container.New(layout.NewCustomPaddedVBoxLayout(12), title, flush(text), row))), q.w.win.Canvas())
	q.w.escape = q.close
	q.popup.Show()
	q.popup.Resize(q.popup.MinSize())
	q.w.win.Canvas().Focus(last)
}

func (q *question) close() {
	q.popup.Hide()
	q.w.escape = nil
	q.w.releaseKeys()
}
