// Package torch reads the tensors of a checkpoint that PyTorch's torch.save has written, without PyTorch and without
// trusting the file.
//
// A checkpoint is a pickle, a small program that builds objects, beside the bytes of the tensors' storages. Unpickling
// it the usual way runs whatever the file asks for. This package runs nothing: it knows the few instructions that lists
// of weights are written with, and the few names that they refer to (the table globals). Any other name ends the
// reading with an error that says which it was.
//
// Both containers are read: the zip archive of PyTorch 1.6 and newer, and the plain sequence of pickles that came
// before (archive.go, legacy.go). What a file claims is compared with its size before memory is taken for it.
//
// A checkpoint may wrap its weights, as in {"epoch": 7, "state_dict": {…}}. Tensors are therefore named by all the keys
// that lead to them, joined by dots; what is no tensor is left out.
package torch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"blindspot/core/say"
)

// What can be wrong with a file; the error that wraps it says where.
var (
	ErrDamaged = say.Errorf("the checkpoint is damaged")
	ErrForeign = say.Errorf("not a checkpoint of PyTorch")
	ErrRefused = say.Errorf("the checkpoint was refused")
)

// Bounds. A pickle makes at most one object for each of its bytes; that of the published network has 9 kB.
const (
	maxPickle  = 1 << 20
	maxStorage = 256 << 20 // bytes
	maxDepth   = 8         // of dictionaries in dictionaries
	maxEntries = 100_000   // of all dictionaries together, each counted as often as it is met
	maxName    = 1000      // bytes, with the names of the dictionaries around it
	maxRank    = 8
)

// File is an opened checkpoint.
type File struct {
	Tensors  []Tensor // in the order of the file
	storages storages
}

// storages finds the bytes of a storage of a checkpoint.
type storages interface {
	// read returns the storage's n bytes. It refuses before it allocates them if the file cannot hold them.
	read(key string, n int64) ([]byte, error)
}

// Tensor is one tensor of a checkpoint.
type Tensor struct {
	Name  string
	Shape []int

	storage *storage
	offset  int64   // of its first value in the storage, in values
	strides []int64 // in values
}

// storage is a run of values that tensors look into.
type storage struct {
	key   string
	kind  kind
	count int64
}

// kind is a type of number: the first word of PyTorch's name for its storage.
type kind string

// kinds are the types of number and their sizes in bytes.
var kinds = map[kind]int64{
	"Float": 4, "Double": 8, "Half": 2, "BFloat16": 2,
	"Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1,
}

// Sniff reports whether the first bytes of a file, 16 are enough, are those of a checkpoint.
func Sniff(start []byte) bool {
	return bytes.HasPrefix(start, zipStart) || bytes.HasPrefix(start, legacyStart)
}

// Open reads what the file of size bytes holds, all but the values.
func Open(r io.ReaderAt, size int64) (*File, error) {
	start := make([]byte, min(size, int64(len(legacyStart))))
	if _, err := r.ReadAt(start, 0); err != nil && err != io.EOF {
		return nil, say.Errorf("read the checkpoint: %w", err)
	}
	var root any
	var s storages
	var err error
	switch {
	case bytes.HasPrefix(start, zipStart):
		root, s, err = openArchive(r, size)
	case bytes.HasPrefix(start, legacyStart):
		root, s, err = openLegacy(r, size)
	default:
		return nil, ErrForeign
	}
	if err != nil {
		return nil, err
	}
	f := &File{storages: s}
	entries := 0
	if err := f.collect("", root, 0, &entries); err != nil {
		return nil, err
	}
	return f, nil
}

// collect lists the tensors in o and in the dictionaries in it.
func (f *File) collect(name string, o any, depth int, entries *int) error {
	switch o := o.(type) {
	case *view:
		t := o.tensor
		t.Name = name
		f.Tensors = append(f.Tensors, t)
	case *dict:
		if depth == maxDepth {
			return say.Errorf("%w: its dictionaries lie more than %d deep in each other", ErrDamaged, maxDepth)
		}
		for _, e := range o.entries {
			if *entries++; *entries > maxEntries {
				return say.Errorf("%w: it has more than %d entries", ErrDamaged, maxEntries)
			}
			key := fmt.Sprint(e.key)
			if name != "" {
				key = name + "." + key
			}
			if len(key) > maxName {
				return say.Errorf("%w: the name %.40q… has %d bytes", ErrDamaged, key, len(key))
			}
			if err := f.collect(key, e.value, depth+1, entries); err != nil {
				return err
			}
		}
	}
	return nil
}

// Real reports whether the tensor's numbers are real ones, of any precision.
func (t *Tensor) Real() bool {
	switch t.storage.kind {
	case "Float", "Double", "Half", "BFloat16":
		return true
	}
	return false
}

// Values fills dst, as long as the tensor has values, with them in row-major order. The tensor must be of f and Real.
func (f *File) Values(t *Tensor, dst []float32) error {
	s := t.storage
	size := kinds[s.kind]
	raw, err := f.storages.read(s.key, s.count*size)
	if err != nil {
		return say.Errorf("tensor %s: %w", t.Name, err)
	}
	index := make([]int, len(t.Shape))
	at := t.offset
	for i := range dst {
		dst[i] = s.kind.number(raw[at*size:])
		for d := len(index) - 1; d >= 0; d-- {
			index[d]++
			at += t.strides[d]
			if index[d] < t.Shape[d] {
				break
			}
			at -= t.strides[d] * int64(t.Shape[d])
			index[d] = 0
		}
	}
	return nil
}

// number is the first number of b.
func (k kind) number(b []byte) float32 {
	switch k {
	case "Double":
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case "Half":
		return half(binary.LittleEndian.Uint16(b))
	case "BFloat16":
		return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(b))
}

// half is a number of 16 bits: sign, 5 bits of exponent with bias 15, 10 of mantissa (IEEE 754, binary16).
func half(b uint16) float32 {
	exponent, mantissa := int(b>>10&31), float64(b&1023)
	v := math.Ldexp(1024+mantissa, exponent-25)
	switch {
	case exponent == 31 && mantissa == 0:
		v = math.Inf(1)
	case exponent == 31:
		v = math.NaN()
	case exponent == 0:
		v = math.Ldexp(mantissa, -24)
	}
	if b>>15 == 1 {
		v = -v
	}
	return float32(v)
}
