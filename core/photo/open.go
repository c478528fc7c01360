package photo

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"io"

	"golang.org/x/image/bmp"

	"blindspot/core/photo/meta"
	"blindspot/core/photo/raw"
	"blindspot/core/photo/tiff"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// Open reads a photo and turns it upright. Errors wrap ErrUnsupported, ErrTooLarge, ErrTruncated, ErrCorrupt,
// ErrDecoderDied, fs.ErrNotExist or the context's error; a cancelled context ends the reading soon.
func Open(ctx context.Context, path string) (*Photo, error) {
	var p *Photo
	err := withSource(ctx, path, func(s *source) error {
		h, err := s.header()
		if err != nil {
			return err
		}
		im, err := s.pixels(&h)
		if err != nil {
			return err
		}
		p = &Photo{Path: path, Format: h.Format, Image: im, Meta: h.Meta, Modified: s.modified, Notes: h.Notes}
		return nil
	})
	return p, err
}

// Inspect reads what a file says about itself and leaves the pixels alone. The errors are those of Open; a file that passes
// may still be damaged further in.
func Inspect(ctx context.Context, path string) (Info, error) {
	var info Info
	err := withSource(ctx, path, func(s *source) error {
		h, err := s.header()
		info = h.Info
		return err
	})
	if err != nil {
		return Info{}, err
	}
	info.Path = path
	return info, nil
}

// header is what a format's header reader finds: the picture as stored in the file, then turned upright by finish.
type header struct {
	Info
	least int64 // bytes; a shorter file cannot hold the picture
	tiff  tiff.Header
}

// codec reads one format. The pixels come as stored; decoding may correct the header.
type codec struct {
	header func(*source) (header, error)
	pixels func(*source, *header) (*pixel.Image, error)
}

// codecs are the formats that are read.
func codecs() map[Format]codec {
	return map[Format]codec{
		JPEG: {readJPEGHeader, decodeJPEG},
		PNG:  {readPNGHeader, decodePNG},
		TIFF: {readTIFFHeader, decodeTIFF},
		WebP: {readWebPHeader, decodeWebP},
		BMP:  {readBMPHeader, decodeBMP},
		Raw:  {readRawHeader, decodeRaw},
	}
}

// header finds out what kind of file it is and reads all but the pixels.
func (s *source) header() (header, error) {
	format, err := s.format()
	if err != nil {
		return header{}, err
	}
	h, err := codecs()[format].header(s)
	if err != nil {
		return header{}, err
	}
	h.Format = format
	if err := checkSize(h.W, h.H); err != nil {
		return header{}, err
	}
	// A decoder allocates the picture first; a tiny file must not make it.
	if s.size < h.least {
		return header{}, io.ErrUnexpectedEOF
	}
	h.finish()
	return h, nil
}

// finish reads EXIF, checks the profile, and turns the picture upright.
func (h *header) finish() {
	if err := meta.CheckICC(h.Meta.ICC, h.C); err != nil {
		h.Meta.ICC = nil
		h.Notes = append(h.Notes, say.Textf("%v", err))
	}
	if h.Format == Raw { // has its facts, and its size is that of the upright picture
		return
	}
	h.Sideways = pixel.Upright
	if h.Meta.EXIF == nil {
		return
	}
	facts, orientation, err := meta.Read(h.Meta.EXIF)
	if err != nil {
		h.Meta.EXIF = nil
		h.Notes = append(h.Notes, say.Textf("the EXIF data is damaged and has been left out"))
		return
	}
	h.Meta.Facts = facts
	if o := pixel.Orientation(orientation); o.Valid() {
		h.Sideways = o
	}
	if h.Sideways.Swaps() {
		h.W, h.H = h.H, h.W
	}
}

