package bsn

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Widened returns a network of the given width, at least p's, that computes what p does. p's channels keep their weights
// and come first in every layer; the new ones read all channels through weights from rng, as InitKaiming draws them, and
// are read by p's own channels with weight 0. Training finds out what they are good for (after Chen, Goodfellow, Shlens:
// "Net2Net", ICLR 2016, which copies channels instead of drawing new ones). A model that has been trained small and quickly
// is so the start of a larger one.
func (p *Params) Widened(width int, rng *rand.Rand) (*Params, error) {
	c := Config{Width: width, Channels: p.config.Channels}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if width < p.config.Width {
		return nil, fmt.Errorf("a network of width %d cannot become one of width %d", p.config.Width, width)
	}
	wide := NewStudentParams(c)
	if p.Shape("nin_A.weight") != nil {
		wide = NewTeacherParams(c)
	}
	wide.InitKaiming(rng)
	for i, s := range wide.specs {
		from, narrow := p.specs[i], p.Get(s.name)
		if strings.HasSuffix(s.name, ".bias") {
			copy(wide.Get(s.name), narrow)
			continue
		}
		old := keptInputs(s.name, p.config, c)
		taps := s.shape[2] * s.shape[3]
		values := wide.Get(s.name)
		for out := range from.shape[0] {
			row := values[out*s.shape[1]*taps:][:s.shape[1]*taps]
			clear(row)
			for in, at := range old {
				copy(row[at*taps:][:taps], narrow[(out*from.shape[1]+in)*taps:])
			}
		}
	}
	return wide, nil
}

// Widened returns the model with its networks widened, see Params.Widened.
func (m *Model) Widened(width int, rng *rand.Rand) (*Model, error) {
	wide := *m
	var err error
	if wide.Teacher, err = m.Teacher.Widened(width, rng); err == nil && m.Student != nil {
		wide.Student, err = m.Student.Widened(width, rng)
	}
	wide.Config.Width = width
	return &wide, err
}

// keptInputs says where the input channels of a layer of the network a lie among those of the wider network b.
func keptInputs(layer string, a, b Config) []int {
	var list []int
	offset := 0
	segments := inputSegments(layer, b)
	for i, n := range inputSegments(layer, a) {
		for k := range n {
			list = append(list, offset+k)
		}
		offset += segments[i]
	}
	return list
}

// inputSegments is the number of channels of each of the feature maps that are joined at the input of a layer.
func inputSegments(layer string, c Config) []int {
	w, wide := c.Width, 2*c.Width
	layer = strings.TrimSuffix(strings.TrimPrefix(layer, "unet."), ".weight")
	switch layer {
	case "intro.conv":
		return []int{c.Channels}
	case "dec5.conv1.conv":
		return []int{w, w}
	case "dec4.conv1.conv", "dec3.conv1.conv", "dec2.conv1.conv":
		return []int{wide, w}
	case "dec1.conv1.conv":
		return []int{wide, c.Channels}
	case "nin_A":
		return []int{wide, wide, wide, wide}
	case "nin_B":
		return []int{8 * w}
	}
	if strings.HasPrefix(layer, "enc") {
		return []int{w}
	}
	return []int{wide}
}
