package ui

import (
	"errors"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// training is the window's part of training on a folder: the view over the photo, the entry in the status bar, and the
// lines that offer what was interrupted.
type training struct {
	session trainer
	view    *trainView
	entry   *trainEntry
	offers  *trainOffers
	stage   string // that was traced last
	ending  bool   // the window closes once the training has ended
}

// buildTraining makes it; the window's layout puts its parts in their places.
func (w *Window) buildTraining(s trainer) {
	t := &w.training
	t.session = s
	t.view = newTrainView(s, trainAsks{browse: w.browseTraining, discard: w.askDiscard, forget: w.askForget, fail: w.session.Complain, turned: w.releaseKeys})
	t.view.onClose = w.leaveTraining
	t.entry = newTrainEntry(w.showTraining)
	t.offers = newTrainOffers(s, func() { w.showTraining() }, w.askForget, w.session.Complain, func(*fyne.KeyEvent) bool { return false })
}

// showTraining opens the train view over the photo.
func (w *Window) showTraining() {
	if w.busy() || w.trainingShown() {
		return
	}
	folder := ""
	if info, ok := w.session.Photo(); ok && info.Path != "" {
		folder = existingFolder(filepath.Dir(info.Path))
	}
	w.body.Hide()
	w.session.SetView(app.View{}) // the photo is not seen, so that the training need not wait for it
	w.training.view.content.Show()
	w.training.view.opened(folder)
	w.traceStage(w.training.view.stage())
	w.training.entry.putAway(true)
	w.releaseKeys()
}

// existingFolder is a folder if it is one: the sample photo has none.
func existingFolder(path string) string {
	if stat, err := os.Stat(path); err != nil || !stat.IsDir() || !filepath.IsAbs(path) {
		return ""
	}
	return path
}

// leaveTraining closes the train view. A training that runs goes on.
func (w *Window) leaveTraining() {
	if !w.trainingShown() {
		return
	}
	w.training.view.content.Hide()
	w.body.Show()
	w.viewer.sent = app.View{}
	w.viewer.tell()
	w.traceStage("closed")
	w.training.entry.putAway(false)
	w.releaseKeys()
}

// viewed follows the part of the photo that is seen.
func (w *Window) viewed(v app.View) {
	if !w.trainingShown() {
		w.session.SetView(v)
		w.progressed() // of other cells than before
	}
}

// trainingShown reports whether the train view lies over the photo.
func (w *Window) trainingShown() bool { return w.training.view.content.Visible() }

// trainingChanged follows the session.
func (w *Window) trainingChanged() {
	t := &w.training
	state := t.session.Training()
	if w.trainingShown() {
		t.view.show()
		w.traceStage(t.view.stage())
	}
	_, finished := t.session.TrainingResult()
	t.entry.show(state, finished)
	t.offers.show(state.Active)
	if t.ending && !state.Active {
		t.ending = false
		w.Close()
	}
}

// traceStage notes another stage of the view.
func (w *Window) traceStage(stage string) {
	if stage != w.training.stage {
		w.training.stage = stage
		w.trace.note("training", stage)
	}
}

// browseTraining asks for the folder to train on.
func (w *Window) browseTraining() {
	from := w.training.session.TrainingFolderState().Folder
	w.askFolder(lang.L("Folder of noisy photos"), from, w.training.session.CheckTrainingFolder)
}

// droppedOnTraining takes a folder that was dropped on the choosing page.
func (w *Window) droppedOnTraining(paths []string) bool {
	if !w.trainingShown() {
		return false
	}
	if w.training.view.page == choosing && len(paths) > 0 && existingFolder(paths[0]) != "" {
		w.training.session.CheckTrainingFolder(paths[0])
		return true
	}
	return false
}

// askDiscard asks whether a training shall be forgotten.
func (w *Window) askDiscard() {
	state := w.training.session.Training()
	w.confirm(lang.L("Discard this training?"),
		lang.L("“{{.Name}}” is {{.Share}} done. All that it learned would be lost.", with{"Name": state.Name, "Share": percent(state.Share)}),
		lang.L("Discard"), lang.L("Go on"), w.training.session.DiscardTraining)
}

// askForget asks whether an interrupted training shall be forgotten.
func (w *Window) askForget(u app.UnfinishedTraining, forget func()) {
	w.confirm(lang.L("Forget this training?"),
		lang.L("“{{.Name}}” is {{.Share}} done. All that it learned would be lost.", with{"Name": u.Name, "Share": percent(u.Share)}),
		lang.L("Forget"), lang.L("Keep it"), forget)
}

// confirm asks before something is lost; not to lose it is what Enter does.
func (w *Window) confirm(title, text, yes, no string, act func()) {
	q := newQuestion(w, title, text)
	q.answer(yes, act)
	q.answer(no, func() {})
	q.show()
}

// askClose asks what shall become of a training when the window is closed. It is false if there is nothing to ask.
func (w *Window) askClose() bool {
	state := w.training.session.Training()
	if !state.Active || w.closed {
		return false
	}
	if w.busy() {
		w.session.Complain(errors.New(lang.L("A training is running: answer the open question first, then close the window.")))
		return true
	}
	q := newQuestion(w, lang.L("A training is running"),
		lang.L("“{{.Name}}” is {{.Share}} done. Kept for later, it goes on where it was when you start Blindspot again. Stopped, it makes a model of the best so far, which takes a few minutes; then the window closes.",
			with{"Name": state.Name, "Share": percent(state.Share)}))
	q.answer(lang.L("Cancel"), func() {})
	q.answer(lang.L("Discard"), func() { w.training.session.DiscardTraining(); w.quit() })
	if state.Status != app.Failed {
		q.answer(lang.L("Stop and keep best"), w.finishAndClose)
	}
	q.answer(lang.L("Keep for later"), func() { w.training.session.KeepTrainingForLater(); w.quit() })
	q.show()
	return true
}

// finishAndClose closes the window once there is a model of the training.
func (w *Window) finishAndClose() {
	w.training.ending = true
	w.training.session.FinishTraining()
	w.showTraining()
}
