package bsn

import (
	"math"
	"slices"
	"strings"

	"blindspot/core/say"
)

// stored is a tensor in a file of any format.
type stored struct {
	name  string
	shape []int
	dtype string // of safetensors; "F32" stands for everything that read can turn into it
	read  func(dst []float32) error
}

// firstLayer is the tensor that tells the size of a network.
const firstLayer = "unet.intro.conv.weight"

// hasNetwork reports whether there is any tensor under prefix.
func hasNetwork(tensors []stored, prefix string) bool {
	return slices.ContainsFunc(tensors, func(t stored) bool { return strings.HasPrefix(t.name, prefix) })
}

// networkConfig takes the size of the network under prefix from its first layer.
func networkConfig(tensors []stored, prefix string) (Config, error) {
	first := prefix + firstLayer
	i := slices.IndexFunc(tensors, func(t stored) bool { return t.name == first })
	if i < 0 {
		return Config{}, say.Errorf("tensor %s is missing", first)
	}
	shape := tensors[i].shape
	if len(shape) != 4 {
		return Config{}, say.Errorf("tensor %s has shape %v, want [width channels 3 3]", first, shape)
	}
	c := Config{Width: shape[0], Channels: shape[1]}
	if err := c.Validate(); err != nil {
		return c, say.Errorf("tensor %s has shape %v: %w", first, shape, err)
	}
	return c, nil
}

// under are the tensors under prefix by their names without it.
func under(tensors []stored, prefix string) map[string]stored {
	byName := make(map[string]stored, len(tensors))
	for _, t := range tensors {
		if name, ok := strings.CutPrefix(t.name, prefix); ok {
			byName[name] = t
		}
	}
	return byName
}

// checkTensors checks that the tensors under prefix are exactly those of one network.
func checkTensors(tensors []stored, prefix string, c Config, specs func(Config) []spec) error {
	byName, want := under(tensors, prefix), specs(c)
	for _, s := range want {
		t, ok := byName[s.name]
		switch {
		case !ok:
			return say.Errorf("tensor %s%s is missing", prefix, s.name)
		case !slices.Equal(t.shape, s.shape):
			return say.Errorf("tensor %s has shape %v, want %v", t.name, t.shape, s.shape)
		case t.dtype != "F32":
			return say.Errorf("tensor %s has type %s, want F32", t.name, t.dtype)
		}
		delete(byName, s.name)
	}
	for _, t := range tensors { // in their order, so that it is always the same that is named
		if name, ok := strings.CutPrefix(t.name, prefix); ok {
			if _, foreign := byName[name]; foreign {
				return say.Errorf("tensor %s is not part of the network", t.name)
			}
		}
	}
	return nil
}

// readParams reads the network under prefix, whose tensors have been checked.
func readParams(tensors []stored, prefix string, c Config, specs func(Config) []spec) (*Params, error) {
	byName, p := under(tensors, prefix), newParams(c, specs)
	for _, s := range p.specs {
		values := p.Get(s.name)
		if err := byName[s.name].read(values); err != nil {
			return nil, err
		}
		if !allFinite(values) {
			return nil, say.Errorf("%w: tensor %s%s holds values that are not numbers", ErrDamaged, prefix, s.name)
		}
	}
	return p, nil
}

func allFinite(values []float32) bool {
	for _, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return false
		}
	}
	return true
}
