package ui

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

const panelWidth = 284

// modes in the order of the panel, with what is said under them.
var modes = []struct {
	mode       app.Mode
	word, hint string
}{
	{app.Fast, "Fast", "One light network: seconds for a whole photo. The blind spot is fixed."},
	{app.Tunable, "Tunable", "You choose the blind spot."},
	{app.Average, "Average", "The mean of all seven blind spots: smooth, with few artefacts."},
}

// panel holds the controls of the denoising. It shows the session's settings and changes them.
type panel struct {
	session *app.Session
	changed func(event, value string) // before each change by the user
	release func()                    // gives the keyboard back to the viewer

	model        *widget.Select
	modelHint    *widget.Label
	modelBox     fyne.CanvasObject
	noise        *noiseCard
	mode         *segments
	modeHint     *widget.Label
	hole         *slider
	luma, colour *slider
	texture      *slider
	lumaText     *canvas.Text
	colourText   *canvas.Text
	textureText  *canvas.Text
	reset        *widget.Button
	export       *widget.Button
	train        *widget.Button
	content      fyne.CanvasObject
}

func newPanel(s *app.Session, export, train func()) *panel {
	p := &panel{session: s, changed: func(string, string) {}, release: func() {}}
	p.model = widget.NewSelect(nil, p.modelChosen)
	p.modelHint = hint("")
	p.modelBox = flush(p.modelHint)
	words := make([]string, len(modes))
	for i, m := range modes {
		words[i] = m.word
	}
	p.noise = newNoiseCard(p.applySuggested)
	p.mode = newSegments(words, p.modeChosen)
	p.modeHint = hint("")
	stops := make([]string, len(app.Stops()))
	for i, k := range app.Stops() {
		stops[i] = k.String()
	}
	p.hole = newSlider(stops, p.holeMoved)
	p.luma = newSlider(nil, func(v float64) { p.strength("luminance", v, func(s *app.Settings) { s.Luma = float32(v) }) })
	p.colour = newSlider(nil, func(v float64) { p.strength("colour", v, func(s *app.Settings) { s.Colour = float32(v) }) })
	p.texture = newSlider(nil, func(v float64) { p.strength("texture", v, func(s *app.Settings) { s.Texture = float32(v) }) })
	p.lumaText, p.colourText, p.textureText = value(), value(), value()
	for _, each := range []*slider{p.hole, p.luma, p.colour, p.texture} {
		each.onDone = s.EndStep
	}
	p.reset = widget.NewButton("Reset", p.resetSettings)
	p.export = widget.NewButton("Export…", export)
	p.export.Importance = widget.HighImportance
	p.train = widget.NewButton(lang.L("Train on my folder…"), train)
	p.content = p.build()
	return p
}

// value is the number at the right of a strength's name.
func value() *canvas.Text {
	t := canvas.NewText("", greyText)
	t.TextSize, t.Alignment = 12.5, fyne.TextAlignTrailing
	return t
}

func (p *panel) build() fyne.CanvasObject {
	word := func(text string) fyne.CanvasObject {
		t := canvas.NewText(text, greyText)
		t.TextSize = 12.5
		return t
	}
	ends := container.NewBorder(nil, nil,
		quiet("more detail, more grain", fyne.TextAlignLeading), quiet("smoother", fyne.TextAlignTrailing))
	groups := container.New(layout.NewCustomPaddedVBoxLayout(6),
		heading("Model"), p.model, p.modelBox, gap(6),
		heading("Noise"), p.noise.content, gap(6),
		heading("Mode"), p.mode, flush(p.modeHint), gap(6),
		heading("Blind spot"), p.hole, ends, gap(14),
		heading("Strength"), gap(2),
		container.NewBorder(nil, nil, word("Luminance"), p.lumaText), p.luma, gap(4),
		container.NewBorder(nil, nil, word("Colour"), p.colourText), p.colour, gap(4),
		container.NewBorder(nil, nil, word("Keep texture"), p.textureText), p.texture,
	)
	// The bar of the scroll stands in the margin, not on the controls.
	inset := func(o fyne.CanvasObject) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedLayout(0, 0, 0, 18), o)
	}
	buttons := container.NewBorder(nil, p.train, p.reset, nil, p.export)
	padded := container.New(layout.NewCustomPaddedLayout(16, 16, 18, 0),
		container.NewBorder(nil, inset(buttons), nil, nil, container.NewVScroll(inset(groups))))
	return container.NewStack(canvas.NewRectangle(greyPanel), container.New(fixedWidth(panelWidth), padded))
}

// gap is empty space of a height.
func gap(height float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(1, height))
	return r
}

