package bsn

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"blindspot/core/say"
)

// check refuses a model that could not be read again.
func (m *Model) check() error {
	if m.Teacher == nil || !m.Teacher.sameLayout(newParams(m.Config, teacherSpecs)) {
		return errors.New("the model has no teacher of its size")
	}
	if m.Student != nil && !m.Student.sameLayout(newParams(m.Config, studentSpecs)) {
		return errors.New("the model's student is not of its size")
	}
	return m.Info.check()
}

// Write writes the model as a safetensors file. The same model gives the same bytes.
func (m *Model) Write(w io.Writer) error {
	if err := m.check(); err != nil {
		return err
	}
	blocks := paramBlocks(teacherPrefix, m.Teacher)
	if m.Student != nil {
		blocks = append(blocks, paramBlocks(studentPrefix, m.Student)...)
	}
	return writeBlocks(w, blocks, m.Info.metadata(m.Config))
}

func paramBlocks(prefix string, p *Params) []block {
	blocks := make([]block, len(p.specs))
	for i, s := range p.specs {
		blocks[i] = block{name: prefix + s.name, shape: s.shape, data: p.Get(s.name)}
	}
	return blocks
}

// WriteFile writes the model to path, replacing a file that is there. It writes to a temporary file in the same folder,
// syncs it and renames it, so that path never holds half a model.
func (m *Model) WriteFile(path string) error {
	if err := writeAtomic(path, m.Write); err != nil {
		return say.Errorf("write model file %s: %w", path, err)
	}
	return nil
}

func writeAtomic(path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	// The file's name must survive a power cut too. Not every file system can sync a folder; then there is no more to do.
	if d, openErr := os.Open(dir); openErr == nil {
		_ = d.Sync()
		d.Close()
	}
	return nil
}
