package photo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"

	"blindspot/core/pixel"
)

// Open reads a photo and turns it upright. Errors wrap ErrUnsupported,
// ErrTooLarge, ErrDamaged, fs.ErrNotExist or the context's error; a cancelled
// context ends the reading at the next few kilobytes.
func Open(ctx context.Context, path string) (*Photo, error) {
	var p *Photo
	err := withFile(ctx, path, func(r io.ReadSeeker) error {
		info, err := readHeader(r)
		if err != nil {
			return err
		}
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return err
		}
		im, err := decode(r, info)
		if err != nil {
			return err
		}
		p = &Photo{Path: path, Format: info.Format, Image: im, Meta: info.Meta}
		return nil
	})
	return p, err
}

// Inspect reads what a file says about itself and leaves the pixels alone. The
// errors are those of Open; a file that passes may still be damaged further in.
func Inspect(ctx context.Context, path string) (Info, error) {
	var info Info
	err := withFile(ctx, path, func(r io.ReadSeeker) error {
		var err error
		info, err = readHeader(r)
		return err
	})
	info.Path = path
	return info, err
}

// withFile opens path, hands it to read, and makes one sentence of what fails.
func withFile(ctx context.Context, path string, read func(io.ReadSeeker) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, plainFileError(err))
	}
	defer f.Close()
	stat, err := f.Stat()
	switch {
	case err != nil:
		return fmt.Errorf("open %s: %w", path, err)
	case stat.IsDir():
		return fmt.Errorf("open %s: %w: it is a folder", path, ErrUnsupported)
	case !stat.Mode().IsRegular():
		return fmt.Errorf("open %s: %w: it is not an ordinary file", path, ErrUnsupported)
	case stat.Size() == 0:
		return fmt.Errorf("open %s: %w: it is empty", path, ErrDamaged)
	}
	if err := read(&cancellable{ctx, f}); err != nil {
		return fmt.Errorf("open %s: %w", path, classify(err))
	}
	return nil
}

