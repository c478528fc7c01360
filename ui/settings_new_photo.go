package ui

import (
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// newPhotoPage says what a photo begins with that is opened for the first time.
func (d *settingsDialog) newPhotoPage() fyne.CanvasObject {
	ways := app.NewPhotoWays()
	words := []string{lang.L("The settings of the photo before"), lang.L("The settings below"), lang.L("What suits its noise")}
	d.newPhoto = d.choice(words, slices.Index(ways, d.w.session.General().NewPhoto), func(i int) {
		d.set(func(g *app.General) { g.NewPhoto = ways[i] })
		d.showStart()
	})
	list := modes()
	d.mode = newSegments(modeWords(), func(i int) { d.start(func(s *app.Settings) { s.Mode = list[i].mode }) })
	stops := app.Stops()
	d.hole = newSlider(stopWords(), func(v float64) { d.start(func(s *app.Settings) { s.Mode, s.Hole = app.Tunable, stops[int(v)] }) })
	d.luma = newSlider(nil, func(v float64) { d.start(func(s *app.Settings) { s.Luma = float32(v) }) })
	d.colour = newSlider(nil, func(v float64) { d.start(func(s *app.Settings) { s.Colour = float32(v) }) })
	d.grain = newSlider(nil, func(v float64) { d.start(func(s *app.Settings) { s.Texture = float32(v) }) })
	d.lumaText, d.colourText, d.text = value(), value(), value()
	d.mode.keys = d.keys
	for _, s := range []*slider{d.hole, d.luma, d.colour, d.grain} {
		s.keys = d.keys
	}
	d.showStart()
	return rows(
		field(lang.L("A photo that is opened for the first time begins with"), d.newPhoto),
		field(lang.L("Mode"), d.mode),
		field(lang.L("Blind spot"), d.hole),
		strengthRow(lang.L("Luminance"), d.lumaText, d.luma),
		strengthRow(lang.L("Colour"), d.colourText, d.colour),
		strengthRow(lang.L("Keep texture"), d.text, d.grain),
	)
}

// strengthRow is a slider with its name and its value above it.
func strengthRow(name string, value *canvas.Text, s *slider) fyne.CanvasObject {
	t := canvas.NewText(name, greyText)
	t.TextSize = 12.5
	return container.NewVBox(container.NewBorder(nil, nil, t, value), s)
}

// start changes the settings that new photos begin with.
func (d *settingsDialog) start(change func(*app.Settings)) {
	d.set(func(g *app.General) {
		s := g.Start.Settings()
		change(&s)
		g.Start = app.Saved(s)
	})
	d.showStart()
}

// showStart brings the controls up to date. They are of use only where new photos begin with them.
func (d *settingsDialog) showStart() {
	g := d.w.session.General()
	s, off := g.Start.Settings(), g.NewPhoto != app.ChosenSettings
	d.mode.disableAll(off)
	for i, m := range modes() {
		if m.mode == s.Mode {
			d.mode.choose(i)
		}
	}
	d.hole.set(float64(slices.Index(app.Stops(), s.Hole)))
	d.hole.setDisabled(off)
	d.hole.setResting(s.Mode != app.Tunable)
	for _, each := range []struct {
		slider *slider
		text   *canvas.Text
		value  float32
	}{{d.luma, d.lumaText, s.Luma}, {d.colour, d.colourText, s.Colour}, {d.grain, d.text, s.Texture}} {
		each.slider.set(math.Round(float64(each.value)*100) / 100)
		each.slider.setDisabled(off)
		setText(each.text, percent(float64(each.value)))
	}
}
