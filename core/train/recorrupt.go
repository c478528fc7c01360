package train

import (
	"context"

	"gorgonia.org/tensor"

	"blindspot/core/kernel"
	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// What a teacher cannot guess, a student that learned from it alone will not show either, though it sees the pixel. What the
// photo itself says of it cannot be its target: the noise would be learned with it. But a noisy value y can be split in two
// whose noise is independent. With noise z drawn like that of the photo, y + αz is what the student sees, and y − z/α what it
// is compared with (Pang, Zheng, Quan, Ji: "Recorrupted-to-Recorrupted", CVPR 2021, section 3.2). Where z is a little too weak
// or too strong a little of the noise is learned with it, in the square of the difference.
//
// Independence needs noise of Gaussian shape, which strong noise in dark photos is far from: from such pairs alone a student
// learns to keep half of it. So the teacher, which sees y + αz as the student does, has the word where photo and guess differ
// by no more than noise, and the pair where texture stands out, by the weights of kernel.Texture.

const (
	// corruption is α. What a student sees has 1.5 times the variance of the photo's noise, its target 3 times.
	corruption = 0.7
	// The excess over the noise up to which the teacher alone counts, where the noise is as coarse as texture and where it is
	// fine, by noise.Model.Grain. It may lie below 1, where nothing but noise differs too: unlike a result, a target may hold
	// noise, if it is independent. Fine noise has seen no smoothing; it is strong and least of Gaussian shape.
	coarseGrainPair, fineGrainPair = 0.7, 3.0
	coarsePair                     = 1.7
	// sureOfNoise is the confidence in a photo's noise from which on it can be drawn again.
	sureOfNoise = 0.3
)

// crops are the patches of a step.
type crops struct {
	x *tensor.Dense // n×C×P×P, values 0..255

	// For the student, of each patch: the noise of its photo, nil if it is not known, and noise drawn like it.
	noise []*noise.Model
	drawn []float32
}

// noisePatches are looked at for a photo's noise: fewer than for a photo to denoise, because training asks it of many.
const noisePatches = 6000

// noiseOf is the noise of a photo of the album, nil if it cannot be known. It is measured once.
func (a *album) noiseOf(ctx context.Context, i int, im *pixel.Image) (*noise.Model, error) {
	a.measuring.Lock()
	defer a.measuring.Unlock()
	if m, ok := a.noise[i]; ok {
		return m, nil
	}
	r, err := noise.Measure(ctx, im, noise.Options{Patches: noisePatches})
	if err != nil {
		return nil, err
	}
	var m *noise.Model
	if r.Confidence >= sureOfNoise && r.Spectra != nil {
		m = r.Model()
	}
	a.noise[i] = m
	return m, nil
}

// turned is a model for a patch in another orientation than its photo's.
func turned(m *noise.Model, o pixel.Orientation) *noise.Model {
	if m == nil || !o.Swaps() {
		return m
	}
	return m.Transposed()
}

// pair is what the student sees and what it is compared with, their noise independent.
func (c crops) pair() (seen, other *tensor.Dense) {
	x := floats(c.x)
	a, b := make([]float32, len(x)), make([]float32, len(x))
	for i, v := range x {
		z := c.drawn[i]
		a[i], b[i] = v+corruption*z, v-z/corruption
	}
	shape := c.x.Shape()
	return dense(a, shape...), dense(b, shape...)
}

// enrich gives texture of the pair's other half to the teacher's guess of one patch of c×side×side values.
func enrich(pool *kernel.Pool, m *noise.Model, guess, other []float32, channels, side int) ([]float32, error) {
	if m == nil {
		return guess, nil
	}
	variance, shift, spectra := m.Tables()
	for i := range variance {
		variance[i] *= 1 + 1/(corruption*corruption)
	}
	t := kernel.Texture{
		Bins: noise.Bins, Curves: variance, Shifts: shift, Spectra: spectra,
		Threshold: float32(coarseGrainPair + (fineGrainPair-coarseGrainPair)*m.Grain()), Coarse: coarsePair,
	}
	out := make([]float32, len(guess))
	err := t.Apply(pool, other, [][]float32{guess}, [][]float32{out}, channels, side, side)
	return out, err
}
