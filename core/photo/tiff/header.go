package tiff

import (
	"encoding/binary"
	"io"

	"blindspot/core/say"
)

// layout says how the samples lie in the file.
type layout struct {
	order       binary.ByteOrder
	compression int
	predictor   bool // each sample is stored as its difference to the left
	bits        int  // a sample
	samples     int  // a pixel
	photometric int
	extra       int      // what the last sample is, 0 if it is a colour
	palette     []uint16 // reds, greens, blues

	// Strips are tiles of the picture's width whose last one is shorter.
	tileW, tileH, across, down int
	offsets, counts            []uint32
}

// ReadHeader reads the first directory of a TIFF of size bytes and checks that
// Decode can read its picture. Errors are of the four kinds, or r's.
func ReadHeader(r io.ReaderAt, size int64) (Header, error) {
	d, err := readDirectory(r, size)
	if err != nil {
		return Header{}, err
	}
	h := Header{layout: layout{order: d.order}}
	for _, read := range []func(*directory) error{h.readKind, h.readSize, h.readSamples, h.readPacking, h.readTiles} {
		if err := read(d); err != nil {
			return Header{}, err
		}
	}
	if err := h.checkLength(size); err != nil {
		return Header{}, err
	}
	h.Orientation, err = d.number(tagOrientation, 1)
	if err != nil || h.Orientation < 1 || h.Orientation > 8 {
		h.Orientation = 1
	}
	h.ICC, h.XMP, h.IPTC = d.bytes(tagICC), d.bytes(tagXMP), d.bytes(tagIPTC)
	return h, nil
}

// readKind tells camera raw and the like from pictures.
func (h *Header) readKind(d *directory) error {
	if _, ok := d.find(tagDNGVersion); ok {
		return fail(ErrUnsupported, "a DNG, which is camera raw and not a finished TIFF")
	}
	kind, err := d.number(tagSubfileType, 0)
	if err != nil {
		return err
	}
	if kind&1 != 0 {
		return fail(ErrUnsupported, "a TIFF that begins with a thumbnail, as camera raw does")
	}
	return nil
}

func (h *Header) readSize(d *directory) (err error) {
	if h.W, err = d.number(tagWidth, 0); err != nil {
		return err
	}
	if h.H, err = d.number(tagHeight, 0); err != nil {
		return err
	}
	switch {
	case h.W < 1 || h.H < 1:
		return fail(ErrCorrupt, "the TIFF says that it is %d by %d pixels", h.W, h.H)
	case h.W > MaxSide || h.H > MaxSide:
		return fail(ErrTooLarge, "%d by %d pixels, and at most %d a side are read", h.W, h.H, MaxSide)
	case h.W*h.H > MaxPixels:
		return fail(ErrTooLarge, "%d by %d pixels, and at most %d million are read", h.W, h.H, MaxPixels/1_000_000)
	}
	return nil
}

// readSamples reads how a pixel is made of samples.
func (h *Header) readSamples(d *directory) (err error) {
	l := &h.layout
	if l.photometric, err = d.number(tagPhotometric, -1); err != nil {
		return err
	}
	if l.samples, err = d.number(tagSamples, 1); err != nil {
		return err
	}
	colours := 1
	switch l.photometric {
	case whiteIsZero, blackIsZero, isPalette:
	case isRGB:
		colours = 3
	default:
		return fail(ErrUnsupported, "a TIFF with %s", nameOf(photometricNames, l.photometric, say.Textf("colours of kind %d", l.photometric)))
	}
	h.C = colours
	if err := h.readBits(d); err != nil {
		return err
	}
	if err := h.readExtra(d, colours); err != nil {
		return err
	}
	formats, err := d.numbers(tagSampleFormat, max(1, l.samples))
	if err != nil {
		return err
	}
	for _, f := range formats {
		if f != 1 && f != 4 { // whole numbers, or unsaid
			return fail(ErrUnsupported, "a TIFF with %s", nameOf(formatNames, int(f), say.Textf("samples of format %d", f)))
		}
	}
	planar, err := d.number(tagPlanar, 1)
	if err != nil {
		return err
	}
	if planar != 1 && l.samples > 1 {
		return fail(ErrUnsupported, "a TIFF with separate colour planes; save it with interleaved channels first")
	}
	if l.photometric == isPalette {
		return h.readPalette(d)
	}
	return nil
}

