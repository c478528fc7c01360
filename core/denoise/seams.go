package denoise

import (
	"fmt"
	"math"

	"blindspot/core/pixel"
)

// This file measures whether the borders of tiles can be seen in a result.

// Seams compares the step across the borders of tiles with the step between
// neighbours inside them.
//
// All lines between two columns, and between two rows, are cut into pieces of
// seamPiece pixels. A seam is a step that keeps its sign along the line, and
// that is what an eye finds in a smooth sky; so a piece's step is the mean
// difference along it, without its sign, averaged over the channels. It is
// divided by the mean of the lines up to seamReach beside it, so that the
// picture's own slopes cancel: 1 is no different from the neighbourhood.
//
// The network has a grain of its own, as pooling and upsampling leave steps of a
// few percent at multiples of 4, 16 or 32 pixels. So the mean over all borders is
// held against the means over the same lines moved by 1 to 31 pixels, of which
// one is the largest by chance or by grain.
type Seams struct {
	Border, Inside Steps
	Moved          float64 // the largest mean over moved borders
}

// Steps sums up the relative steps of pieces.
type Steps struct {
	Pieces    int
	Mean, Max float64
}

const (
	// seamPiece, in pixels along a line, is one step of the grid: borders down cut
	// those across nowhere else, so a piece lies between the same two tiles throughout.
	seamPiece = grid
	seamReach = 8 // lines to both sides
	// seamFloor, in units of 0..255, is added to both steps, so that differences
	// that nobody can see do not become large ratios.
	seamFloor = 0.02
)

// MeasureSeams looks at the result im of a plan, best at 16 bits: the rounding
// of 8 bits is as large as a faint seam.
func MeasureSeams(im *pixel.Image, plan *Plan) (Seams, error) {
	if size := plan.Bounds().Max; size.X != im.W || size.Y != im.H {
		return Seams{}, fmt.Errorf("the plan is for a photo of %v pixels, this one has %d×%d", size, im.W, im.H)
	}
	var s Seams
	var moved [grid]Steps
	s.measure(im, &plan.x, im.H, 1, im.W, &moved)
	s.measure(im, &plan.y, im.W, im.W, 1, &moved)
	s.Border.finish()
	s.Inside.finish()
	for _, m := range moved[1:] {
		m.finish()
		s.Moved = max(s.Moved, m.Mean)
	}
	return s, nil
}

// measure takes the lines of one axis. Samples across a line are across apart,
// samples along it along; it is length long.
func (s *Seams) measure(im *pixel.Image, a *axis, length, across, along int, moved *[grid]Steps) {
	border := make([]bool, a.size+1)
	for _, p := range a.spans {
		border[p.from], border[p.to] = true, true
	}
	steps := make([]float64, a.size)
	for from := 0; from+seamPiece <= length; from += seamPiece {
		for i := 1; i < a.size; i++ {
			steps[i] = step(im, i*across+from*along, across, along) + seamFloor
		}
		for i := 1 + seamReach; i < a.size-seamReach; i++ {
			around := 0.0
			for d := 1; d <= seamReach; d++ {
				around += steps[i-d] + steps[i+d]
			}
			ratio := steps[i] * 2 * seamReach / around
			if border[i] {
				s.Border.add(ratio)
			} else {
				s.Inside.add(ratio)
			}
			for d := 1; d < grid && d < i; d++ {
				if border[i-d] {
					moved[d].add(ratio)
				}
			}
		}
	}
}

// step is the step of the piece that starts at sample i, in units of 0..255.
func step(im *pixel.Image, i, across, along int) float64 {
	sum := 0.0
	for _, p := range im.Planes {
		signed := 0
		for j := range seamPiece {
			at := i + j*along
			signed += int(p[at]) - int(p[at-across])
		}
		sum += math.Abs(float64(signed))
	}
	return sum / float64(257*seamPiece*im.C)
}

func (s *Steps) add(ratio float64) {
	s.Pieces++
	s.Mean += ratio
	s.Max = max(s.Max, ratio)
}

// finish turns the sum into the mean.
func (s *Steps) finish() {
	if s.Pieces > 0 {
		s.Mean /= float64(s.Pieces)
	}
}

// Visible reports whether borders show: a step larger than any inside, or a mean
// larger by 5 % than at any place that the borders could be moved to.
func (s Seams) Visible() bool {
	return s.Border.Max > s.Inside.Max || s.Border.Mean > 1.05*s.Moved
}
