package bsn

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"slices"
	"sort"

	"blindspot/core/say"
)

// This file reads the header of a safetensors file (https://github.com/huggingface/safetensors, "Format"): 8 bytes
// little-endian length, that many bytes of JSON, then the values. The file is not trusted. Nothing is allocated from a number in it
// before that number has been checked against the file's size, and the tensors must cover the values exactly, without
// overlap or gap.

// maxHeader bounds the JSON text. The header of our largest file has 30 kB.
const maxHeader = 16 << 20

// Damage of a safetensors file; the error that wraps it says where.
var (
	ErrDamaged    = say.Errorf("the file is damaged")
	ErrNotTensors = say.Errorf("not a safetensors file")
)

// metadataKey is the entry of the header that is no tensor but a map of texts.
const metadataKey = "__metadata__"

// tensorHeader describes one tensor of the file. begin and end are absolute positions in the file.
type tensorHeader struct {
	name       string
	dtype      string
	shape      []int
	begin, end int64
}

// count is the number of values. Its product was checked when the header was read.
func (t tensorHeader) count() int { return elements(t.shape) }

// fileHeader is the checked header of a file, tensors in the order of their values.
type fileHeader struct {
	tensors  []tensorHeader
	metadata map[string]string
}

// itemSize is the size in bytes of one value of a supported type, or 0.
func itemSize(dtype string) int64 {
	switch dtype {
	case "U8":
		return 1
	case "F32":
		return 4
	case "F64", "I64":
		return 8
	}
	return 0
}

// readHeader reads and checks the header of a file of size bytes.
func readHeader(r io.ReaderAt, size int64) (*fileHeader, error) {
	var prefix [8]byte
	if size < int64(len(prefix))+2 {
		return nil, say.Errorf("%w: it has only %d bytes", ErrNotTensors, size)
	}
	if _, err := r.ReadAt(prefix[:], 0); err != nil {
		return nil, say.Errorf("read header: %w", err)
	}
	length := binary.LittleEndian.Uint64(prefix[:])
	if length > maxHeader {
		return nil, say.Errorf("%w: its header claims %d bytes", ErrNotTensors, length)
	}
	if int64(length) > size-8 {
		return nil, say.Errorf("%w: it ends inside its header", ErrDamaged)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(io.NewSectionReader(r, 8, int64(length)), text); err != nil {
		return nil, say.Errorf("read header: %w", err)
	}
	h, err := parseHeader(text)
	if err != nil {
		return nil, err
	}
	return h, h.place(8+int64(length), size)
}

// parseHeader reads the JSON object of the header. It goes entry by entry, because a plain map would hide a name that
// occurs twice.
func parseHeader(text []byte) (*fileHeader, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return nil, say.Errorf("%w: its header is not a JSON object", ErrNotTensors)
	}
	h := &fileHeader{metadata: map[string]string{}}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, say.Errorf("%w: its header is not valid JSON: %v", ErrDamaged, err)
		}
		name := token.(string) // the keys of an object are strings, or Token has failed
		if seen[name] {
			return nil, say.Errorf("%w: its header lists %q twice", ErrDamaged, name)
		}
		seen[name] = true
		if name == metadataKey {
			if err := dec.Decode(&h.metadata); err != nil {
				return nil, say.Errorf("%w: its metadata are not texts: %v", ErrDamaged, err)
			}
			continue
		}
		t, err := parseTensor(dec, name)
		if err != nil {
			return nil, err
		}
		h.tensors = append(h.tensors, t)
	}
	if _, err := dec.Token(); err != nil {
		return nil, say.Errorf("%w: its header is not valid JSON: %v", ErrDamaged, err)
	}
	if rest := bytes.TrimSpace(text[dec.InputOffset():]); len(rest) > 0 {
		return nil, say.Errorf("%w: its header goes on after the last tensor", ErrDamaged)
	}
	return h, nil
}

// parseTensor reads the entry of one tensor and checks all that can be checked without the file's size.
func parseTensor(dec *json.Decoder, name string) (tensorHeader, error) {
	var entry struct {
		Dtype   string  `json:"dtype"`
		Shape   []int64 `json:"shape"`
		Offsets []int64 `json:"data_offsets"`
	}
	if err := dec.Decode(&entry); err != nil {
		return tensorHeader{}, say.Errorf("%w: the entry of tensor %s is wrong: %v", ErrDamaged, name, err)
	}
	item := itemSize(entry.Dtype)
	if item == 0 {
		return tensorHeader{}, say.Errorf("tensor %s has type %q, want F32, F64, U8 or I64", name, entry.Dtype)
	}
	if len(entry.Offsets) != 2 || entry.Offsets[0] < 0 || entry.Offsets[1] < entry.Offsets[0] {
		return tensorHeader{}, say.Errorf("%w: tensor %s has data offsets %v", ErrDamaged, name, entry.Offsets)
	}
	shape, count, err := checkShape(entry.Shape)
	if err != nil {
		return tensorHeader{}, say.Errorf("%w: tensor %s has shape %v: %v", ErrDamaged, name, entry.Shape, err)
	}
	if have := entry.Offsets[1] - entry.Offsets[0]; have%item != 0 || have/item != count {
		return tensorHeader{}, say.Errorf("%w: tensor %s has shape %v of %s but %d bytes", ErrDamaged, name, entry.Shape, entry.Dtype, have)
	}
	return tensorHeader{name: name, dtype: entry.Dtype, shape: shape, begin: entry.Offsets[0], end: entry.Offsets[1]}, nil
}

// checkShape returns the shape as ints and the number of values, which must fit in 32 bits: more than any file of ours.
func checkShape(shape []int64) ([]int, int64, error) {
	if shape == nil {
		return nil, 0, say.Errorf("it is missing")
	}
	if len(shape) > 8 {
		return nil, 0, say.Errorf("it has more than 8 dimensions")
	}
	out := make([]int, len(shape))
	count := int64(1)
	for i, d := range shape {
		if d < 1 {
			return nil, 0, say.Errorf("a dimension is not positive")
		}
		if d > math.MaxInt32/count {
			return nil, 0, say.Errorf("it is too large")
		}
		count *= d
		out[i] = int(d)
	}
	return out, count, nil
}

// place turns offsets into positions in the file and checks that the tensors cover the bytes from start to size exactly.
func (h *fileHeader) place(start, size int64) error {
	sort.SliceStable(h.tensors, func(i, j int) bool { return h.tensors[i].begin < h.tensors[j].begin })
	room := size - start
	next := int64(0)
	for i := range h.tensors {
		t := &h.tensors[i]
		switch {
		case t.end > room:
			return say.Errorf("%w: it ends before tensor %s does", ErrDamaged, t.name)
		case t.begin < next:
			return say.Errorf("%w: tensors %s and %s overlap", ErrDamaged, h.tensors[i-1].name, t.name)
		case t.begin > next:
			return say.Errorf("%w: there is a gap before tensor %s", ErrDamaged, t.name)
		}
		next = t.end
		t.begin, t.end = t.begin+start, t.end+start
	}
	if next != room {
		return say.Errorf("%w: %d bytes follow the last tensor", ErrDamaged, room-next)
	}
	h.tensors = slices.Clip(h.tensors)
	return nil
}
