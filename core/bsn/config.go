package bsn

import (
	"fmt"

	"blindspot/core/say"
)

// Config says how large a network is. The same configuration describes a teacher and its student.
type Config struct {
	Width    int // feature channels of the encoder: 48 as published; 32, 24 and 16 are the smaller sizes
	Channels int // channels of the picture: 1 gray, 3 RGB, 4 planes of a camera mosaic
}

// Bounds of a configuration. They are wide enough for every network worth running and keep the sizes computed
// from an untrusted file small.
const (
	MaxWidth    = 256
	MaxChannels = 16
)

// DefaultConfig is the published network.
func DefaultConfig() Config { return Config{Width: 48, Channels: 3} }

// Validate returns an error in one sentence when no network can have this size.
func (c Config) Validate() error {
	if c.Width < 1 || c.Width > MaxWidth {
		return say.Errorf("network width %d is outside 1 to %d", c.Width, MaxWidth)
	}
	if c.Channels < 1 || c.Channels > MaxChannels {
		return say.Errorf("%d picture channels are outside 1 to %d", c.Channels, MaxChannels)
	}
	return nil
}

// spec is one parameter tensor of a network.
type spec struct {
	name  string
	shape []int // weights out×in×kh×kw, biases out
}

// conv lists weight and bias of one convolution with kernel k×k, in this order, as the reference does.
func conv(name string, out, in, k int) []spec {
	return []spec{{name + ".weight", []int{out, in, k, k}}, {name + ".bias", []int{out}}}
}

// unetSpecs lists the U-Net's parameters in the reference's order. last is the number of channels that dec1 ends in:
// twice the width in the teacher's trunk, the picture's channels in the student.
func unetSpecs(c Config, last int) []spec {
	w, wide := c.Width, 2*c.Width
	var list []spec
	add := func(layer string, out, in int) { list = append(list, conv("unet."+layer+".conv", out, in, 3)...) }
	add("intro", w, c.Channels)
	for i := 1; i <= 6; i++ {
		add(fmt.Sprintf("enc%d.conv1", i), w, w)
	}
	add("dec5.conv1", wide, w+w)
	add("dec5.conv2", wide, wide)
	for i := 4; i >= 2; i-- {
		add(fmt.Sprintf("dec%d.conv1", i), wide, wide+w)
		add(fmt.Sprintf("dec%d.conv2", i), wide, wide)
	}
	add("dec1.conv1", wide, wide+c.Channels)
	add("dec1.conv2", last, wide)
	return list
}

// teacherSpecs lists trunk and head of the teacher: 1,268,547 numbers at width 48 with 3 channels.
func teacherSpecs(c Config) []spec {
	w := c.Width
	list := unetSpecs(c, 2*w)
	list = append(list, conv("nin_A", 8*w, 8*w, 1)...)
	list = append(list, conv("nin_B", 2*w, 8*w, 1)...)
	return append(list, conv("nin_C", c.Channels, 2*w, 1)...)
}

// studentSpecs lists the student, variant "C" of the paper: 1,003,011 numbers at width 48 with 3 channels.
func studentSpecs(c Config) []spec { return unetSpecs(c, c.Channels) }