// plainFileError drops the operation and path that package os puts into its
// errors, because the sentence around it names them already.
func plainFileError(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// classify turns the decoders' errors into ours.
func classify(err error) error {
	var (
		jpegFormat  jpeg.FormatError
		jpegFeature jpeg.UnsupportedError
		pngFormat   png.FormatError
		pngFeature  png.UnsupportedError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrUnsupported), errors.Is(err, ErrTooLarge):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("%w: it ends too early", ErrDamaged)
	case errors.As(err, &jpegFeature):
		return fmt.Errorf("%w: JPEG with %s", ErrUnsupported, string(jpegFeature))
	case errors.As(err, &pngFeature):
		return fmt.Errorf("%w: PNG with %s", ErrUnsupported, string(pngFeature))
	case errors.As(err, &jpegFormat), errors.As(err, &pngFormat):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError
	}
	// What is left comes from decompressors inside the decoders.
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// header is what a format's header reader finds.
type header struct {
	Info        // as stored in the file, not yet upright
	least int64 // bytes; a shorter file cannot hold the picture
}

// readHeader finds out what kind of file r is and reads all but the pixels.
func readHeader(r io.ReadSeeker) (Info, error) {
	var head [32]byte
	n, err := io.ReadFull(r, head[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Info{}, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Info{}, err
	}
	var h header
	switch name := sniff(head[:n]); name {
	case "JPEG":
		h, err = readJPEGHeader(bufio.NewReader(r))
	case "PNG":
		h, err = readPNGHeader(bufio.NewReader(r))
	case "":
		return Info{}, fmt.Errorf("%w: it is not a picture", ErrUnsupported)
	default:
		return Info{}, fmt.Errorf("%w: %s files cannot be read", ErrUnsupported, name)
	}
	if err != nil {
		return Info{}, err
	}
	if err := checkSize(h.W, h.H); err != nil {
		return Info{}, err
	}
	// A decoder allocates the picture first; a tiny file must not make it.
	if size, err := r.Seek(0, io.SeekEnd); err != nil {
		return Info{}, err
	} else if size < h.least {
		return Info{}, io.ErrUnexpectedEOF
	}
	info := h.Info
	info.Sideways = pixel.Upright
	if tags, err := readEXIF(info.Meta.EXIF); err == nil {
		info.Meta.Camera, info.Meta.Lens, info.Meta.ISO = tags.Camera, tags.Lens, tags.ISO
		if tags.Orientation.Valid() {
			info.Sideways = tags.Orientation
		}
	}
	if info.Sideways.Swaps() {
		info.W, info.H = info.H, info.W
	}
	return info, nil
}

func checkSize(w, h int) error {
	switch {
	case w <= 0 || h <= 0:
		return fmt.Errorf("%w: it says that it is %d by %d pixels", ErrDamaged, w, h)
	case w > MaxSide || h > MaxSide:
		return fmt.Errorf("%w: %d by %d pixels, and at most %d a side are read", ErrTooLarge, w, h, MaxSide)
	case w*h > MaxPixels:
		return fmt.Errorf("%w: %d by %d pixels, and at most %d million are read", ErrTooLarge, w, h, MaxPixels/1_000_000)
	}
	return nil
}

// decode reads the pixels and turns them upright.
func decode(r io.Reader, info Info) (*pixel.Image, error) {
	decoders := map[Format]func(io.Reader) (*pixel.Image, error){JPEG: decodeJPEG, PNG: decodePNG}
	im, err := decoders[info.Format](bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return nil, err
	}
	// Gray can come back as RGB where transparency was involved.
	if info.C == 1 && im.C == 3 {
		im = im.Gray()
	}
	if info.Sideways != pixel.Upright {
		im = im.Oriented(info.Sideways)
	}
	return im, nil
}

// sniff names the kind of file by its first bytes, "" if they say nothing.
func sniff(head []byte) string {
	for _, known := range signatures {
		at := known.at
		if len(head) >= at+len(known.magic) && bytes.Equal(head[at:at+len(known.magic)], []byte(known.magic)) {
			return known.name
		}
	}
	return ""
}

// signatures are checked in this order: some raw files begin like a TIFF.
var signatures = []struct {
	name  string
	at    int
	magic string
}{
	{"JPEG", 0, "\xff\xd8\xff"},
	{"PNG", 0, pngSignature},
	{"Canon raw", 8, "CR\x02"},
	{"Canon raw", 6, "HEAPCCDR"},
	{"Canon raw", 4, "ftypcrx "},
	{"Fujifilm raw", 0, "FUJIFILMCCD-RAW"},
	{"Olympus raw", 0, "IIRO"},
	{"Panasonic raw", 0, "IIU\x00"},
	{"TIFF or camera raw", 0, "II*\x00"},
	{"TIFF or camera raw", 0, "MM\x00*"},
	{"BigTIFF", 0, "II+\x00"},
	{"BigTIFF", 0, "MM\x00+"},
	{"WebP", 8, "WEBP"},
	{"GIF", 0, "GIF8"},
	{"BMP", 0, "BM"},
	{"HEIF or AVIF", 4, "ftyp"},
	{"JPEG XL", 0, "\xff\x0a"},
	{"JPEG XL", 4, "JXL "},
	{"JPEG 2000", 4, "jP  "},
	{"Photoshop", 0, "8BPS"},
	{"PDF", 0, "%PDF"},
}

// cancellable is a file whose reads fail once the context is done, so that a
// decoder in the middle of a large photo stops.
type cancellable struct {
	ctx context.Context
	f   io.ReadSeeker
}

func (c *cancellable) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.f.Read(b)
}

func (c *cancellable) Seek(offset int64, whence int) (int64, error) {
	return c.f.Seek(offset, whence)
}
