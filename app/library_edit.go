package app

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"blindspot/core/bsn"
	"blindspot/core/say"
)

// checkpointEnding is that of checkpoints of PyTorch.
const checkpointEnding = ".pth"

// ModelEndings are the name endings of the files that models are imported from and exported to.
func ModelEndings() []string { return []string{modelEnding, checkpointEnding, ".pt"} }

// Rename gives a user's model another name.
func (l *Library) Rename(name, to string) error {
	if err := l.checkOwn(name, say.Errorf("the model %s comes with the program and cannot be renamed: duplicate it first", name)); err != nil {
		return err
	}
	if name == to {
		return nil
	}
	if err := l.checkNew(to); err != nil {
		return err
	}
	err := moveNew(l.ModelPath(name), l.ModelPath(to))
	if errors.Is(err, ErrExists) {
		return nameTaken(to)
	}
	if err != nil {
		return say.Errorf("rename the model %s: %w", name, err)
	}
	return nil
}

// Duplicate copies a model, one that comes with the program too, and returns the copy's name.
func (l *Library) Duplicate(name string) (string, error) {
	m, err := l.load(name)
	if err != nil {
		return "", err
	}
	return l.add(m, name+" copy")
}

// Import adds the model in a file to the library and returns its name there. The file is a model file or a checkpoint of
// PyTorch, as its content says; nothing in it is executed. An empty name is that of the file; a name that is taken gets a number.
func (l *Library) Import(path, name string) (string, error) {
	if name != "" {
		if err := l.checkNew(name); err != nil {
			return "", err
		}
	}
	m, err := bsn.OpenAnyModel(path)
	if err != nil {
		return "", err
	}
	if name == "" {
		name = plainName(filepath.Base(path))
	}
	return l.add(m, name)
}

// Export writes a model to a file: a checkpoint of PyTorch if the path ends in .pth, a model file otherwise. Where there
// is a file already the error is ErrExists, unless it shall be overwritten.
func (l *Library) Export(name, path string, overwrite bool) error {
	m, err := l.load(name)
	if err != nil {
		return err
	}
	return exportModel(m, path, overwrite)
}

func exportModel(m *bsn.Model, path string, overwrite bool) error {
	write, to := m.Write, writeNew
	if overwrite {
		to = writeOver
	}
	if strings.EqualFold(filepath.Ext(path), checkpointEnding) {
		write = m.WriteCheckpoint
	}
	if err := to(path, write); err != nil {
		return say.Errorf("save the model as %s: %w", path, err)
	}
	return nil
}

// ConvertModel writes the model in one file, of any kind that Import knows, to a new one.
func ConvertModel(from, to string) error {
	m, err := bsn.OpenAnyModel(from)
	if err != nil {
		return err
	}
	if m.Info.Name == "" {
		m.Info.Name = plainName(filepath.Base(to))
	}
	return exportModel(m, to, false)
}

// add writes a model into the library under a free name like the one that is wished.
func (l *Library) add(m *bsn.Model, wish string) (string, error) {
	for n := 1; ; n++ {
		name := wish
		if n > 1 {
			name = fmt.Sprintf("%s %d", wish, n)
		}
		if l.taken(name) {
			continue
		}
		if err := CheckModelName(name); err != nil {
			return "", err
		}
		m.Info.Name = name
		err := writeNew(l.ModelPath(name), m.Write)
		if errors.Is(err, ErrExists) {
			continue
		}
		if err != nil {
			return "", say.Errorf("save the model %s: %w", name, err)
		}
		return name, nil
	}
}

// plainName makes a model's name of a file's.
func plainName(file string) string {
	for _, ending := range ModelEndings() {
		if n := len(file) - len(ending); n > 0 && strings.EqualFold(file[n:], ending) {
			file = file[:n]
		}
	}
	file = strings.Map(func(r rune) rune {
		if unsafe(r) {
			return ' '
		}
		return r
	}, file)
	const room = 80 // leaves some for a number
	if runes := []rune(file); len(runes) > room {
		file = string(runes[:room])
	}
	file = strings.Trim(file, ". ")
	if CheckModelName(file) != nil {
		return "imported"
	}
	return file
}

// taken reports whether a model has the name.
func (l *Library) taken(name string) bool {
	same := func(other string) bool { return strings.EqualFold(other, name) } // as some file systems see it
	return slices.ContainsFunc(l.userModels(), same) || slices.ContainsFunc(l.bundledModels(), same)
}

// checkNew says why a new model cannot have a name.
func (l *Library) checkNew(name string) error {
	if err := CheckModelName(name); err != nil {
		return err
	}
	if l.taken(name) {
		return nameTaken(name)
	}
	return nil
}

func nameTaken(name string) error {
	return say.Errorf("a model is called %s already: choose another name", name)
}

// checkOwn refuses a model that is not the user's; one that comes with the program is refused with the words of refusal.
func (l *Library) checkOwn(name string, refusal error) error {
	switch {
	case slices.Contains(l.userModels(), name):
		return nil
	case slices.Contains(l.bundledModels(), name):
		return refusal
	}
	return say.Errorf("%w as %q any more", ErrUnknownModel, name)
}