func checkSize(w, h int) error {
	switch {
	case w <= 0 || h <= 0:
		return say.Errorf("%w: it says that it is %d by %d pixels", ErrCorrupt, w, h)
	case w > MaxSide || h > MaxSide:
		return say.Errorf("%w: %d by %d pixels, and at most %d a side are read", ErrTooLarge, w, h, MaxSide)
	case w*h > MaxPixels:
		return say.Errorf("%w: %d by %d pixels, and at most %d million are read", ErrTooLarge, w, h, MaxPixels/1_000_000)
	}
	return nil
}

// pixels decodes the picture and turns it upright.
func (s *source) pixels(h *header) (*pixel.Image, error) {
	im, err := codecs()[h.Format].pixels(s, h)
	if err != nil {
		return nil, err
	}
	// Gray can come back as RGB where transparency was involved.
	if h.C == 1 && im.C == 3 {
		im = im.Gray()
	}
	if h.Format != Raw && h.Sideways != pixel.Upright {
		im = im.Oriented(h.Sideways)
	}
	return im, nil
}

// format names the kind of file by its content.
func (s *source) format() (Format, error) {
	head := make([]byte, 32)
	n, err := s.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	head = head[:n]
	if raw.Sniff(s, s.size, s.path) {
		return Raw, nil
	}
	for _, known := range signatures {
		if len(head) < known.at || !bytes.HasPrefix(head[known.at:], []byte(known.magic)) {
			continue
		}
		if known.format == 0 {
			return 0, say.Errorf("%w: %s files cannot be read", ErrUnsupported, known.name)
		}
		return known.format, nil
	}
	return 0, say.Errorf("%w: it is not a picture", ErrUnsupported)
}

// signatures tell files apart by their first bytes. Those with a name only are refused by it.
var signatures = []struct {
	format Format
	name   string
	at     int
	magic  string
}{
	{JPEG, "", 0, "\xff\xd8\xff"},
	{PNG, "", 0, pngSignature},
	{WebP, "", 8, "WEBP"},
	{BMP, "", 0, "BM"},
	{TIFF, "", 0, "II*\x00"},
	{TIFF, "", 0, "MM\x00*"},
	{0, "BigTIFF", 0, "II+\x00"},
	{0, "BigTIFF", 0, "MM\x00+"},
	{0, "GIF", 0, "GIF8"},
	{0, "AVIF", 4, "ftypavi"},
	{0, "HEIF", 4, "ftypheic"},
	{0, "HEIF", 4, "ftypheix"},
	{0, "HEIF", 4, "ftyphev"},
	{0, "HEIF", 4, "ftypmif1"},
	{0, "HEIF", 4, "ftypmsf1"},
	{0, "video", 4, "ftyp"},
	{0, "JPEG XL", 0, "\xff\x0a"},
	{0, "JPEG XL", 4, "JXL "},
	{0, "JPEG 2000", 4, "jP  "},
	{0, "JPEG 2000", 0, "\xff\x4f\xff\x51"},
	{0, "Photoshop", 0, "8BPS"},
	{0, "GIMP", 0, "gimp xcf"},
	{0, "OpenEXR", 0, "\x76\x2f\x31\x01"},
	{0, "Radiance HDR", 0, "#?RADIANCE"},
	{0, "DirectDraw", 0, "DDS "},
	{0, "icon", 0, "\x00\x00\x01\x00"},
	{0, "Netpbm", 0, "P5"},
	{0, "Netpbm", 0, "P6"},
	{0, "SVG", 0, "<svg"},
	{0, "PDF", 0, "%PDF"},
}

// classifyGo sorts the errors of Go's decoders, nil if it knows none of them.
func classifyGo(err error) error {
	var (
		pngFormat  png.FormatError
		pngFeature png.UnsupportedError
	)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return ErrTruncated
	case errors.As(err, &pngFeature):
		return say.Errorf("%w: PNG with %s", ErrUnsupported, string(pngFeature))
	case errors.As(err, &pngFormat):
		return say.Errorf("%w: %w", ErrCorrupt, err)
	case errors.Is(err, bmp.ErrUnsupported):
		return say.Errorf("%w: BMP of a rare kind", ErrUnsupported)
	}
	return nil
}
