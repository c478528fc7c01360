package tiff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// directory is the first directory of a file: the only one that is read, so
// that no chain of directories can lead in a circle.
type directory struct {
	r       io.ReaderAt
	size    int64
	order   binary.ByteOrder
	entries []entry
}

type entry struct {
	tag, kind uint16
	count     uint32
	value     [4]byte // or the offset of the values, if they need more
}

func readDirectory(r io.ReaderAt, size int64) (*directory, error) {
	d := &directory{r: r, size: size}
	var head [8]byte
	if err := d.read(head[:], 0); err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head[:], []byte("II")):
		d.order = binary.LittleEndian
	case bytes.HasPrefix(head[:], []byte("MM")):
		d.order = binary.BigEndian
	default:
		return nil, fail(ErrCorrupt, "the file does not begin like a TIFF")
	}
	switch d.order.Uint16(head[2:]) {
	case 42:
	case 43:
		return nil, fail(ErrUnsupported, "a BigTIFF, which is meant for files over 4 GB; save it as an ordinary TIFF first")
	default:
		return nil, fail(ErrCorrupt, "the file does not begin like a TIFF")
	}
	at := int64(d.order.Uint32(head[4:]))
	var number [2]byte
	if err := d.read(number[:], at); err != nil {
		return nil, err
	}
	raw := make([]byte, 12*int(d.order.Uint16(number[:])))
	if err := d.read(raw, at+2); err != nil {
		return nil, err
	}
	for ; len(raw) > 0; raw = raw[12:] {
		d.entries = append(d.entries, entry{
			d.order.Uint16(raw), d.order.Uint16(raw[2:]), d.order.Uint32(raw[4:]), [4]byte(raw[8:12]),
		})
	}
	return d, nil
}

// read fills b from the file, or says that the file is too short.
func (d *directory) read(b []byte, at int64) error {
	if at < 0 || at > d.size-int64(len(b)) {
		return errShort
	}
	if n, err := d.r.ReadAt(b, at); n < len(b) {
		return readError(err)
	}
	return nil
}

// readError gives the end of the file its sentence.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errShort
	}
	return err
}

// find returns the first entry of a tag.
func (d *directory) find(tag uint16) (entry, bool) {
	for _, e := range d.entries {
		if e.tag == tag {
			return e, true
		}
	}
	return entry{}, false
}

// raw returns the first bytes of an entry's values, at most n values.
func (d *directory) raw(e entry, n int) ([]byte, error) {
	if int(e.kind) >= len(typeSizes) || typeSizes[e.kind] == 0 {
		return nil, fail(ErrCorrupt, "the TIFF's entry %d has an unknown type", e.tag)
	}
	size := typeSizes[e.kind]
	wanted := min(int64(n), int64(e.count)) * size
	if int64(e.count)*size <= 4 {
		return e.value[:wanted], nil
	}
	at := int64(d.order.Uint32(e.value[:]))
	if at > d.size-wanted {
		return nil, errShort // before the memory is taken
	}
	b := make([]byte, wanted)
	return b, d.read(b, at)
}

// numbers returns the first values of a tag, at most n: nil if it is absent.
func (d *directory) numbers(tag uint16, n int) ([]uint32, error) {
	e, ok := d.find(tag)
	if !ok {
		return nil, nil
	}
	b, err := d.raw(e, n)
	if err != nil {
		return nil, err
	}
	size := int(typeSizes[e.kind])
	out := make([]uint32, len(b)/size)
	for i := range out {
		v := b[i*size:]
		switch e.kind {
		case typeByte:
			out[i] = uint32(v[0])
		case typeShort:
			out[i] = uint32(d.order.Uint16(v))
		case typeLong:
			out[i] = d.order.Uint32(v)
		default:
			return nil, fail(ErrCorrupt, "the TIFF's entry %d is no whole number", tag)
		}
	}
	return out, nil
}

// number returns the first value of a tag, or absent.
func (d *directory) number(tag uint16, absent int) (int, error) {
	v, err := d.numbers(tag, 1)
	if err != nil || len(v) == 0 {
		return absent, err
	}
	return int(v[0]), nil
}

// metadataMax is the size from which on metadata is left unread.
const metadataMax = 64 << 20

// bytes returns the bytes of a tag, nil if it is absent or unreadable: a photo
// is not refused for its metadata.
func (d *directory) bytes(tag uint16) []byte {
	e, ok := d.find(tag)
	if !ok || int(e.kind) >= len(typeSizes) || int64(e.count)*typeSizes[e.kind] > metadataMax {
		return nil
	}
	b, err := d.raw(e, int(e.count))
	if err != nil || len(b) == 0 {
		return nil
	}
	return b // also IPTC's, which some programs declare as numbers: the bytes lie as they are
}
