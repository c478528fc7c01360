package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// trainOffers is a line that offers to resume what was interrupted, one training at a time. It lies over the lower edge
// of the photo, and on the choosing page.
type trainOffers struct {
	session trainer
	open    func()
	ask     func(u app.UnfinishedTraining, forget func())
	fail    func(error)
	offered app.UnfinishedTraining
	later   map[string]bool // those that the user put off
	label   *widget.Label
	resume  *keyButton
	content *fyne.Container
}

func newTrainOffers(s trainer, open func(), ask func(app.UnfinishedTraining, func()), fail func(error), keys func(*fyne.KeyEvent) bool) *trainOffers {
	o := &trainOffers{session: s, open: open, ask: ask, fail: fail, later: map[string]bool{}, label: widget.NewLabel("")}
	o.label.Truncation = fyne.TextTruncateEllipsis
	o.resume = newKeyButton(lang.L("Resume"), keys, o.resumed)
	forget := newKeyButton(lang.L("Forget"), keys, func() { o.ask(o.offered, o.forgotten) })
	dismiss := newKeyButton("", keys, o.putOff)
	dismiss.Icon, dismiss.Importance = theme.CancelIcon(), widget.LowImportance
	buttons := container.NewHBox(o.resume, forget, dismiss)
	o.content = container.NewStack(canvas.NewRectangle(greyRaised),
		container.New(layout.NewCustomPaddedLayout(2, 2, 8, 4), container.NewBorder(nil, nil, nil, buttons, o.label)))
	o.content.Hide()
	return o
}

// show offers the newest training that was not put off, unless one is running.
func (o *trainOffers) show(running bool) {
	o.content.Hide()
	if running {
		return
	}
	for _, u := range o.session.UnfinishedTrainings() {
		if o.later[u.Name] {
			continue
		}
		o.offered = u
		text := lang.L("The training “{{.Name}}” was interrupted at {{.Share}}.", with{"Name": u.Name, "Share": percent(u.Share)})
		if !u.Problem.Empty() {
			text += " " + said(u.Problem)
		}
		setLabel(o.label, text)
		setButton(o.resume, u.Problem.Empty())
		o.content.Show()
		return
	}
}

func (o *trainOffers) resumed() {
	if err := o.session.ResumeTraining(o.offered.Name); err != nil {
		o.fail(err)
		return
	}
	o.open()
}

func (o *trainOffers) forgotten() {
	if err := o.session.ForgetTraining(o.offered.Name); err != nil {
		o.fail(err)
	}
	o.show(false)
}

// putOff keeps the training; it is offered again when the program starts.
func (o *trainOffers) putOff() {
	o.later[o.offered.Name] = true
	o.show(false)
}
