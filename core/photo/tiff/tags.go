package tiff

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// Tags is the metadata of a file. The fields are bare payloads, nil if absent.
//
// EXIF is a TIFF structure of its own, as JPEG and PNG files carry it. Makers'
// notes in it hold offsets that count from its beginning. So that they stay
// true, the file is written in the structure's byte order with its bytes at the
// offsets that they have in it, from 8 on; the file's directory, behind the
// pixels, repeats the descriptive entries of the structure's first directory
// (camera, dates, author, copyright, software, rating …), whose values stay
// where they are, and points to its EXIF and GPS directories. Entries that
// describe how another picture was stored, and the thumbnail's directory, are
// not repeated. A structure that cannot be read is not carried.
type Tags struct {
	EXIF, ICC, XMP, IPTC []byte
	Resources            []byte // Photoshop's image resources, IPTC left out
}

// value is an entry to be written; data holds its values in the file's order.
type value struct {
	tag, kind uint16
	count     uint32
	data      []byte
	inBlock   bool // data is an offset into the EXIF block
}

func (t Tags) entries() []value {
	var out []value
	add := func(tag, kind uint16, data []byte) {
		if len(data) > 0 {
			out = append(out, value{tag: tag, kind: kind, count: uint32(len(data)), data: data})
		}
	}
	add(tagXMP, typeByte, t.XMP)
	add(tagIPTC, typeUndefined, t.IPTC)
	add(tagResources, typeByte, t.Resources)
	add(tagICC, typeUndefined, t.ICC)
	return out
}

// pictureEntries describe how p has stored the picture.
func pictureEntries(order byteOrder, p *packer) []value {
	short := func(tag uint16, values ...uint16) value {
		v := value{tag: tag, kind: typeShort, count: uint32(len(values))}
		for _, n := range values {
			v.data = order.AppendUint16(v.data, n)
		}
		return v
	}
	long := func(tag uint16, values ...uint32) value {
		v := value{tag: tag, kind: typeLong, count: uint32(len(values))}
		for _, n := range values {
			v.data = order.AppendUint32(v.data, n)
		}
		return v
	}
	photometric := uint16(blackIsZero)
	if p.im.C == 3 {
		photometric = isRGB
	}
	out := []value{
		long(tagSubfileType, 0),
		long(tagWidth, uint32(p.im.W)),
		long(tagHeight, uint32(p.im.H)),
		short(tagBits, slices.Repeat([]uint16{uint16(p.depth)}, p.samples)...),
		short(tagCompression, packedDeflate),
		short(tagPhotometric, photometric),
		long(tagStripOffsets, p.offsets...),
		short(tagOrientation, 1),
		short(tagSamples, uint16(p.samples)),
		long(tagRowsPerStrip, uint32(p.rows)),
		long(tagStripCounts, p.counts...),
		short(tagPlanar, 1),
		short(tagPredictor, 2),
	}
	if p.im.Alpha != nil {
		out = append(out, short(tagExtraSamples, extraUnassociated))
	}
	return out
}

// defaultResolution is required by TIFF 6.0 and means nothing: 72 pixels an inch
// is what CIPA DC-008 writes where nothing is known.
func defaultResolution(order byteOrder) []value {
	dots := order.AppendUint32(order.AppendUint32(nil, 72), 1)
	const inch = 2
	return []value{
		{tag: tagXResolution, kind: typeRational, count: 1, data: dots},
		{tag: tagYResolution, kind: typeRational, count: 1, data: dots},
		{tag: tagResolution, kind: typeShort, count: 1, data: order.AppendUint16(nil, inch)},
	}
}

// writeDirectory writes the entries, sorted, and returns where.
func (f *file) writeDirectory(entries []value) int64 {
	slices.SortStableFunc(entries, func(a, b value) int { return cmp.Compare(a.tag, b.tag) })
	dir := f.order.AppendUint16(nil, uint16(len(entries)))
	for _, e := range entries {
		dir = f.order.AppendUint16(dir, e.tag)
		dir = f.order.AppendUint16(dir, e.kind)
		dir = f.order.AppendUint32(dir, e.count)
		if e.inBlock || len(e.data) <= 4 {
			dir = append(dir, append(e.data[:len(e.data):len(e.data)], 0, 0, 0, 0)[:4]...)
			continue
		}
		f.pad()
		dir = f.order.AppendUint32(dir, uint32(f.at))
		f.write(e.data)
	}
	f.pad()
	at := f.at
	f.write(append(dir, 0, 0, 0, 0)) // no further directory
	return at
}

