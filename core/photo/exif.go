package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"blindspot/core/pixel"
)

// EXIF is a TIFF structure (CIPA DC-008, section 4.6): a byte order mark, then
// directories of 12-byte entries. Only a handful of tags matter here.
const (
	tagMake        = 0x010f
	tagModel       = 0x0110
	tagOrientation = 0x0112
	tagExifFolder  = 0x8769
	tagISO         = 0x8827
	tagSensitivity = 0x8831 // standard output sensitivity, where ISO does not fit 16 bits
	tagExposureIdx = 0x8832 // recommended exposure index, the same for other makers
	tagPixelWidth  = 0xa002
	tagPixelHeight = 0xa003
	tagLensModel   = 0xa434

	typeASCII = 2
	typeShort = 3
	typeLong  = 4
)

var errNoEXIF = errors.New("no readable EXIF")

// exifTags is what readEXIF finds; what is absent stays zero.
type exifTags struct {
	Orientation  pixel.Orientation
	Camera, Lens string
	ISO          int
}

// readEXIF reads the tags that the program shows or obeys. It never fails on a
// single bad entry: cameras write many.
func readEXIF(data []byte) (exifTags, error) {
	t, first, err := parseTIFF(data)
	if err != nil {
		return exifTags{}, err
	}
	var tags exifTags
	var maker, model string
	var iso, sensitivity, exposureIndex uint32
	t.walk(first, func(e tiffEntry) {
		switch e.tag {
		case tagMake:
			maker = t.text(e)
		case tagModel:
			model = t.text(e)
		case tagOrientation:
			tags.Orientation = pixel.Orientation(t.number(e))
		case tagLensModel:
			tags.Lens = t.text(e)
		case tagISO:
			iso = t.number(e)
		case tagSensitivity:
			sensitivity = t.number(e)
		case tagExposureIdx:
			exposureIndex = t.number(e)
		}
	})
	tags.Camera = cameraName(maker, model)
	// 65,535 in the 16-bit tag says that the true value is in one of the others.
	if iso == 0 || iso == 0xffff {
		iso = max(sensitivity, exposureIndex, iso)
	}
	if iso < 1<<24 {
		tags.ISO = int(iso)
	}
	return tags, nil
}

// cameraName joins maker and model without saying the maker twice.
func cameraName(maker, model string) string {
	brand, _, _ := strings.Cut(maker, " ")
	if model == "" || strings.HasPrefix(strings.ToLower(model), strings.ToLower(brand)) {
		return strings.TrimSpace(model)
	}
	return strings.TrimSpace(brand + " " + model)
}

// uprightEXIF returns a copy of data for a picture of w by h pixels whose
// orientation has been applied: the orientation tag says upright, the size is
// the picture's, and the thumbnail, which shows the picture as it was before,
// is cut off from the chain of directories. All other bytes stay where they
// are, because makers' notes hold absolute offsets. Unreadable data gives nil.
func uprightEXIF(data []byte, w, h int) []byte {
	out := slices.Clone(data)
	t, first, err := parseTIFF(out)
	if err != nil {
		return nil
	}
	t.walk(first, func(e tiffEntry) {
		switch e.tag {
		case tagOrientation:
			t.setNumber(e, uint32(pixel.Upright))
		case tagPixelWidth:
			t.setNumber(e, uint32(w))
		case tagPixelHeight:
			t.setNumber(e, uint32(h))
		}
	})
	if n, ok := t.entries(first); ok {
		if next := first + 2 + 12*n; next+4 <= len(out) {
			clear(out[next : next+4])
		}
	}
	return out
}

// tiff is a TIFF structure in memory.
type tiff struct {
	data  []byte
	order binary.ByteOrder
}

// tiffEntry is one entry of a directory; at is where its value field lies.
type tiffEntry struct {
	tag, kind uint16
	count     uint32
	at        int
}

// parseTIFF reads the byte order and where the first directory is.
func parseTIFF(data []byte) (tiff, int, error) {
	t := tiff{data: data, order: binary.LittleEndian}
	switch {
	case len(data) < 8:
		return t, 0, errNoEXIF
	case bytes.HasPrefix(data, []byte("MM\x00*")):
		t.order = binary.BigEndian
	case !bytes.HasPrefix(data, []byte("II*\x00")):
		return t, 0, errNoEXIF
	}
	first := int(t.order.Uint32(data[4:]))
	if _, ok := t.entries(first); !ok {
		return t, 0, errNoEXIF
	}
	return t, first, nil
}

// entries returns the number of entries of the directory at an offset, cut to
// what the data can hold, and whether there is a directory at all.
func (t tiff) entries(at int) (int, bool) {
	if at < 8 || at > len(t.data)-2 {
		return 0, false
	}
	return min(int(t.order.Uint16(t.data[at:])), (len(t.data)-at-2)/12), true
}

// walk visits the entries of the directory at an offset and those of the EXIF
// directory it points to.
func (t tiff) walk(at int, visit func(tiffEntry)) {
	t.eachEntry(at, func(e tiffEntry) {
		if e.tag == tagExifFolder {
			// One level down and no further, so that a loop cannot hold us.
			t.eachEntry(int(t.number(e)), visit)
			return
		}
		visit(e)
	})
}

func (t tiff) eachEntry(at int, visit func(tiffEntry)) {
	n, _ := t.entries(at)
	for i := range n {
		b := t.data[at+2+12*i:]
		visit(tiffEntry{t.order.Uint16(b), t.order.Uint16(b[2:]), t.order.Uint32(b[4:]), at + 2 + 12*i + 8})
	}
}

// number returns the first value of a SHORT or LONG entry that fits into the
// entry itself, otherwise 0.
func (t tiff) number(e tiffEntry) uint32 {
	switch {
	case e.kind == typeShort && (e.count == 1 || e.count == 2):
		return uint32(t.order.Uint16(t.data[e.at:]))
	case e.kind == typeLong && e.count == 1:
		return t.order.Uint32(t.data[e.at:])
	}
	return 0
}

// setNumber overwrites a SHORT or LONG entry of one value where v fits.
func (t tiff) setNumber(e tiffEntry, v uint32) {
	switch {
	case e.count != 1:
	case e.kind == typeShort && v <= 0xffff:
		t.order.PutUint16(t.data[e.at:], uint16(v))
	case e.kind == typeLong:
		t.order.PutUint32(t.data[e.at:], v)
	}
}

// text returns an ASCII entry up to its first zero, otherwise "".
func (t tiff) text(e tiffEntry) string {
	const longest = 256
	if e.kind != typeASCII || e.count > longest {
		return ""
	}
	at, n := e.at, int(e.count)
	if n > 4 {
		at = int(t.order.Uint32(t.data[e.at:]))
	}
	if at > len(t.data)-n {
		return ""
	}
	value, _, _ := bytes.Cut(t.data[at:at+n], []byte{0})
	return strings.TrimSpace(strings.ToValidUTF8(string(value), "?"))
}
