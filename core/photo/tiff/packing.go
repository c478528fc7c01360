package tiff

import (
	"blindspot/core/say"
)

// readPacking reads how rows are compressed.
func (h *Header) readPacking(d *directory) (err error) {
	l := &h.layout
	if l.compression, err = d.number(tagCompression, packedNot); err != nil {
		return err
	}
	if l.compression == packedOldZip {
		l.compression = packedDeflate
	}
	if packs(l.compression) == 0 {
		return fail(ErrUnsupported, "a TIFF with %s; save it with LZW, ZIP or no compression first",
			nameOf(compressionNames, l.compression, say.Textf("compression %d", l.compression)))
	}
	order, err := d.number(tagFillOrder, 1)
	if err != nil {
		return err
	}
	if order != 1 {
		return fail(ErrUnsupported, "a TIFF whose bytes are stored in reverse, as fax machines do")
	}
	predictor, err := d.number(tagPredictor, 1)
	if err != nil {
		return err
	}
	// The tag means something with these two only; libtiff ignores it otherwise.
	if l.compression != packedLZW && l.compression != packedDeflate {
		return nil
	}
	l.predictor = predictor == 2
	if predictor != 1 && !(l.predictor && l.bits >= 8) {
		return fail(ErrUnsupported, "a TIFF with predictor %d for %d bits a sample", predictor, l.bits)
	}
	return nil
}

// packs returns how many bytes one byte can become at most, 0 for an unknown
// compression.
func packs(compression int) int64 {
	switch compression {
	case packedNot:
		return 1
	case packedPackBits:
		return 64 // 2 bytes become 128
	case packedDeflate:
		return 1032 // 258 bytes for two bits
	case packedLZW:
		return 1366 // 12 bits become half of 4,096 bytes on average
	}
	return 0
}

var compressionNames = map[int]say.Text{
	2:     say.Textf("fax compression"),
	3:     say.Textf("fax compression"),
	4:     say.Textf("fax compression"),
	6:     say.Textf("JPEG compression"),
	7:     say.Textf("JPEG compression"),
	34712: say.Textf("JPEG 2000 compression"),
	34892: say.Textf("JPEG compression"),
	34925: say.Textf("LZMA compression"),
	50000: say.Textf("Zstandard compression"),
	50001: say.Textf("WebP compression"),
	52546: say.Textf("JPEG XL compression"),
}

// readTiles reads where the strips or tiles lie.
func (h *Header) readTiles(d *directory) (err error) {
	l := &h.layout
	offsets, counts := uint16(tagStripOffsets), uint16(tagStripCounts)
	if _, tiled := d.find(tagTileWidth); tiled {
		offsets, counts = tagTileOffsets, tagTileCounts
		if l.tileW, err = d.number(tagTileWidth, 0); err != nil {
			return err
		}
		if l.tileH, err = d.number(tagTileHeight, 0); err != nil {
			return err
		}
		// TIFF 6.0, page 67: multiples of 16. The upper limits keep a file from
		// making us unpack much more than the picture.
		const least, beyond = 8, 4096
		if l.tileW < least || l.tileH < least || l.tileW > h.W+beyond || l.tileH > h.H+beyond {
			return fail(ErrCorrupt, "the TIFF says that its tiles are %d by %d pixels", l.tileW, l.tileH)
		}
	} else {
		l.tileW = h.W
		if l.tileH, err = d.number(tagRowsPerStrip, h.H); err != nil {
			return err
		}
		if l.tileH < 1 {
			return fail(ErrCorrupt, "the TIFF says that its strips are %d rows high", l.tileH)
		}
		l.tileH = min(l.tileH, h.H)
	}
	l.across, l.down = (h.W+l.tileW-1)/l.tileW, (h.H+l.tileH-1)/l.tileH
	n := l.across * l.down
	if l.offsets, err = d.numbers(offsets, n); err != nil {
		return err
	}
	if l.counts, err = d.numbers(counts, n); err != nil {
		return err
	}
	if len(l.offsets) != n || len(l.counts) != n {
		return fail(ErrCorrupt, "the TIFF does not say where all its pixels are")
	}
	return nil
}

// checkLength refuses files that cannot hold the picture. What a strip claims
// beyond the end of the file does not count.
func (h *Header) checkLength(size int64) error {
	l := &h.layout
	var held int64
	for i, offset := range l.offsets {
		held += max(0, min(int64(l.counts[i]), size-int64(offset)))
	}
	// Strips may share bytes; together they have no more than the file.
	held = min(held, size)
	if held*packs(l.compression) < int64(h.H)*int64(l.rowBytes(h.W)) {
		return fail(ErrTruncated, "the TIFF promises %d by %d pixels and is too short for them", h.W, h.H)
	}
	return nil
}

// rowBytes is the size of a row of w pixels, unpacked.
func (l *layout) rowBytes(w int) int { return (w*l.samples*l.bits + 7) / 8 }
