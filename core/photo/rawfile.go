package photo

import (
	"encoding/binary"

	"blindspot/core/colour/icc"
	"blindspot/core/photo/meta"
	"blindspot/core/photo/raw"
	"blindspot/core/pixel"
)

// readRawHeader asks LibRaw for size and exposure, and takes the metadata from the file's own structure.
func readRawHeader(s *source) (header, error) {
	info, err := raw.Inspect(s.ctx, s.path)
	if err != nil {
		return header{}, err
	}
	h := header{Info: Info{W: info.W, H: info.H, C: 3, Depth: 16, Sideways: info.Orientation, Raw: &info}}
	if info.Colours == 1 {
		h.C = 1
	}
	h.readRawMeta(s)
	facts := &h.Meta.Facts
	software := facts.Software
	*facts = rawFacts(info, *facts)
	facts.Software = software
	if h.Meta.EXIF == nil {
		h.Meta.EXIF = meta.FromFacts(*facts)
	}
	return h, nil
}

// readRawMeta takes the metadata from a raw file that is a TIFF structure, or from the JPEG in one of Fujifilm's.
func (h *header) readRawMeta(s *source) {
	if at, ok := s.fujiPreview(); ok {
		inner := &source{ctx: s.ctx, path: s.path, r: s.from(at), size: s.size - at}
		if preview, err := readJPEGHeader(inner); err == nil {
			h.Meta.Set = preview.Meta.Set
			h.Meta.ICC, h.Meta.Density, h.Meta.Comments = nil, nil, nil
			if facts, _, err := meta.Read(h.Meta.EXIF); err == nil {
				h.Meta.Facts = facts
			} else {
				h.Meta.EXIF = nil
			}
		}
		return
	}
	// What has no such structure gets its tags from LibRaw.
	if t, err := meta.FromTIFF(s, s.size, true); err == nil {
		h.Meta.Set, h.Meta.Facts, h.Notes = t.Set, t.Facts, append(h.Notes, t.Notes...)
	}
}

// fujiPreview finds the JPEG of a RAF file.
func (s *source) fujiPreview() (at int64, ok bool) {
	const magic = "FUJIFILMCCD-RAW"
	b, err := s.block(0, 92)
	if err != nil || string(b[:len(magic)]) != magic {
		return 0, false
	}
	at = int64(binary.BigEndian.Uint32(b[84:]))
	return at, at > 0 && at < s.size
}

// rawFacts joins what LibRaw read with what the file's tags say: LibRaw knows lenses that are named in makers' notes only.
func rawFacts(info raw.Info, tags meta.Facts) meta.Facts {
	f := tags
	set := func(into *string, v string) {
		if v != "" {
			*into = v
		}
	}
	number := func(into *float64, v float64) {
		if *into == 0 {
			*into = v
		}
	}
	set(&f.Camera, info.Camera)
	if f.Lens == "" {
		f.Lens = info.Lens
	}
	number(&f.Exposure, info.Exposure)
	number(&f.Aperture, info.Aperture)
	number(&f.FocalLength, info.FocalLength)
	if f.ISO == 0 {
		f.ISO = info.ISO
	}
	if f.Taken.IsZero() {
		f.Taken = info.Taken
	}
	if f.GPS == nil && info.GPS != nil {
		altitude := info.GPS.Altitude
		f.GPS = &meta.GPS{Latitude: info.GPS.Latitude, Longitude: info.GPS.Longitude, Altitude: &altitude}
	}
	return f
}

// decodeRaw develops the photo. The result is sRGB and says so.
func decodeRaw(s *source, h *header) (*pixel.Image, error) {
	im, _, err := raw.Develop(s.ctx, s.path, raw.Full)
	if err == nil && im.C == 3 {
		h.Meta.ICC = icc.SRGB()
	}
	return im, err
}