// fixedWidth is a layout for one object that shall always be as wide.
type fixedWidth float32

// Layout gives the object all the space.
func (fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// MinSize is the fixed width and the object's least height.
func (w fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(float32(w), objects[0].MinSize().Height)
}

func (p *panel) modelChosen(name string) {
	names, chosen := p.session.Models()
	if i := slices.Index(names, name); i >= 0 && i != chosen {
		p.changed("model", name)
		p.session.ChooseModel(i)
	}
	p.release()
}

func (p *panel) modeChosen(i int) {
	p.set("mode", modes[i].word, func(s *app.Settings) { s.Mode = modes[i].mode })
	p.session.EndStep()
	p.release()
}

func (p *panel) holeMoved(v float64) {
	k := app.Stops()[int(v)]
	p.set("hole", k.String(), func(s *app.Settings) { s.Hole = k })
}

// stepHole moves the slider by keyboard.
func (p *panel) stepHole(by float64) { p.hole.step(by) }

func (p *panel) strength(event string, v float64, apply func(*app.Settings)) {
	p.set(event, percent(v), apply)
}

func (p *panel) set(event, text string, apply func(*app.Settings)) {
	s := p.session.Settings()
	apply(&s)
	p.changed(event, text)
	p.session.SetSettings(s)
}

// resetSettings goes back to what the program starts with.
func (p *panel) resetSettings() {
	p.changed("reset", "")
	p.session.ResetSettings()
	p.release()
}

// applySuggested takes up what suits the photo's noise.
func (p *panel) applySuggested() {
	p.changed("suggested", "")
	p.session.ApplySuggested()
	p.release()
}

// showSuggestion brings the advice of the noise card and the mark on the slider up to date.
func (p *panel) showSuggestion() {
	suggested, ok := p.session.Suggested()
	if !ok {
		p.noise.suggest(nil, false)
		p.hole.setMark(-1)
		return
	}
	held := p.session.Settings()
	if suggested.Mode != app.Tunable {
		held.Hole = suggested.Hole // the other modes have none
	}
	p.noise.suggest(&suggested, held == suggested)
	p.hole.setMark(slices.Index(app.Stops(), suggested.Hole))
}

func percent(v float64) string { return fmt.Sprintf("%.0f %%", math.Round(v*100)) }

// showSettings brings the controls up to date.
func (p *panel) showSettings() {
	s := p.session.Settings()
	for i, m := range modes {
		if m.mode == s.Mode {
			p.mode.choose(i)
			p.modeHint.SetText(m.hint)
		}
	}
	p.hole.set(float64(slices.Index(app.Stops(), s.Hole)))
	p.hole.setDisabled(s.Mode != app.Tunable)
	if _, _, reset := p.session.Steps(); reset {
		p.reset.Enable()
	} else {
		p.reset.Disable()
	}
	p.luma.set(math.Round(float64(s.Luma)*100) / 100)
	p.colour.set(math.Round(float64(s.Colour)*100) / 100)
	p.texture.set(math.Round(float64(s.Texture)*100) / 100)
	setText(p.lumaText, percent(float64(s.Luma)))
	setText(p.colourText, percent(float64(s.Colour)))
	setText(p.textureText, percent(float64(s.Texture)))
}

// showModel brings the list of models up to date.
func (p *panel) showModel() {
	names, chosen := p.session.Models()
	state := p.session.Model()
	if !slices.Equal(names, p.model.Options) {
		p.model.SetOptions(names)
	}
	switch {
	case len(names) == 0:
		p.model.PlaceHolder = "No model"
		p.model.Disable()
		p.say("No model is installed, so photos can be viewed but not denoised. Train one with blindspot-cli train on a folder of your photos.")
	case state.Loading:
		p.say("Loading…")
	case !state.Ready:
		p.say("This model could not be loaded.")
	case state.Fast != nil:
		p.say("This model has no fast network.")
	default:
		p.say("")
	}
	if chosen >= 0 && p.model.Selected != names[chosen] {
		p.model.Selected = names[chosen]
	}
	p.model.Refresh()
	p.mode.disable(0, state.Ready && state.Fast != nil)
	p.enableExport()
}

func (p *panel) say(text string) {
	p.modelHint.SetText(text)
	if text == "" {
		p.modelBox.Hide()
	} else {
		p.modelBox.Show()
	}
}

// enableExport follows whether there is something to export.
func (p *panel) enableExport() {
	_, open := p.session.Photo()
	if open && p.session.Model().Ready {
		p.export.Enable()
	} else {
		p.export.Disable()
	}
}
