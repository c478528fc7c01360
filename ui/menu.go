package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
)

func control(key fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
}

func shifted(key fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
}

// buildMenu makes the menus. Their shortcuts work whatever has the keyboard.
func (w *Window) buildMenu() {
	item := func(label string, s fyne.Shortcut, action func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(label, action)
		i.Shortcut = s
		return i
	}
	w.recent = fyne.NewMenuItem(lang.L("Open Recent"), nil)
	w.recent.ChildMenu = fyne.NewMenu("")
	quit := item(lang.L("Quit"), control(fyne.KeyQ), w.Close)
	quit.IsQuit = true
	w.queueItem = fyne.NewMenuItem(lang.L("Export Queue"), w.toggleQueue)
	w.shelf = fyne.NewMenuItem(lang.L("Strip of Photos"), w.toggleStrip)
	w.undo = item(lang.L("Undo"), &fyne.ShortcutUndo{}, w.undoStep)
	w.redo = item(lang.L("Redo"), &fyne.ShortcutRedo{}, w.redoStep)
	w.reset = fyne.NewMenuItem(lang.L("Reset Settings"), w.panel.resetSettings)
	w.menu = fyne.NewMainMenu(
		fyne.NewMenu(lang.L("File"),
			item(lang.L("Open…"), control(fyne.KeyO), w.showOpen), item(lang.L("Open Folder…"), shifted(fyne.KeyO), w.showOpenFolder), w.recent,
			fyne.NewMenuItem(lang.L("Open the Sample Photo"), w.OpenSample),
			fyne.NewMenuItemSeparator(), item(lang.L("Export…"), control(fyne.KeyE), w.showExport),
			item(lang.L("Export All…"), shifted(fyne.KeyE), w.showExportAll), w.queueItem,
			fyne.NewMenuItemSeparator(), item(lang.L("Train on My Folder…"), control(fyne.KeyT), w.showTraining),
			fyne.NewMenuItemSeparator(), quit),
		fyne.NewMenu(lang.L("Edit"), w.undo, w.redo, fyne.NewMenuItemSeparator(), w.reset,
			fyne.NewMenuItemSeparator(), item(lang.L("Mark All Photos"), &fyne.ShortcutSelectAll{}, w.markAll),
			fyne.NewMenuItem(lang.L("Take Marked Photos off the Strip"), w.leaveStrip),
			fyne.NewMenuItemSeparator(), item(lang.L("Settings…"), control(fyne.KeyComma), w.showSettings)),
		fyne.NewMenu(lang.L("View"),
			fyne.NewMenuItem(lang.L("Split"), func() { w.setCompare(splitView) }),
			fyne.NewMenuItem(lang.L("Side by Side"), func() { w.setCompare(sideBySide) }),
			fyne.NewMenuItem(lang.L("Single"), func() { w.setCompare(singleView) }),
			fyne.NewMenuItem(lang.L("What Was Removed"), func() { w.setCompare(removedView) }),
			fyne.NewMenuItem(lang.L("Sensitivity to the Blind Spot"), func() { w.setCompare(sensitivityView) }),
			fyne.NewMenuItem(lang.L("Original and Result in Turn"), func() { w.typed('\\') }),
			fyne.NewMenuItemSeparator(),
			w.shelf, fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(lang.L("Whole Photo"), func() { w.viewer.zoomTo(0) }),
			fyne.NewMenuItem("100 %", func() { w.viewer.zoomTo(1) }),
			fyne.NewMenuItem("200 %", func() { w.viewer.zoomTo(2) }),
			fyne.NewMenuItem("400 %", func() { w.viewer.zoomTo(4) })),
		fyne.NewMenu(lang.L("Models"), item(lang.L("Models…"), control(fyne.KeyM), w.showModels)),
		fyne.NewMenu(lang.L("Help"), fyne.NewMenuItem(lang.L("Keys"), w.showKeys), fyne.NewMenuItem(lang.L("About Blindspot"), w.showAbout)),
	)
	w.win.SetMainMenu(w.menu)
	w.win.Canvas().AddShortcut(&desktop.CustomShortcut{
		KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift,
	}, func(fyne.Shortcut) { w.redoStep() })
}

// undoStep takes back the last change of the settings. A field that is being written in has its own: the menu hears of
// the keys first.
func (w *Window) undoStep() {
	if !w.typedInto(&fyne.ShortcutUndo{}) {
		w.trace.begin("undo", "")
		w.session.Undo()
	}
}

// redoStep takes that back.
func (w *Window) redoStep() {
	if !w.typedInto(&fyne.ShortcutRedo{}) {
		w.trace.begin("redo", "")
		w.session.Redo()
	}
}

// markAll marks all photos of the strip.
func (w *Window) markAll() {
	if !w.typedInto(&fyne.ShortcutSelectAll{}) && w.strip.Visible() {
		w.strip.markAll()
	}
}

// typedInto hands a shortcut to the field that has the keyboard. It is true if there is one, or a dialog that has none.
func (w *Window) typedInto(s fyne.Shortcut) bool {
	if field, ok := w.win.Canvas().Focused().(fyne.Shortcutable); ok {
		field.TypedShortcut(s)
		return true
	}
	return w.busy()
}

// showSteps follows what there is to undo, redo and reset.
func (w *Window) showSteps() {
	undo, redo, reset := w.session.Steps()
	if w.undo.Disabled == !undo && w.redo.Disabled == !redo && w.reset.Disabled == !reset {
		return
	}
	w.undo.Disabled, w.redo.Disabled, w.reset.Disabled = !undo, !redo, !reset
	w.menu.Refresh()
}

// showRecent lists the last photos and folders in the menu.
func (w *Window) showRecent() {
	var items []*fyne.MenuItem
	add := func(paths []string, open func(path string)) {
		if len(items) > 0 && len(paths) > 0 {
			items = append(items, fyne.NewMenuItemSeparator())
		}
		for _, path := range paths {
			items = append(items, fyne.NewMenuItem(shortPath(path), func() { open(path) }))
		}
	}
	add(w.session.Recent(), w.Open)
	add(w.session.RecentFolders(), func(path string) { w.OpenAll([]string{path}) })
	if len(items) > 0 {
		items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(lang.L("Clear the List"), w.session.ForgetRecent))
	}
	w.recent.ChildMenu.Items = items
	w.recent.Disabled = len(items) == 0
	w.menu.Refresh()
}

// showOpen asks for photos.
func (w *Window) showOpen() {
	if !w.busy() {
		w.askPhotos(w.OpenAll)
	}
}

// showOpenFolder asks for a folder of photos.
func (w *Window) showOpenFolder() {
	if !w.busy() {
		w.askFolder(lang.L("Open a folder of photos"), "", func(path string) { w.OpenAll([]string{path}) })
	}
}
