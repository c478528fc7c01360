package bsn

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Prefixes of the two networks in a model file.
const (
	teacherPrefix = "teacher."
	studentPrefix = "student."
)

// Model is what a model file holds: the teacher, the student once it has been distilled, and where they come from.
type Model struct {
	Config  Config
	Teacher *Params
	Student *Params // nil until distilled
	Info    Info
}

// OpenModel reads the model file at path. Errors begin with the path and name the tensor that is missing, misshapen or
// damaged.
func OpenModel(path string) (*Model, error) {
	m, err := openModel(path)
	if err != nil {
		var perr *fs.PathError
		if errors.As(err, &perr) { // its text would repeat the path
			err = perr.Err
		}
		return nil, fmt.Errorf("model file %s: %w", path, err)
	}
	return m, nil
}

func openModel(path string) (*Model, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !stat.Mode().IsRegular() {
		return nil, errors.New("it is not a file")
	}
	return ReadModel(f, stat.Size())
}

// ReadModel reads a model file of size bytes. The file is not trusted: nothing is allocated before names, types, shapes
// and sizes have been checked.
func ReadModel(r io.ReaderAt, size int64) (*Model, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	m := &Model{}
	if m.Config, err = modelConfig(h); err != nil {
		return nil, err
	}
	if m.Info, err = parseInfo(h.metadata); err != nil {
		return nil, err
	}
	if m.Teacher, err = readParams(r, h, teacherPrefix, m.Config, teacherSpecs); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(h.tensors, func(t tensorHeader) bool { return strings.HasPrefix(t.name, studentPrefix) }) {
		return m, nil
	}
	m.Student, err = readParams(r, h, studentPrefix, m.Config, studentSpecs)
	return m, err
}

// modelConfig takes the network's size from the first layer and checks that the metadata, where they say it, agree.
func modelConfig(h *fileHeader) (Config, error) {
	const first = teacherPrefix + "unet.intro.conv.weight"
	t, ok := h.find(first)
	if !ok {
		return Config{}, fmt.Errorf("tensor %s is missing", first)
	}
	if len(t.shape) != 4 {
		return Config{}, fmt.Errorf("tensor %s has shape %v, want [width channels 3 3]", first, t.shape)
	}
	c := Config{Width: t.shape[0], Channels: t.shape[1]}
	if err := c.Validate(); err != nil {
		return c, fmt.Errorf("tensor %s has shape %v: %w", first, t.shape, err)
	}
	for key, want := range map[string]int{"width": c.Width, "channels": c.Channels} {
		if text, ok := h.metadata[key]; ok && text != strconv.Itoa(want) {
			return c, fmt.Errorf("%w: it claims %s %.20q but its tensors have %d", ErrDamaged, key, text, want)
		}
	}
	return c, nil
}

// readParams checks that the file holds exactly the tensors of one network under prefix, then reads them.
func readParams(r io.ReaderAt, h *fileHeader, prefix string, c Config, specs func(Config) []spec) (*Params, error) {
	byName := make(map[string]tensorHeader, len(h.tensors))
	for _, t := range h.tensors {
		if name, ok := strings.CutPrefix(t.name, prefix); ok {
			byName[name] = t
		}
	}
	want := specs(c)
	for _, s := range want {
		t, ok := byName[s.name]
		switch {
		case !ok:
			return nil, fmt.Errorf("tensor %s%s is missing", prefix, s.name)
		case !slices.Equal(t.shape, s.shape):
			return nil, fmt.Errorf("tensor %s has shape %v, want %v", t.name, t.shape, s.shape)
		case t.dtype != "F32":
			return nil, fmt.Errorf("tensor %s has type %s, want F32", t.name, t.dtype)
		}
	}
	if len(byName) > len(want) {
		return nil, foreignTensor(h, prefix, want)
	}
	p := newParams(c, specs)
	for _, s := range want {
		values := p.Get(s.name)
		if err := readValues(r, byName[s.name], values); err != nil {
			return nil, err
		}
		if !allFinite(values) {
			return nil, fmt.Errorf("%w: tensor %s%s holds values that are not numbers", ErrDamaged, prefix, s.name)
		}
	}
	return p, nil
}

// foreignTensor names the first tensor under prefix that the network does not have.
func foreignTensor(h *fileHeader, prefix string, want []spec) error {
	for _, t := range h.tensors {
		name, ok := strings.CutPrefix(t.name, prefix)
		if ok && !slices.ContainsFunc(want, func(s spec) bool { return s.name == name }) {
			return fmt.Errorf("tensor %s is not part of the network", t.name)
		}
	}
	return nil
}

func allFinite(values []float32) bool {
	for _, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return false
		}
	}
	return true
}

// Write writes the model as a safetensors file. The same model gives the same bytes.
func (m *Model) Write(w io.Writer) error {
	if m.Teacher == nil || !m.Teacher.sameLayout(newParams(m.Config, teacherSpecs)) {
		return errors.New("the model has no teacher of its size")
	}
	if m.Student != nil && !m.Student.sameLayout(newParams(m.Config, studentSpecs)) {
		return errors.New("the model's student is not of its size")
	}
	if err := m.Info.check(); err != nil {
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
		return fmt.Errorf("write model file %s: %w", path, err)
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
