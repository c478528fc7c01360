package photo

import (
	"path/filepath"
	"slices"
	"strings"

	"blindspot/core/photo/raw"
	"blindspot/core/say"
)

// Format is a file format that photos are read from.
type Format int

// The formats. The zero Format is none of them.
const (
	JPEG Format = iota + 1
	PNG
	TIFF
	WebP
	BMP
	Raw // any camera raw
)

// formats holds names and every spelling of the ending, the usual one first.
var formats = map[Format]struct {
	name    string
	endings []string
}{
	JPEG: {"JPEG", []string{".jpg", ".jpeg", ".jpe", ".jfif"}},
	PNG:  {"PNG", []string{".png"}},
	TIFF: {"TIFF", []string{".tif", ".tiff"}},
	WebP: {"WebP", []string{".webp"}},
	BMP:  {"BMP", []string{".bmp", ".dib"}},
	Raw:  {"camera raw", raw.Extensions()},
}

// String returns the format's name, such as "JPEG".
func (f Format) String() string {
	if known, ok := formats[f]; ok {
		return known.name
	}
	return "unknown format"
}

// Extension returns the usual file name ending with its dot, such as ".jpg", or "" for the zero Format and for raws.
func (f Format) Extension() string {
	if all := formats[f].endings; f != Raw && len(all) > 0 {
		return all[0]
	}
	return ""
}

// Writable reports whether Save writes the format.
func (f Format) Writable() bool { return f == JPEG || f == PNG || f == TIFF }

// OrWritable returns f if Save writes it, otherwise the format in which its photos are usually kept: JPEG for raws, PNG for
// the others.
func (f Format) OrWritable() Format {
	switch {
	case f.Writable():
		return f
	case f == Raw:
		return JPEG
	}
	return PNG
}

// ParseFormat reads a format that can be written from its name or file name ending, as "png", ".JPG" or "tiff". The error
// wraps ErrUnsupported.
func ParseFormat(name string) (Format, error) {
	if f := formatOf("x." + strings.TrimPrefix(name, ".")); f.Writable() {
		return f, nil
	}
	return 0, say.Errorf("%w: %q is neither jpg nor png nor tif", ErrUnsupported, name)
}

// Supported reports whether path ends like a format that Open reads. It does not look into the file: it is for picking
// photos out of a folder.
func Supported(path string) bool { return formatOf(path) != 0 }

// Extensions lists the file name endings of all formats that Open reads, in small letters with their dot.
func Extensions() []string {
	var all []string
	for f := JPEG; f <= Raw; f++ {
		all = append(all, formats[f].endings...)
	}
	return all
}

func formatOf(path string) Format {
	ending := strings.ToLower(filepath.Ext(path))
	for format, known := range formats {
		if slices.Contains(known.endings, ending) {
			return format
		}
	}
	return 0
}
