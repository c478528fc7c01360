package photo

import (
	"bytes"
	"encoding/binary"

	"blindspot/core/photo/meta"
	"blindspot/core/say"
)

// carry makes the metadata of p fit for a file of a format, and says what did not fit: a sentence each.
func carry(p *Photo, o SaveOptions) (m meta.Set, notes []say.Text) {
	m = p.Meta.Set
	t := meta.Target{W: p.Image.W, H: p.Image.H, Done: o.Done}
	if o.Format == JPEG {
		t.Max = exifMax
	}
	if err := meta.CheckICC(m.ICC, p.Image.C); err != nil {
		m.ICC = nil
		notes = append(notes, say.Textf("%v", err))
	}
	var more []say.Text
	m.EXIF, more = meta.CarryEXIF(m.EXIF, t)
	notes = append(notes, more...)
	m.XMP, m.Extended, more = meta.CarryXMP(m.XMP, m.Extended, t, o.Format == JPEG)
	notes = append(notes, more...)
	switch o.Format {
	case JPEG:
		notes = append(notes, dropForJPEG(&m, p)...)
	case TIFF:
		if len(m.Comments) > 0 {
			notes = append(notes, say.Textf("the comment has been left out: a TIFF has no place for it"))
		}
		notes = append(notes, dropForPNGOnly(m)...)
	}
	return m, notes
}

// dropForJPEG leaves out what a JPEG cannot hold.
func dropForJPEG(m *meta.Set, p *Photo) []say.Text {
	notes := dropForPNGOnly(*m)
	if p.Image.Alpha != nil {
		notes = append(notes, say.Textf("a JPEG cannot keep the transparency, which has been left out"))
	}
	const profileMax = 255 * (segmentMax - len(iccSignature) - 2)
	if len(m.ICC) > profileMax {
		m.ICC = nil
		notes = append(notes, say.Textf("the colour profile is too large for a JPEG and has been left out"))
	}
	kept := m.Comments[:0:0]
	for _, c := range m.Comments {
		if len(c) <= segmentMax {
			kept = append(kept, c)
		}
	}
	m.Comments = kept
	return notes
}

// dropForPNGOnly tells of chunks that only PNG has, where losing them changes something.
func dropForPNGOnly(m meta.Set) []say.Text {
	texts, colours := 0, false
	for _, c := range m.PNG {
		switch c.Kind {
		case "tEXt", "zTXt", "iTXt":
			texts++
		case "gAMA", "cHRM", "cICP":
			colours = colours || m.ICC == nil && !isSRGB(c)
		}
	}
	var notes []say.Text
	if texts > 0 {
		notes = append(notes, say.Textf("%d texts that only a PNG can hold have been left out", texts))
	}
	if colours {
		notes = append(notes, say.Textf("the gamma or primaries of the PNG have been left out: only a PNG can hold them"))
	}
	return notes
}

// isSRGB reports whether a gamma or primaries chunk says what is true without it.
func isSRGB(c meta.Chunk) bool {
	if c.Kind == "gAMA" {
		return len(c.Data) == 4 && binary.BigEndian.Uint32(c.Data)/100 == 454
	}
	var primaries []byte
	for _, v := range []uint32{31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000} {
		primaries = binary.BigEndian.AppendUint32(primaries, v)
	}
	return c.Kind == "cHRM" && bytes.Equal(c.Data, primaries)
}
