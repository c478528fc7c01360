package kernel

// #include "bridge.h"
import "C"

import "fmt"

// Residue takes away what estimates have kept of the noise.
//
// A network that has not been trained for long leaves a part of strong noise behind, as fine grain and as mottled colour. It has the
// noise's dependence on brightness, and how much of it there is at each coefficient shows where the picture is calm. What is not above
// that by more than chance goes, by the filter of [Texture] applied to the estimate itself: x̂ = W b with the weight 1 − (threshold/r)²,
// r the mean of |b|²/residue over 7×7 blocks; the lowest coefficient, which is the picture, passes whole. Where a network leaves nothing
// the residue is nothing, and so is what is taken.
//
// The same is done once more with the means of 8×8 pixels, r over 3×3 blocks, where pictures have 64×64 or more.
type Residue struct {
	Bins      int         // of a curve; they divide the brightnesses 0..256 evenly
	Curves    []float32   // [channels][Bins]: variance of the noise by the channel's brightness, more than 0
	Spectra   [][]float32 // of each estimate: [2][channels][64], energy in units of the mean variance, of pixels and of means of 8×8; more than 0
	Threshold float32
}

// Remove writes to out[i] the estimate estimates[i] without its residue. Pictures are planes of h×w values in 0..255, one or three
// channels. Results do not depend on the number of workers.
func (r *Residue) Remove(p *Pool, estimates, out [][]float32, channels, h, w int) error {
	if err := checkTexture("residue", channels, h, w, r.Bins, len(r.Curves)); err != nil {
		return err
	}
	if len(out) != len(estimates) || len(r.Spectra) != len(estimates) {
		return fmt.Errorf("residue: %d spectra for %d estimates and %d results", len(r.Spectra), len(estimates), len(out))
	}
	for i := range estimates {
		if n := channels * h * w; len(estimates[i]) != n || len(out[i]) != n {
			return fmt.Errorf("residue: the pictures do not fit each other")
		}
		if len(r.Spectra[i]) != 2*channels*textureBlock*textureBlock {
			return fmt.Errorf("residue: %d values of spectra do not describe %d channels", len(r.Spectra[i]), channels)
		}
	}
	need := int(C.bs_texture_scratch(p.kernels, C.int(h), C.int(w)))
	p.run(len(estimates), need, func(i int, scratch *C.float) {
		C.bs_texture_run(p.kernels, C.int(h), C.int(w), C.int(channels), C.int(r.Bins), C.float(r.Threshold), C.float(r.Threshold),
			floats(r.Curves), nil, floats(r.Spectra[i]), nil, floats(estimates[i]), floats(out[i]), scratch)
	})
	return nil
}
