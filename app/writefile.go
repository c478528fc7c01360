package app

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"blindspot/core/say"
)

// writePNG writes a picture; what is its name in an error.
func writePNG(what Text, path string, im image.Image) error {
	var b bytes.Buffer
	err := png.Encode(&b, im)
	if err == nil {
		err = writeFile(path, b.Bytes())
	}
	if err != nil {
		return say.Errorf("write the %v %s: %w", what, path, bareError(err))
	}
	return nil
}

// writeFile writes a small file through a temporary one, so that path holds the old content or the new, never a part.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".blindspot-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
