package bsn

import (
	"io"
	"strings"

	"blindspot/core/bsn/torch"
	"blindspot/core/say"
)

// This file imports and exports checkpoints of the published AT-BSN (github.com/hnmizuho/AT-BSN). Its class ATBSN is our
// teacher, and its checkpoint holds the tensors unet.* and nin_*. DoubleNet holds a teacher as bsn.* and the student that
// was distilled from it as nbsn.*. Data-parallel training puts "module." before all names, and other programs wrap the
// weights in a dictionary more; so a network is looked for under any prefix.

// Prefixes of DoubleNet.
const (
	publishedTeacher = "bsn."
	publishedStudent = "nbsn."
)

// OpenAnyModel reads the model file or PyTorch checkpoint at path, whichever its content says it is. Errors are those of
// OpenModel. Nothing in a checkpoint is executed, see package torch.
func OpenAnyModel(path string) (*Model, error) {
	return openFile(path, func(r io.ReaderAt, size int64) (*Model, error) {
		start := make([]byte, 32)
		n, err := r.ReadAt(start, 0)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if torch.Sniff(start[:n]) {
			return ReadCheckpoint(r, size)
		}
		return ReadModel(r, size)
	})
}

// ReadCheckpoint reads a PyTorch checkpoint of size bytes. It must hold one teacher and may hold its student. Of its
// training a checkpoint says nothing; the hole is taken to be that of the paper.
func ReadCheckpoint(r io.ReaderAt, size int64) (*Model, error) {
	f, err := torch.Open(r, size)
	if err != nil {
		return nil, err
	}
	tensors := make([]stored, len(f.Tensors))
	for i, t := range f.Tensors {
		dtype := "F32"
		if !t.Real() {
			dtype = "of whole numbers"
		}
		tensors[i] = stored{t.Name, t.Shape, dtype, func(dst []float32) error { return f.Values(&t, dst) }}
	}
	teacher, student, err := findNetworks(tensors)
	if err != nil {
		return nil, err
	}
	m := &Model{Info: Info{KTrain: DefaultTrainHole}}
	if m.Config, err = networkConfig(tensors, teacher.prefix); err != nil {
		return nil, err
	}
	if m.Teacher, err = teacher.read(m.Config, teacherSpecs); err != nil || student == nil {
		return m, err
	}
	m.Info.Holes = Stops()
	m.Student, err = student.read(m.Config, studentSpecs)
	return m, err
}

// found is a network in a checkpoint: its prefix and its tensors.
type found struct {
	prefix  string
	tensors []stored
}

func (n *found) read(c Config, specs func(Config) []spec) (*Params, error) {
	if err := checkTensors(n.tensors, n.prefix, c, specs); err != nil {
		return nil, err
	}
	return readParams(n.tensors, n.prefix, c, specs)
}

// findNetworks finds the teacher, which has a head, and the student, which has none; nil if there is none.
func findNetworks(tensors []stored) (teacher, student *found, err error) {
	for _, t := range tensors {
		prefix, ok := strings.CutSuffix(t.name, firstLayer)
		if !ok {
			continue
		}
		n, head := &found{prefix: prefix}, false
		for _, t := range tensors {
			name, inside := strings.CutPrefix(t.name, prefix)
			isHead := strings.HasPrefix(name, "nin_")
			if inside && (isHead || strings.HasPrefix(name, "unet.")) {
				n.tensors = append(n.tensors, t)
				head = head || isHead
			}
		}
		kind, place := "student", &student
		if head {
			kind, place = "teacher", &teacher
		}
		if *place != nil {
			return nil, nil, say.Errorf("it holds more than one %s: %s* and %s*", kind, (*place).prefix, prefix)
		}
		*place = n
	}
	switch {
	case teacher != nil:
		return teacher, student, nil
	case student != nil:
		return nil, nil, say.Errorf("it holds the fast network alone: the checkpoint must hold the blind-spot network too")
	case len(tensors) == 0:
		return nil, nil, say.Errorf("it holds no weights")
	}
	return nil, nil, say.Errorf("it holds another network: there is %s but no %s", tensors[0].name, firstLayer)
}

// WriteCheckpoint writes the model as a checkpoint that the published code loads: as DoubleNet if the model has a student,
// as ATBSN if not. What Info says is not in it.
func (m *Model) WriteCheckpoint(w io.Writer) error {
	if err := m.check(); err != nil {
		return err
	}
	if m.Student == nil {
		return torch.Write(w, checkpointWeights("", m.Teacher))
	}
	return torch.Write(w, append(checkpointWeights(publishedStudent, m.Student), checkpointWeights(publishedTeacher, m.Teacher)...))
}

func checkpointWeights(prefix string, p *Params) []torch.Weights {
	list := make([]torch.Weights, len(p.specs))
	for i, s := range p.specs {
		list[i] = torch.Weights{Name: prefix + s.name, Shape: s.shape, Values: p.Get(s.name)}
	}
	return list
}
