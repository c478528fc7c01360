// Package raw reads camera raw files with LibRaw, in a process of its own.
//
// The decoder is C that eats untrusted files, so it never runs inside the
// program: Inspect, Preview, Develop and ReadMosaic start the program's own
// executable again with a hidden argument, ask that child over a pipe, and read
// the pixels straight into the planes of a picture. A crash of the child is an
// error (ErrDied), cancelling is a kill, and memory that a hostile file takes is
// the child's, which has a limit. Every program that uses this package must call
// WorkerMain first in main; until it has, no child is started.
//
//   - A child answers one question at a time. After Inspect and Preview it is
//     kept for the next question, a few seconds long; a child that has decoded
//     pixels or has failed is never used again. CloseIdle ends the kept ones.
//   - There is no time limit but that of the context.
//   - Sniff tells a raw from other files in Go, without a child.
//
// # What Develop does
//
// White balance as the camera set it, black and white level as the camera
// states them, AHD demosaicing (for X-Trans LibRaw's own with three passes),
// the camera's matrix to sRGB, and the sRGB curve; no automatic brightening. The
// result is 16 bits a sample and upright.
//
// # Known limits
//
//   - What LibRaw cannot read, this package cannot. Version 0.20 knows no DNG
//     with JPEG XL, no Canon files in HEIF, and no camera that is younger.
//   - X-Trans files under 512 pixels a side are refused by LibRaw.
//   - A DNG's DefaultCrop is not applied: the picture is the whole visible area.
//   - The mosaic of Fujifilm's rotated sensors (Super CCD) cannot be read;
//     Develop reads them.
//   - Embedded previews are returned as stored; those that are not JPEG, small
//     bitmaps all of them, count as none.
//
// Built with the tag noraw the package needs no LibRaw; every question is then
// answered with ErrUnsupported.
package raw

import (
	"time"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// Errors of this package, wrapped in a sentence without the file's name. A file
// that cannot be opened at all gives the error of package os.
var (
	ErrUnsupported = say.Errorf("this camera raw is not supported")
	ErrTruncated   = say.Errorf("the raw file ends too early")
	ErrCorrupt     = say.Errorf("the raw file is damaged")
	ErrTooLarge    = say.Errorf("the raw file is too large")
	ErrNoPreview   = say.Errorf("the raw file holds no JPEG preview")
	ErrDied        = say.Errorf("the raw decoder stopped unexpectedly")
)

// Largest picture that is read.
const (
	MaxPixels = pixel.MaxPixels
	MaxSide   = pixel.MaxSide
)

// Info is what a raw file says about itself. What it does not say is zero.
type Info struct {
	W, H        int               // of the picture that Develop gives at Full: upright, visible area
	Orientation pixel.Orientation // of the stored pixels; Develop applies it, ReadMosaic and Preview do not

	Camera      string // maker and model in LibRaw's spelling, such as "Nikon D800"
	Lens        string
	ISO         int
	Exposure    float64 // seconds
	Aperture    float64 // f-number
	FocalLength float64 // millimetres
	Taken       time.Time
	GPS         *GPS

	Colours int    // 3 for RGB, 1 for monochrome, 4 for rare filters
	Pattern string // "RGGB" and its like, "X-Trans", "linear" (no mosaic) or "other"
	Preview bool   // there is an embedded preview; Preview may still find that it is not a JPEG
}

// GPS is a position in degrees, north and east positive, and metres over sea
// level.
type GPS struct {
	Latitude, Longitude float64
	Altitude            float64
}

// Quality is how a raw file is developed.
type Quality int

// Full is for saving. Half joins each 2×2 block of the mosaic to one pixel
// instead of demosaicing: half the size a side and far quicker. Files without a
// mosaic come at full size.
const (
	Full Quality = iota
	Half
)

// Mosaic is what the sensor saw, before white balance and demosaicing, as
// stored: Info.Orientation is not applied.
type Mosaic struct {
	Info Info

	W, H                     int // visible area
	Left, Top, Right, Bottom int // rows and columns of the sensor around it, cut off here

	// Planes has one plane of W*H samples for a mosaic, or one per colour for a
	// linear file.
	Planes [][]uint16 `json:"-"`

	// Names names the colours, one letter each: "RGBG" where both greens are
	// told apart. For a mosaic, Pattern holds the colours of the top left
	// PatternW×PatternH pixels, row by row, as indices into Names; the rest
	// repeats it. Linear files have no pattern: plane i has colour i.
	Names              string
	PatternW, PatternH int
	Pattern            []int

	// Black and White are the levels of each colour. Where the black level
	// depends on the place as well, BlackExtra is added: BlackW×BlackH values,
	// row by row, repeated from the top left visible pixel on.
	Black, White   [4]float64
	BlackW, BlackH int
	BlackExtra     []float64

	// Multipliers of each colour that make gray gray, green being 1: as the
	// camera set them, and for daylight. All zero if unknown.
	AsShot, Daylight [4]float64

	// CameraXYZ takes CIE XYZ (D65) to camera colours, one row per colour.
	// CameraRGB takes white-balanced camera colours to linear sRGB.
	CameraXYZ [4][3]float64
	CameraRGB [3][4]float64
}

// ColourAt returns the index of the colour at column x and row y of a mosaic.
func (m *Mosaic) ColourAt(x, y int) int {
	if len(m.Pattern) == 0 {
		return 0
	}
	return m.Pattern[y%m.PatternH*m.PatternW+x%m.PatternW]
}

// BlackAt returns the black level of colour at column x and row y.
func (m *Mosaic) BlackAt(colour, x, y int) float64 {
	black := m.Black[colour]
	if len(m.BlackExtra) > 0 {
		black += m.BlackExtra[y%m.BlackH*m.BlackW+x%m.BlackW]
	}
	return black
}
