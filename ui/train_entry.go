package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// trainEntry tells in the status bar how far a training is while its view is closed; a click opens it.
type trainEntry struct {
	button  *widget.Button
	bar     *phaseBar
	content *fyne.Container
	hidden  bool // the view is open
	idle    bool // there is nothing to tell
}

func newTrainEntry(open func()) *trainEntry {
	e := &trainEntry{button: widget.NewButton("", open), bar: newPhaseBar(), idle: true}
	e.button.Importance = widget.LowImportance
	e.content = container.NewHBox(container.NewCenter(container.New(fixedWidth(70), e.bar)), e.button)
	e.content.Hide()
	return e
}

// hide says whether the view is open.
func (e *trainEntry) hide(on bool) {
	e.hidden = on
	e.content.Hidden = e.hidden || e.idle
	e.content.Refresh()
}

// show follows the training.
func (e *trainEntry) show(state app.TrainingState, finished bool) {
	e.idle = !state.Active && !finished
	text := ""
	switch {
	case finished && !state.Active:
		text = lang.L("The new model is ready")
	case state.Status == app.Failed:
		text = lang.L("The training stopped")
	case state.Status == app.Paused:
		text = lang.L("Training paused at {{.Share}}", with{"Share": percent(state.Share)})
	case state.Status == app.Waiting:
		text = lang.L("Training waits at {{.Share}}", with{"Share": percent(state.Share)})
	default:
		text = lang.L("Training {{.Share}}", with{"Share": percent(state.Share)})
		if left := timeLeft(state.Left); left != "" {
			text += "  ·  " + left
		}
	}
	if e.button.Text != text {
		e.button.SetText(text)
	}
	e.bar.set(app.FirstShare, state.Share)
	e.hide(e.hidden)
}
