package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// donePage is the card at a training's end: the new model beside the old one on the user's photos, and what to do with it.
type donePage struct {
	session   trainer
	shown     string // name of the model
	rows      *fyne.Container
	title     *shortLine
	verdict   *widget.Label
	advice    *notice
	use       *keyButton
	close     *keyButton
	again     *keyButton
	empty     *canvas.Text
	leftSide  fyne.CanvasObject
	rightSide fyne.CanvasObject
}

func newDonePage(s trainer, keys func(*fyne.KeyEvent) bool, use, done, again func()) *donePage {
	p := &donePage{session: s, rows: container.New(trioRows{}), title: newShortLine(titleSize, greyBright), verdict: plain(""), advice: newNotice()}
	p.use = newKeyButton(lang.L("Use it now"), keys, use)
	p.use.Importance = widget.HighImportance
	p.close = newKeyButton(lang.L("Close"), keys, done)
	p.again = newKeyButton(lang.L("Train another"), keys, again)
	p.empty = quiet(lang.L("There is nothing to compare it with."), fyne.TextAlignCenter)
	p.leftSide = container.NewStack(canvas.NewRectangle(greyPit), container.NewCenter(p.empty),
		container.NewVScroll(container.New(layout.NewCustomPaddedLayout(16, 16, 16, 16), p.rows)))
	words := container.New(layout.NewCustomPaddedVBoxLayout(10), p.title, flush(p.verdict), p.advice.content,
		flush(hint(lang.L("The pictures show your photos at 100 %. Drag one to see more of it.")))) // three crops of 320
	foot := container.New(layout.NewCustomPaddedVBoxLayout(8), p.use, container.NewGridWithColumns(2, p.close, p.again))
	p.rightSide = trainPanel(words, foot)
	return p
}

// show compares the models of a result.
func (p *donePage) show(r app.TrainingResult) {
	if p.shown == r.Name && len(p.rows.Objects) == 2*len(r.Samples) {
		return
	}
	p.shown = r.Name
	p.title.set(lang.L("“{{.Name}}” is ready", with{"Name": r.Name}))
	setLabel(p.verdict, verdict(r))
	p.advice.set(said(r.Advice))
	p.rows.Objects = nil
	for _, s := range r.Samples {
		caption := newShortLine(quietSize, greyQuiet)
		caption.set(baseName(s.Photo))
		pictures, words := []image.Image{s.Noisy}, []string{lang.L("Before")}
		if s.Old != nil {
			pictures, words = append(pictures, s.Old), append(words, r.Old)
		}
		if s.New != nil {
			pictures, words = append(pictures, s.New), append(words, r.Name)
		}
		p.rows.Objects = append(p.rows.Objects, caption, newTrio(pictures, words))
	}
	p.empty.Hidden = len(r.Samples) > 0
	settle(p.leftSide)
	settle(p.rightSide)
}

// verdict says in plain words which model the places that were kept out of the training favour.
func verdict(r app.TrainingResult) string {
	const alike = 0.002 // of the score
	if r.HeldOutNew == 0 {
		return lang.L("The model is in your list. Look at the pictures before you use it: only your eye can judge them.")
	}
	if r.HeldOutOld == 0 {
		return lang.L("On places of your photos that it never trained on, its guesses miss by {{.New}} of 255 on average. Most of that is the noise itself.",
			with{"New": score(r.HeldOutNew)})
	}
	values := with{"Old": r.Old, "OldScore": score(r.HeldOutOld), "NewScore": score(r.HeldOutNew)}
	change := (r.HeldOutNew - r.HeldOutOld) / r.HeldOutOld
	switch {
	case change < -alike:
		return lang.L("It does better than “{{.Old}}” on places of your photos that it never trained on: its guesses miss by {{.NewScore}} of 255 instead of {{.OldScore}}. Most of that is the noise itself, so small differences count.", values)
	case change > alike:
		return lang.L("“{{.Old}}” does better on places of your photos that neither trained on: its guesses miss by {{.OldScore}} of 255, those of the new model by {{.NewScore}}. Keep the old one, or train for longer.", values)
	}
	return lang.L("It does as well as “{{.Old}}” on places of your photos that it never trained on: the guesses of both miss by {{.NewScore}} of 255. Let the pictures decide.", values)
}

func score(v float64) string { return decimal(v, 2) }

// trioRows is the layout of captions and trios in turn: the trios share the height, as far as they can use it.
type trioRows struct{}

const trioRowGap = 10

// Layout gives all trios the same height.
func (trioRows) Layout(o []fyne.CanvasObject, size fyne.Size) {
	n := float32(len(o) / 2)
	if n == 0 {
		return
	}
	line := o[0].MinSize().Height
	height := max((size.Height-(n-1)*trioRowGap)/n-line-4, trioLeast)
	y := float32(0)
	for i := 0; i+1 < len(o); i += 2 {
		most := o[i+1].(*trio).most()
		width, height := min(size.Width, most.Width), min(height, most.Height)
		place(o[i], 0, y, width, line)
		place(o[i+1], 0, y+line+4, width, height)
		y += line + 4 + height + trioRowGap
	}
}

// MinSize is that of the smallest trios.
func (trioRows) MinSize(o []fyne.CanvasObject) fyne.Size {
	n := float32(len(o) / 2)
	if n == 0 {
		return fyne.Size{}
	}
	least := o[1].MinSize()
	return fyne.NewSize(least.Width, n*(o[0].MinSize().Height+4+least.Height)+(n-1)*trioRowGap)
}
