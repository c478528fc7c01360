// Package photo opens and saves photographs.
//
// Open looks at a file's content, not at its name, reads its dimensions before
// anything is allocated, and turns the pixels upright. What the file says about
// itself (ICC profile, EXIF, XMP, IPTC) is kept as bytes and written back by
// Save, with the orientation reset because it has been applied. Save writes a
// temporary file beside the target, syncs and renames it: a target either is
// complete or was never touched.
//
// Formats: JPEG (8 bits, gray or RGB) and PNG (8 and 16 bits, gray, RGB,
// palette, with or without transparency).
//
// Known limits:
//   - JPEG goes through Go's standard library, which writes colour at half
//     resolution (4:2:0) at every quality and reads it without smoothing. For
//     fine colour detail save as PNG.
//   - A gray PNG with transparency is written as RGB with equal channels; gray
//     without transparency stays gray.
//   - IPTC is carried between JPEG files only: PNG has no place for it.
//   - gAMA, cHRM and sRGB chunks of a PNG are not carried.
package photo

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"blindspot/core/pixel"
)

// Errors of Open, Inspect and Save. They come wrapped in one plain sentence
// that names the file.
var (
	ErrUnsupported = errors.New("this kind of picture is not supported")
	ErrTooLarge    = errors.New("the picture is too large")
	ErrDamaged     = errors.New("the file is damaged")
	ErrExists      = errors.New("a file of that name exists already")
)

// Largest picture that is opened or saved.
const (
	MaxPixels = 250_000_000
	MaxSide   = 65_535
)

// Format is a file format that photos are read from and written to.
type Format int

// The formats. The zero Format is none of them.
const (
	JPEG Format = iota + 1
	PNG
)

// extensions holds every spelling per format, the usual one first.
var extensions = map[Format][]string{
	JPEG: {".jpg", ".jpeg", ".jpe", ".jfif"},
	PNG:  {".png"},
}

// String returns the format's name, such as "JPEG".
func (f Format) String() string {
	switch f {
	case JPEG:
		return "JPEG"
	case PNG:
		return "PNG"
	}
	return "unknown format"
}

// Extension returns the usual file name ending with its dot, such as ".jpg", or
// "" for the zero Format.
func (f Format) Extension() string {
	if all := extensions[f]; len(all) > 0 {
		return all[0]
	}
	return ""
}

// ParseFormat reads a format from its name or file name ending, as "png",
// ".JPG" or "jpeg". The error wraps ErrUnsupported.
func ParseFormat(name string) (Format, error) {
	if f := formatOf("x." + strings.TrimPrefix(name, ".")); f != 0 {
		return f, nil
	}
	return 0, fmt.Errorf("%w: %q is neither jpg nor png", ErrUnsupported, name)
}

// Supported reports whether path ends like a format that Open reads. It does
// not look into the file: it is for picking photos out of a folder.
func Supported(path string) bool { return formatOf(path) != 0 }

func formatOf(path string) Format {
	ending := strings.ToLower(filepath.Ext(path))
	for format, spellings := range extensions {
		for _, s := range spellings {
			if s == ending {
				return format
			}
		}
	}
	return 0
}

// Metadata is what a photo's file says besides its pixels. The byte fields are
// the bare payloads without the container's headers, nil if absent; Camera,
// Lens and ISO are read out of EXIF and empty if unknown.
type Metadata struct {
	ICC  []byte // ICC profile
	EXIF []byte // TIFF structure, from its byte order mark on
	XMP  []byte // XML packet
	IPTC []byte // IPTC-NAA records

	Camera, Lens string
	ISO          int
}

// Photo is an opened photograph, upright.
type Photo struct {
	Path   string
	Format Format
	Image  *pixel.Image
	Meta   Metadata
}

// Info is what Inspect finds without decoding the pixels. W and H are those of
// the upright picture.
type Info struct {
	Path     string
	Format   Format
	W, H, C  int
	Depth    int  // 8 or 16 bits a sample
	Alpha    bool // the file can hold transparency
	Meta     Metadata
	Sideways pixel.Orientation // how the file's pixels are turned by Open
}
