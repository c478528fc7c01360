package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// modelList is the column of all models. Arrow keys go through it, Enter uses a model, F2 renames it, Delete deletes it.
type modelList struct {
	widget.List
	manager *modelManager
	frame   *canvas.Rectangle // shows that the list has the keyboard
	at      int               // the row that is selected
}

func newModelList(m *modelManager) *modelList {
	l := &modelList{manager: m, frame: canvas.NewRectangle(nil), at: -1}
	l.frame.StrokeWidth = 1
	l.ExtendBaseWidget(l)
	l.HideSeparators = true
	l.Length = func() int { return len(m.w.session.AllModels()) }
	l.CreateItem = func() fyne.CanvasObject { return newModelRow() }
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		if all := m.w.session.AllModels(); i < len(all) {
			names, chosen := m.w.session.Models()
			o.(*modelRow).show(all[i], chosen >= 0 && names[chosen] == all[i].Name)
		}
	}
	l.OnSelected = func(i widget.ListItemID) {
		l.at = i
		if all := m.w.session.AllModels(); i < len(all) {
			m.pick(all[i].Name)
		}
	}
	return l
}

// update follows the library, and selects the model that is shown.
func (l *modelList) update() {
	l.Refresh()
	for i, info := range l.manager.w.session.AllModels() {
		if info.Name == l.manager.shown && i != l.at {
			l.Select(i)
		}
	}
}

// FocusGained shows that the keys belong to the list. The list's own mark would stand at another row than the selected one.
func (l *modelList) FocusGained() { l.outline(greySelected) }

// FocusLost takes that away.
func (l *modelList) FocusLost() { l.outline(nil) }

func (l *modelList) outline(c color.Color) {
	l.frame.StrokeColor = c
	l.frame.Refresh()
}

// TypedShortcut brings back the model that was deleted last.
func (l *modelList) TypedShortcut(s fyne.Shortcut) {
	if _, undo := s.(*fyne.ShortcutUndo); undo {
		l.manager.undoDelete()
	}
}

// TypedKey goes through the models.
func (l *modelList) TypedKey(e *fyne.KeyEvent) {
	last := l.Length() - 1
	switch e.Name {
	case fyne.KeyUp:
		l.Select(max(l.at-1, 0))
	case fyne.KeyDown:
		l.Select(min(l.at+1, last))
	case fyne.KeyHome:
		l.Select(0)
	case fyne.KeyEnd:
		l.Select(last)
	case fyne.KeyReturn, fyne.KeyEnter:
		if !l.manager.use.Disabled() {
			l.manager.choose()
		}
	case fyne.KeyF2:
		l.manager.startRename()
	case fyne.KeyDelete:
		l.manager.remove()
	case fyne.KeyEscape:
		l.manager.close()
	}
}

// modelRow is a model in the list: its name, and what it is.
type modelRow struct {
	widget.BaseWidget
	name, what *canvas.Text
	full       string
}

func newModelRow() *modelRow {
	r := &modelRow{name: canvas.NewText("", greyText), what: quiet("", fyne.TextAlignLeading)}
	r.name.TextSize = 13
	r.ExtendBaseWidget(r)
	return r
}

func (r *modelRow) show(info app.ModelInfo, used bool) {
	what, tint := lang.L("yours"), greyQuiet
	if info.Bundled {
		what = lang.L("comes with the program")
	}
	switch {
	case !info.Problem.Empty():
		what, tint = lang.L("cannot be used"), problemRed
	case used:
		what = lang.L("in use") + "  ·  " + what
	}
	r.full = info.Name
	r.what.Color = tint
	r.what.Text = what
	r.what.Refresh()
	r.fit(r.Size().Width)
}

// fit shortens the name to a width.
func (r *modelRow) fit(width float32) {
	const margins = 20
	setText(r.name, elided(r.full, max(width-margins, 20), 13))
}

// Resize shortens the name to the new width.
func (r *modelRow) Resize(size fyne.Size) {
	r.BaseWidget.Resize(size)
	r.fit(size.Width)
}

// CreateRenderer is called by Fyne.
func (r *modelRow) CreateRenderer() fyne.WidgetRenderer {
	words := container.New(layout.NewCustomPaddedVBoxLayout(2), r.name, r.what)
	return widget.NewSimpleRenderer(container.New(layout.NewCustomPaddedLayout(6, 6, 10, 10), words))
}

// MinSize asks for no width: long names are shortened.
func (r *modelRow) MinSize() fyne.Size {
	return fyne.NewSize(1, r.BaseWidget.MinSize().Height)
}

// besideList puts the second object at the right of the first one, the list.
type besideList struct{}

// Layout gives the list its width, less where there is little room, and the rest to the other object.
func (besideList) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left := min(managerList, size.Width*0.4)
	place(o[0], 0, 0, left, size.Height)
	place(o[1], left, 0, size.Width-left, size.Height)
}

// MinSize is that of both, without the list's width.
func (besideList) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(b.Width, max(a.Height, b.Height))
}

// fixedHeight is a layout for one object that shall always be as high.
type fixedHeight float32

// Layout gives the object all the space.
func (fixedHeight) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// MinSize is the fixed height and the object's least width.
func (h fixedHeight) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, float32(h))
}

// megabytes is the size of a file in words.
func megabytes(bytes int64) string { return decimal(float64(bytes)/1e6, 1) + " MB" }
