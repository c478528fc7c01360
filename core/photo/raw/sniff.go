package raw

import (
	"bytes"
	"encoding/binary"
	"io"
)

// signatures begin the raw files that are not a TIFF.
var signatures = []struct {
	at    int
	magic string
}{
	{8, "CR\x02\x00"},        // Canon CR2, a TIFF with a stamp of its own
	{6, "HEAPCCDR"},          // Canon CRW
	{4, "ftypcrx "},          // Canon CR3
	{0, "FUJIFILMCCD-RAW"},   // Fujifilm RAF
	{0, "IIRO"},              // Olympus ORF
	{0, "IIRS"},              // the same
	{0, "MMOR"},              // the same
	{0, "IIU\x00"},           // Panasonic RW2, Leica RWL
	{0, "\x00MRM"},           // Minolta MRW
	{0, "FOVb"},              // Sigma X3F
	{8, "IIII"},              // Phase One IIQ, in a TIFF
	{8, "MMMM"},              // the same
	{0, "ARRI\x12\x34\x56x"}, // ARRI
}

// Sniff reports whether the file of size bytes in r is a camera raw file. It
// looks at the content: signatures, and in TIFF files the tags of up to 64
// directories. Only where a TIFF's directories say nothing does the ending of
// path decide, because some cameras describe their pixels nowhere. A TIFF that
// is called .nef by mistake therefore counts as raw; Inspect then says
// ErrUnsupported.
func Sniff(r io.ReaderAt, size int64, path string) bool {
	head := make([]byte, 32)
	n, err := r.ReadAt(head, 0)
	if err != nil && n == 0 {
		return false
	}
	head = head[:n]
	if hasSignature(head) {
		return true
	}
	if !hasTIFFMagic(head) {
		return false
	}
	folders, _ := readFolders(r, size)
	for _, f := range folders {
		if f.isRaw() {
			return true
		}
	}
	return HasExtension(path)
}

// hasSignature reports whether head begins a raw file that is no plain TIFF.
func hasSignature(head []byte) bool {
	for _, s := range signatures {
		if len(head) >= s.at && bytes.HasPrefix(head[s.at:], []byte(s.magic)) {
			return true
		}
	}
	return false
}

// hasTIFFMagic reports whether head begins a TIFF or a BigTIFF.
func hasTIFFMagic(head []byte) bool {
	for _, magic := range []string{"II*\x00", "MM\x00*", "II+\x00", "MM\x00+"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// endsEarly reports whether the file of size bytes in r points at data behind
// its own end. It knows TIFF and its relatives, Canon's CRW and CR3 and
// Fujifilm's RAF; of others it says false.
func endsEarly(r io.ReaderAt, size int64) bool {
	head := make([]byte, 108)
	n, _ := r.ReadAt(head, 0)
	switch {
	case !hasSignature(head[:n]) && !hasTIFFMagic(head[:n]):
		return false
	case n < len(head):
		return true // no raw file is that small
	case bytes.HasPrefix(head, []byte("FUJIFILMCCD-RAW")):
		for at := 84; at < 108; at += 8 { // preview, description, mosaic
			if reach(binary.BigEndian.Uint32(head[at:]), binary.BigEndian.Uint32(head[at+4:])) > size {
				return true
			}
		}
		return false
	case string(head[6:14]) == "HEAPCCDR":
		return heapEndsEarly(r, size, head)
	case string(head[4:12]) == "ftypcrx ":
		return boxesEndEarly(r, size)
	}
	folders, whole := readFolders(r, size)
	for _, f := range folders {
		if f.reach > size {
			return true
		}
	}
	return !whole
}

func reach(offset, length uint32) int64 { return int64(offset) + int64(length) }

// heapEndsEarly reports whether the directory of a CRW, whose place is told by
// the file's last four bytes, is missing.
func heapEndsEarly(r io.ReaderAt, size int64, head []byte) bool {
	order := orderOf(head)
	heap := int64(order.Uint32(head[2:]))
	last := make([]byte, 4)
	if _, err := r.ReadAt(last, size-4); err != nil {
		return true
	}
	at := heap + int64(order.Uint32(last))
	count := make([]byte, 2)
	if at >= size-6 {
		return true
	}
	if _, err := r.ReadAt(count, at); err != nil {
		return true
	}
	n := int64(order.Uint16(count))
	return n == 0 || at+2+10*n > size
}

// boxesEndEarly reports whether one of the outermost boxes of a CR3 is longer
// than the rest of the file.
func boxesEndEarly(r io.ReaderAt, size int64) bool {
	head := make([]byte, 16)
	at := int64(0)
	for range 64 {
		if at == size {
			return false
		}
		if n, _ := r.ReadAt(head, at); n < 8 {
			return true
		}
		length := int64(binary.BigEndian.Uint32(head))
		switch length {
		case 0: // to the end of the file
			return false
		case 1:
			length = int64(binary.BigEndian.Uint64(head[8:]))
		}
		if length < 8 || length > size-at {
			return true
		}
		at += length
	}
	return false
}

func orderOf(head []byte) binary.ByteOrder {
	if head[0] == 'M' {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// missesPixels reports whether a TIFF's mosaic reaches plainly behind the file's
// end. Some cameras round lengths up, hence the slack.
func missesPixels(r io.ReaderAt, size int64) bool {
	const slack = 4096
	folders, _ := readFolders(r, size)
	for _, f := range folders {
		if f.holdsSensor() && f.reach > size+slack {
			return true
		}
	}
	return false
}
