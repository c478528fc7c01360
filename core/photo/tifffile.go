package photo

import (
	"context"
	"io"

	"blindspot/core/photo/meta"
	"blindspot/core/photo/tiff"
	"blindspot/core/pixel"
)

// readTIFFHeader lets the guard of core/photo/tiff look at the file, and collects its metadata.
func readTIFFHeader(s *source) (header, error) {
	t, err := tiff.ReadHeader(s, s.size)
	if err != nil {
		return header{}, err
	}
	h := header{Info: Info{W: t.W, H: t.H, C: t.C, Depth: t.Depth, Alpha: t.Alpha}, tiff: t}
	found, err := meta.FromTIFF(s, s.size, false)
	if err != nil {
		return header{}, err
	}
	h.Meta.Set, h.Notes = found.Set, found.Notes
	return h, nil
}

func decodeTIFF(s *source, h *header) (*pixel.Image, error) {
	return tiff.Decode(s.ctx, s, h.tiff)
}

func encodeTIFF(ctx context.Context, w io.WriteSeeker, im *pixel.Image, m meta.Set, depth int) error {
	return tiff.Encode(&cancellableSeeker{cancellableWriter{ctx, w}, w}, im, depth,
		tiff.Tags{EXIF: m.EXIF, ICC: m.ICC, XMP: m.XMP, IPTC: m.IPTC, Resources: m.Resources})
}

// cancellableSeeker is a cancellableWriter that can go back.
type cancellableSeeker struct {
	cancellableWriter
	io.Seeker
}
