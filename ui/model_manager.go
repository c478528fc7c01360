package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// modelManager shows the library of models: all of them at the left, what one of them says of itself at the right, and
// what can be done with it.
type modelManager struct {
	*modal
	shown string // name of the model at the right

	list    *modelList
	own     *widget.Label // in the list, while there are no models of the user's
	details *modelDetails
	actions *fyne.Container
	rename  *dialogButton
	copy    *dialogButton
	export  *dialogButton
	delete  *dialogButton
	use     *dialogButton
	done    *dialogButton
	note    *widget.Label // what went wrong, or what was done
	undo    *dialogButton
	noteBar *fyne.Container
	body    *fyne.Container // models and note
}

const (
	managerWidth, managerHeight = 840, 490
	managerList                 = 250
	// managerFrame is what the dialog has around its content, and managerMargin what shall be seen of the window around that.
	managerFrame, managerMargin = 120, 40
)

// showModels opens the library.
func (w *Window) showModels() {
	if w.busy() {
		return
	}
	m := &modelManager{modal: w.newModal()}
	w.models = m
	names, chosen := w.session.Models()
	if chosen >= 0 {
		m.shown = names[chosen]
	}
	m.build()
	w.session.RefreshModels()
	m.refresh()
	w.win.Canvas().Focus(m.list)
}

func (m *modelManager) build() {
	m.list = newModelList(m)
	m.own = hint(lang.L("Models of your own will stand here: train one on a folder of your photos, or import one."))
	m.own.Importance = widget.LowImportance
	m.details = newModelDetails(m)
	m.rename = m.button(lang.L("Rename…"), m.startRename)
	m.copy = m.button(lang.L("Duplicate"), m.duplicate)
	m.export = m.button(lang.L("Export…"), m.askExport)
	m.delete = m.button(lang.L("Delete"), m.remove)
	m.use = m.button(lang.L("Use this model"), m.choose)
	m.use.Importance = widget.HighImportance
	m.done = m.button(lang.L("Close"), m.close)
	m.note = widget.NewLabel("")
	m.note.Wrapping = fyne.TextWrapWord
	m.undo = m.button(lang.L("Undo"), m.undoDelete)
	m.noteBar = container.NewStack(canvas.NewRectangle(greyRaised), container.NewBorder(nil, nil, nil, container.NewCenter(m.undo), m.note))
	m.noteBar.Hide()
	m.actions = container.NewHBox(m.rename, m.copy, m.export, m.delete)

	importing := m.button(lang.L("Import…"), m.askImport)
	right := container.New(layout.NewCustomPaddedLayout(0, 0, 14, 0), container.NewBorder(nil, m.actions, nil, nil, m.details.content))
	left := container.NewStack(canvas.NewRectangle(greyDeep), container.NewBorder(nil, m.own, nil, nil, m.list), m.list.frame)
	both := container.New(besideList{}, left, right)
	room := m.w.win.Canvas().Size()
	size := fyne.NewSize(min(managerWidth, room.Width-managerMargin), min(managerHeight, room.Height-managerFrame-managerMargin))
	m.body = container.NewBorder(nil, m.noteBar, nil, nil, both)
	content := container.New(fixedHeight(size.Height), m.body)
	m.show(lang.L("Models"), size.Width, content, importing, m.use, m.done)
}

// open reports whether the dialog is there still, perhaps under another one.
func (m *modelManager) open() bool { return m.popup.Visible() }

// current is the model at the right; ok is false while there is none.
func (m *modelManager) current() (info app.ModelInfo, ok bool) {
	all := m.w.session.AllModels()
	i := slices.IndexFunc(all, func(i app.ModelInfo) bool { return i.Name == m.shown })
	if i < 0 {
		return app.ModelInfo{}, false
	}
	return all[i], true
}

