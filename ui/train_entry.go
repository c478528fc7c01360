package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// trainEntry tells in the status bar how far a training is while its view is closed; a click opens it.
type trainEntry struct {
	widget.BaseWidget
	text    *canvas.Text
	bar     *phaseBar
	barBox  *fyne.Container
	onOpen  func()
	away    bool // the view is open
	idle    bool // there is nothing to tell
	hovered bool
	focused bool
}

var (
	_ fyne.Tappable      = (*trainEntry)(nil)
	_ fyne.Focusable     = (*trainEntry)(nil)
	_ desktop.Hoverable  = (*trainEntry)(nil)
	_ desktop.Cursorable = (*trainEntry)(nil)
)

func newTrainEntry(onOpen func()) *trainEntry {
	e := &trainEntry{text: quiet("", fyne.TextAlignLeading), bar: newPhaseBar(), onOpen: onOpen, idle: true}
	e.barBox = container.NewCenter(container.New(fixedWidth(70), e.bar))
	e.ExtendBaseWidget(e)
	e.Hide()
	return e
}

// putAway says whether the view is open.
func (e *trainEntry) putAway(on bool) {
	e.away = on
	if e.away || e.idle {
		e.Hide()
	} else {
		e.Show()
	}
}

// show follows the training.
func (e *trainEntry) show(state app.TrainingState, finished bool) {
	e.idle = !state.Active && !finished
	e.bar.set(app.FirstShare, state.Share)
	e.barBox.Hidden = !state.Active
	setText(e.text, entryText(state, finished))
	e.putAway(e.away)
	e.Refresh()
}

// entryText is how far a training is in a few words.
func entryText(state app.TrainingState, finished bool) string {
	share := with{"Share": percent(state.Share)}
	switch {
	case finished && !state.Active:
		return lang.L("The new model is ready – compare")
	case state.Status == app.Failed:
		return lang.L("The training stopped")
	case state.Status == app.Preparing:
		return lang.L("Training gets ready")
	case state.Status == app.Paused:
		return lang.L("Training paused at {{.Share}}", share)
	case state.Status == app.Waiting:
		return lang.L("Training waits at {{.Share}}", share)
	}
	text := lang.L("Training {{.Share}}", share)
	if left := timeLeft(state.Left); left != "" {
		text += "  ·  " + left
	}
	return text
}

// Tapped opens the view.
func (e *trainEntry) Tapped(*fyne.PointEvent) { e.onOpen() }

// FocusGained brightens the text.
func (e *trainEntry) FocusGained() { e.focused = true; e.Refresh() }

// FocusLost darkens it.
func (e *trainEntry) FocusLost() { e.focused = false; e.Refresh() }

// TypedRune does nothing; Fyne wants it.
func (e *trainEntry) TypedRune(rune) {}

// TypedKey opens the view.
func (e *trainEntry) TypedKey(k *fyne.KeyEvent) {
	if entered(k) || k.Name == fyne.KeySpace {
		e.onOpen()
	}
}

// MouseIn brightens the text.
func (e *trainEntry) MouseIn(*desktop.MouseEvent) { e.hovered = true; e.Refresh() }

// MouseMoved does nothing; Fyne wants it.
func (e *trainEntry) MouseMoved(*desktop.MouseEvent) {}

// MouseOut darkens it.
func (e *trainEntry) MouseOut() { e.hovered = false; e.Refresh() }

// Cursor says that it can be clicked.
func (e *trainEntry) Cursor() desktop.Cursor { return desktop.PointerCursor }

// Refresh paints the text.
func (e *trainEntry) Refresh() {
	e.text.Color = greyText
	if e.hovered || e.focused {
		e.text.Color = greyBright
	}
	e.text.TextStyle.Underline = e.hovered || e.focused
	e.text.Refresh()
	e.BaseWidget.Refresh()
}

// CreateRenderer is called by Fyne.
func (e *trainEntry) CreateRenderer() fyne.WidgetRenderer {
	row := container.New(layout.NewCustomPaddedHBoxLayout(8), e.barBox, container.NewCenter(e.text))
	return widget.NewSimpleRenderer(container.New(layout.NewCustomPaddedLayout(0, 0, 20, 4), row))
}
