package app

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"

	"blindspot/core/say"
)

// SampleFile is where the sample photo lies among the program's assets.
const SampleFile = "sample/sample.jpg"

// OpenSample opens the sample photo of the program's assets, so that there is something to try on the first start. It is
// put into the user's cache directory first: a photo is a file.
func (s *Session) OpenSample(assets fs.FS) {
	path, err := samplePath()
	if err == nil {
		err = unpackSample(assets, path)
	}
	if err != nil {
		s.fail(say.Errorf("open the sample photo: %w", err))
		return
	}
	s.Open(path)
}

func samplePath() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "blindspot", "sample.jpg"), nil
}

func unpackSample(assets fs.FS, path string) error {
	data, err := fs.ReadFile(assets, SampleFile)
	if err != nil {
		return err
	}
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, data) {
		return nil
	}
	return writeFile(path, data)
}

// isSample reports whether path is the unpacked sample photo, in whose folder nobody would look for an export.
func (s *Session) isSample(path string) bool {
	sample, err := samplePath()
	return err == nil && path == sample
}
