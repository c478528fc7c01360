package bsn

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"
)

// file puts a header and values together, with the right length in front.
func file(header string, values int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, values)...)
}

func TestReadTensorsRefusesDamage(t *testing.T) {
	const a = `{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}`
	for _, tc := range []struct {
		name string
		data []byte
		want string // part of the message
	}{
		{"empty", nil, "only 0 bytes"},
		{"nine bytes", make([]byte, 9), "only 9 bytes"},
		{"huge header", binary.LittleEndian.AppendUint64(make([]byte, 0), 1<<62+5), "only 8 bytes"},
		{"huge header, long file", append(binary.LittleEndian.AppendUint64(nil, 1<<63+5), make([]byte, 100)...), "its header claims"},
		{"header past the end", append(binary.LittleEndian.AppendUint64(nil, 5000), make([]byte, 100)...), "ends inside its header"},
		{"no JSON", file(`hello, world`, 0), "not a JSON object"},
		{"JSON list", file(`[1,2,3]`, 0), "not a JSON object"},
		{"cut JSON", file(a, 24), "not valid JSON"},
		{"text after JSON", file(a+`} x`, 24), "goes on after"},
		{"same name twice", file(a+`,"a":{"dtype":"F32","shape":[1],"data_offsets":[24,28]}}`, 28), `lists "a" twice`},
		{"entry is a number", file(`{"a":7}`, 0), "entry of tensor a is wrong"},
		{"entry is null", file(`{"a":null}`, 0), `tensor a has type ""`},
		{"unknown type", file(`{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}`, 2), `tensor a has type "BF16"`},
		{"no shape", file(`{"a":{"dtype":"U8","data_offsets":[0,1]}}`, 1), "it is missing"},
		{"fraction in shape", file(`{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}`, 1), "entry of tensor a"},
		{"negative dimension", file(`{"a":{"dtype":"U8","shape":[-1,-4],"data_offsets":[0,4]}}`, 4), "not positive"},
		{"zero dimension", file(`{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`, 0), "not positive"},
		{"product overflows", file(`{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0), "too large"},
		{"many dimensions", file(`{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}`, 1), "more than 8"},
		{"one offset", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}`, 1), "data offsets [0]"},
		{"backward offsets", file(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}`, 1), "data offsets [1 0]"},
		{"negative offset", file(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[-1,1]}}`, 1), "data offsets [-1 1]"},
		{"shape against size", file(`{"a":{"dtype":"F32","shape":[2,4],"data_offsets":[0,24]}}`, 24), "tensor a has shape [2 4] of F32 but 24 bytes"},
		{"size not whole values", file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,5]}}`, 5), "but 5 bytes"},
		{"values cut off", file(a+`}`, 23), "ends before tensor a does"},
		{"claims gigabytes", file(`{"a":{"dtype":"F32","shape":[500000000],"data_offsets":[0,2000000000]}}`, 8), "ends before tensor a does"},
		{"overlap", file(a+`,"b":{"dtype":"F32","shape":[6],"data_offsets":[20,44]}}`, 44), "tensors a and b overlap"},
		{"same place", file(a+`,"b":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}}`, 24), "tensors a and b overlap"},
		{"gap", file(a+`,"b":{"dtype":"F32","shape":[1],"data_offsets":[28,32]}}`, 32), "gap before tensor b"},
		{"bytes at the end", file(a+`}`, 30), "6 bytes follow the last tensor"},
		{"metadata of numbers", file(`{"__metadata__":{"width":48}}`, 0), "its metadata are not texts"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := ReadTensors(bytes.NewReader(tc.data), int64(len(tc.data)))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want one with %q", err, tc.want)
			}
		})
	}
}

func TestTensorsRoundTrip(t *testing.T) {
	in := map[string]*tensor.Dense{
		"f":      tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{1, -2.5, 3e-40, 4, 5, 6})),
		"d":      tensor.New(tensor.WithShape(1, 2), tensor.WithBacking([]float64{1. / 3, -1e300})),
		"i":      tensor.New(tensor.WithShape(3), tensor.WithBacking([]int64{-1, 1 << 60, 3})),
		"u":      tensor.New(tensor.WithShape(5), tensor.WithBacking([]uint8{0, 1, 2, 254, 255})),
		"scalar": tensor.New(tensor.FromScalar(float32(2.5))),
		`"q" é`:  tensor.New(tensor.WithShape(1), tensor.WithBacking([]uint8{7})),
	}
	metadata := map[string]string{"name": "Zürich <1>", "empty": ""}
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		if err := WriteTensors(w, in, metadata); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same tensors gave other bytes")
	}
	out, gotMeta, err := ReadTensors(bytes.NewReader(first.Bytes()), int64(first.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(gotMeta, metadata) || len(out) != len(in) {
		t.Errorf("%d tensors with %v came back, want %d with %v", len(out), gotMeta, len(in), metadata)
	}
	for name, want := range in {
		got := out[name]
		if got == nil || !slices.Equal(got.Shape(), want.Shape()) || !reflect.DeepEqual(got.Data(), want.Data()) {
			t.Errorf("%s came back as %v, want %v", name, got, want)
		}
	}
}

func TestWriteTensorsOfViews(t *testing.T) {
	base := tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{1, 2, 3, 4, 5, 6}))
	column, err := base.Slice(nil, tensor.S(1, 3))
	if err != nil {
		t.Fatal(err)
	}
	turned := base.Clone().(*tensor.Dense)
	if err := turned.T(); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := WriteTensors(&buf, map[string]*tensor.Dense{"column": column.(*tensor.Dense), "turned": turned}, nil); err != nil {
		t.Fatal(err)
	}
	out, _, err := ReadTensors(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]float32{"column": {2, 3, 5, 6}, "turned": {1, 4, 2, 5, 3, 6}} {
		if got := out[name].Data(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s came back as %v, want %v", name, got, want)
		}
	}
}

func TestWriteTensorsRefusesOtherTypes(t *testing.T) {
	err := WriteTensors(&bytes.Buffer{}, map[string]*tensor.Dense{"c": tensor.New(tensor.WithShape(1), tensor.WithBacking([]int16{1}))}, nil)
	if err == nil || !strings.Contains(err.Error(), "tensor c") {
		t.Errorf("error %v, want one that names tensor c", err)
	}
}

// What is written from a read file must be the same tensors again: a check of both directions on files not made by us.
func TestReadTensorsOfReference(t *testing.T) {
	g := readGolden(t, "blindspot_masks")
	mask := g.dense(t, "k3_at_y96_x96")
	if !slices.Equal([]int(mask.Shape()), []int{27, 27}) || len(mask.Data().([]uint8)) != 27*27 {
		t.Errorf("mask has shape %v", mask.Shape())
	}
	losses := readGolden(t, "tiny16_teacher_train").float64s(t, "losses.f64run")
	if len(losses) != 5 || !(losses[0] > losses[4] && losses[4] > 0) {
		t.Errorf("losses %v, want five falling ones", losses)
	}
}

// FuzzHeader feeds arbitrary bytes to the reader. It must answer with tensors that fit in the file or with an error; the
// tensors it returns can then be written and read again.
func FuzzHeader(f *testing.F) {
	f.Add([]byte{})
	f.Add(file(`{}`, 0))
	f.Add(file(`{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"__metadata__":{"k":"v"}}`, 24))
	f.Add(file(`{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"b":{"dtype":"I64","shape":[1],"data_offsets":[1,9]}}`, 9))
	f.Add(file(`{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0))
	if seed, err := os.ReadFile(filepath.Join(goldenDir, "blindspot_masks.safetensors")); err == nil {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, metadata, err := ReadTensors(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		var buf bytes.Buffer
		if err := WriteTensors(&buf, tensors, metadata); err != nil {
			t.Fatalf("tensors that were read cannot be written: %v", err)
		}
		again, _, err := ReadTensors(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
		if err != nil || len(again) != len(tensors) {
			t.Fatalf("%d tensors came back of %d: %v", len(again), len(tensors), err)
		}
		if _, err := ReadModel(bytes.NewReader(data), int64(len(data))); err == nil && len(tensors) < 40 {
			t.Fatal("a model without all its tensors was accepted")
		}
	})
}

func TestReadErrorsAreTyped(t *testing.T) {
	_, _, err := ReadTensors(bytes.NewReader([]byte("JFIF, not weights at all, but quite long")), 40)
	if !errors.Is(err, ErrNotTensors) {
		t.Errorf("error %v, want ErrNotTensors", err)
	}
	cut := file(`{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}`, 5)
	if _, _, err = ReadTensors(bytes.NewReader(cut), int64(len(cut))); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v, want ErrDamaged", err)
	}
}
