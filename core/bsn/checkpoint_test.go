package bsn

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"blindspot/core/bsn/torch"
)

// checkpoint is a file with the given tensors.
func checkpoint(t testing.TB, list []torch.Weights) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := torch.Write(&b, list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readCheckpoint(data []byte) (*Model, error) {
	return ReadCheckpoint(bytes.NewReader(data), int64(len(data)))
}

func TestCheckpointRoundTrip(t *testing.T) {
	for _, c := range []Config{{16, 3}, {24, 1}} {
		want := sampleModel(c)
		for _, student := range []*Params{want.Student, nil} {
			want.Student = student
			var b bytes.Buffer
			if err := want.WriteCheckpoint(&b); err != nil {
				t.Fatal(err)
			}
			got, err := readCheckpoint(b.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if got.Config != c || !slices.Equal(got.Teacher.Flat(), want.Teacher.Flat()) || (got.Student == nil) != (student == nil) ||
				student != nil && !slices.Equal(got.Student.Flat(), student.Flat()) {
				t.Errorf("%+v: other weights came back", c)
			}
			if got.Info.KTrain != DefaultTrainHole || (student != nil) != reflect.DeepEqual(got.Info.Holes, Stops()) {
				t.Errorf("the info is %+v", got.Info)
			}
		}
	}
}

// Prefixes as the published code, data-parallel training and other programs write them.
func TestNetworksAreFoundUnderAnyPrefix(t *testing.T) {
	m := sampleModel(Config{16, 3})
	for _, c := range []struct {
		teacher, student string
		fast             bool
	}{
		{"", "-", false},
		{"module.", "-", false},
		{"bsn.", "nbsn.", true},
		{"module.bsn.", "module.nbsn.", true},
		{"params.", "student.", true},
		{"teacher.", "student.", true},
	} {
		list := checkpointWeights(c.teacher, m.Teacher)
		if c.fast {
			list = append(list, checkpointWeights(c.student, m.Student)...)
		}
		list = append(list, torch.Weights{Name: "discriminator.weight", Shape: []int{1}, Values: []float32{0}})
		got, err := readCheckpoint(checkpoint(t, list))
		if err != nil || (got.Student != nil) != c.fast || !slices.Equal(got.Teacher.Flat(), m.Teacher.Flat()) {
			t.Errorf("%q and %q give %v", c.teacher, c.student, err)
		}
	}
}

func TestCheckpointsThatDoNotFit(t *testing.T) {
	m := sampleModel(Config{16, 3})
	teacher := func() []torch.Weights { return checkpointWeights("bsn.", m.Teacher) }
	for _, c := range []struct {
		name string
		list []torch.Weights
		want string
	}{
		{"nothing", nil, "holds no weights"},
		{"another network", []torch.Weights{{Name: "conv.weight", Shape: []int{1}, Values: []float32{1}}}, "there is conv.weight but no unet.intro.conv.weight"},
		{"student alone", checkpointWeights("nbsn.", m.Student), "the fast network alone"},
		{"two teachers", append(teacher(), checkpointWeights("ema.", m.Teacher)...), "more than one teacher: bsn.* and ema.*"},
		{"one missing", slices.DeleteFunc(teacher(), func(w torch.Weights) bool { return w.Name == "bsn.unet.dec3.conv2.conv.bias" }), "tensor bsn.unet.dec3.conv2.conv.bias is missing"},
		{"one more", append(teacher(), torch.Weights{Name: "bsn.unet.dec9.bias", Shape: []int{1}, Values: []float32{1}}), "tensor bsn.unet.dec9.bias is not part"},
		{"misshapen", changed(teacher(), "bsn.nin_B.bias", torch.Weights{Shape: []int{16, 2}, Values: make([]float32, 32)}), "tensor bsn.nin_B.bias has shape [16 2], want [32]"},
		{"no numbers", changed(teacher(), "bsn.nin_C.bias", torch.Weights{Shape: []int{3}, Values: []float32{0, float32(math.NaN()), 0}}), "tensor bsn.nin_C.bias holds values that are not numbers"},
		{"student of another width", append(teacher(), checkpointWeights("nbsn.", sampleModel(Config{24, 3}).Student)...), "tensor nbsn.unet.intro.conv.weight has shape [24 3 3 3], want [16 3 3 3]"},
	} {
		if _, err := readCheckpoint(checkpoint(t, c.list)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s gives %v, want %q", c.name, err, c.want)
		}
	}
}

// changed replaces shape and values of one tensor.
func changed(list []torch.Weights, name string, with torch.Weights) []torch.Weights {
	for i := range list {
		if list[i].Name == name {
			list[i].Shape, list[i].Values = with.Shape, with.Values
		}
	}
	return list
}

func TestOpenAnyModelGoesByContent(t *testing.T) {
	m := sampleModel(Config{16, 3})
	folder := t.TempDir()
	var tensors, weights bytes.Buffer
	if err := errors.Join(m.Write(&tensors), m.WriteCheckpoint(&weights)); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"a.pth": tensors.Bytes(), "b.safetensors": weights.Bytes()} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := OpenAnyModel(path)
		if err != nil || !slices.Equal(got.Teacher.Flat(), m.Teacher.Flat()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := filepath.Join(folder, "x.pth")
	if err := os.WriteFile(path, []byte("no model"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAnyModel(path); err == nil || !strings.HasPrefix(err.Error(), "model file "+path) {
		t.Errorf("a text gives %v", err)
	}
}

func TestSummaryIsThatOfTheModel(t *testing.T) {
	m := sampleModel(Config{24, 3})
	path := filepath.Join(t.TempDir(), "model.safetensors")
	if err := m.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	s, err := OpenSummary(path)
	if err != nil || s.Config != m.Config || !s.Student || !reflect.DeepEqual(s.Info, m.Info) {
		t.Errorf("the summary is %+v, %v", s, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cut := data[:len(data)-1]
	if _, err := ReadSummary(bytes.NewReader(cut), int64(len(cut))); !errors.Is(err, ErrDamaged) {
		t.Errorf("a cut file gives %v", err)
	}
}
