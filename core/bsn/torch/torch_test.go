package torch

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The checkpoints of testdata were written by Python's own pickler with stand-ins for PyTorch's names, in both containers
// and in two protocols: {"epoch": 300, …, "state_dict": {"module.a.weight": …}, "optimizer": {…}}.

func readAll(t *testing.T, data []byte) (*File, error) {
	t.Helper()
	return Open(bytes.NewReader(data), int64(len(data)))
}

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTensorsOfEveryContainer(t *testing.T) {
	want := []struct {
		name   string
		shape  []int
		values []float32
	}{
		{"state_dict.module.a.weight", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}},
		{"state_dict.module.a.turned", []int{3, 2}, []float32{1, 4, 2, 5, 3, 6}},
		{"state_dict.module.a.part", []int{2}, []float32{5, 6}},
		{"state_dict.module.half", []int{4}, []float32{0.5, -2, 65504, 0x1p-24}},
		{"state_dict.module.b16", []int{2}, []float32{1, -3}},
		{"state_dict.module.double", []int{2}, []float32{1. / 3, -1e10}},
		{"state_dict.module.count", []int{}, nil}, // a whole number
	}
	for _, file := range []string{"small.pth", "protocol4.pth", "legacy.pth"} {
		f, err := readAll(t, testFile(t, file))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if len(f.Tensors) != len(want) {
			t.Fatalf("%s has %d tensors, want %d", file, len(f.Tensors), len(want))
		}
		for i, w := range want {
			got := f.Tensors[i]
			if got.Name != w.name || !slices.Equal(got.Shape, w.shape) || got.Real() != (w.values != nil) {
				t.Errorf("%s: tensor %d is %s %v, want %s %v", file, i, got.Name, got.Shape, w.name, w.shape)
			}
			values := make([]float32, len(w.values))
			if w.values == nil {
				continue
			}
			if err := f.Values(&got, values); err != nil || !slices.Equal(values, w.values) {
				t.Errorf("%s: %s holds %v, %v, want %v", file, w.name, values, err, w.values)
			}
		}
	}
}

func TestNothingIsExecuted(t *testing.T) {
	_, err := readAll(t, testFile(t, "executes.pth"))
	if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "posix.system") {
		t.Errorf("a pickle that calls os.system gives %v", err)
	}
}

func TestHalfNumbers(t *testing.T) {
	for bits, want := range map[uint16]float32{
		0x0000: 0, 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0001: 0x1p-24, 0x03ff: 1023 * 0x1p-24, 0x0400: 0x1p-14, 0x3555: 0.333251953125,
		0x7c00: float32(math.Inf(1)), 0xfc00: float32(math.Inf(-1)),
	} {
		if got := half(bits); got != want {
			t.Errorf("%#04x is %v, want %v", bits, got, want)
		}
	}
	if v := half(0x7e00); v == v {
		t.Errorf("0x7e00 is %v, want no number", v)
	}
}

// written is a small checkpoint of Write.
func written(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	err := Write(&b, []Weights{
		{"a.weight", []int{2, 3}, []float32{1, 2, 3, 4, 5, 6}},
		{"a.bias", []int{2}, []float32{-1, -2}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriteRoundTrip(t *testing.T) {
	data := written(t)
	if !bytes.Equal(data, written(t)) {
		t.Error("the same weights gave other bytes")
	}
	f, err := readAll(t, data)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tensors) != 2 || f.Tensors[1].Name != "a.bias" || !slices.Equal(f.Tensors[0].Shape, []int{2, 3}) {
		t.Fatalf("%+v came back", f.Tensors)
	}
	values := make([]float32, 6)
	if err := f.Values(&f.Tensors[0], values); err != nil || !slices.Equal(values, []float32{1, 2, 3, 4, 5, 6}) {
		t.Errorf("the values came back as %v, %v", values, err)
	}
}

func TestDamagedContainers(t *testing.T) {
	good := written(t)
	legacy := testFile(t, "legacy.pth")
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"empty", nil, ErrForeign},
		{"a photo", []byte("\xff\xd8\xff\xe0 and so on"), ErrForeign},
		{"cut archive", good[:len(good)-1], ErrDamaged},
		{"start alone", good[:4], ErrDamaged},
		{"another archive", bytes.ReplaceAll(good, []byte("data.pkl"), []byte("data.txt")), ErrForeign},
		{"big endian", bytes.ReplaceAll(good, []byte("little"), []byte("bigger")), ErrDamaged}, // the checksum is wrong too
		{"storage missing", bytes.ReplaceAll(good, []byte("data/1"), []byte("data/9")), nil},
		{"legacy, no storages", legacy[:len(legacy)-100], ErrDamaged},
		{"legacy, no pickles", legacy[:len(legacyStart)+3], ErrDamaged},
	} {
		f, err := readAll(t, c.data)
		if c.want == nil && err == nil { // said when the values are read
			values := make([]float32, 2)
			c.want, err = ErrDamaged, f.Values(&f.Tensors[1], values)
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s gives %v, want %v", c.name, err, c.want)
		}
	}
}

// A changed value is found by the archive's checksum.
func TestChangedValues(t *testing.T) {
	data := written(t)
	at := bytes.Index(data, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40})
	if at < 0 {
		t.Fatal("the values are not in the file")
	}
	data[at]++
	f, err := readAll(t, data)
	if err == nil {
		err = f.Values(&f.Tensors[0], make([]float32, 6))
	}
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("it gives %v", err)
	}
}

