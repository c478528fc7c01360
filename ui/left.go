package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// Side by side the right picture is the result; at the left stands the original, or what else the photo could look like:
// at another hole, or with another model at the same settings.

// chooseLeft asks what shall stand at the left side.
func (w *Window) chooseLeft() {
	item := func(label string, c app.Companion) *fyne.MenuItem {
		i := fyne.NewMenuItem(label, func() {
			w.viewer.setLeft(c)
			w.compareChanged()
		})
		i.Checked = c == w.viewer.left
		return i
	}
	items := []*fyne.MenuItem{item(lang.L("Original"), app.Companion{})}
	if w.viewer.holes {
		items = append(items, fyne.NewMenuItemSeparator())
		for _, k := range app.Stops() {
			items = append(items, item(holeName(k), app.Companion{Kind: app.OtherHole, Hole: k}))
		}
	}
	if names, chosen := w.session.Models(); len(names) > 1 {
		items = append(items, fyne.NewMenuItemSeparator())
		for i, name := range names {
			if i != chosen || name == w.viewer.left.Model {
				label := lang.L("Model {{.Name}}", with{"Name": elided(name, modelRoom, 13)})
				items = append(items, item(label, app.Companion{Kind: app.OtherModel, Model: name}))
			}
		}
	}
	under := fyne.CurrentApp().Driver().AbsolutePositionForObject(w.viewer).AddXY(nameMargin, nameMargin+26)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.win.Canvas(), under)
}

// modelRoom is the width that a model's name may take in a menu and on the photo.
const modelRoom = 180

// rivals is what the viewer knows of the two models that it shows side by side.
type rivals struct {
	right string // the model of the result
	left  string // how far the picture of the other one is, or why there is none; empty if it is there
	any   bool   // there are other models to compare with
}

// rivals says how the models side by side are doing.
func (w *Window) rivals() rivals {
	names, chosen := w.session.Models()
	r := rivals{any: len(names) > 1 && w.session.Preview().Possible}
	if chosen >= 0 {
		r.right = names[chosen]
	}
	switch b := w.session.Beside(); {
	case w.viewer.left.Kind != app.OtherModel:
	case b.Problem != nil:
		r.left = sentence(b.Problem)
	case b.Loading:
		r.left = lang.L("loading…")
	case b.Waiting > 0:
		r.left = ofText(b.Total-b.Waiting, b.Total)
	}
	return r
}

// setRivals takes over how they are doing.
func (v *viewer) setRivals(r rivals) {
	if v.rivals != r {
		v.rivals = r
		v.rename()
	}
}

// besideCompanion reports whether the left side shows something else than the original.
func (v *viewer) besideCompanion() bool {
	if v.mode != sideBySide || v.held {
		return false
	}
	return v.left.Kind == app.OtherHole && v.holes || v.left.Kind == app.OtherModel && v.rivals.any
}

// sideNames are the names of the two sides. What they differ in tells them apart.
func (v *viewer) sideNames() (left, right string) {
	switch {
	case v.held:
		return lang.L("Before"), lang.L("Before")
	case !v.besideCompanion():
		return lang.L("Before"), v.named(lang.L("After"))
	case v.left.Kind == app.OtherHole:
		return holeName(v.left.Hole), v.named(v.result)
	}
	left = elided(v.left.Model, modelRoom, nameText) + "  ·  " + v.result
	if v.rivals.left != "" {
		left += "  ·  " + v.rivals.left
	}
	return left, v.named(elided(v.rivals.right, modelRoom, nameText) + "  ·  " + v.result)
}
