package ui

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// automaticPlace is the place in the list of models of the entry that leaves the choice to the program.
const automaticPlace = 0

// modelChosen follows the list. It is called by the user's choice only.
func (p *panel) modelChosen() {
	names, chosen := p.session.Models()
	automatic := p.session.Automatic().On
	switch i := p.model.SelectedIndex(); {
	case i == automaticPlace && !automatic:
		p.changed("model", "automatic")
		p.session.ChooseAutomatic()
	case i > automaticPlace && (automatic || i-1 != chosen):
		p.changed("model", names[i-1])
		p.session.ChooseModel(i - 1)
	}
	p.release()
}

// showModel brings the list of models up to date.
func (p *panel) showModel() {
	names, chosen := p.session.Models()
	state, automatic := p.session.Model(), p.session.Automatic()
	entry := lang.L("Automatic")
	if automatic.On && chosen >= 0 {
		entry += "  ·  " + names[chosen]
	}
	entries := append([]string{entry}, names...)
	if !slices.Equal(entries, p.model.Options) {
		p.model.Options = entries
	}
	if len(names) == 0 {
		p.model.Selected, p.model.PlaceHolder = "", lang.L("No model")
		p.model.Disable()
	} else {
		place := automaticPlace
		if !automatic.On {
			place = chosen + 1
		}
		p.model.Selected = entries[place]
		p.model.Enable()
	}
	p.model.Refresh()
	p.say(p.modelText(len(names), state, automatic))
	p.mode.disable(0, state.Ready && state.Fast != nil)
	p.showTexture(p.session.Settings())
	p.enableExport()
}

// modelText is the sentence under the list, empty if there is nothing to say.
func (p *panel) modelText(count int, state app.ModelState, automatic app.AutomaticChoice) string {
	switch {
	case count == 0:
		return lang.L("No model is installed, so photos can be viewed but not denoised. Train one on a folder of your photos, or import one.")
	case state.Loading:
		return lang.L("Loading…")
	case !state.Ready:
		return lang.L("This model could not be loaded.")
	case state.Fast != nil:
		return lang.L("This model has no fast network.")
	}
	return whyModel(automatic)
}

// whyModel says why the program has chosen a model, or that it would choose another one than the user.
func whyModel(a app.AutomaticChoice) string {
	if a.Camera == "" || !a.Own {
		return ""
	}
	values := map[string]any{"Model": a.Model, "Camera": a.Camera, "ISO": a.ISO, "Range": fmt.Sprint(a.LeastISO)}
	if a.MostISO > a.LeastISO {
		values["Range"] = fmt.Sprintf("%d – %d", a.LeastISO, a.MostISO)
	}
	switch {
	case a.On && a.Fits && a.LeastISO > 0:
		return lang.L("It was trained on photos of this camera, {{.Camera}}, at ISO {{.Range}}.", values)
	case a.On && a.Fits:
		return lang.L("It was trained on photos of this camera, {{.Camera}}.", values)
	case a.On && a.ISO > 0:
		return lang.L("None of your models was trained on the {{.Camera}} at about ISO {{.ISO}}.", values)
	case a.On:
		return lang.L("None of your models was trained on the {{.Camera}}.", values)
	case a.Fits && a.Model != a.Chosen:
		return lang.L("Your model {{.Model}} was trained on photos of this camera, {{.Camera}}.", values)
	}
	return ""
}

func (p *panel) say(text string) {
	p.modelHint.SetText(text)
	if text == "" {
		p.modelBox.Hide()
	} else {
		p.modelBox.Show()
	}
}
