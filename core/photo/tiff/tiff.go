// Package tiff reads and writes TIFF photos of 8 and 16 bits.
//
// ReadHeader is a guard: it reads the first directory, bounded by the file's
// size, and refuses in one sentence what is not a photo in memory's order:
// separate colour planes, colours for print, floating point, odd depths,
// channels that are not transparency, compressions that photo programs do not
// use between each other, and files too short for the picture they promise. No
// memory for pixels has been taken by then.
//
// Decode reads what passed: gray, RGB and palettes; 16, 8 and, for gray and
// palettes, 4, 2 and 1 bits; strips and tiles; none, LZW, deflate and PackBits;
// both byte orders; transparency, which becomes straight where it is stored
// multiplied. It goes row by row from the file into the planes on all
// processors. golang.org/x/image/tiff, whose LZW is used here and which serves
// the tests as a second opinion, holds the picture once more in between,
// applies predictors where libtiff ignores them, and cannot read gray with
// transparency.
//
// Encode writes deflated strips. The metadata of the EXIF block that it is given
// stays readable to the last maker's note, whose offsets count from the start of
// the file: see Tags.
//
// The format: TIFF Revision 6.0 (Adobe, 1992), its Technical Note on deflate,
// and for the metadata CIPA DC-008 and Adobe's XMP specification, part 3.
package tiff

import (
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// Kinds of errors. The text of an error that wraps one is a sentence for the
// user that does not repeat the kind.
var (
	ErrUnsupported = say.Errorf("a TIFF of a kind that is not supported")
	ErrTruncated   = say.Errorf("the TIFF ends too early")
	ErrCorrupt     = say.Errorf("the TIFF is damaged")
	ErrTooLarge    = say.Errorf("the TIFF is too large")
)

// Largest picture that is read or written.
const (
	MaxPixels = pixel.MaxPixels
	MaxSide   = pixel.MaxSide
)

// Header is what a file says of its first picture.
type Header struct {
	W, H        int  // pixels as stored
	C           int  // 1 or 3
	Depth       int  // 8 or 16 bits a sample; fewer count as 8
	Alpha       bool // the file holds transparency
	Orientation int  // as in EXIF, 1 to 8; 1 where the file says nothing sensible

	ICC, XMP, IPTC []byte // bare, nil if absent or unreadable

	layout layout
}

// Tags of TIFF 6.0 and its supplements that this package reads or writes.
const (
	tagSubfileType   = 254
	tagWidth         = 256
	tagHeight        = 257
	tagBits          = 258
	tagCompression   = 259
	tagPhotometric   = 262
	tagFillOrder     = 266
	tagStripOffsets  = 273
	tagOrientation   = 274
	tagSamples       = 277
	tagRowsPerStrip  = 278
	tagStripCounts   = 279
	tagXResolution   = 282
	tagYResolution   = 283
	tagPlanar        = 284
	tagResolution    = 296
	tagPredictor     = 317
	tagColourMap     = 320
	tagTileWidth     = 322
	tagTileHeight    = 323
	tagTileOffsets   = 324
	tagTileCounts    = 325
	tagExtraSamples  = 338
	tagSampleFormat  = 339
	tagXMP           = 700
	tagIPTC          = 33723
	tagResources     = 34377
	tagExifDirectory = 34665
	tagICC           = 34675
	tagGPSDirectory  = 34853
	tagDNGVersion    = 50706
)

// Compressions.
const (
	packedNot      = 1
	packedLZW      = 5
	packedDeflate  = 8
	packedOldZip   = 32946 // deflate before it was registered
	packedPackBits = 32773
)

// Photometric interpretations.
const (
	whiteIsZero = 0
	blackIsZero = 1
	isRGB       = 2
	isPalette   = 3
)

// What an extra sample is.
const (
	extraAssociated   = 1 // transparency that the colours are multiplied by
	extraUnassociated = 2
)

// Types of values, and their sizes in bytes.
const (
	typeByte      = 1
	typeShort     = 3
	typeLong      = 4
	typeRational  = 5
	typeUndefined = 7
)

var typeSizes = [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

// failure is an error of one of the kinds above with a sentence of its own.
type failure struct{ kind, says error }

func fail(kind error, format string, args ...any) error {
	return &failure{kind, say.Errorf(format, args...)}
}

func (f *failure) Error() string   { return f.says.Error() }
func (f *failure) Unwrap() []error { return []error{f.kind, f.says} }

var errShort = fail(ErrTruncated, "the TIFF ends before its picture is complete")
