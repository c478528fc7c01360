package bsn

import (
	"slices"

	// gorgonia.org/tensor refuses to start on a current Go release unless a new enough version of this is linked in.
	_ "go4.org/unsafe/assume-no-moving-gc"
	"gorgonia.org/tensor"
)

// Params holds the weights and biases of one network as named float32 tensors that lie one after another in a single
// slice, in the reference's order, so that optimiser and averages run over one slice. Gradients and optimiser
// moments are Params too.
//
// A Params may be read from several goroutines; writing needs the caller's care.
type Params struct {
	config Config
	specs  []spec
	index  map[string]int
	offset []int // len(specs)+1 entries, the last is the total
	flat   []float32
}

// NewTeacherParams returns the teacher's parameters, all zero. An invalid configuration (Config.Validate) has none.
func NewTeacherParams(c Config) *Params { return newParams(c, teacherSpecs) }

// NewStudentParams returns the student's parameters, all zero. An invalid configuration (Config.Validate) has none.
func NewStudentParams(c Config) *Params { return newParams(c, studentSpecs) }

func newParams(c Config, specs func(Config) []spec) *Params {
	p := &Params{config: c, index: map[string]int{}}
	if c.Validate() == nil {
		p.specs = specs(c)
	}
	p.offset = make([]int, len(p.specs)+1)
	for i, s := range p.specs {
		p.index[s.name] = i
		p.offset[i+1] = p.offset[i] + elements(s.shape)
	}
	p.flat = make([]float32, p.offset[len(p.specs)])
	return p
}

// elements is the number of values of a tensor of this shape.
func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// Config is the size of the network that the parameters belong to.
func (p *Params) Config() Config { return p.config }

// Names lists the tensors in the reference's order, without the prefix "teacher." or "student.".
func (p *Params) Names() []string {
	names := make([]string, len(p.specs))
	for i, s := range p.specs {
		names[i] = s.name
	}
	return names
}

// Flat is all values in the order of Names. Writing to it changes the parameters.
func (p *Params) Flat() []float32 { return p.flat }

// Get is the values of one tensor in row-major order, sharing memory with Flat, or nil when there is no such tensor.
func (p *Params) Get(name string) []float32 {
	i, ok := p.index[name]
	if !ok {
		return nil
	}
	return p.flat[p.offset[i]:p.offset[i+1]:p.offset[i+1]]
}

// Shape is the shape of one tensor, out×in×kh×kw for weights and out for biases, or nil when there is no such tensor.
func (p *Params) Shape(name string) []int {
	i, ok := p.index[name]
	if !ok {
		return nil
	}
	return slices.Clone(p.specs[i].shape)
}

// Tensor is one tensor, sharing memory with Flat, or nil when there is no such tensor.
func (p *Params) Tensor(name string) *tensor.Dense {
	values := p.Get(name)
	if values == nil {
		return nil
	}
	return tensor.New(tensor.WithShape(p.Shape(name)...), tensor.WithBacking(values))
}

// Clone returns a copy with memory of its own.
func (p *Params) Clone() *Params {
	q := *p // names, shapes and offsets never change and are shared
	q.flat = slices.Clone(p.flat)
	return &q
}

// Zero sets every value to 0.
func (p *Params) Zero() { clear(p.flat) }

// CopyMatching copies each tensor of from that p has under the same name and with the same shape. Distillation starts a
// student this way: all of the U-Net but the last layer comes from the teacher.
func (p *Params) CopyMatching(from *Params) {
	for _, s := range p.specs {
		if slices.Equal(s.shape, from.Shape(s.name)) {
			copy(p.Get(s.name), from.Get(s.name))
		}
	}
}

// sameLayout reports whether p and q hold tensors of the same names and shapes in the same order.
func (p *Params) sameLayout(q *Params) bool {
	return slices.EqualFunc(p.specs, q.specs, func(a, b spec) bool {
		return a.name == b.name && slices.Equal(a.shape, b.shape)
	})
}
