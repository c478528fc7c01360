package bsn

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestHoles(t *testing.T) {
	shifts := map[Hole]int{0: 0, 1: 1, 3: 2, 5: 3, 7: 4, 9: 5, 11: 6, 31: 16}
	for k, want := range shifts {
		if !k.Valid() || k.Shift() != want {
			t.Errorf("hole %d: valid %v, shift %d, want true, %d", k, k.Valid(), k.Shift(), want)
		}
	}
	for _, k := range []Hole{-1, 2, 10, 33, -3} {
		if k.Valid() {
			t.Errorf("hole %d passes for valid", k)
		}
	}
	for _, k := range Stops() {
		if !k.Valid() {
			t.Errorf("stop %d is not valid", k)
		}
	}
}

func TestParameterCounts(t *testing.T) {
	for _, tc := range []struct {
		config           Config
		teacher, student int
	}{
		{Config{48, 3}, 1268547, 1003011},
		{Config{16, 3}, 142275, 113155},
	} {
		if n := len(NewTeacherParams(tc.config).Flat()); n != tc.teacher {
			t.Errorf("teacher %+v has %d parameters, want %d", tc.config, n, tc.teacher)
		}
		if n := len(NewStudentParams(tc.config).Flat()); n != tc.student {
			t.Errorf("student %+v has %d parameters, want %d", tc.config, n, tc.student)
		}
	}
}

// The reference's files hold their tensors in the reference's order; ours must be the same.
func TestParamsMatchReferenceNames(t *testing.T) {
	for file, p := range map[string]*Params{
		"tiny16_teacher_weights": NewTeacherParams(Config{16, 3}),
		"tiny16_student_weights": NewStudentParams(Config{16, 3}),
	} {
		f, size := openGolden(t, file)
		h, err := readHeader(f, size)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.tensors) != len(p.Names()) {
			t.Fatalf("%s: %d tensors, want %d", file, len(p.Names()), len(h.tensors))
		}
		for i, name := range p.Names() {
			if h.tensors[i].name != name || !slices.Equal(h.tensors[i].shape, p.Shape(name)) {
				t.Errorf("%s: tensor %d is %s %v, want %s %v", file, i, name, p.Shape(name), h.tensors[i].name, h.tensors[i].shape)
			}
		}
	}
}

func TestParamsShareMemory(t *testing.T) {
	for _, c := range []Config{{48, 3}, {32, 1}, {24, 4}, {16, 3}, {1, 1}} {
		p := NewTeacherParams(c)
		for i := range p.Flat() {
			p.Flat()[i] = float32(i)
		}
		next := 0
		for _, name := range p.Names() {
			values := p.Get(name)
			if values[0] != float32(next) || len(values) != elements(p.Shape(name)) {
				t.Fatalf("%+v %s begins at %g with %d values, want %d with %d", c, name, values[0], len(values), next, elements(p.Shape(name)))
			}
			next += len(values)
		}
		if next != len(p.Flat()) {
			t.Errorf("%+v: the tensors have %d values, the slice %d", c, next, len(p.Flat()))
		}
		d := p.Tensor("nin_B.bias")
		d.Data().([]float32)[1] = -7
		if p.Get("nin_B.bias")[1] != -7 {
			t.Errorf("%+v: the tensor is a copy", c)
		}
		q := p.Clone()
		q.Zero()
		if p.Get("nin_B.bias")[1] != -7 || slices.ContainsFunc(q.Flat(), func(v float32) bool { return v != 0 }) {
			t.Errorf("%+v: Clone shares memory or Zero left values", c)
		}
		if p.Get("nin_D.bias") != nil || p.Shape("nin_D.bias") != nil || p.Tensor("nin_D.bias") != nil {
			t.Errorf("%+v: an unknown name gave a tensor", c)
		}
	}
	if n := len(NewTeacherParams(Config{0, 3}).Names()); n != 0 {
		t.Errorf("an invalid configuration has %d tensors", n)
	}
}

func TestCopyMatching(t *testing.T) {
	teacher, student := NewTeacherParams(Config{16, 3}), NewStudentParams(Config{16, 3})
	teacher.InitKaiming(rand.New(rand.NewPCG(1, 2)))
	student.CopyMatching(teacher)
	for _, name := range student.Names() {
		last := strings.HasPrefix(name, "unet.dec1.conv2.")
		if slices.Equal(student.Get(name), teacher.Get(name)) == last {
			t.Errorf("%s: copied %v, want %v", name, !last, !last)
		}
		if last && slices.ContainsFunc(student.Get(name), func(v float32) bool { return v != 0 }) {
			t.Errorf("%s has another shape and must stay as it was", name)
		}
	}
}

// The deviation of n normal numbers strays from the true one by about 1/√(2n); four times that is allowed.
func TestInitKaiming(t *testing.T) {
	p := NewTeacherParams(Config{48, 3})
	for i := range p.Flat() {
		p.Flat()[i] = 9
	}
	p.InitKaiming(rand.New(rand.NewPCG(3, 4)))
	for _, name := range p.Names() {
		values := p.Get(name)
		sum := 0.0
		for _, v := range values {
			sum += float64(v) * float64(v)
		}
		got := math.Sqrt(sum / float64(len(values)))
		if strings.HasSuffix(name, ".bias") {
			if got != 0 {
				t.Errorf("%s: bias is not 0", name)
			}
			continue
		}
		fanIn := float64(elements(p.Shape(name)[1:]))
		want := math.Sqrt(2 / 1.01 / fanIn)
		if name == "nin_C.weight" {
			want = math.Sqrt(1 / fanIn)
		}
		if slack := 4 / math.Sqrt(2*float64(len(values))); math.Abs(got/want-1) > slack {
			t.Errorf("%s: deviation %g, want %g within %.1f %%", name, got, want, 100*slack)
		}
	}
	q := NewTeacherParams(Config{48, 3})
	q.InitKaiming(rand.New(rand.NewPCG(3, 4)))
	if !slices.Equal(p.Flat(), q.Flat()) {
		t.Error("the same random source gave other weights")
	}
}
