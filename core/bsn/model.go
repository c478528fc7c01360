package bsn

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"blindspot/core/say"
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
func OpenModel(path string) (*Model, error) { return openFile(path, ReadModel) }

// openFile reads the file at path; errors begin with the path.
func openFile[T any](path string, read func(r io.ReaderAt, size int64) (T, error)) (T, error) {
	value, err := readFile(path, read)
	if err != nil {
		var perr *fs.PathError
		if errors.As(err, &perr) { // its text would repeat the path
			err = perr.Err
		}
		return value, say.Errorf("model file %s: %w", path, err)
	}
	return value, nil
}

func readFile[T any](path string, read func(r io.ReaderAt, size int64) (T, error)) (value T, err error) {
	f, err := os.Open(path)
	if err != nil {
		return value, err
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return value, err
	}
	if !stat.Mode().IsRegular() {
		return value, say.Errorf("it is not a file")
	}
	return read(f, stat.Size())
}

// Summary is what a model file says of itself without its weights.
type Summary struct {
	Config  Config
	Info    Info
	Student bool // the model has one
}

// OpenSummary reads the summary of the model file at path. It reads no more than the header, and checks all that
// OpenModel checks but the values.
func OpenSummary(path string) (Summary, error) { return openFile(path, ReadSummary) }

// ReadSummary reads the summary of a model file of size bytes.
func ReadSummary(r io.ReaderAt, size int64) (Summary, error) {
	s, _, err := readSummary(r, size)
	return s, err
}

// ReadModel reads a model file of size bytes. The file is not trusted: nothing is allocated before names, types, shapes
// and sizes have been checked.
func ReadModel(r io.ReaderAt, size int64) (*Model, error) {
	s, tensors, err := readSummary(r, size)
	if err != nil {
		return nil, err
	}
	m := &Model{Config: s.Config, Info: s.Info}
	if m.Teacher, err = readParams(tensors, teacherPrefix, m.Config, teacherSpecs); err != nil || !s.Student {
		return m, err
	}
	m.Student, err = readParams(tensors, studentPrefix, m.Config, studentSpecs)
	return m, err
}

// readSummary checks the header. The tensors can be read.
func readSummary(r io.ReaderAt, size int64) (Summary, []stored, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return Summary{}, nil, err
	}
	tensors := make([]stored, len(h.tensors))
	for i, t := range h.tensors {
		tensors[i] = stored{t.name, t.shape, t.dtype, func(dst []float32) error { return readValues(r, t, dst) }}
	}
	s := Summary{Student: hasNetwork(tensors, studentPrefix)}
	if s.Config, err = networkConfig(tensors, teacherPrefix); err != nil {
		return s, nil, err
	}
	if err = checkConfig(h, s.Config); err != nil {
		return s, nil, err
	}
	if s.Info, err = parseInfo(h.metadata); err != nil {
		return s, nil, err
	}
	if err = checkTensors(tensors, teacherPrefix, s.Config, teacherSpecs); err == nil && s.Student {
		err = checkTensors(tensors, studentPrefix, s.Config, studentSpecs)
	}
	return s, tensors, err
}

// checkConfig checks that the metadata, where they say it, agree with the tensors on the network's size.
func checkConfig(h *fileHeader, c Config) error {
	for key, want := range map[string]int{"width": c.Width, "channels": c.Channels} {
		if text, ok := h.metadata[key]; ok && text != strconv.Itoa(want) {
			return say.Errorf("%w: it claims %s %.20q but its tensors have %d", ErrDamaged, key, text, want)
		}
	}
	return nil
}
