package kernel

// #include "bridge.h"
import "C"

import "fmt"

// Texture gives the texture back that a blind estimate has lost.
//
// A blind estimate b of a picture x does not see the pixel's own value y = x + n, so its error x − b and the noise n are independent, and
// the best estimate that is linear in both weighs them by their precision (posterior mean: Laine, Karras, Lehtinen, Aila: "High-Quality
// Self-Supervised Deep Image Denoising", NeurIPS 2019, section 3):
//
//	x̂ = b + W(y − b),  W = error / (error + noise)
//
// Here W works on the coefficients of the cosine transform of blocks of 8×8 pixels, every four pixels, along three opponent axes of
// colour, because noise and texture differ in grain and in colour. The noise's energy is known: the curve at the block's brightness times
// its spectrum. The energy of y − b is measured, as the mean of r = |y − b|²/noise over 7×7 blocks; by chance it lies above 1 where there
// is noise alone, so that the weight is 1 − (threshold/r)² where that is positive: nothing up to the threshold, and nearly 1 − 1/r from
// twice of it on. Overlapping blocks count by how little noise they let through.
//
// The same is done once more with the means of 8×8 pixels of what is left, where pictures have 64×64 or more: it keeps the colours of
// large areas, whose error is less than the noise of a block.
type Texture struct {
	Bins      int       // of a curve; they divide the brightnesses 0..256 evenly
	Curves    []float32 // [channels][Bins]: variance of the noise by the channel's brightness, more than 0
	Shifts    []float32 // [channels][Bins]: mean of the noise by the channel's brightness, taken off the picture first; nil where it is 0
	Spectra   []float32 // [channels][64]: energy of each coefficient in units of the channels' mean variance, more than 0; see noise.Spectrum
	Threshold float32   // of pixels; infinite: nothing comes back but in means
	Coarse    float32   // of means of 8×8 pixels, where blocks are many and the colour of large areas must not be off
}

// Grid of the blocks: the sides of pictures must be multiples of the step and at least a block.
const (
	textureBlock = 8
	textureStep  = 4
)

// Apply writes to out[i] the blind estimate blind[i] of the picture noisy with its texture back, for several estimates of one picture.
// Pictures are planes of h×w values in 0..255, one or three channels. Results do not depend on the number of workers.
func (t *Texture) Apply(p *Pool, noisy []float32, blind, out [][]float32, channels, h, w int) error {
	if err := checkTexture("texture", channels, h, w, t.Bins, len(t.Curves)); err != nil {
		return err
	}
	n := channels * h * w
	switch {
	case len(t.Spectra) != channels*textureBlock*textureBlock:
		return fmt.Errorf("texture: %d values of spectra do not describe %d channels", len(t.Spectra), channels)
	case t.Shifts != nil && len(t.Shifts) != channels*t.Bins:
		return fmt.Errorf("texture: %d values of shifts do not describe %d channels", len(t.Shifts), channels)
	case len(noisy) != n || len(out) != len(blind):
		return fmt.Errorf("texture: the pictures do not fit each other")
	}
	for i := range blind {
		if len(blind[i]) != n || len(out[i]) != n {
			return fmt.Errorf("texture: the pictures do not fit each other")
		}
	}
	var shifts *C.float
	if t.Shifts != nil {
		shifts = floats(t.Shifts)
	}
	need := int(C.bs_texture_scratch(p.kernels, C.int(h), C.int(w)))
	p.run(len(blind), need, func(i int, scratch *C.float) {
		C.bs_texture_run(p.kernels, C.int(h), C.int(w), C.int(channels), C.int(t.Bins), C.float(t.Threshold), C.float(t.Coarse),
			floats(t.Curves), shifts, floats(t.Spectra), floats(noisy), floats(blind[i]), floats(out[i]), scratch)
	})
	return nil
}

// checkTexture refuses pictures and curves that the filter cannot work with.
func checkTexture(filter string, channels, h, w, bins, curves int) error {
	switch {
	case channels != 1 && channels != 3:
		return fmt.Errorf("%s: pictures have %d channels, not 1 or 3", filter, channels)
	case h < textureBlock || w < textureBlock || h%textureStep != 0 || w%textureStep != 0:
		return fmt.Errorf("%s: %d×%d pixels are no multiple of %d, or less than %d", filter, w, h, textureStep, textureBlock)
	case bins < 2 || curves != channels*bins:
		return fmt.Errorf("%s: %d values of curves do not describe %d channels", filter, curves, channels)
	}
	return nil
}
