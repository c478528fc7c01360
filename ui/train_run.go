package ui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// runPage shows a training under way: at the left a place of one of the user's photos before and after, at the right how
// far it is.
type runPage struct {
	session trainer
	fail    func(error) // tells of what could not be done

	thumbs    *thumbs
	crop      *viewer
	cropPhoto *shortLine
	scrubber  *scrubber
	moment    *canvas.Text
	newest    *keyButton
	waiting   *canvas.Text // in place of crops that are not there yet
	pictures  *fyne.Container
	track     *fyne.Container // the scrubber and its button
	before    image.Image     // those that the viewer shows
	after     image.Image
	viewed    app.TrainingSnapshot

	phase       *shortLine
	doing       *widget.Label
	bar         *phaseBar
	share, left *canvas.Text
	worked      *canvas.Text
	curve       *curve
	alarm       *notice
	notes       *fold
	noteList    *widget.Label
	pause       *keyButton
	finish      *keyButton
	discard     *keyButton
	leftSide    fyne.CanvasObject
	rightSide   fyne.CanvasObject
	wrapped     wrapped
}

// cropEnlarged is how far a crop may be enlarged to fill the view.
const cropEnlarged = 3

func newRunPage(s trainer, keys func(*fyne.KeyEvent) bool, discard func(), fail func(error)) *runPage {
	p := &runPage{session: s, fail: fail}
	handOn := func(e *fyne.KeyEvent) { keys(e) }
	p.thumbs = newThumbs(func(int) { p.showCrop() }, handOn)
	p.crop = newViewer(splitView)
	p.crop.enlarge = cropEnlarged
	p.cropPhoto = newShortLine(quietSize, greyQuiet)
	p.scrubber = newScrubber(p.showCrop, handOn)
	p.moment = quiet("", fyne.TextAlignLeading)
	p.newest = newKeyButton(lang.L("Newest"), keys, func() { p.scrubber.pick(p.scrubber.count - 1) })
	p.newest.Importance = widget.LowImportance
	p.waiting = quiet("", fyne.TextAlignCenter)
	p.phase, p.doing = newShortLine(titleSize, greyBright), plain("")
	p.bar = newPhaseBar()
	p.share, p.left, p.worked = value(), value(), quiet("", fyne.TextAlignLeading)
	p.share.Alignment = fyne.TextAlignLeading
	p.curve = newCurve()
	p.alarm = newNotice()
	p.noteList = hint("")
	p.notes = newFold(keys, flush(p.noteList))
	p.pause = newKeyButton("", keys, p.pauseTapped)
	p.pause.stays = true
	p.finish = newKeyButton("", keys, p.finishTapped)
	p.discard = newKeyButton(lang.L("Discard…"), keys, discard)
	p.build()
	return p
}

func (p *runPage) build() {
	column := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(8, 8, 8, 8), p.thumbs))
	p.pictures = container.New(shelf{}, container.NewStack(canvas.NewRectangle(greyPanel), container.New(fixedWidth(thumbSide+16), column)), p.crop)
	picture := container.NewStack(canvas.NewRectangle(greyPit), p.pictures, container.NewCenter(p.waiting))
	p.track = container.New(layout.NewCustomPaddedLayout(6, 0, 12, 8),
		container.New(beside{}, p.scrubber, p.newest))
	words := container.New(layout.NewCustomPaddedLayout(0, 8, 19, 16), container.NewBorder(nil, nil, p.moment, nil, p.cropPhoto))
	p.cropPhoto.text.Alignment = fyne.TextAlignTrailing
	foot := container.NewStack(canvas.NewRectangle(greyPanel), container.New(seamless{}, p.track, words))
	p.leftSide = container.New(above{}, picture, foot)

	legend := container.New(layout.NewCustomPaddedHBoxLayout(6), swatch(greyBright), quiet(lang.L("held-out places"), fyne.TextAlignLeading),
		gap(1), swatch(greyFaint), quiet(lang.L("each step"), fyne.TextAlignLeading))
	status := container.New(layout.NewCustomPaddedVBoxLayout(6),
		p.phase, gap(2), p.bar, container.NewBorder(nil, nil, p.share, p.left), p.worked, flush(p.doing), gap(8),
		heading(lang.L("Error of the guess")), legend, p.curve, gap(4), p.alarm.content, p.notes.content)
	row := container.NewGridWithColumns(2, p.pause, p.discard)
	p.rightSide = trainPanel(status, container.New(layout.NewCustomPaddedVBoxLayout(8), p.finish, row))
}

