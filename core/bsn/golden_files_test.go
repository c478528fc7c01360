package bsn

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gorgonia.org/tensor"
)

// goldenDir holds the small set of reference tensors; testdata/golden/README.md describes it.
const goldenDir = "../../testdata/golden"

// fullGoldenDir is the folder of the large set at width 48, or "" where it is not at hand.
func fullGoldenDir() string { return os.Getenv("BLINDSPOT_GOLDEN") }

// openGolden opens one reference file: of the small set, or of the large one if its name begins with full48.
func openGolden(t testing.TB, name string) (*os.File, int64) {
	t.Helper()
	dir := goldenDir
	if len(name) > 6 && name[:6] == "full48" {
		dir = fullGoldenDir()
	}
	f, err := os.Open(filepath.Join(dir, name+".safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	stat, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return f, stat.Size()
}

// golden is one reference file in memory.
type golden struct {
	name     string
	tensors  map[string]*tensor.Dense
	metadata map[string]string
}

func readGolden(t testing.TB, name string) golden {
	t.Helper()
	f, size := openGolden(t, name)
	tensors, metadata, err := ReadTensors(f, size)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return golden{name, tensors, metadata}
}

// dense is a tensor that must be there.
func (g golden) dense(t testing.TB, name string) *tensor.Dense {
	t.Helper()
	d := g.tensors[name]
	if d == nil {
		t.Fatalf("%s has no tensor %s", g.name, name)
	}
	return d
}

// float64s is a tensor's values in double precision, whatever it is stored in.
func (g golden) float64s(t testing.TB, name string) []float64 {
	t.Helper()
	return widen(g.dense(t, name))
}

func widen(d *tensor.Dense) []float64 {
	switch v := d.Data().(type) {
	case []float64:
		return v
	case []float32:
		out := make([]float64, len(v))
		for i := range v {
			out[i] = float64(v[i])
		}
		return out
	}
	return nil
}

// fill copies the file's tensors into p; every one of p must be there.
func (g golden) fill(t testing.TB, p *Params, prefix string) *Params {
	t.Helper()
	for _, name := range p.Names() {
		d := g.dense(t, prefix+name)
		if !slices.Equal([]int(d.Shape()), p.Shape(name)) {
			t.Fatalf("%s: %s has shape %v, want %v", g.name, name, d.Shape(), p.Shape(name))
		}
		copy(p.Get(name), d.Data().([]float32))
	}
	return p
}
