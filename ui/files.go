package ui

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/storage"

	"blindspot/app"
)

// fileQuestion is what a file dialog asks for.
type fileQuestion struct {
	title   string
	folder  string     // where the dialog begins; empty for the folder of the open photo
	name    string     // that is proposed for a file to save
	kinds   []fileKind // what is listed, the first at first; all files if there are none
	several bool       // more than one may be chosen, where the dialog can do that
	dir     bool       // a folder is asked for
	save    bool       // a file to write is asked for
}

// fileKind is a sort of files by the endings of their names, such as ".jpg".
type fileKind struct {
	name    string
	endings []string
}

// errNoPortal says that the desktop has no file dialog of its own to offer.
var errNoPortal = errors.New("the desktop offers no file dialog")

// photoKinds are the files that can be opened as photos.
func photoKinds() []fileKind { return []fileKind{{lang.L("Photos"), app.PhotoEndings()}} }

// askPhotos asks for photos to open.
func (w *Window) askPhotos(take func(paths []string)) {
	w.ask(fileQuestion{title: lang.L("Open photos"), kinds: photoKinds(), several: true}, take)
}

// askFile asks for one file of some kinds. The dialog begins in a folder, or where the open photo lies if that is empty;
// take is called on Fyne's goroutine, and only if something was chosen.
func (w *Window) askFile(title, folder string, kinds []fileKind, take func(path string)) {
	w.ask(fileQuestion{title: title, folder: folder, kinds: kinds}, func(paths []string) { take(paths[0]) })
}

// askFolder asks for a folder, see askFile.
func (w *Window) askFolder(title, folder string, take func(path string)) {
	w.ask(fileQuestion{title: title, folder: folder, dir: true}, func(paths []string) { take(paths[0]) })
}

// askSave asks where to save a file, proposing a path. The dialog asks itself before a file is replaced. See askFile.
func (w *Window) askSave(title, path string, kinds []fileKind, take func(path string)) {
	w.ask(fileQuestion{title: title, folder: filepath.Dir(path), name: filepath.Base(path), kinds: kinds, save: true},
		func(paths []string) { take(paths[0]) })
}

// ask shows the desktop's own dialog, or Fyne's where there is none. There is one question at a time.
func (w *Window) ask(q fileQuestion, take func(paths []string)) {
	if w.asking != nil {
		return
	}
	if q.folder == "" {
		if info, ok := w.session.Photo(); ok {
			q.folder = filepath.Dir(info.Path)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.asking = cancel
	handle := windowHandle(w.win)
	w.askers.Go(func() {
		paths, err := askPortal(ctx, handle, q)
		w.bridge.run(func() {
			cancel()
			w.asking = nil
			switch {
			case errors.Is(err, errNoPortal):
				w.askFyne(q, take)
			case err != nil:
				w.session.Complain(err)
			case len(paths) > 0:
				take(paths)
			}
		})
	})
}

// stopAsking closes the desktop's dialog, if one is open, and waits for it.
func (w *Window) stopAsking() {
	if w.asking != nil {
		w.asking()
	}
	w.askers.Wait()
}

// askFyne shows Fyne's own dialog, which lets one file be chosen.
func (w *Window) askFyne(q fileQuestion, take func(paths []string)) {
	w.trace.note("asked", q.title)
	chosen := func(u fyne.URI, err error) {
		if err != nil {
			w.session.Complain(err)
		} else if u != nil {
			take([]string{u.Path()})
		}
	}
	var d *dialog.FileDialog
	switch {
	case q.dir:
		d = dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
			if u == nil {
				chosen(nil, err)
				return
			}
			chosen(u, err)
		}, w.win)
	case q.save:
		d = dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
			if f == nil {
				chosen(nil, err)
				return
			}
			chosen(f.URI(), errors.Join(err, f.Close()))
		}, w.win)
		d.SetFileName(q.name)
	default:
		d = dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
			if f == nil {
				chosen(nil, err)
				return
			}
			chosen(f.URI(), errors.Join(err, f.Close()))
		}, w.win)
	}
	if len(q.kinds) > 0 && !q.dir {
		d.SetFilter(storage.NewExtensionFileFilter(q.kinds[0].endings))
	}
	if folder, err := storage.ListerForURI(storage.NewFileURI(q.folder)); q.folder != "" && err == nil {
		d.SetLocation(folder)
	}
	d.SetTitleText(q.title)
	d.Resize(w.win.Canvas().Size().Subtract(fyne.NewSize(160, 120)))
	w.showDialog(d)
}

// pattern is a file name ending as a pattern for any mixture of capitals.
func pattern(ending string) string {
	var b strings.Builder
	b.WriteString("*")
	for _, r := range ending {
		if low, high := strings.ToLower(string(r)), strings.ToUpper(string(r)); low != high {
			b.WriteString("[" + low + high + "]")
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
