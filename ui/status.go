package ui

import (
	"fmt"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// statusBar is the line at the bottom: zoom, pixel, photo, and the exports that run. Messages appear over the lower edge of
// the photo, so that it does not move.
type statusBar struct {
	session *app.Session

	zoom, pixel, photo *canvas.Text
	photoBox           *fyne.Container
	job                *canvas.Text
	bar                *meter
	queue              *widget.Button
	jobBox             *fyne.Container

	training fyne.CanvasObject // how far a training is

	message    *widget.Label
	messageBox *fyne.Container
	content    fyne.CanvasObject
}

func newStatusBar(s *app.Session, training fyne.CanvasObject, openQueue func()) *statusBar {
	b := &statusBar{
		session: s, training: training, zoom: quiet("", fyne.TextAlignLeading), pixel: quiet("", fyne.TextAlignLeading),
		photo: quiet("", fyne.TextAlignTrailing), job: quiet("", fyne.TextAlignTrailing), bar: newMeter(),
	}
	b.pixel.TextStyle.Monospace = true
	b.photoBox = container.New(modest{}, b.photo)
	b.queue = widget.NewButtonWithIcon(lang.L("Queue"), theme.ListIcon(), openQueue)
	b.queue.Importance = widget.LowImportance
	b.jobBox = container.NewHBox(b.job, gapWide(4), container.New(fixedWidth(120), b.bar), b.queue)
	b.jobBox.Hide()
	b.message = widget.NewLabel("")
	b.message.Wrapping = fyne.TextWrapWord
	dismiss := widget.NewButtonWithIcon("", theme.CancelIcon(), s.DismissMessage)
	dismiss.Importance = widget.LowImportance
	b.messageBox = container.NewStack(canvas.NewRectangle(greyRaised),
		container.New(layout.NewCustomPaddedLayout(2, 2, 8, 4), container.NewBorder(nil, nil, nil, container.NewCenter(dismiss), b.message)))
	b.messageBox.Hide()
	line := container.New(layout.NewCustomPaddedLayout(0, 0, 12, 8),
		container.NewBorder(nil, nil, container.NewHBox(container.New(fixedWidth(96), b.zoom), b.pixel), container.NewHBox(b.training, b.jobBox), b.photoBox))
	row := canvas.NewRectangle(greyDeep)
	row.SetMinSize(fyne.NewSize(1, 30))
	b.content = container.NewStack(row, line)
	return b
}

func (b *statusBar) showZoom(l *lens) {
	if l.photo == (image.Point{}) {
		setText(b.zoom, "")
		return
	}
	setText(b.zoom, zoomText(l.zoom, l.fit))
}

// showPixel writes the values of a pixel before and after, as 8-bit red, green and blue.
func (b *statusBar) showPixel(at image.Point, ok bool) {
	if !ok {
		setText(b.pixel, "")
		return
	}
	before, after := b.session.Pictures()
	values := func(p *app.Pyramid) string {
		c := p.At(at.X, at.Y)
		return fmt.Sprintf("%3d %3d %3d", c.R, c.G, c.B)
	}
	result := "…"
	if b.session.DenoisedAt(at.X, at.Y) {
		result = values(after)
	}
	setText(b.pixel, fmt.Sprintf("%5d, %-5d  %s → %s", at.X, at.Y, values(before), result))
}

// showPhoto describes the photo and names the model, or says what is being opened.
func (b *statusBar) showPhoto() {
	info, ok := b.session.Photo()
	switch opening := b.session.Opening(); {
	case opening != "":
		setText(b.photo, lang.L("Opening {{.Photo}} …", with{"Photo": shortPath(opening)}))
	case ok:
		text := photoText(info)
		if names, chosen := b.session.Models(); chosen >= 0 {
			text += "  ·  " + lang.L("model {{.Name}}", with{"Name": names[chosen]})
		}
		setText(b.photo, text)
	default:
		setText(b.photo, "")
	}
	b.photoBox.Refresh()
}

// showExports shows how far the queue is, as long as something in it is to be done.
func (b *statusBar) showExports() {
	sum := b.session.ExportSummary()
	b.jobBox.Hidden, b.photoBox.Hidden = sum.Open == 0, sum.Open > 0
	if sum.Open > 0 {
		setText(b.job, lang.L("Export: {{.State}}", with{"State": exportsText(sum)}))
		b.bar.set(sum.Part)
	}
	b.jobBox.Refresh()
}

// showMessage shows or hides the sentence above the line.
func (b *statusBar) showMessage() {
	m := b.session.Message()
	if m.Text.Empty() {
		b.messageBox.Hide()
		return
	}
	b.message.Importance = widget.MediumImportance
	if m.Problem {
		b.message.Importance = widget.DangerImportance
	}
	b.message.SetText(said(m.Text))
	b.messageBox.Show()
}