func TestHostilePickles(t *testing.T) {
	// tensor is one of a storage of 6 numbers with the given offset, shape and strides.
	tensor := func(rest string) string {
		return "\x80\x02}U\x01actorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x06tQ" +
			rest + "\x89}tRs."
	}
	for _, c := range []struct {
		name, pickle string
		want         error
	}{
		{"nothing", "", ErrDamaged},
		{"no end", "\x80\x02}", ErrDamaged},
		{"protocol 0", "\x80\x00}.", ErrRefused},
		{"empty stack", ".", ErrDamaged},
		{"mark as object", "(.", ErrDamaged},
		{"no mark", "\x80\x02K\x01t.", ErrDamaged},
		{"long text", "X\xff\xff\xff\xffa.", ErrDamaged},
		{"long number", "\x8a\x09123456789.", ErrDamaged},
		{"memo", "h\x07.", ErrDamaged},
		{"class", "ccodes.models\nATBSN\n.", ErrRefused},
		{"getattr", "c__builtin__\ngetattr\n.", ErrRefused},
		{"stack global", "U\x02osU\x06system\x93.", ErrRefused},
		{"instance", "(ios\nsystem\n.", ErrRefused},
		{"object", "\x81.", ErrRefused},
		{"call of a text", "U\x01a)R.", ErrDamaged},
		{"attributes of a text", "U\x01a}b.", ErrDamaged},
		{"key is a list", "}]K\x01s.", ErrDamaged},
		{"odd items", "}(K\x01u.", ErrDamaged},
		{"append to a dictionary", "}K\x01a.", ErrDamaged},
		{"no storage", "U\x01aQ.", ErrDamaged},
		{"huge storage", "(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuJ\xff\xff\xff\x7ftQ.", ErrDamaged},
		{"negative storage", "(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuJ\xff\xff\xff\xfftQ.", ErrDamaged},
		{"inside", tensor("K\x00(K\x02K\x03t(K\x03K\x01t"), nil},
		{"past the storage", tensor("K\x01(K\x02K\x03t(K\x03K\x01t"), ErrDamaged},
		{"offset", tensor("J\xff\xff\xff\xff(K\x01t(K\x01t"), ErrDamaged},
		{"stride", tensor("K\x00(K\x02t(J\xff\xff\xff\xfft"), ErrDamaged},
		{"product", tensor("K\x00(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ft(K\x00K\x00t"), ErrDamaged},
		{"ranks", tensor("K\x00(K\x01t(K\x01K\x01t"), ErrDamaged},
	} {
		if _, _, err := unpickle([]byte(c.pickle)); !errors.Is(err, c.want) {
			t.Errorf("%s: %q gives %v, want %v", c.name, c.pickle, err, c.want)
		}
	}
}

// A dictionary that holds itself, and one of ever more copies, must end.
func TestEndlessDictionaries(t *testing.T) {
	root, _, err := unpickle([]byte("}q\x00U\x01ah\x00s."))
	if err != nil {
		t.Fatal(err)
	}
	entries := 0
	if err := (&File{}).collect("", root, 0, &entries); !errors.Is(err, ErrDamaged) {
		t.Errorf("a dictionary in itself gives %v", err)
	}
	wide := &dict{}
	for range 4 {
		above := &dict{}
		for i := range 50 {
			above.entries = append(above.entries, entry{int64(i), wide})
		}
		wide = above
	}
	entries = 0
	if err := (&File{}).collect("", wide, 0, &entries); !errors.Is(err, ErrDamaged) || entries > maxEntries+1 {
		t.Errorf("6 million entries give %v after %d", err, entries)
	}
}

// FuzzOpen feeds whole files to the reader. What it accepts must have values, or say why not.
func FuzzOpen(f *testing.F) {
	f.Add(written(f))
	for _, name := range []string{"small.pth", "protocol4.pth", "legacy.pth", "executes.pth"} {
		f.Add(testFile(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := readAll(t, data)
		if err != nil {
			return
		}
		for _, each := range file.Tensors {
			n := 1
			for _, d := range each.Shape {
				n *= d
			}
			if each.Real() && n < 1<<20 {
				_ = file.Values(&each, make([]float32, n))
			}
		}
	})
}

// FuzzPickle feeds pickles to the machine.
func FuzzPickle(f *testing.F) {
	f.Add(pickle([]Weights{{"a", []int{2}, []float32{1, 2}}}))
	f.Add([]byte("\x80\x02}q\x00(U\x01aK\x01U\x01b]r\x01\x00\x00\x00(K\x02\x8a\x02\x00\xffeu."))
	f.Fuzz(func(t *testing.T, data []byte) {
		if root, _, err := unpickle(data); err == nil {
			entries := 0
			_ = (&File{}).collect("", root, 0, &entries)
		}
	})
}
