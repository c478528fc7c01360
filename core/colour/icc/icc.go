// Package icc shows photos in their true colours: it takes a picture's own
// colour space, told by its ICC profile, to sRGB, which is what a screen is
// expected to understand.
//
// It serves the eye only. Noise is removed in the photo's own space, and its
// profile is saved along with it, untouched.
//
// Transforms are little CMS's, relative colorimetric with black point
// compensation: colours that sRGB has are kept, others end at its border. A
// profile that comes to the same as sRGB is found out when it is opened, and
// costs nothing afterwards. A damaged profile, or one for other colours than
// the picture's, is an error: the photo is then shown as if it were sRGB.
//
// A build with the tag nolcms knows no profile but the one of SRGB.
package icc

import (
	_ "embed" // for the sRGB profile
	"encoding/binary"
	"slices"

	"blindspot/core/say"
)

// Kinds of errors. The text of an error that wraps one is a sentence for the
// user.
var (
	ErrCorrupt     = say.Errorf("the colour profile is damaged")
	ErrSpace       = say.Errorf("the colour profile is not one for this picture")
	ErrUnsupported = say.Errorf("the colour profile cannot be used")
)

// profileMax is the size in bytes from which on a profile is not looked at.
const profileMax = 64 << 20

//go:embed srgb.icc
var srgb []byte

// SRGB returns a profile of sRGB, a few kilobytes, of version 2, which every
// program understands: to be saved with pictures that were rendered to sRGB. It
// is always the same bytes; internal/make, which made them with little CMS,
// tells how.
func SRGB() []byte { return slices.Clone(srgb) }

// Info is what a profile says of itself.
type Info struct {
	Name    string // such as "Adobe RGB (1998)"
	Space   string // of its colours: "RGB", "Gray", "CMYK" …
	Class   string // what it was made for: "display", "camera or scanner", "printer" …
	Version string // such as "2.1"
}

// Describe returns a profile's name and colour space. The error wraps
// ErrCorrupt, or ErrUnsupported in a build without little CMS.
func Describe(profile []byte) (name, space string, err error) {
	info, err := Inspect(profile)
	return info.Name, info.Space, err
}

func checkSize(profile []byte) error {
	const header = 128
	if len(profile) < header || len(profile) > profileMax {
		return say.Errorf("%w: it is %d bytes long", ErrCorrupt, len(profile))
	}
	if size := binary.BigEndian.Uint32(profile); int64(size) > int64(len(profile)) {
		return say.Errorf("%w: it ends too early", ErrCorrupt)
	}
	return nil
}
