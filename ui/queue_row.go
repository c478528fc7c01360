package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// queueRow is one photo in the list of the queue.
type queueRow struct {
	widget.BaseWidget
	session *app.Session
	entry   app.ExportInfo

	photo, badge             *canvas.Image
	name, state              *canvas.Text
	bar                      *meter
	up, down, pause, discard *widget.Button
	buttons                  *fyne.Container
}

const (
	queueRowHeight = 42
	queuePhoto     = 44  // width of a thumbnail
	queueWords     = 136 // width of a state before its bar
	queueBar       = 220 // width of the bar
	queueMargin    = 14
	queueAround    = 190 // width of all but the words of one that failed
)

func newQueueRow(s *app.Session, after func()) *queueRow {
	r := &queueRow{
		session: s, photo: &canvas.Image{}, badge: canvas.NewImageFromResource(nil),
		name: canvas.NewText("", greyText), state: quiet("", fyne.TextAlignLeading),
		bar: newMeter(),
	}
	r.name.TextSize = 12.5
	r.photo.FillMode, r.badge.FillMode = canvas.ImageFillContain, canvas.ImageFillContain
	button := func(icon fyne.Resource, do func()) *widget.Button {
		b := widget.NewButtonWithIcon("", icon, func() { do(); after() })
		b.Importance = widget.LowImportance
		return b
	}
	r.up = button(theme.MoveUpIcon(), func() { s.MoveExport(r.entry.ID, app.MoveUp) })
	r.down = button(theme.MoveDownIcon(), func() { s.MoveExport(r.entry.ID, app.MoveDown) })
	r.pause = button(nil, r.pauseOrRetry)
	r.discard = button(theme.CancelIcon(), func() { giveUp(s, r.entry) })
	r.buttons = container.NewHBox(r.up, r.down, r.pause, r.discard)
	r.ExtendBaseWidget(r)
	return r
}

// pauseOrRetry is the third button, whose sign says which.
func (r *queueRow) pauseOrRetry() {
	if r.entry.State.Finished() {
		r.session.RetryExport(r.entry.ID)
	} else {
		pauseOrNot(r.session, r.entry)
	}
}

// show shows an entry.
func (r *queueRow) show(e app.ExportInfo) {
	r.entry = e
	setResource(r.badge, badgeOf(e.State))
	if picture, _ := r.session.Thumbnail(e.Photo); r.photo.Image != picture {
		r.photo.Image = picture
		r.photo.Refresh()
	}
	waits := e.State == app.ExportQueued || e.State == app.ExportPaused && e.Total == 0
	r.up.Hidden, r.down.Hidden = !waits || e.First, !waits || e.Last
	sign := theme.MediaPauseIcon()
	switch e.State {
	case app.ExportPaused:
		sign = theme.MediaPlayIcon()
	case app.ExportFailed, app.ExportCancelled:
		sign = theme.ViewRefreshIcon()
	}
	if r.pause.Icon == nil || r.pause.Icon.Name() != sign.Name() {
		r.pause.SetIcon(sign)
	}
	r.pause.Hidden = e.State == app.ExportDone
	r.state.Color = greyQuiet
	if e.State == app.ExportFailed {
		r.state.Color = problemRed
	}
	r.bar.Hidden = e.Total == 0 || e.State.Finished()
	r.bar.set(float64(e.Done) / float64(max(e.Total, 1)))
	r.Refresh()
}

// setResource changes what an image shows.
func setResource(i *canvas.Image, res fyne.Resource) {
	if res == nil || i.Resource == nil || i.Resource.Name() != res.Name() {
		i.Resource = res
		i.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (r *queueRow) CreateRenderer() fyne.WidgetRenderer { return &queueRowRenderer{r} }

type queueRowRenderer struct{ r *queueRow }

func (q *queueRowRenderer) Objects() []fyne.CanvasObject {
	r := q.r
	return []fyne.CanvasObject{r.photo, r.badge, r.name, r.state, r.bar, r.buttons}
}

func (q *queueRowRenderer) Destroy() {}

func (q *queueRowRenderer) MinSize() fyne.Size { return fyne.NewSize(320, queueRowHeight) }

func (q *queueRowRenderer) Layout(size fyne.Size) {
	r := q.r
	buttons := r.buttons.MinSize()
	right := size.Width - queueMargin/2 - buttons.Width
	place(r.buttons, right, (size.Height-buttons.Height)/2, buttons.Width, buttons.Height)
	place(r.badge, queueMargin, (size.Height-14)/2, 14, 14)
	place(r.photo, queueMargin+24, 4, queuePhoto, size.Height-8)
	left := float32(queueMargin + 24 + queuePhoto + 10)
	width := max(right-left-10, 10)
	setText(r.name, elided(filepath.Base(r.entry.Photo), width, r.name.TextSize))
	setText(r.state, cut(exportText(r.entry), width, quietSize))
	place(r.name, left, 4, width, 17)
	place(r.state, left, 21, width, 16)
	place(r.bar, left+queueWords, 27, min(max(width-queueWords, 0), queueBar), meterHeight)
}

func (q *queueRowRenderer) Refresh() {
	q.Layout(q.r.Size())
	for _, o := range q.Objects() {
		o.Refresh()
	}
}

// cut shortens a sentence at its end.
func cut(text string, width, size float32) string {
	fits := func(s string) bool { return fyne.MeasureText(s, size, fyne.TextStyle{}).Width <= width }
	if fits(text) {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && !fits(string(runes)+"…") {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
