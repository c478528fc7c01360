package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// queueView is the drawer under the photo with the queue of exports.
type queueView struct {
	w       *Window
	session *app.Session
	entries []app.ExportInfo
	current int // number of the chosen entry, 0 if none

	summary             *canvas.Text
	bar                 *meter
	problem             *widget.Label // of the chosen photo, in full
	pause, retry, clear *widget.Button
	cancel, reveal      *widget.Button
	empty               *canvas.Text
	list                *queueList
	content             *fyne.Container
}

const queueHeight = 236 // of the drawer: four photos and the beginning of a fifth

func newQueueView(w *Window) *queueView {
	q := &queueView{w: w, session: w.session, summary: canvas.NewText("", greyText), bar: newMeter()}
	q.summary.TextSize = 12.5
	button := func(text string, icon fyne.Resource, do func()) *widget.Button {
		b := widget.NewButtonWithIcon(text, icon, func() { do(); q.takeKeys() })
		b.Importance = widget.LowImportance
		return b
	}
	q.pause = button("", nil, func() { q.session.PauseExports(!q.session.ExportSummary().Paused) })
	q.retry = button(lang.L("Retry failed"), theme.ViewRefreshIcon(), q.session.RetryExports)
	q.cancel = button(lang.L("Cancel all"), theme.CancelIcon(), q.session.CancelExports)
	q.clear = button(lang.L("Remove finished"), theme.DeleteIcon(), q.session.ClearExports)
	q.reveal = button(lang.L("Show folder"), theme.FolderOpenIcon(), q.showFolder)
	hide := button("", theme.MenuDropDownIcon(), w.toggleQueue)
	q.list = newQueueList(q)
	q.empty = quiet(lang.L("Nothing is being exported. Ctrl+E exports the open photo, Ctrl+Shift+E all photos of the strip."), fyne.TextAlignCenter)

	q.problem = hint("")
	q.problem.Importance = widget.DangerImportance
	q.problem.Hide()
	line := container.NewHBox(q.summary, gapWide(8), container.New(fixedWidth(120), q.bar), layout.NewSpacer(), q.pause, q.retry, q.cancel, q.clear, q.reveal, hide)
	head := container.New(layout.NewCustomPaddedLayout(3, 3, 14, 8), line)
	body := container.NewStack(container.NewCenter(q.empty), q.list)
	ground := canvas.NewRectangle(greyPanel)
	ground.SetMinSize(fyne.NewSize(1, queueHeight))
	seam := canvas.NewRectangle(greyDeep)
	seam.SetMinSize(fyne.NewSize(1, 1))
	q.content = container.NewStack(ground, container.NewBorder(container.New(layout.NewCustomPaddedVBoxLayout(0), seam, head), container.New(layout.NewCustomPaddedLayout(0, 0, 8, 8), q.problem), nil, nil, body))
	q.content.Hide()
	return q
}

// show brings the drawer up to date.
func (q *queueView) show() {
	if !q.content.Visible() {
		return
	}
	q.entries = q.session.Exports()
	sum := q.session.ExportSummary()
	q.list.follow()
	text := exportsText(sum)
	if text == "" {
		text = lang.L("Export queue")
	}
	setText(q.summary, text)
	q.bar.Hidden = sum.Open == 0
	q.bar.set(sum.Part)
	word, icon := lang.L("Pause"), theme.MediaPauseIcon()
	if sum.Paused {
		word, icon = lang.L("Continue"), theme.MediaPlayIcon()
	}
	if q.pause.Text != word {
		q.pause.Text, q.pause.Icon = word, icon
		q.pause.Refresh()
	}
	finished, failed := 0, 0
	for _, e := range q.entries {
		if e.State.Finished() {
			finished++
		}
		if e.State == app.ExportFailed {
			failed++
		}
	}
	q.pause.Hidden = !sum.Active && !sum.Paused
	q.retry.Hidden = failed == 0
	q.cancel.Hidden = sum.Open == 0
	q.clear.Hidden = finished == 0 || sum.Open > 0 // there is no room for all of them
	q.reveal.Hidden = sum.Folder == ""
	q.showProblem()
	q.empty.Hidden = len(q.entries) > 0
	q.content.Refresh()
}

// showProblem says in full what is wrong with the chosen photo.
func (q *queueView) showProblem() {
	text := ""
	if at := q.list.at(); at >= 0 {
		text = said(q.entries[at].Problem)
	}
	if q.problem.Text == text {
		return
	}
	q.problem.SetText(text)
	q.problem.Hidden = text == "" || cut(text, q.list.Size().Width-queueAround, quietSize) == text
	q.content.Refresh()
	q.list.ScrollTo(q.list.at())
}

// showFolder opens the folder of the last result in the desktop's file manager.
func (q *queueView) showFolder() {
	if err := q.w.fyne.OpenURL(&url.URL{Scheme: "file", Path: q.session.ExportSummary().Folder}); err != nil {
		q.session.Complain(err)
	}
}

// takeKeys gives the keyboard to the list, so that arrows and letters go on there.
func (q *queueView) takeKeys() {
	if q.content.Visible() {
		q.w.win.Canvas().Focus(q.list)
	}
}

// toggleQueue shows the drawer, or puts it away.
func (w *Window) toggleQueue() {
	q := w.queue
	q.content.Hidden = !q.content.Hidden
	w.queueItem.Checked = q.content.Visible()
	w.menu.Refresh()
	w.centre.Refresh()
	if q.content.Visible() {
		q.show()
		q.takeKeys()
	} else {
		w.releaseKeys()
	}
}

// noticeFrom is how many photos a run must have had for a notice on the desktop although the window is in front.
const noticeFrom = 4

// exportsEnded tells the desktop that the queue is done, where the user may be looking at something else.
func (w *Window) exportsEnded() {
	sum := w.session.ExportSummary()
	w.trace.note("exported", tracedEnd(sum))
	if !w.away && sum.Photos < noticeFrom {
		return
	}
	title, text := endTexts(sum)
	w.fyne.SendNotification(fyne.NewNotification(title, text))
}

// gapWide is empty space of a width.
func gapWide(width float32) fyne.CanvasObject {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(width, 1))
	return r
}
