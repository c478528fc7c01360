package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// choosePage asks for all that a training needs: at the left the folder and what is in it, at the right the plan.
type choosePage struct {
	session trainer
	keys    func(*fyne.KeyEvent) bool
	presets []app.TrainingPresetInfo

	offers *trainOffers
	folder *folderPart
	expert *expertPart

	preset     *segments
	presetText *widget.Label
	from       *keySelect
	fromText   *widget.Label
	name       *keyEntry
	named      bool // the user wrote the name
	advice     *notice
	problem    *notice
	estimate   *widget.Label
	start      *keyButton
	left       fyne.CanvasObject
	right      fyne.CanvasObject
	wrapped    wrapped
}

const trainPanelWidth = 344

func newChoosePage(s trainer, keys func(*fyne.KeyEvent) bool, asks trainAsks) *choosePage {
	p := &choosePage{session: s, keys: keys, presets: app.TrainingPresets()}
	var words []string
	for _, preset := range p.presets {
		words = append(words, presetWord(preset.Key)+"  "+span(time.Duration(preset.Minutes*float64(time.Minute))))
	}
	p.offers = newTrainOffers(s, func() {}, asks.forget, asks.fail, keys)
	p.folder = newFolderPart(s, p.key, asks.browse, p.offers.content)
	p.preset = newSegments(words, func(int) { p.expert.minutes.SetText(""); p.planChanged() })
	p.preset.onKey = func(e *fyne.KeyEvent) { p.key(e) }
	p.presetText = hint("")
	p.from = newKeySelect(p.key, func(string) { p.planChanged() })
	p.fromText = hint("")
	p.name = newKeyEntry(p.key, func(string) { p.nameTyped() })
	p.advice, p.problem = newNotice(), newNotice()
	p.estimate = hint("")
	p.expert = newExpertPart(p.key, p.planChanged)
	p.start = newKeyButton(lang.L("Start training"), p.keys, p.begin)
	p.start.Importance = widget.HighImportance
	p.expert.fold.changed = func() { settle(p.right) }
	p.build()
	return p
}

func (p *choosePage) build() {
	p.left = p.folder.content
	plan := container.New(layout.NewCustomPaddedVBoxLayout(6),
		heading(lang.L("Time")), p.preset, flush(p.presetText), gap(6),
		heading(lang.L("Start from")), p.from, flush(p.fromText), gap(6),
		heading(lang.L("Name of the new model")), p.name, gap(6),
		p.expert.content)
	foot := container.New(layout.NewCustomPaddedVBoxLayout(8), p.problem.content, p.advice.content, flush(p.estimate), p.start)
	p.right = trainPanel(plan, foot)
}

// trainPanel is the column at the right of the train view: what scrolls, and what stays at its foot.
func trainPanel(scrolled, foot fyne.CanvasObject) fyne.CanvasObject {
	inset := func(o fyne.CanvasObject) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedLayout(0, 0, 0, 18), o)
	}
	column := container.New(above{}, container.NewVScroll(inset(scrolled)), inset(container.New(layout.NewCustomPaddedLayout(10, 0, 0, 0), foot)))
	return container.NewStack(canvas.NewRectangle(greyPanel),
		container.New(fixedWidth(trainPanelWidth), container.New(layout.NewCustomPaddedLayout(16, 16, 18, 0), column)))
}

// key starts the training on Enter, or has the folder looked at that was just written.
func (p *choosePage) key(e *fyne.KeyEvent) bool {
	if !entered(e) {
		return p.keys(e)
	}
	if !p.folder.look() {
		p.begin()
	}
	return true
}

// opened prepares the page for being shown. folder is where to begin if none was chosen yet.
func (p *choosePage) opened(folder string) {
	names, _ := p.session.Models()
	options := append(append([]string{}, names...), lang.L("From scratch"))
	p.from.SetOptions(options)
	if p.from.Selected == "" || p.from.SelectedIndex() < 0 {
		p.from.Selected = options[0]
	}
	p.from.Refresh()
	if p.session.TrainingFolderState().Folder == "" && folder != "" {
		p.named = false
		p.session.CheckTrainingFolder(folder)
	}
	p.show()
	p.planChanged()
}

