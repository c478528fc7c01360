package app

import (
	"fmt"

	"blindspot/core/photo"
)

// Version of the program, as in FyneApp.toml.
const Version = "0.1.0"

// edit says what a photo's file will tell of the denoising.
func edit(model string, s Settings) *photo.Edit {
	e := &photo.Edit{
		Software: "Blindspot " + Version, Version: Version,
		Model: model, Mode: s.Mode.String(), Luminance: float64(s.Luma), Colour: float64(s.Colour), Texture: float64(s.Texture),
	}
	if s.Bare {
		e.Texture = 0 // none comes back
	}
	if s.Mode == Tunable {
		e.Hole = fmt.Sprint(s.Hole)
	}
	return e
}
