// Package apptest makes a model for tests of the program around the network: small, always the same, and with results
// that anybody can predict. The network itself is tested elsewhere.
package apptest

import "blindspot/core/bsn"

// Width of the model. The narrow network is quick.
const Width = 16

// Model returns a model that softens: the student is a blur, and the teacher the mean of four blurs, each of one side of
// the hole, so that every stop of the slider is softer than the one before. Values stay where they are on average.
func Model() *bsn.Model {
	c := bsn.Config{Width: Width, Channels: 3}
	m := &bsn.Model{Config: c, Teacher: bsn.NewTeacherParams(c), Student: bsn.NewStudentParams(c)}
	m.Info = bsn.Info{Name: "soft", Patch: 256, KTrain: bsn.DefaultTrainHole, Holes: bsn.Stops()}
	for _, p := range []*bsn.Params{m.Teacher, m.Student} {
		// The last stage of the decoder sees the picture itself as its last input channels.
		passBlurred(p, "unet.dec1.conv1.conv.weight", 2*Width)
		passBlurred(p, "unet.dec1.conv2.conv.weight", 0)
	}
	head := m.Teacher.Get("nin_A.weight")
	for channel := range c.Channels {
		for rotation := range 4 {
			head[channel*8*Width+rotation*2*Width+channel] = 0.25
		}
	}
	pass(m.Teacher, "nin_B.weight")
	pass(m.Teacher, "nin_C.weight")
	return m
}

// passBlurred lets a 3×3 layer hand on three channels, from the given input channel on, as means of nine values.
func passBlurred(p *bsn.Params, name string, from int) {
	weights, in := p.Get(name), p.Shape(name)[1]
	for channel := range 3 {
		at := (channel*in + from + channel) * 9
		for i := range 9 {
			weights[at+i] = 1. / 9
		}
	}
}

// pass lets a 1×1 layer hand on its first three channels.
func pass(p *bsn.Params, name string) {
	weights, in := p.Get(name), p.Shape(name)[1]
	for channel := range 3 {
		weights[channel*in+channel] = 1
	}
}
