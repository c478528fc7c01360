package train

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/say"
)

// A checkpoint is a safetensors file (weights, Adam's moments, average, best snapshot, and during distillation the
// teacher; the position as JSON in the metadata) followed by 8 bytes that name the format and the CRC-32C of all
// before it. A file that was cut short, or of which one bit has turned, is refused: training on from it would waste a night.
// It is written under another name, synced and renamed, so a kill at any moment leaves the last good one.

const (
	checkpointName  = "training.checkpoint"
	checkpointMagic = "BSpCkpt1"
	positionKey     = "position"
	trailerSize     = len(checkpointMagic) + 4
)

// ErrCheckpoint is wrapped by the error for a checkpoint that cannot be used.
var ErrCheckpoint = say.Errorf("the checkpoint is damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// store is the folder that holds a checkpoint.
type store struct{ dir string }

func (s store) path() string { return filepath.Join(s.dir, checkpointName) }

// save replaces the checkpoint.
func (s store) save(st *state) error {
	if err := s.write(st); err != nil {
		return say.Errorf("write checkpoint %s: %w", s.path(), err)
	}
	return nil
}

func (s store) write(st *state) error {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	text, err := json.Marshal(st.position)
	if err != nil {
		return err
	}
	// One fixed name: what a killed training left half written is overwritten by the next.
	f, err := os.Create(s.path() + ".new")
	if err != nil {
		return err
	}
	sum := crc32.New(castagnoli)
	out := bufio.NewWriterSize(f, 1<<20)
	err = bsn.WriteTensors(io.MultiWriter(out, sum), st.tensors(), map[string]string{positionKey: string(text)})
	if err == nil {
		_, err = out.Write(binary.LittleEndian.AppendUint32([]byte(checkpointMagic), sum.Sum32()))
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), s.path()); err != nil {
		return err
	}
	syncDir(s.dir)
	return nil
}

// syncDir makes a rename survive a power cut. Not every file system can; then there is no more to do.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}

// parts names the state's numbers as they are called in the file.
func (st *state) parts() map[string][]float32 {
	p := map[string][]float32{
		"weights": st.weights.Flat(), "average": st.average.Flat(), "best": st.best.Flat(),
		"adam.m": st.m, "adam.v": st.v,
	}
	if st.teacher != nil {
		p["teacher"] = st.teacher.Flat()
	}
	return p
}

func (st *state) tensors() map[string]*tensor.Dense {
	all := map[string]*tensor.Dense{}
	for name, values := range st.parts() {
		all[name] = dense(values, len(values))
	}
	return all
}

// load reads the checkpoint. Where there is none, the state is nil.
func (s store) load() (*state, error) {
	f, err := os.Open(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, say.Errorf("read checkpoint: %w", err)
	}
	defer f.Close()
	tensors, p, err := readCheckpoint(f)
	if err != nil {
		return nil, say.Errorf("checkpoint %s cannot be used: %w", s.path(), err)
	}
	st, err := rebuild(tensors, p)
	if err != nil {
		return nil, say.Errorf("checkpoint %s cannot be used: %w", s.path(), err)
	}
	return st, nil
}

// readCheckpoint checks the file as a whole, then reads it.
func readCheckpoint(f *os.File) (map[string]*tensor.Dense, position, error) {
	var p position
	stat, err := f.Stat()
	if err != nil {
		return nil, p, err
	}
	size := stat.Size() - int64(trailerSize)
	trailer := make([]byte, trailerSize)
	if size < 0 {
		return nil, p, say.Errorf("%w: it has only %d bytes", ErrCheckpoint, stat.Size())
	}
	if _, err := f.ReadAt(trailer, size); err != nil {
		return nil, p, err
	}
	if string(trailer[:len(checkpointMagic)]) != checkpointMagic {
		return nil, p, say.Errorf("%w: its end is missing", ErrCheckpoint)
	}
	sum := crc32.New(castagnoli)
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, size)); err != nil {
		return nil, p, err
	}
	if sum.Sum32() != binary.LittleEndian.Uint32(trailer[len(checkpointMagic):]) {
		return nil, p, say.Errorf("%w: its checksum does not match", ErrCheckpoint)
	}
	tensors, metadata, err := bsn.ReadTensors(f, size)
	if err != nil {
		return nil, p, say.Errorf("%w: %w", ErrCheckpoint, err)
	}
	if err := json.Unmarshal([]byte(metadata[positionKey]), &p); err != nil {
		return nil, p, say.Errorf("%w: its position cannot be read: %w", ErrCheckpoint, err)
	}
	return tensors, p, p.check()
}

// check refuses positions that no training of ours was ever at.
func (p *position) check() error {
	s := p.Schedule
	if p.Phase != PhaseFit && p.Phase != PhaseDistil || s.Steps < 1 || p.Step < 0 || p.Step > s.Steps ||
		len(s.Stages) == 0 || s.EvalEvery < 1 {
		return say.Errorf("%w: step %d of %d of phase %q makes no sense", ErrCheckpoint, p.Step, s.Steps, p.Phase)
	}
	return nil
}

// rebuild makes a state of what was read.
func rebuild(tensors map[string]*tensor.Dense, p position) (*state, error) {
	c := bsn.Config{Width: p.Fingerprint.Width, Channels: p.Fingerprint.Channels}
	if err := c.Validate(); err != nil {
		return nil, say.Errorf("%w: %w", ErrCheckpoint, err)
	}
	weights := bsn.NewTeacherParams(c)
	if p.Phase == PhaseDistil {
		weights = bsn.NewStudentParams(c)
	}
	st := newState(p.Phase, weights)
	st.position = p
	if p.Phase == PhaseDistil {
		st.teacher = bsn.NewTeacherParams(c)
	}
	for name, values := range st.parts() {
		t := tensors[name]
		if t == nil || t.Dtype() != tensor.Float32 || len(floats(t)) != len(values) {
			return nil, say.Errorf("%w: its part %q is missing or has the wrong size", ErrCheckpoint, name)
		}
		copy(values, floats(t))
	}
	return st, nil
}

// weightsSum is a checksum of a network's weights.
func weightsSum(p *bsn.Params) uint32 {
	sum := uint32(0)
	var item [4]byte
	for _, v := range p.Flat() {
		binary.LittleEndian.PutUint32(item[:], math.Float32bits(v))
		sum = crc32.Update(sum, castagnoli, item[:])
	}
	return sum
}