// refresh shows the library as it is now.
func (m *modelManager) refresh() {
	all := m.w.session.AllModels()
	if _, ok := m.current(); !ok && len(all) > 0 {
		m.shown = all[min(max(m.list.at, 0), len(all)-1)].Name
	}
	m.list.update()
	m.own.Hidden = len(all) == 0 || slices.ContainsFunc(all, func(i app.ModelInfo) bool { return !i.Bundled })
	info, ok := m.current()
	m.details.show(info, ok)
	names, chosen := m.w.session.Models()
	inUse := chosen >= 0 && names[chosen] == info.Name
	usable := ok && info.Problem.Empty()
	enable(m.use, usable && !(inUse && !m.w.session.Automatic().On))
	enable(m.rename, ok && !info.Bundled)
	enable(m.delete, ok && !info.Bundled)
	enable(m.copy, usable)
	enable(m.export, usable)
}

func enable(b *dialogButton, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// pick shows another model.
func (m *modelManager) pick(name string) {
	if name != m.shown {
		m.shown = name
		m.details.endRename()
		m.quiet()
		m.refresh()
	}
}

// choose denoises with the model.
func (m *modelManager) choose() {
	names, _ := m.w.session.Models()
	if i := slices.Index(names, m.shown); i >= 0 {
		m.w.trace.begin("model", m.shown)
		m.w.session.ChooseModel(i)
		m.close()
	}
}

func (m *modelManager) startRename() {
	if info, ok := m.current(); ok && !info.Bundled {
		m.quiet()
		m.details.startRename(info.Name)
	}
}

// renameTo is called by the field of the new name.
func (m *modelManager) renameTo(to string) {
	from := m.shown
	m.w.session.RenameModel(from, to, func(err error) {
		if err == nil && m.shown == from {
			m.shown = to
		}
		if m.told(err) {
			m.details.endRename()
			m.w.win.Canvas().Focus(m.list)
		}
	})
}

func (m *modelManager) duplicate() {
	m.w.session.DuplicateModel(m.shown, func(copied string, err error) {
		if m.told(err) {
			m.shown = copied
		}
	})
}

// remove moves the model to the trash, from where Undo takes it.
func (m *modelManager) remove() {
	name := m.shown
	if info, ok := m.current(); !ok || info.Bundled {
		return
	}
	m.w.session.DeleteModel(name, func(err error) {
		if m.told(err) {
			m.say(lang.L("{{.Name}} is deleted.", with{"Name": name}), false, true)
		}
	})
}

func (m *modelManager) undoDelete() {
	name := m.w.session.DeletedModel()
	m.w.session.UndoDelete(func(err error) {
		if m.told(err) {
			m.shown = name
			m.w.win.Canvas().Focus(m.list)
		}
	})
}

// told shows an error, and reports whether there was none. After the dialog has been closed the window says it.
func (m *modelManager) told(err error) bool {
	switch {
	case !m.open():
		if err != nil {
			m.w.session.Complain(err)
		}
		return false
	case err != nil:
		m.say(sentence(err), true, false)
		return false
	}
	m.quiet()
	return true
}

// say writes a sentence under the models.
func (m *modelManager) say(text string, problem, undo bool) {
	m.note.Importance = widget.MediumImportance
	if problem {
		m.note.Importance = widget.DangerImportance
	}
	m.undo.Hidden = !undo
	m.note.SetText(text)
	m.noteBar.Show()
	m.body.Refresh()
}

// quiet takes the sentence away.
func (m *modelManager) quiet() {
	m.noteBar.Hide()
	m.body.Refresh() // for the room
}

// modelsChanged follows the list of models: in the library while it is open, and at the left of side by side, where a
// model may have gone.
func (w *Window) modelsChanged() {
	if w.models != nil && w.models.open() {
		w.models.refresh()
	}
	names, _ := w.session.Models()
	if left := w.viewer.left; left.Kind == app.OtherModel && !slices.Contains(names, left.Model) {
		w.viewer.setLeft(app.Companion{})
		w.compareChanged()
	}
}
