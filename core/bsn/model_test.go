package bsn

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// sampleModel is a small model with every entry of its info set.
func sampleModel(c Config) *Model {
	m := &Model{
		Config: c, Teacher: NewTeacherParams(c), Student: NewStudentParams(c),
		Info: Info{
			Name: "X-T5 at ISO 6400 “night”", Created: "2026-01-02T03:04:05Z", Licence: "CC-BY-4.0", Base: "General",
			KTrain: 9, Holes: Stops(), Patch: 128, Steps: 4000, DistilSteps: 700,
			Photos: 31, Cameras: []string{"X-T5", "A \"7\""}, ISO: []int{3200, 6400}, Correlation: []float64{0.5, 0.25},
			CorrelationMap: make([]float64, CorrelationSide*CorrelationSide), NoiseLevel: 7.5, HeldOut: 4.25, HeldOutBase: 4.5,
		},
	}
	rng := rand.New(rand.NewPCG(5, 6))
	m.Teacher.InitKaiming(rng)
	m.Student.InitKaiming(rng)
	return m
}

func TestModelRoundTrip(t *testing.T) {
	for _, c := range []Config{{48, 3}, {32, 3}, {24, 4}, {16, 1}} {
		want := sampleModel(c)
		path := filepath.Join(t.TempDir(), "model.safetensors")
		if err := want.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		got, err := OpenModel(path)
		if err != nil {
			t.Fatal(err)
		}
		if got.Config != c || !reflect.DeepEqual(got.Info, want.Info) {
			t.Errorf("%+v came back as %+v with %+v, want %+v", c, got.Config, got.Info, want.Info)
		}
		if !slices.Equal(got.Teacher.Flat(), want.Teacher.Flat()) || !slices.Equal(got.Student.Flat(), want.Student.Flat()) {
			t.Errorf("%+v: other weights came back", c)
		}
	}
}

func TestModelWithoutStudent(t *testing.T) {
	m := sampleModel(Config{16, 3})
	m.Student, m.Info = nil, Info{}
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := m.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	got, err := OpenModel(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Student != nil || !reflect.DeepEqual(got.Info, Info{}) {
		t.Errorf("student %v and info %+v, want none", got.Student, got.Info)
	}
}

func TestWriteFileReplacesAndCleansUp(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "model.safetensors")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := sampleModel(Config{16, 3})
	broken.Config.Width = 24
	if err := broken.WriteFile(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("writing a model of mixed sizes gave %v", err)
	}
	fails := errors.New("disk full")
	if err := writeAtomic(path, func(w io.Writer) error { _, _ = w.Write([]byte("half")); return fails }); !errors.Is(err, fails) {
		t.Errorf("error %v, want %v", err, fails)
	}
	if kept, _ := os.ReadFile(path); string(kept) != "old" {
		t.Error("a failed write changed the file that was there")
	}
	if err := sampleModel(Config{16, 3}).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left, want only the model", len(entries))
	}
	if _, err := OpenModel(path); err != nil {
		t.Error(err)
	}
	if err := sampleModel(Config{16, 3}).WriteFile(filepath.Join(dir, "no", "model.safetensors")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("writing into a missing folder gave %v", err)
	}
}

// remade is a model file after edit has changed its tensors and metadata.
func remade(t *testing.T, edit func(blocks []block, metadata map[string]string) []block) []byte {
	t.Helper()
	m := sampleModel(Config{16, 3})
	metadata := m.Info.metadata(m.Config)
	blocks := append(paramBlocks(teacherPrefix, m.Teacher), paramBlocks(studentPrefix, m.Student)...)
	var buf bytes.Buffer
	if err := writeBlocks(&buf, edit(blocks, metadata), metadata); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestReadModelNamesWhatIsWrong(t *testing.T) {
	at := func(blocks []block, name string) int {
		return slices.IndexFunc(blocks, func(b block) bool { return b.name == name })
	}
	drop := func(name string) func([]block, map[string]string) []block {
		return func(b []block, _ map[string]string) []block { return slices.Delete(b, at(b, name), at(b, name)+1) }
	}
	set := func(key, value string) func([]block, map[string]string) []block {
		return func(b []block, m map[string]string) []block { m[key] = value; return b }
	}
	replace := func(name string, with block) func([]block, map[string]string) []block {
		return func(b []block, _ map[string]string) []block { b[at(b, name)] = with; return b }
	}
	const bias = "teacher.unet.enc1.conv1.conv.bias"
	notNumber := make([]float32, 16)
	notNumber[3] = float32(math.NaN())
	for _, tc := range []struct {
		name, want string
		edit       func([]block, map[string]string) []block
	}{
		{"missing", "tensor " + bias + " is missing", drop(bias)},
		{"missing first", "tensor teacher.unet.intro.conv.weight is missing", drop("teacher.unet.intro.conv.weight")},
		{"missing in student", "tensor student.unet.dec1.conv2.conv.bias is missing", drop("student.unet.dec1.conv2.conv.bias")},
		{"shape", "tensor " + bias + " has shape [4 4], want [16]", replace(bias, block{bias, []int{4, 4}, make([]float32, 16)})},
		{"type", "tensor " + bias + " has type F64, want F32", replace(bias, block{bias, []int{16}, make([]float64, 16)})},
		{"not a number", "tensor " + bias + " holds values that are not numbers", replace(bias, block{bias, []int{16}, notNumber})},
		{"extra", "tensor teacher.unet.enc7 is not part", func(b []block, _ map[string]string) []block {
			return append(b, block{"teacher.unet.enc7", []int{1}, []float32{1}})
		}},
		{"first layer flat", "want [width channels 3 3]", replace("teacher.unet.intro.conv.weight", block{"teacher.unet.intro.conv.weight", []int{432}, make([]float32, 432)})},
		{"first layer too wide", "network width 5000", replace("teacher.unet.intro.conv.weight", block{"teacher.unet.intro.conv.weight", []int{5000, 1, 1, 1}, make([]float32, 5000)})},
		{"width", "claims width \"48\" but its tensors have 16", set("width", "48")},
		{"newer", "format version \"2\"", set("format_version", "2")},
		{"scale", "value scale is \"1\"", set("value_scale", "1")},
		{"hole", "a hole of 4", set("k_train", "4")},
		{"holes", "a hole of -1", set("holes", "[0,-1]")},
		{"number", "entry patch is \"big\"", set("patch", "big")},
		{"map", "its correlation map has 2 values", set("correlation_map", "[1,0.5]")},
		{"negative", "entry patch is negative", set("patch", "-64")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			data := remade(t, tc.edit)
			path := filepath.Join(t.TempDir(), "bad.safetensors")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := OpenModel(path)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "model file "+path+": ") {
				t.Errorf("error %v, want %q after the path", err, tc.want)
			}
		})
	}
	// Tensors of other parts of the program in the same file do no harm.
	data := remade(t, func(b []block, _ map[string]string) []block {
		return append(b, block{"optimiser.moment", []int{2}, []float64{1, 2}})
	})
	if _, err := ReadModel(bytes.NewReader(data), int64(len(data))); err != nil {
		t.Error(err)
	}
}

func TestOpenModelOfNoFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenModel(dir); err == nil || err.Error() != "model file "+dir+": it is not a file" {
		t.Errorf("opening a folder gave %v", err)
	}
	path := filepath.Join(dir, "none.safetensors")
	if _, err := OpenModel(path); !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), path) != 1 {
		t.Errorf("opening a missing file gave %v", err)
	}
}
