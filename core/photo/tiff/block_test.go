package tiff

import "encoding/binary"

var (
	littleEndian byteOrder = binary.LittleEndian
	bigEndian    byteOrder = binary.BigEndian
)

// field is an entry of a directory under construction: bytes, or a directory.
type field struct {
	tag, kind uint16
	data      []byte
	directory []field
}

// blockWriter builds a TIFF structure front to back.
type blockWriter struct {
	order byteOrder
	data  []byte
}

// add appends a directory, then what does not fit into it. A maker's note of
// Canon's kind is a directory itself, whose offsets count from the beginning.
func (b *blockWriter) add(fields []field, next uint32) (at uint32) {
	if len(b.data)%2 == 1 {
		b.data = append(b.data, 0)
	}
	at = uint32(len(b.data))
	b.data = append(b.data, make([]byte, 2+12*len(fields)+4)...)
	b.order.PutUint16(b.data[at:], uint16(len(fields)))
	for i, f := range fields {
		var value [4]byte
		data, count := f.data, uint32(0)
		if f.directory != nil {
			start := uint32(len(b.data) + len(b.data)%2)
			b.add(f.directory, 0)
			if f.kind == typeUndefined {
				count = uint32(len(b.data)) - start
			} else {
				count = 1
			}
			b.order.PutUint32(value[:], start)
		} else {
			count = uint32(int64(len(data)) / typeSizes[f.kind])
			if len(data) <= 4 {
				copy(value[:], data)
			} else {
				if len(b.data)%2 == 1 {
					b.data = append(b.data, 0)
				}
				b.order.PutUint32(value[:], uint32(len(b.data)))
				b.data = append(b.data, data...)
			}
		}
		entry := b.data[at+2+12*uint32(i):]
		b.order.PutUint16(entry, f.tag)
		b.order.PutUint16(entry[2:], f.kind)
		b.order.PutUint32(entry[4:], count)
		copy(entry[8:], value[:])
	}
	b.order.PutUint32(b.data[at+2+12*uint32(len(fields)):], next)
	return at
}

// richBlock is the EXIF of a camera that writes everything: also a thumbnail,
// and entries of another file's pixels that must not be repeated.
func richBlock(order byteOrder) []byte {
	const ascii = 2
	text := func(tag uint16, s string) field { return field{tag: tag, kind: ascii, data: append([]byte(s), 0)} }
	short := func(tag, v uint16) field {
		return field{tag: tag, kind: typeShort, data: order.AppendUint16(nil, v)}
	}
	long := func(tag uint16, v uint32) field {
		return field{tag: tag, kind: typeLong, data: order.AppendUint32(nil, v)}
	}
	rational := func(tag uint16, v ...uint32) field {
		f := field{tag: tag, kind: typeRational}
		for _, n := range v {
			f.data = order.AppendUint32(f.data, n)
		}
		return f
	}
	note := []field{text(0x0006, "Canon EOS 5D Mark II"), text(0x0007, "Firmware Version 2.1.2"), text(0x0009, "A. Photographer")}
	interop := []field{text(1, "R98"), {tag: 2, kind: typeUndefined, data: []byte("0100")}}
	exif := []field{
		rational(0x829a, 1, 250), rational(0x829d, 28, 10), short(0x8822, 1), short(0x8827, 6400),
		{tag: 0x9000, kind: typeUndefined, data: []byte("0230")},
		text(0x9003, "2021:05:04 03:02:01"), text(0x9004, "2021:05:04 03:02:01"),
		{tag: 0x9101, kind: typeUndefined, data: []byte{1, 2, 3, 0}},
		rational(0x920a, 85, 1),
		{tag: 0x927c, kind: typeUndefined, directory: note},
		{tag: 0x9286, kind: typeUndefined, data: []byte("ASCII\x00\x00\x00a comment")},
		{tag: 0xa000, kind: typeUndefined, data: []byte("0100")},
		short(0xa001, 1), long(0xa002, 40), long(0xa003, 30),
		{tag: 0xa005, kind: typeLong, directory: interop},
		short(0xa402, 0), short(0xa403, 0), short(0xa406, 0),
		rational(0xa432, 24, 1, 70, 1, 28, 10, 28, 10), text(0xa434, "EF24-70mm f/2.8L"),
	}
	gps := []field{
		{tag: 0, kind: typeByte, data: []byte{2, 3, 0, 0}},
		text(1, "N"), rational(2, 48, 1, 51, 1, 2999, 100),
		text(3, "E"), rational(4, 2, 1, 17, 1, 4010, 100), text(0x1d, "2021:05:04"),
	}
	main := []field{
		text(0x010e, "a description longer than four bytes"), text(0x010f, "Canon"), text(0x0110, "Canon EOS 5D Mark II"),
		short(0x0112, 1), rational(0x011a, 300, 1), rational(0x011b, 300, 1), short(0x0128, 2),
		text(0x0131, "Blindspot"), text(0x0132, "2021:05:04 03:02:01"), text(0x013b, "An Artist"),
		short(0x0213, 1), short(0x4746, 4), text(0x8298, "a copyright"),
		{tag: 0x8769, kind: typeLong, directory: exif},
		{tag: 0x8825, kind: typeLong, directory: gps},
		{tag: 0x9c9b, kind: typeByte, data: []byte("T\x00i\x00t\x00l\x00e\x00\x00\x00")},
	}
	thumbnail := []field{short(0x0103, 6), long(0x0201, 8), long(0x0202, 4)}
	b := &blockWriter{order: order, data: []byte("II*\x00\x00\x00\x00\x00")}
	if order == bigEndian {
		b.data = []byte("MM\x00*\x00\x00\x00\x00")
	}
	second := b.add(thumbnail, 0)
	first := b.add(main, second)
	order.PutUint32(b.data[4:], first)
	return b.data
}