// scratch reports whether the training shall not start from a model.
func (p *choosePage) scratch() bool { return p.from.SelectedIndex() == len(p.from.Options)-1 }

// plan is what the controls say.
func (p *choosePage) plan() app.TrainingPlan {
	plan := app.TrainingPlan{Name: p.name.Text, Scratch: p.scratch(), Expert: p.expert.settings()}
	if !plan.Scratch {
		plan.From = p.from.Selected
	}
	if minutes, ok := p.expert.budget(); ok {
		plan.Minutes = minutes
	} else {
		plan.Preset, plan.Minutes = p.presets[p.preset.chosen].Key, p.presets[p.preset.chosen].Minutes
	}
	return plan
}

func (p *choosePage) nameTyped() {
	p.named = p.name.Text != p.session.TrainingFolderState().SuggestedName
	p.planChanged()
}

// planChanged says what the plan comes to.
func (p *choosePage) planChanged() {
	if p.start == nil { // the page is being built
		return
	}
	p.problem.set(p.expert.problem())
	plan := p.plan()
	if plan.Preset == "" {
		p.preset.choose(-1)
		setLabel(p.presetText, lang.L("As long as the expert settings say."))
	} else {
		setLabel(p.presetText, presetHint(plan.Preset))
	}
	if plan.Scratch {
		setLabel(p.fromText, lang.L("Knows nothing yet: for strong noise, and for much time."))
	} else {
		setLabel(p.fromText, lang.L("Goes on learning from your photos. The model itself stays as it is."))
	}
	p.showEstimate(plan)
}

// showEstimate says how long it takes, and whether it will be worth it.
func (p *choosePage) showEstimate(plan app.TrainingPlan) {
	state := p.session.TrainingFolderState()
	ready := len(state.Groups) > 0 && state.Problem.Empty()
	setButton(p.start, ready && chosenPhotos(state.Groups) > 0 && p.expert.problem() == "")
	if !ready {
		setLabel(p.estimate, "")
		p.advice.set()
		p.settle()
		return
	}
	estimate := p.session.TrainingEstimate(plan)
	length := time.Duration(plan.Minutes * float64(time.Minute))
	now := time.Now()
	text := lang.L("Takes {{.Time}}, until about {{.Clock}} if it starts now.", with{"Time": span(length), "Clock": clock(now.Add(length), now)})
	if estimate.StepSeconds > 0 {
		text += " " + lang.L("{{.Steps}} steps on {{.Photos}}.", with{
			"Steps": grouped(estimate.Steps + estimate.DistilSteps), "Photos": photos(chosenPhotos(state.Groups)),
		})
	}
	setLabel(p.estimate, text)
	p.advice.set(said(estimate.Advice))
	p.settle()
}

// settle lays the plan out anew if one of its texts changed.
func (p *choosePage) settle() {
	p.wrapped.settle(p.right, p.presetText.Text, p.fromText.Text, p.problem.label.Text, p.advice.label.Text, p.estimate.Text)
}

func chosenPhotos(groups []app.PhotoGroup) int {
	n := 0
	for _, g := range groups {
		if g.Chosen {
			n += g.Photos
		}
	}
	return n
}

// show follows the session.
func (p *choosePage) show() {
	state := p.session.TrainingFolderState()
	p.offers.show(false)
	p.folder.show(state)
	if !p.named && p.name.Text != state.SuggestedName {
		p.name.SetText(state.SuggestedName)
	}
	p.expert.suggest(state.SuggestedHole)
	p.showEstimate(p.plan())
}

// begin starts the training.
func (p *choosePage) begin() {
	if p.start.Disabled() {
		return
	}
	if err := p.session.StartTraining(p.plan()); err != nil {
		p.problem.set(sentence(err))
		p.settle()
		return
	}
	p.problem.set()
	p.named = false
}
