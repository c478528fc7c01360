// Package turbo decodes and encodes JPEG files through libjpeg-turbo.
//
// Decode reads gray, YCbCr and RGB pictures of 8 bits, baseline, progressive
// or arithmetically coded, with libjpeg's accurate integer transform and smooth
// upsampling of the colours. DecodeScaled does so at an eighth to eight eighths
// of the size, which costs a fraction: for first views and thumbnails. Encode
// writes colours at full resolution unless asked otherwise; libraries that
// halve it, as Go's own always does, cost fine colour detail 18 dB.
//
// Nothing of a file is trusted. Its header is read before memory is taken; a
// file too short to hold the picture it promises, one that ends within the
// picture, and one whose data is damaged are refused, because what a decoder
// makes up for the missing part would be denoised and saved as if it were the
// photo. JPEG has no checksum: damage that happens to be valid code is not
// noticed by anybody. A writer's sloppiness that costs no pixels is accepted: stray bytes
// between segments, unknown versions, a missing end marker. Each call into C is
// one function that owns all it allocates; errors there are jumps that never
// cross Go's frames.
//
// A build with the tag noturbo uses Go's standard library instead.
package turbo

import (
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// Kinds of errors. The text of an error that wraps one is a sentence for the
// user that does not repeat the kind.
var (
	ErrUnsupported = say.Errorf("a JPEG of a kind that is not supported")
	ErrTruncated   = say.Errorf("the JPEG ends too early")
	ErrCorrupt     = say.Errorf("the JPEG is damaged")
	ErrTooLarge    = say.Errorf("the JPEG is too large")
)

const (
	// MaxPixels is the size of the largest picture that is decoded.
	MaxPixels = pixel.MaxPixels
	// MaxSide is the longest side that libjpeg-turbo knows.
	MaxSide = 65_500
	// DefaultQuality is what Encode takes for a quality of 0.
	DefaultQuality = 95
)

// Header is what a file says of its picture.
type Header struct {
	W, H int // pixels as stored
	C    int // 1 (gray) or 3
}

// Subsampling says at which resolution colour is written.
type Subsampling int

// The subsamplings.
const (
	Sub444 Subsampling = iota // full
	Sub420                    // half in both directions: smaller files
)

// Options says how a picture is encoded. The zero value means quality 95,
// sequential, 4:4:4.
type Options struct {
	Quality     int // 1 to 100, 0 = 95
	Progressive bool
	Subsampling Subsampling
}

func (o Options) complete(im *pixel.Image) (Options, error) {
	if o.Quality == 0 {
		o.Quality = DefaultQuality
	}
	switch {
	case o.Quality < 1 || o.Quality > 100:
		return o, fail(ErrUnsupported, "a JPEG quality of %d, where 1 to 100 are possible", o.Quality)
	case im.C != 1 && im.C != 3 || im.W < 1 || im.H < 1:
		return o, fail(ErrUnsupported, "a picture of %d by %d pixels in %d channels cannot be a JPEG", im.W, im.H, im.C)
	case im.W > MaxSide || im.H > MaxSide:
		return o, fail(ErrTooLarge, "%d by %d pixels, and a JPEG can have at most %d a side", im.W, im.H, MaxSide)
	}
	return o, nil
}

// check refuses sizes that are not decoded, and files of n bytes too short for
// the number of 8×8 blocks they promise: each costs at least a bit.
func (h Header) check(blocks int64, n int) error {
	switch {
	case h.W < 1 || h.H < 1:
		return fail(ErrCorrupt, "the JPEG says that it is %d by %d pixels", h.W, h.H)
	case h.W > MaxSide || h.H > MaxSide:
		return fail(ErrTooLarge, "%d by %d pixels, and at most %d a side are read", h.W, h.H, MaxSide)
	case h.W*h.H > MaxPixels:
		return fail(ErrTooLarge, "%d by %d pixels, and at most %d million are read", h.W, h.H, MaxPixels/1_000_000)
	case int64(n) < blocks/8:
		return fail(ErrTruncated, "the JPEG promises %d by %d pixels and is too short for them", h.W, h.H)
	}
	return nil
}

// eighths returns the smallest scale from 1 to 8 at which the longer side of a
// picture still has the given length.
func eighths(w, h, side int) int {
	scale := 1
	for scale < 8 && scaled(max(w, h), scale) < side {
		scale++
	}
	return scale
}

// scaled is a side at an eighth times scale, rounded up as libjpeg does.
func scaled(side, scale int) int { return (side*scale + 7) / 8 }

// failure is an error of one of the kinds above with a sentence of its own.
type failure struct{ kind, says error }

func fail(kind error, format string, args ...any) error {
	return &failure{kind, say.Errorf(format, args...)}
}

func (f *failure) Error() string   { return f.says.Error() }
func (f *failure) Unwrap() []error { return []error{f.kind, f.says} }
