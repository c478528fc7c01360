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

// modelDetails is what a model says of itself: where it comes from, what it was trained on, and how well.
type modelDetails struct {
	manager *modelManager

	name    *widget.Label
	field   *dialogEntry // in place of the name while it is changed
	facts   *fyne.Container
	picture *canvas.Image
	noise   *fyne.Container // the picture with what it is
	problem *widget.Label
	empty   *widget.Label
	scroll  *container.Scroll
	content fyne.CanvasObject
}

const (
	detailsMap  = 99 // eleven units for each of nine lags
	detailsHead = 42
)

func newModelDetails(m *modelManager) *modelDetails {
	d := &modelDetails{manager: m}
	d.name = widget.NewLabel("")
	d.name.Truncation, d.name.SizeName = fyne.TextTruncateEllipsis, theme.SizeNameHeadingText
	d.field = &dialogEntry{escape: d.giveUpRename}
	d.field.ExtendBaseWidget(d.field)
	d.field.OnSubmitted = m.renameTo
	d.field.Hide()
	d.facts = container.New(factRows{})
	d.picture = &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScalePixels}
	d.picture.SetMinSize(fyne.NewSquareSize(detailsMap))
	d.noise = container.New(layout.NewCustomPaddedLayout(6, 0, 12, 4), container.New(layout.NewCustomPaddedVBoxLayout(8),
		heading(lang.L("Its noise")), container.NewStack(canvas.NewRectangle(greyDeep), d.picture)))
	d.problem = widget.NewLabel("")
	d.problem.Wrapping, d.problem.Importance = fyne.TextWrapWord, widget.DangerImportance
	d.empty = hint(lang.L("There is no model yet. Train one on a folder of your photos, or import one from a file."))
	head := container.New(fixedHeight(detailsHead), container.NewStack(d.name, container.NewVBox(d.field)))
	side := container.NewBorder(nil, nil, nil, container.NewVBox(d.noise), inset(d.facts))
	d.scroll = container.NewVScroll(container.NewVBox(d.problem, side, d.empty))
	d.content = container.NewBorder(head, nil, nil, nil, d.scroll)
	return d
}

// inset moves an object to where the text of a label begins.
func inset(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding(), 0), o)
}

// show tells of a model; ok is false where there is none.
func (d *modelDetails) show(info app.ModelInfo, ok bool) {
	changed := d.name.Text != info.Name
	d.name.SetText(info.Name)
	d.facts.Objects = nil
	d.picture.Image = nil
	if ok {
		for _, f := range facts(info) {
			d.facts.Add(flush(factName(f[0])))
			d.facts.Add(flush(factText(f[1])))
		}
		d.picture.Image = info.MapPicture()
	}
	d.picture.Refresh()
	d.noise.Hidden = d.picture.Image == nil
	d.problem.SetText(said(info.Problem))
	d.problem.Hidden = info.Problem.Empty()
	d.empty.Hidden = ok
	d.facts.Refresh()
	if changed {
		d.scroll.ScrollToTop()
	}
	d.scroll.Refresh()
}

func factName(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Importance = widget.LowImportance
	return l
}

func factText(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// startRename puts a field in the name's place.
func (d *modelDetails) startRename(name string) {
	d.name.Hide()
	d.field.SetText(name)
	d.field.Show()
	d.manager.w.win.Canvas().Focus(d.field)
	d.field.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// giveUpRename leaves the name as it is.
func (d *modelDetails) giveUpRename() {
	d.endRename()
	d.manager.quiet()
	d.manager.w.win.Canvas().Focus(d.manager.list)
}

func (d *modelDetails) endRename() {
	d.field.Hide()
	d.name.Show()
}
