// Package metric measures how close a denoised photo is to a clean one.
package metric

import (
	"errors"
	"fmt"
	"math"

	"blindspot/core/pixel"
)

// ErrShape is wrapped when two pictures cannot be compared.
var ErrShape = errors.New("the pictures differ in size or channels")

// PSNR returns the peak signal-to-noise ratio in decibels,
// 10·log10(255² / mean squared difference), over the 8-bit values of all
// channels together; 16-bit samples are rounded to 8 bits first. Equal pictures
// give +Inf. Transparency is ignored. The error wraps ErrShape.
func PSNR(a, b *pixel.Image) (float64, error) {
	if err := sameShape(a, b); err != nil {
		return 0, err
	}
	var sum uint64
	for c := range a.C {
		other := b.Planes[c]
		for i, v := range a.Planes[c] {
			d := int64(to8(v)) - int64(to8(other[i]))
			sum += uint64(d * d)
		}
	}
	mean := float64(sum) / float64(a.C*a.W*a.H)
	return 10 * math.Log10(255*255/mean), nil
}

func sameShape(a, b *pixel.Image) error {
	if a.W != b.W || a.H != b.H || a.C != b.C {
		return fmt.Errorf("%w: %d×%d with %d and %d×%d with %d", ErrShape, a.W, a.H, a.C, b.W, b.H, b.C)
	}
	if a.W*a.H == 0 {
		return fmt.Errorf("%w: they are empty", ErrShape)
	}
	return nil
}

// to8 rounds a 16-bit sample to 0..255.
func to8(v uint16) uint8 { return uint8((uint32(v) + 128) / 257) }
