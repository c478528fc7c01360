package bsn

import "fmt"

// Hole is the side k of the square of input pixels around a pixel that the teacher does not see: 0 or an odd
// number. 0 leaves only the half planes of the blind trunk unshifted, so that the pixel itself is seen.
// It is a type of its own so that other shapes can join it later.
type Hole int

// MaxHole is the widest hole that is accepted. It keeps the shift well inside the smallest picture of 32 rows.
const MaxHole Hole = 31

// Holes that matter by name.
const (
	// DefaultTrainHole is the hole for training on demosaiced photos (paper, section 4).
	DefaultTrainHole Hole = 9
	// DefaultHole is the hole for denoising with the teacher.
	DefaultHole Hole = 3
)

// Valid reports whether k is 0 or odd, not negative, and not wider than MaxHole.
func (k Hole) Valid() bool {
	return k == 0 || (k > 0 && k <= MaxHole && k%2 == 1)
}

// Shift is the number of whole rows by which each rotated feature map moves down: (k+1)/2, and 0 for k = 0.
func (k Hole) Shift() int { return int(k+1) / 2 }

// String is the number as shown beside the slider.
func (k Hole) String() string { return fmt.Sprintf("%d", int(k)) }

// Stops returns the holes of the slider in rising order. The caller owns the slice.
func Stops() []Hole { return []Hole{0, 1, 3, 5, 7, 9, 11} }
