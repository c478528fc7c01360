package denoise

import (
	"fmt"
	"strings"

	"blindspot/core/bsn"
)

// Mode says which network denoises and what is made of its results.
type Mode int

const (
	// Fast is the student: one light pass, no slider.
	Fast Mode = iota
	// Tunable is the teacher at one hole.
	Tunable
	// Average is the mean of the teacher over all stops of the slider (paper,
	// section 4: +0.67 dB over hole 3).
	Average
)

// Modes lists all modes in the order in which they are offered.
func Modes() []Mode { return []Mode{Fast, Tunable, Average} }

var modeNames = [...]string{Fast: "fast", Tunable: "tunable", Average: "average"}

// String returns the name that ParseMode reads.
func (m Mode) String() string {
	if m < 0 || int(m) >= len(modeNames) {
		return fmt.Sprintf("mode %d", int(m))
	}
	return modeNames[m]
}

// ParseMode reads "fast", "tunable" or "average", in any case.
func ParseMode(name string) (Mode, error) {
	for m, s := range modeNames {
		if strings.EqualFold(name, s) {
			return Mode(m), nil
		}
	}
	return 0, fmt.Errorf("there is no mode %q: choose fast, tunable or average", name)
}

// teacher reports whether the mode runs the teacher.
func (m Mode) teacher() bool { return m != Fast }

// Settings is what the user chooses for a photo.
type Settings struct {
	Mode Mode
	Hole bsn.Hole // of Tunable; the other modes do not look at it
	// Luma and Colour are the strengths of brightness and of colour denoising,
	// 0 (as the camera took it) to 1 (as the network says). Gray photos follow Luma.
	Luma, Colour float32
	// Texture is how much of what the network could not guess comes back where it stands out of the noise, 0 (none) to 1 (as much as
	// makes the most likely picture). It comes before the strengths.
	Texture float32 // says nothing to a fast network that shows texture itself, see Engine.TexturedFast
	// Bare asks for what the network says and nothing after it: neither is freed of what it left of the noise nor does texture come back.
	// Previews have no such results.
	Bare bool
}

// texture reports whether any texture shall come back.
func (s Settings) texture() bool { return s.Texture > 0 && !s.Bare }

// DefaultSettings is full strength of the given mode at the usual hole, with all its texture.
func DefaultSettings(m Mode) Settings {
	return Settings{Mode: m, Hole: bsn.DefaultHole, Luma: 1, Colour: 1, Texture: 1}
}

// Validate says in one sentence what is wrong with the settings, if anything.
func (s Settings) Validate() error {
	if s.Mode < Fast || s.Mode > Average {
		return fmt.Errorf("there is no %v", s.Mode)
	}
	if s.Mode == Tunable && !s.Hole.Valid() {
		return fmt.Errorf("hole %v is neither 0 nor an odd number up to %v", s.Hole, bsn.MaxHole)
	}
	// Written so that NaN fails.
	if !(s.Luma >= 0 && s.Luma <= 1) || !(s.Colour >= 0 && s.Colour <= 1) {
		return fmt.Errorf("strengths %g and %g are not between 0 and 1", s.Luma, s.Colour)
	}
	if !(s.Texture >= 0 && s.Texture <= 1) {
		return fmt.Errorf("a share of %g of the texture is not between 0 and 1", s.Texture)
	}
	return nil
}
