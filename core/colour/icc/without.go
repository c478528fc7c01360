//go:build nolcms

package icc

import (
	"bytes"
	"image"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// Transform changes nothing in a build without little CMS.
type Transform struct{}

func unable() error {
	return say.Errorf("%w: this build, made without little CMS, knows no profile but sRGB", ErrUnsupported)
}

// ToSRGB answers ErrUnsupported unless the profile is that of SRGB.
func ToSRGB(profile []byte, channels int) (*Transform, error) {
	if err := checkSize(profile); err != nil {
		return nil, err
	}
	if channels != 3 || !bytes.Equal(profile, srgb) {
		return nil, unable()
	}
	return nil, nil
}

// IsIdentity reports that there is nothing to do.
func (t *Transform) IsIdentity() bool { return true }

// RGBA changes nothing.
func (t *Transform) RGBA(*image.RGBA, image.Rectangle) {}

// Image changes nothing.
func (t *Transform) Image(*pixel.Image) {}

// Inspect answers ErrUnsupported unless the profile is that of SRGB.
func Inspect(profile []byte) (Info, error) {
	if err := checkSize(profile); err != nil {
		return Info{}, err
	}
	if !bytes.Equal(profile, srgb) {
		return Info{}, unable()
	}
	return Info{Name: "sRGB", Space: "RGB", Class: "display", Version: "2.1"}, nil
}

// Version names the library.
func Version() string { return "no colour management" }
