package bsn

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"blindspot/core/say"
)

// ReadTensors reads a whole safetensors file of size bytes: its tensors (F32, F64, U8 and I64 become tensors of float32,
// float64, uint8 and int64) and its metadata. Damage is reported in one sentence that names the tensor.
func ReadTensors(r io.ReaderAt, size int64) (map[string]*tensor.Dense, map[string]string, error) {
	h, err := readHeader(r, size)
	if err != nil {
		return nil, nil, err
	}
	tensors := make(map[string]*tensor.Dense, len(h.tensors))
	for _, t := range h.tensors {
		tensors[t.name], err = readDense(r, t)
		if err != nil {
			return nil, nil, err
		}
	}
	return tensors, h.metadata, nil
}

func readDense(r io.ReaderAt, t tensorHeader) (*tensor.Dense, error) {
	switch t.dtype {
	case "F32":
		return denseOf[float32](r, t)
	case "F64":
		return denseOf[float64](r, t)
	case "I64":
		return denseOf[int64](r, t)
	default:
		return denseOf[uint8](r, t)
	}
}

// value is a type of number that a safetensors file of ours can hold.
type value interface {
	float32 | float64 | int64 | uint8
}

func denseOf[T value](r io.ReaderAt, t tensorHeader) (*tensor.Dense, error) {
	values := make([]T, t.count())
	if err := readValues(r, t, values); err != nil {
		return nil, err
	}
	if len(t.shape) == 0 {
		return tensor.New(tensor.FromScalar(values[0])), nil
	}
	return tensor.New(tensor.WithShape(t.shape...), tensor.WithBacking(values)), nil
}

// readValues fills dst, of the tensor's type and count, from the file.
func readValues[T value](r io.ReaderAt, t tensorHeader, dst []T) error {
	buffered := bufio.NewReaderSize(io.NewSectionReader(r, t.begin, t.end-t.begin), 1<<16)
	if err := binary.Read(buffered, binary.LittleEndian, dst); err != nil {
		return say.Errorf("read tensor %s: %w", t.name, err)
	}
	return nil
}

// block is one tensor on its way into a file.
type block struct {
	name  string
	shape []int
	data  any // []float32, []float64, []int64 or []uint8
}

// dtype is the name of the block's type of number in the file, or "" if it has none.
func (b block) dtype() string {
	switch b.data.(type) {
	case []float32:
		return "F32"
	case []float64:
		return "F64"
	case []int64:
		return "I64"
	case []uint8:
		return "U8"
	}
	return ""
}

// WriteTensors writes a safetensors file with tensors of float32, float64, uint8 or int64 in the order of their names.
// The same input gives the same bytes.
func WriteTensors(w io.Writer, tensors map[string]*tensor.Dense, metadata map[string]string) error {
	blocks := make([]block, 0, len(tensors))
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		t := tensors[name]
		if t.RequiresIterator() || !t.C() { // a slice or transpose of another tensor: its values do not lie in order
			t = t.Materialize().(*tensor.Dense)
		}
		b := block{name: name, shape: slices.Clone(t.Shape()), data: t.Data()}
		if t.IsScalar() {
			b.shape, b.data = []int{}, oneValue(b.data)
		}
		blocks = append(blocks, b)
	}
	return writeBlocks(w, blocks, metadata)
}

// oneValue makes a slice of a scalar tensor's data, which gorgonia hands out as a bare number.
func oneValue(data any) any {
	switch v := data.(type) {
	case float32:
		return []float32{v}
	case float64:
		return []float64{v}
	case int64:
		return []int64{v}
	case uint8:
		return []uint8{v}
	}
	return data
}

// writeBlocks writes header and values. The header is filled up with spaces so that the values begin at a multiple of 8.
func writeBlocks(w io.Writer, blocks []block, metadata map[string]string) error {
	header, err := headerText(blocks, metadata)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := binary.Write(out, binary.LittleEndian, uint64(len(header))); err != nil {
		return err
	}
	if _, err := out.Write(header); err != nil {
		return err
	}
	for _, b := range blocks {
		if err := writeValues(out, b.data); err != nil {
			return say.Errorf("write tensor %s: %w", b.name, err)
		}
	}
	return out.Flush()
}

func headerText(blocks []block, metadata map[string]string) ([]byte, error) {
	type entry struct {
		Dtype   string   `json:"dtype"`
		Shape   []int    `json:"shape"`
		Offsets [2]int64 `json:"data_offsets"`
	}
	text := []byte{'{'}
	add := func(key string, v any) error {
		k, err := json.Marshal(key)
		if err != nil {
			return err
		}
		body, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(append(append(text, k...), ':'), body...)
		return nil
	}
	if len(metadata) > 0 {
		if err := add(metadataKey, metadata); err != nil {
			return nil, err
		}
	}
	at := int64(0)
	for _, b := range blocks {
		dtype := b.dtype()
		if dtype == "" || b.name == metadataKey {
			return nil, fmt.Errorf("tensor %s of %T cannot be written", b.name, b.data)
		}
		size := int64(elements(b.shape)) * itemSize(dtype)
		if err := add(b.name, entry{dtype, b.shape, [2]int64{at, at + size}}); err != nil {
			return nil, err
		}
		at += size
	}
	text = append(text, '}')
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	return text, nil
}

// writeValues writes little-endian values. float32 goes in pieces, because binary.Write would build a copy of the whole
// tensor in bytes first.
func writeValues(out *bufio.Writer, data any) error {
	values, ok := data.([]float32)
	if !ok {
		return binary.Write(out, binary.LittleEndian, data)
	}
	var item [4]byte
	for _, v := range values {
		binary.LittleEndian.PutUint32(item[:], math.Float32bits(v))
		if _, err := out.Write(item[:]); err != nil {
			return err
		}
	}
	return nil
}
