// Package photo opens and saves photographs.
//
// Open looks at a file's content, not at its name, reads its dimensions before anything is allocated, and turns the pixels
// upright. What the file says about itself (ICC profile, EXIF, XMP, IPTC) is kept as bytes and written back by Save, with
// the orientation reset because it has been applied. Save writes a temporary file beside the target, syncs and renames it:
// a target either is complete or was never touched.
//
// # Formats
//
//	JPEG      read and written through core/photo/turbo; 8 bits, gray or RGB
//	PNG       read and written; 8 and 16 bits, gray, RGB, with or without transparency; palettes become RGB or gray
//	TIFF      read and written through core/photo/tiff; 8 and 16 bits, gray and RGB, with or without transparency
//	WebP      read; 8 bits, with or without transparency
//	BMP       read; 8 bits, with or without transparency
//	raw       read through core/photo/raw, in a process of its own; comes as 16 bits in sRGB
//
// # What travels, and what cannot
//
//	                       to JPEG               to PNG                to TIFF
//	ICC profile            yes                   yes                   yes
//	EXIF, GPS              up to 64 kB           yes                   yes
//	maker's notes          yes                   yes                   yes
//	XMP                    yes, continued in     yes, in one packet    yes, in one packet
//	                       a second packet
//	IPTC, resources        yes                   yes                   yes
//	comment                yes                   yes                   no
//	gamma, texts of a PNG  no                    yes                   no
//	transparency           no                    yes                   yes
//
// Never carried are what describes the old pixels and not the photo: thumbnails in EXIF, XMP and Photoshop's resources,
// further pictures behind a JPEG (Multi-Picture Format), and FlashPix. What could be carried but did not fit, or was
// unreadable, is told in notes, by Photo.Notes and Save.
//
// Raw files give the tags of their first, EXIF and GPS directories where they are TIFF structures (DNG, NEF, CR2, ARW and
// most others) or hold a JPEG (RAF); others give camera, lens, exposure, date and place as LibRaw read them. Maker's notes
// with offsets that count from the file's beginning are kept if they lie in its first 64 kB.
package photo

import (
	"time"

	"blindspot/core/photo/meta"
	"blindspot/core/photo/raw"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// Errors of Open, Inspect, Preview and Save. They come wrapped in one plain sentence that names the file.
var (
	ErrUnsupported = say.Errorf("this kind of picture is not supported")
	ErrTooLarge    = say.Errorf("the picture is too large")
	ErrTruncated   = say.Errorf("the file ends too early")
	ErrCorrupt     = say.Errorf("the file is damaged")
	ErrDecoderDied = say.Errorf("the decoder stopped unexpectedly")
	ErrExists      = say.Errorf("a file of that name exists already")
	ErrSource      = say.Errorf("this is the photo itself, which is kept unless you ask to replace it")
)

// Largest picture that is opened or saved.
const (
	MaxPixels = pixel.MaxPixels
	MaxSide   = pixel.MaxSide
)

// Metadata is what a photo's file says besides its pixels: the bytes that are carried, and what the program shows of them.
type Metadata struct {
	meta.Set
	meta.Facts
}

// Bare returns the metadata without the bytes, which take memory where many photos are looked at.
func (m Metadata) Bare() Metadata { return Metadata{Facts: m.Facts} }

// Edit says what the program did to a picture; it is written into EXIF and XMP.
type Edit = meta.Done

// Photo is an opened photograph, upright.
type Photo struct {
	Path     string
	Format   Format
	Image    *pixel.Image
	Meta     Metadata
	Modified time.Time  // when the file was changed last
	Notes    []say.Text // what could not be read besides the pixels, a sentence each without capital and full stop
}

// Info is what Inspect finds without decoding the pixels. W and H are those of the upright picture.
type Info struct {
	Path     string
	Format   Format
	W, H, C  int
	Depth    int  // 8 or 16 bits a sample
	Alpha    bool // the file can hold transparency
	Meta     Metadata
	Sideways pixel.Orientation // how the file's pixels are turned by Open
	Raw      *raw.Info         // nil if it is no camera raw
	Notes    []say.Text        // as in Photo
}
