package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"blindspot/core/say"
)

// DeletedModel is a model in the trash.
type DeletedModel struct {
	library *Library
	Name    string
	path    string
}

// trashFolder is where deleted models wait.
func (l *Library) trashFolder() string { return filepath.Join(l.data, "trash") }

// Delete moves a user's model to the trash.
func (l *Library) Delete(name string) (*DeletedModel, error) {
	if err := l.checkOwn(name, say.Errorf("the model %s comes with the program and cannot be deleted: duplicate it first", name)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(l.trashFolder(), 0o755); err != nil {
		return nil, say.Errorf("delete the model %s: %w", name, bareError(err))
	}
	for n := 0; ; n++ {
		d := &DeletedModel{l, name, filepath.Join(l.trashFolder(), fmt.Sprintf("%d-%d-%s%s", time.Now().Unix(), n, name, modelEnding))}
		err := moveNew(l.ModelPath(name), d.path)
		if errors.Is(err, ErrExists) {
			continue
		}
		if err != nil {
			return nil, say.Errorf("delete the model %s: %w", name, err)
		}
		return d, nil
	}
}

// Restore takes the model out of the trash, under its old name.
func (d *DeletedModel) Restore() error {
	err := moveNew(d.path, d.library.ModelPath(d.Name))
	if errors.Is(err, ErrExists) {
		return say.Errorf("another model is called %s by now: rename that one, then undo again", d.Name)
	}
	if err != nil {
		return say.Errorf("bring back the model %s: %w", d.Name, err)
	}
	return nil
}

// Purge deletes the model for good.
func (d *DeletedModel) Purge() error {
	if err := os.Remove(d.path); err != nil {
		return say.Errorf("delete the model %s: %w", d.Name, bareError(err))
	}
	return nil
}

// trashAge is how long the trash keeps what a program left there that ended too suddenly to empty it.
const trashAge = 7 * 24 * time.Hour

// sweepTrash deletes what nobody can bring back any more.
func (l *Library) sweepTrash() {
	entries, err := os.ReadDir(l.trashFolder())
	if err != nil {
		return // there is none
	}
	for _, e := range entries {
		var deleted int64 // the name begins with the time; the file's own is that of the training
		if n, _ := fmt.Sscanf(e.Name(), "%d-", &deleted); n == 1 && time.Since(time.Unix(deleted, 0)) > trashAge {
			_ = os.Remove(filepath.Join(l.trashFolder(), e.Name())) // another try comes with the next start
		}
	}
}
