package app

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"

	"blindspot/core/say"
)

// writeNew lets write fill a new file through a temporary one beside it. What is at path already stays: the error is then
// ErrExists.
func writeNew(path string, write func(io.Writer) error) error {
	return writeBeside(path, write, moveNew)
}

// writeOver is writeNew for a path where what is there shall be replaced.
func writeOver(path string, write func(io.Writer) error) error {
	return writeBeside(path, write, os.Rename)
}

// writeBeside lets write fill a temporary file beside path, and put give it its name.
func writeBeside(path string, write func(io.Writer) error, put func(temp, path string) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return bareError(err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".blindspot-*")
	if err != nil {
		return bareError(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err = write(w); err == nil {
		err = errors.Join(w.Flush(), f.Chmod(0o644), f.Sync())
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = put(f.Name(), path)
	}
	if err != nil {
		return errors.Join(bareError(err), os.Remove(f.Name()))
	}
	return nil
}

// moveNew gives a file another name on the same disk, never one that is taken: the error is then ErrExists. A hard link
// fails where the name was taken in the last moment; file systems that know none get a check and a renaming.
func moveNew(from, to string) error {
	switch err := os.Link(from, to); {
	case err == nil:
		return bareError(os.Remove(from))
	case errors.Is(err, os.ErrExist):
		return ErrExists
	case errors.Is(err, os.ErrNotExist):
		return os.ErrNotExist
	}
	if exists(to) {
		return ErrExists
	}
	var lerr *os.LinkError
	if err := os.Rename(from, to); errors.As(err, &lerr) {
		return lerr.Err // the error's own text would repeat both paths
	} else if err != nil {
		return say.Errorf("rename: %w", err)
	}
	return nil
}