func (h *Header) readBits(d *directory) error {
	l := &h.layout
	if l.samples < 1 || l.samples > 64 {
		return fail(ErrUnsupported, "a TIFF with %d channels", l.samples)
	}
	all, err := d.numbers(tagBits, l.samples)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		all = []uint32{1}
	}
	// One value may stand for all samples.
	if len(all) != 1 && len(all) != l.samples {
		return fail(ErrCorrupt, "the TIFF contradicts itself about its channels")
	}
	for _, b := range all {
		if b != all[0] {
			return fail(ErrUnsupported, "a TIFF whose channels differ in depth")
		}
	}
	l.bits = int(min(all[0], 1<<16))
	h.Depth = 8
	switch {
	case l.bits == 16 && l.photometric != isPalette:
		h.Depth = 16
	case l.bits == 8:
	case (l.bits == 1 || l.bits == 2 || l.bits == 4) && l.samples == 1 && l.photometric != isRGB:
	default:
		return fail(ErrUnsupported, "a TIFF with %d bits a sample", l.bits)
	}
	return nil
}

func (h *Header) readExtra(d *directory, colours int) error {
	l := &h.layout
	if l.samples == colours {
		return nil
	}
	extra, err := d.numbers(tagExtraSamples, 1)
	if err != nil {
		return err
	}
	if l.samples != colours+1 || l.photometric == isPalette || len(extra) == 0 ||
		extra[0] != extraAssociated && extra[0] != extraUnassociated {
		return fail(ErrUnsupported, "a TIFF with %d channels of which not all are colour or transparency", l.samples)
	}
	l.extra, h.Alpha = int(extra[0]), true
	return nil
}

// readPalette reads the colours; a palette of grays makes a gray picture.
func (h *Header) readPalette(d *directory) error {
	n := 1 << h.layout.bits
	values, err := d.numbers(tagColourMap, 3*n)
	if err != nil {
		return err
	}
	if len(values) != 3*n {
		return fail(ErrCorrupt, "the TIFF's palette is too short")
	}
	h.C = 1
	h.layout.palette = paletteTo8(values)
	for i := range n {
		if p := h.layout.palette; p[i] != p[n+i] || p[i] != p[2*n+i] {
			h.C = 3
		}
	}
	return nil
}

// paletteTo8 rounds 16-bit colours to 8 bits, v·257. Writers spread 8 bits to 16
// in three ways: v·257, v·256, and not at all.
func paletteTo8(values []uint32) []uint16 {
	var most, low uint32
	for _, v := range values {
		most, low = max(most, v), low|v&255
	}
	out := make([]uint16, len(values))
	for i, v := range values {
		switch {
		case most < 256:
		case low == 0:
			v >>= 8
		default:
			v = (v + 128) / 257
		}
		out[i] = uint16(min(v, 255)) * 257
	}
	return out
}

func nameOf(names map[int]say.Text, v int, otherwise say.Text) say.Text {
	if name, ok := names[v]; ok {
		return name
	}
	return otherwise
}

var photometricNames = map[int]say.Text{
	-1:    say.Textf("colours of no known kind"),
	4:     say.Textf("a mask instead of a picture"),
	5:     say.Textf("CMYK colours, which are meant for printing; convert it to RGB first"),
	6:     say.Textf("YCbCr colours; save it as RGB first"),
	8:     say.Textf("Lab colours; save it as RGB first"),
	9:     say.Textf("Lab colours; save it as RGB first"),
	10:    say.Textf("Lab colours; save it as RGB first"),
	32803: say.Textf("the mosaic of a camera's sensor"),
	32844: say.Textf("logarithmic brightness"),
	32845: say.Textf("logarithmic colours"),
	34892: say.Textf("linear camera raw"),
}

var formatNames = map[int]say.Text{
	2: say.Textf("signed samples"),
	3: say.Textf("floating-point samples; save it with 16 bits first"),
	5: say.Textf("complex numbers"),
	6: say.Textf("complex numbers"),
}
