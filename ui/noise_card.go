package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// noiseCard tells of the open photo's noise in plain words, shows how it is correlated, and applies the settings that suit it.
type noiseCard struct {
	level, grain, advice *canvas.Text
	picture              *canvas.Image
	apply                *widget.Button
	content              fyne.CanvasObject
}

const mapSide = 63 // seven units for each of nine lags

func newNoiseCard(apply func()) *noiseCard {
	c := &noiseCard{level: canvas.NewText("", greyText), grain: quiet("", fyne.TextAlignLeading), advice: quiet("", fyne.TextAlignLeading)}
	c.level.TextSize = 12.5
	c.picture = &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScalePixels}
	c.picture.SetMinSize(fyne.NewSquareSize(mapSide))
	c.apply = widget.NewButton(lang.L("Apply"), apply)
	words := container.New(layout.NewCustomPaddedVBoxLayout(1), c.level, c.grain, c.advice)
	frame := container.NewStack(canvas.NewRectangle(greyDeep), c.picture)
	c.content = container.NewBorder(nil, nil, container.NewVBox(frame), nil,
		container.New(layout.NewCustomPaddedLayout(0, 0, 10, 0), container.NewBorder(words, nil, nil, nil, container.NewHBox(c.apply))))
	c.show(nil)
	c.suggest(nil, false)
	return c
}

// show tells of a photo's noise; report is nil while nothing is known.
func (c *noiseCard) show(report *app.NoiseReport) {
	level, grain := "–", ""
	c.picture.Image = nil
	if report != nil {
		level = lang.L("{{.Strength}}, {{.Level}} of 255", with{"Strength": capital(said(report.Strength)), "Level": decimal(report.Level, 1)})
		grain = said(report.Grain())
		if !report.Doubt().Empty() {
			grain = lang.L("a rough guess: little flat area")
		}
		c.picture.Image = report.MapPicture()
	}
	setText(c.level, level)
	setText(c.grain, grain)
	c.picture.Refresh()
}

// suggest shows the settings that suit the noise, nil where nothing is known; held says that they hold already.
func (c *noiseCard) suggest(suggested *app.Settings, held bool) {
	advice := ""
	if suggested != nil {
		advice = lang.L("suggested: {{.Settings}}", with{"Settings": settingsName(*suggested)})
	}
	setText(c.advice, advice)
	if suggested == nil || held {
		c.apply.Disable()
	} else {
		c.apply.Enable()
	}
}

// settingsName names the network of settings.
func settingsName(s app.Settings) string {
	if s.Mode == app.Tunable {
		return holeName(s.Hole)
	}
	for _, m := range modes() {
		if m.mode == s.Mode {
			return m.word
		}
	}
	return ""
}
