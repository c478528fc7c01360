package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// modelKinds are the files that models lie in.
func modelKinds() []fileKind { return []fileKind{{lang.L("Models"), app.ModelEndings()}} }

func (m *modelManager) askImport() {
	m.w.askFile(lang.L("Import a model"), m.w.modelFolder, modelKinds(), func(path string) {
		m.w.modelFolder = filepath.Dir(path)
		m.importFile(path)
	})
}

func (m *modelManager) importFile(path string) {
	m.w.session.ImportModel(path, func(name string, err error) {
		if m.told(err) {
			m.shown = name
			m.say(lang.L("{{.Name}} is among your models now.", with{"Name": name}), false, false)
			m.w.win.Canvas().Focus(m.list)
		}
	})
}

// isModel reports whether a file is called like a model.
func isModel(path string) bool {
	return slices.Contains(app.ModelEndings(), strings.ToLower(filepath.Ext(path)))
}

// importDropped opens the library and adds models from files to it.
func (w *Window) importDropped(paths []string) {
	if len(paths) == 0 {
		return
	}
	if w.models == nil || !w.models.open() {
		if w.showModels(); w.models == nil || !w.models.open() {
			return // another dialog is open
		}
	}
	for _, path := range paths {
		w.models.importFile(path)
	}
}

func (m *modelManager) askExport() {
	name, folder := m.shown, m.w.modelFolder
	if home, err := os.UserHomeDir(); folder == "" && err == nil {
		folder = home
	}
	path := filepath.Join(folder, name+app.ModelEndings()[0])
	m.w.askSave(lang.L("Export the model"), path, modelKinds(), func(path string) {
		m.w.modelFolder = filepath.Dir(path)
		m.exportTo(name, path)
	})
}

// exportTo saves a model where the dialog has said, which asks itself before a file is replaced. A name that has no
// ending gets one; of that the dialog knows nothing.
func (m *modelManager) exportTo(name, path string) {
	asked := isModel(path)
	if !asked {
		path += app.ModelEndings()[0]
	}
	m.w.session.ExportModel(name, path, asked, func(err error) {
		if m.told(err) {
			m.say(lang.L("{{.Name}} is saved as {{.File}}.", with{"Name": name, "File": filepath.Base(path)}), false, false)
		}
	})
}