// swatch is a short line of a colour, for a legend.
func swatch(c color.Color) fyne.CanvasObject {
	r := canvas.NewRectangle(c)
	r.SetMinSize(fyne.NewSize(14, 2))
	return container.NewCenter(r)
}

// show follows the training.
func (p *runPage) show(state app.TrainingState) {
	p.showPhase(state)
	p.curve.set(state.Loss, state.HeldOut)
	alarm := ""
	if state.LeakAlarm {
		alarm = lang.L("The network begins to rebuild the noise: it reaches further than the blind spot is wide. Stop and keep the best, then train again with a wider blind spot (expert settings).")
	}
	p.alarm.set(alarm, said(state.Advice))
	p.showNotes(state.Notes)
	p.showButtons(state)
	p.showCrops(state)
	p.wrapped.settle(p.rightSide, p.doing.Text, p.alarm.label.Text, p.notes.button.Text, p.noteList.Text)
}

func (p *runPage) showPhase(state app.TrainingState) {
	title, doing := phaseWord(state.Phase), ""
	switch state.Status {
	case app.Preparing:
		title, doing = lang.L("Getting ready"), lang.L("Reads photos and measures how fast this computer is.")
	case app.Paused:
		doing = lang.L("Paused. Nothing is lost; continue whenever you like.")
	case app.Waiting:
		doing = said(state.Why)
	case app.Finishing:
		title, doing = lang.L("Finishing"), lang.L("Makes a usable model of the best so far.")
	case app.Failed:
		title, doing = lang.L("The training stopped"), said(state.Why)
	default:
		doing = lang.L("Guesses every pixel from its surroundings. You can close this view: it goes on.")
		if state.Phase == app.MakingFast {
			doing = lang.L("A light network learns from the patient one, so that photos take seconds.")
		}
	}
	p.phase.set(title)
	p.doing.Importance = widget.MediumImportance
	if state.Status == app.Failed {
		p.doing.Importance = widget.DangerImportance
	}
	setLabel(p.doing, doing)
	p.bar.set(app.FirstShare, state.Share)
	share := percent(state.Share)
	if state.Status == app.Preparing {
		share = ""
	}
	setText(p.share, share)
	left := ""
	if state.Status == app.Running || state.Status == app.Finishing {
		left = timeLeft(state.Left)
	}
	setText(p.left, left)
	worked := ""
	if state.Steps > 0 && state.Status != app.Preparing {
		worked = lang.L("step {{.Step}} of {{.Steps}}, {{.Time}} so far", with{
			"Step": grouped(state.Step), "Steps": grouped(state.Steps), "Time": stopwatch(state.Elapsed),
		})
	}
	setText(p.worked, worked)
}

// notesShown is how many notes are listed, the last ones.
const notesShown = 40

func (p *runPage) showNotes(notes []app.Text) {
	title := ""
	switch {
	case len(notes) == 1:
		title = lang.L("1 note")
	case len(notes) > 1:
		title = lang.L("{{.N}} notes", with{"N": len(notes)})
	}
	p.notes.title(title)
	text := ""
	for _, note := range notes[max(len(notes)-notesShown, 0):] {
		text += said(note) + "\n"
	}
	setLabel(p.noteList, text)
}

func (p *runPage) showButtons(state app.TrainingState) {
	pause, finish := lang.L("Pause"), lang.L("Stop and keep best")
	switch state.Status {
	case app.Paused:
		pause = lang.L("Continue")
	case app.Failed:
		pause, finish = lang.L("Try again"), lang.L("Keep for later")
	}
	for b, word := range map[*keyButton]string{p.pause: pause, p.finish: finish} {
		if b.Text != word {
			b.SetText(word)
		}
	}
	settled := state.Status != app.Preparing && state.Status != app.Finishing
	setButton(p.pause, settled)
	setButton(p.finish, settled)
}

// pauseTapped pauses the training or lets it go on; one that failed is tried again.
func (p *runPage) pauseTapped() {
	state := p.session.Training()
	if state.Status != app.Failed {
		p.session.PauseTraining(state.Status != app.Paused)
		return
	}
	p.session.KeepTrainingForLater()
	if err := p.session.ResumeTraining(state.Name); err != nil {
		p.fail(err)
	}
}

// finishTapped ends the training with a model; one that failed is put off.
func (p *runPage) finishTapped() {
	if p.session.Training().Status == app.Failed {
		p.session.KeepTrainingForLater()
		return
	}
	p.session.FinishTraining()
}
