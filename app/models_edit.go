package app

import (
	"errors"
	"slices"
)

// What the user does to the library happens in the background; then the list of models follows, and done is called by
// the session's goroutine with what went wrong.

// AllModels describes all models of the library, those that cannot be used with their problem, in the order of
// Library.Models.
func (s *Session) AllModels() []ModelInfo { return s.models.infos }

// RefreshModels lists the library again: a model has been trained, or another program may have changed something.
func (s *Session) RefreshModels() {
	s.editModels(func(*Library) error { return nil }, func(error) {})
}

// RenameModel gives a model of the user's another name.
func (s *Session) RenameModel(name, to string, done func(error)) {
	s.editModels(func(l *Library) error { return l.Rename(name, to) }, func(err error) {
		if err == nil {
			s.followName(name, to)
		}
		done(err)
	})
}

// DuplicateModel copies a model. done is told the copy's name.
func (s *Session) DuplicateModel(name string, done func(copied string, err error)) {
	var copied string
	s.editModels(func(l *Library) (err error) { copied, err = l.Duplicate(name); return err },
		func(err error) { done(copied, err) })
}

// ImportModel adds the model or checkpoint in a file. done is told its name in the library.
func (s *Session) ImportModel(path string, done func(name string, err error)) {
	var name string
	s.editModels(func(l *Library) (err error) { name, err = l.Import(path, ""); return err },
		func(err error) { done(name, err) })
}

// ExportModel writes a model to a file, see Library.Export.
func (s *Session) ExportModel(name, path string, overwrite bool, done func(error)) {
	s.editModels(func(l *Library) error { return l.Export(name, path, overwrite) }, done)
}

// DeleteModel moves a model of the user's to the trash. If it denoises, another one takes its place.
func (s *Session) DeleteModel(name string, done func(error)) {
	var deleted *DeletedModel
	s.editModels(func(l *Library) (err error) { deleted, err = l.Delete(name); return err }, func(err error) {
		if err == nil {
			s.trash = append(s.trash, deleted)
		}
		done(err)
	})
}

// DeletedModel is the name of the model that UndoDelete would bring back, empty if there is none.
func (s *Session) DeletedModel() string {
	if len(s.trash) == 0 {
		return ""
	}
	return s.trash[len(s.trash)-1].Name
}

// UndoDelete brings back the model that was deleted last. Photos that it was chosen for have it again.
func (s *Session) UndoDelete(done func(error)) {
	if len(s.trash) == 0 {
		return
	}
	last := s.trash[len(s.trash)-1]
	s.editModels(func(*Library) error { return last.Restore() }, func(err error) {
		if err == nil {
			s.trash = slices.DeleteFunc(s.trash, func(d *DeletedModel) bool { return d == last })
		}
		done(err)
	})
}

// editModels changes the library and lists it anew.
func (s *Session) editModels(edit func(*Library) error, done func(error)) {
	l := s.options.Library
	switch {
	case l == nil:
		done(errNoLibrary)
		return
	case s.ctx.Err() != nil:
		done(s.ctx.Err())
		return
	}
	s.models.edits++
	s.spawn(func() {
		err := edit(l)
		listing := s.models.listings.Add(1)
		infos := l.Models()
		s.mail.post(func() {
			s.models.edits--
			done(err)
			if listing > s.models.listed { // one that began later, and so knows more, may have come first
				s.models.listed = listing
				s.takeModels(infos)
			}
		})
	})
}

// takeModels takes up the library's list. The model that denoises stays unless it is gone or its file is another one.
func (s *Session) takeModels(infos []ModelInfo) {
	m := &s.models
	var before ModelInfo
	if i := s.modelIndex(m.chosen); i >= 0 {
		before = s.options.Models[i].info
	}
	m.infos, s.options.Models = infos, s.options.Library.choose(infos, s.options.Threads)
	s.firstThreads = s.options.Threads
	s.changed(ModelChanged)
	if i := s.modelIndex(m.chosen); i >= 0 {
		now := s.options.Models[i].info
		if now.Bytes != before.Bytes || !now.Date.Equal(before.Date) || now.Path != before.Path {
			s.loadModel(m.chosen)
		}
	}
	s.pickModel()
}

// followName goes on with a model under its new name.
func (s *Session) followName(name, to string) {
	m := &s.models
	for _, at := range []*string{&m.wish, &m.chosen, &m.loaded, &s.beside.model, &s.preview.companion.want.Model, &s.histories.current.model} {
		if *at == name {
			*at = to
		}
	}
	for _, h := range s.histories.of {
		if h.model == name {
			h.model = to
		}
	}
	for _, e := range s.exports.entries {
		if e.model == name {
			e.model = to
		}
	}
	if i := s.modelIndex(name); i >= 0 {
		s.options.Models[i].Name, s.options.Models[i].info.Name, s.options.Models[i].info.Path = to, to, s.options.Library.ModelPath(to)
	}
}

// openLibrary lists the library for the first time.
func (s *Session) openLibrary() {
	if l := s.options.Library; l != nil {
		s.RefreshModels()
		s.spawn(l.sweepTrash)
	}
}

// closeLibrary empties the trash: nobody can undo any more.
func (s *Session) closeLibrary() error {
	var errs []error
	for _, d := range s.trash {
		errs = append(errs, d.Purge())
	}
	s.trash = nil
	return errors.Join(errs...)
}
