package camera

import "fmt"

// Pattern is how colour filters lie over the sensels.
type Pattern int

// The four alignments of Bayer's filters, named by their first two rows, and
// Fujifilm's X-Trans.
const (
	RGGB Pattern = iota
	GRBG
	GBRG
	BGGR
	XTrans
)

// Patterns returns all patterns.
func Patterns() []Pattern { return []Pattern{RGGB, GRBG, GBRG, BGGR, XTrans} }

// String returns the name that raw formats use: RGGB, …, X-Trans.
func (p Pattern) String() string {
	if p < 0 || int(p) >= len(patternNames) {
		return fmt.Sprintf("Pattern(%d)", int(p))
	}
	return patternNames[p]
}

var patternNames = [...]string{"RGGB", "GRBG", "GBRG", "BGGR", "X-Trans"}

// The colours of sensels, which are also the numbers of planes.
const (
	red = iota
	green
	blue
)

// xtrans is the tile of 6×6 that X-Trans sensors repeat: every row and every
// column holds all three colours.
var xtrans = [6][6]uint8{
	{green, blue, green, green, red, green},
	{red, green, red, blue, green, blue},
	{green, blue, green, green, red, green},
	{green, red, green, green, blue, green},
	{blue, green, blue, red, green, red},
	{green, red, green, green, blue, green},
}

// Colour returns what the sensel at (x, y) sees: 0 red, 1 green, 2 blue. x and y
// must not be negative.
func (p Pattern) Colour(x, y int) int {
	switch p {
	case XTrans:
		return int(xtrans[y%6][x%6])
	case GRBG:
		x++
	case GBRG:
		y++
	case BGGR:
		x, y = x+1, y+1
	}
	return x&1 + y&1
}

// Bayer reports whether p repeats after two rows and two columns.
func (p Pattern) Bayer() bool { return p >= RGGB && p <= BGGR }
