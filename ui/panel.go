package ui

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

const panelWidth = 284

// modeText is a mode with what is said of it.
type modeText struct {
	mode       app.Mode
	word, hint string
}

// modes in the order of the panel, with what is said under them.
func modes() []modeText {
	return []modeText{
		{app.Fast, lang.L("Fast"), lang.L("One light network: seconds for a whole photo. Move the blind spot to choose one.")},
		{app.Tunable, lang.L("Tunable"), lang.L("You choose the blind spot.")},
		{app.Average, lang.L("Average"), lang.L("The mean of all seven blind spots: smooth, with few artefacts.")},
	}
}

func modeWords() []string {
	var words []string
	for _, m := range modes() {
		words = append(words, m.word)
	}
	return words
}

func stopWords() []string {
	var words []string
	for _, k := range app.Stops() {
		words = append(words, k.String())
	}
	return words
}

// panel holds the controls of the denoising. It shows the session's settings and changes them.
type panel struct {
	session *app.Session
	changed func(event, value string) // before each change by the user
	release func()                    // gives the keyboard back to the viewer
	library func()                    // opens the library of models

	model        *widget.Select
	models       *widget.Button // opens the library
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
	p := &panel{session: s, changed: func(string, string) {}, release: func() {}, library: func() {}}
	p.model = widget.NewSelect(nil, func(string) { p.modelChosen() })
	p.models = widget.NewButtonWithIcon("", theme.ListIcon(), func() { p.release(); p.library() })
	p.modelHint = hint("")
	p.modelBox = flush(p.modelHint)
	p.noise = newNoiseCard(p.applySuggested)
	p.mode = newSegments(modeWords(), p.modeChosen)
	p.modeHint = hint("")
	p.hole = newSlider(stopWords(), p.holeMoved)
	p.luma = newSlider(nil, func(v float64) { p.strength("luminance", v, func(s *app.Settings) { s.Luma = float32(v) }) })
	p.colour = newSlider(nil, func(v float64) { p.strength("colour", v, func(s *app.Settings) { s.Colour = float32(v) }) })
	p.texture = newSlider(nil, func(v float64) { p.strength("texture", v, func(s *app.Settings) { s.Texture = float32(v) }) })
	p.lumaText, p.colourText, p.textureText = value(), value(), value()
	for _, each := range []*slider{p.hole, p.luma, p.colour, p.texture} {
		each.onDone = s.EndStep
	}
	p.reset = widget.NewButton(lang.L("Reset"), p.resetSettings)
	p.export = widget.NewButton(lang.L("Export…"), export)
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
		quiet(lang.L("more detail, more grain"), fyne.TextAlignLeading), quiet(lang.L("smoother"), fyne.TextAlignTrailing))
	groups := container.New(layout.NewCustomPaddedVBoxLayout(6),
		heading(lang.L("Model")), container.NewBorder(nil, nil, nil, p.models, p.model), p.modelBox, gap(6),
		heading(lang.L("Noise")), p.noise.content, gap(6),
		heading(lang.L("Mode")), p.mode, flush(p.modeHint), gap(6),
		heading(lang.L("Blind spot")), p.hole, ends, gap(14),
		heading(lang.L("Strength")), gap(2),
		container.NewBorder(nil, nil, word(lang.L("Luminance")), p.lumaText), p.luma, gap(4),
		container.NewBorder(nil, nil, word(lang.L("Colour")), p.colourText), p.colour, gap(4),
		container.NewBorder(nil, nil, word(lang.L("Keep texture")), p.textureText), p.texture,
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

func (p *panel) modeChosen(i int) {
	mode := modes()[i].mode
	p.set("mode", mode.String(), func(s *app.Settings) { s.Mode = mode })
	p.session.EndStep()
}

// holeMoved chooses a blind spot, and with it the mode that has one.
func (p *panel) holeMoved(v float64) {
	k := app.Stops()[int(v)]
	p.set("hole", k.String(), func(s *app.Settings) { s.Mode, s.Hole = app.Tunable, k })
}

// setKeys has the drawn controls hand on what they do not want of the keyboard.
func (p *panel) setKeys(k *keyboard) {
	p.mode.keys, p.mode.onTapped = k, p.release
	for _, s := range []*slider{p.hole, p.luma, p.colour, p.texture} {
		s.keys = k
	}
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
	p.session.Settle(settleTime)
}

// settleTime is how long a slider waits for the picture: what is visible at 100 % is painted in less, and nobody feels it.
const settleTime = 25 * time.Millisecond

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
	for i, m := range modes() {
		if m.mode == s.Mode {
			p.mode.choose(i)
			p.modeHint.SetText(m.hint)
		}
	}
	p.hole.set(float64(slices.Index(app.Stops(), s.Hole)))
	p.hole.setResting(s.Mode != app.Tunable)
	if _, _, reset := p.session.Steps(); reset {
		p.reset.Enable()
	} else {
		p.reset.Disable()
	}
	p.luma.set(math.Round(float64(s.Luma)*100) / 100)
	p.colour.set(math.Round(float64(s.Colour)*100) / 100)
	setText(p.lumaText, percent(float64(s.Luma)))
	setText(p.colourText, percent(float64(s.Colour)))
	p.showTexture(s)
}

// showTexture brings the texture's slider up to date. It rests where the fast network shows texture by itself.
func (p *panel) showTexture(s app.Settings) {
	itself := s.Mode == app.Fast && p.session.Model().Textured
	p.texture.set(math.Round(float64(s.Texture)*100) / 100)
	p.texture.setDisabled(itself)
	if itself {
		setText(p.textureText, lang.L("by itself"))
	} else {
		setText(p.textureText, percent(float64(s.Texture)))
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