// block is an EXIF structure that is written as it is.
type block struct {
	data  []byte // nil if there is none
	order byteOrder
	first int // where the entries of its first directory begin
	count int
}

func parseBlock(data []byte) block {
	none := block{order: binary.LittleEndian}
	b := block{data: data, order: binary.LittleEndian}
	switch {
	case len(data) < 8:
		return none
	case bytes.HasPrefix(data, []byte("MM\x00*")):
		b.order = binary.BigEndian
	case !bytes.HasPrefix(data, []byte("II*\x00")):
		return none
	}
	at := int64(b.order.Uint32(data[4:]))
	if at < 8 || at+2 > int64(len(data)) {
		return none
	}
	b.first, b.count = int(at)+2, int(b.order.Uint16(data[at:]))
	if b.first+12*b.count > len(data) {
		return none
	}
	return b
}

// header returns the beginning of a file: 8 bytes, then the block.
func (b block) header() []byte {
	if b.data != nil {
		return b.data
	}
	return []byte("II*\x00\x00\x00\x00\x00")
}

// entries returns those of the block's first directory that are to be repeated
// and not among have, and a resolution if it has none.
func (b block) entries(have []value) []value {
	var out []value
	seen := map[uint16]bool{}
	for _, v := range have {
		seen[v.tag] = true
	}
	for i := range b.count {
		raw := b.data[b.first+12*i:][:12]
		v := value{tag: b.order.Uint16(raw), kind: b.order.Uint16(raw[2:]), count: b.order.Uint32(raw[4:]), data: raw[8:12], inBlock: true}
		if seen[v.tag] || !descriptive(v.tag) || !b.holds(v) {
			continue
		}
		seen[v.tag] = true
		out = append(out, v)
	}
	for _, v := range defaultResolution(b.order) {
		if !seen[v.tag] {
			out = append(out, v)
		}
	}
	return out
}

// holds reports whether the values of an entry lie within the block.
func (b block) holds(v value) bool {
	if int(v.kind) >= len(typeSizes) || typeSizes[v.kind] == 0 || v.count == 0 {
		return false
	}
	size, at := typeSizes[v.kind]*int64(v.count), int64(b.order.Uint32(v.data))
	if v.tag == tagExifDirectory || v.tag == tagGPSDirectory {
		return v.count == 1 && size == 4 && at >= 8 && at+2 <= int64(len(b.data))
	}
	return size <= 4 || at >= 8 && at+size <= int64(len(b.data))
}

// descriptive reports whether a tag says something about the photo, as opposed
// to how some other file stored it.
func descriptive(tag uint16) bool {
	switch {
	case tag < 254: // not of TIFF: the GPS and interoperability directories have such numbers
		return false
	case tag >= 254 && tag <= 266, tag == 273, tag == 274, tag >= 277 && tag <= 281, tag == 284:
		return false // size, bits, colours, strips
	case tag >= 288 && tag <= 293, tag == 301, tag == 317, tag >= 320 && tag <= 332, tag == 334:
		return false // fax, curves, predictor, palette, tiles, further pictures, inks
	case tag >= 338 && tag <= 347, tag >= 512 && tag <= 532, tag == 559:
		return false // extra samples, JPEG and thumbnail, YCbCr
	case tag == 700, tag == 33723, tag == 34377, tag == 34675, tag == 37724:
		return false // XMP, IPTC and ICC come separately; Photoshop's layers and thumbnail
	case tag == 33421, tag == 33422, tag >= 50706 && tag <= 52600:
		return false // mosaics and DNG
	case tag == 59932:
		return false // Microsoft's padding
	}
	return true
}
