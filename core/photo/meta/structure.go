package meta

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// A TIFF structure is a byte order mark and directories of 12-byte entries (TIFF 6.0, section 2). EXIF blocks are of this
// kind, and so are TIFF files and most camera raws.

var errNoStructure = errors.New("it is no TIFF structure")

// Types of values.
const (
	typeByte      = 1
	typeASCII     = 2
	typeShort     = 3
	typeLong      = 4
	typeRational  = 5
	typeUndefined = 7
	typeSRational = 10
	typeIFD       = 13 // offset of a directory
)

// typeSizes are bytes a value, by type.
var typeSizes = [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

// maxEntries bounds a directory: the largest of real files have some hundred.
const maxEntries = 4096

// byteOrder is how numbers are stored, to be read and to be written.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// structure is a TIFF structure in a file or in memory.
type structure struct {
	r     io.ReaderAt
	size  int64
	order byteOrder
	first int64 // offset of the first directory
}

// entry is one entry of a directory.
type entry struct {
	tag, kind uint16
	count     uint32
	field     int64 // where its four bytes for the value lie
	at        int64 // where the value lies: in the field if it fits
	size      int64 // of the value; 0 if the type is unknown or the value lies outside
}

// openStructure reads the header. The magic number is 42 in TIFF and EXIF; raw formats of Olympus and Panasonic have others.
func openStructure(r io.ReaderAt, size int64) (*structure, error) {
	var head [8]byte
	if size < 8 {
		return nil, errNoStructure
	}
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	s := &structure{r: r, size: size}
	switch string(head[:2]) {
	case "II":
		s.order = binary.LittleEndian
	case "MM":
		s.order = binary.BigEndian
	default:
		return nil, errNoStructure
	}
	if magic := s.order.Uint16(head[2:]); !slices.Contains([]uint16{42, 0x4f52, 0x5352, 0x55}, magic) {
		return nil, errNoStructure
	}
	s.first = int64(s.order.Uint32(head[4:]))
	if s.first < 8 || s.first > size-2 {
		return nil, errNoStructure
	}
	return s, nil
}

// directory returns the entries of the directory at an offset that the file can hold, and the offset of the next one, 0 if
// there is none. A directory outside of the file has no entries.
func (s *structure) directory(at int64) (entries []entry, next int64) {
	var head [2]byte
	if at < 8 || at > s.size-2 || !s.readAt(head[:], at) {
		return nil, 0
	}
	promised := int64(s.order.Uint16(head[:]))
	n := min(promised, (s.size-at-2)/12, maxEntries)
	raw := make([]byte, 12*n)
	if !s.readAt(raw, at+2) {
		return nil, 0
	}
	for i := range n {
		b := raw[12*i:]
		e := entry{
			tag: s.order.Uint16(b), kind: s.order.Uint16(b[2:]), count: s.order.Uint32(b[4:]),
			field: at + 2 + 12*i + 8,
		}
		e.at = e.field
		if int(e.kind) < len(typeSizes) {
			e.size = typeSizes[e.kind] * int64(e.count)
		}
		if e.size > 4 {
			e.at = int64(s.order.Uint32(b[8:]))
		}
		if e.at > s.size-e.size {
			e.size = 0
		}
		entries = append(entries, e)
	}
	var tail [4]byte
	if n == promised && s.readAt(tail[:], at+2+12*n) {
		next = int64(s.order.Uint32(tail[:]))
	}
	return entries, next
}

func (s *structure) readAt(b []byte, at int64) bool {
	_, err := s.r.ReadAt(b, at)
	return err == nil || errors.Is(err, io.EOF) && at+int64(len(b)) == s.size
}

// value returns the bytes of an entry, nil if there are none or more than limit.
func (s *structure) value(e entry, limit int64) []byte {
	if e.size == 0 || e.size > limit {
		return nil
	}
	b := make([]byte, e.size)
	if !s.readAt(b, e.at) {
		return nil
	}
	return b
}

// number returns the first value of a BYTE, SHORT, LONG or IFD entry, otherwise 0.
func (s *structure) number(e entry) uint32 {
	b := s.value(e, 64)
	switch {
	case b == nil:
	case e.kind == typeByte:
		return uint32(b[0])
	case e.kind == typeShort:
		return uint32(s.order.Uint16(b))
	case e.kind == typeLong, e.kind == typeIFD:
		return s.order.Uint32(b)
	}
	return 0
}

// rational returns value i of a RATIONAL or SRATIONAL entry, 0 if it is none.
func (s *structure) rational(e entry, i int) float64 {
	b := s.value(e, 64)
	if len(b) < 8*(i+1) {
		return 0
	}
	over, under := s.order.Uint32(b[8*i:]), s.order.Uint32(b[8*i+4:])
	switch {
	case under == 0:
		return 0
	case e.kind == typeRational:
		return float64(over) / float64(under)
	case e.kind == typeSRational:
		return float64(int32(over)) / float64(int32(under))
	}
	return 0
}

// find returns the first entry with a tag.
func find(entries []entry, tag uint16) (entry, bool) {
	i := slices.IndexFunc(entries, func(e entry) bool { return e.tag == tag })
	if i < 0 {
		return entry{}, false
	}
	return entries[i], true
}

// follow returns the directory that an entry points to, nil if there is no such entry.
func (s *structure) follow(entries []entry, tag uint16) []entry {
	e, ok := find(entries, tag)
	if !ok {
		return nil
	}
	list, _ := s.directory(int64(s.number(e)))
	return list
}
