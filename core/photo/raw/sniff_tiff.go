package raw

import (
	"encoding/binary"
	"io"
)

// Tags of TIFF and DNG that tell a raw file from a picture.
const (
	tagCompression  = 259
	tagPhotometric  = 262
	tagStripOffsets = 273
	tagOrientation  = 274
	tagStripCounts  = 279
	tagTileOffsets  = 324
	tagTileCounts   = 325
	tagSubFolders   = 330
	tagCFARepeat    = 33421
	tagCFAPattern   = 33422
	tagLeaf         = 34310 // Leaf MOS
	tagDNGVersion   = 50706

	photometricCFA    = 32803
	photometricLinear = 34892
)

// rawCompressions are codes that only cameras write.
var rawCompressions = map[uint32]bool{
	32767: true, // Sony ARW
	32769: true, // packed, Nikon and others
	32770: true, // Samsung SRW
	34713: true, // Nikon NEF
	65000: true, // Kodak
	65535: true, // Pentax PEF
}

// Bounds of what is read of a file's directories.
const (
	mostFolders = 64
	mostEntries = 1024
	mostValues  = 1 << 18 // strips, tiles and subdirectories of all directories together
)

// folder is what a TIFF directory says that matters here.
type folder struct {
	compression, photometric, orientation uint32

	cameraTags bool  // tags that only raw files have
	reach      int64 // end of the farthest strip or tile, 0 if unknown
}

// holdsSensor reports whether the directory describes a mosaic or linear camera
// colours.
func (f folder) holdsSensor() bool {
	return f.photometric == photometricCFA || f.photometric == photometricLinear
}

// isRaw reports whether the directory is one that only raw files have.
func (f folder) isRaw() bool {
	return f.cameraTags || f.holdsSensor() || rawCompressions[f.compression]
}

// tiffReader reads the directories of a TIFF.
type tiffReader struct {
	r     io.ReaderAt
	size  int64
	order binary.ByteOrder
	whole bool // no directory or list of offsets lay behind the end
	left  int  // values that may still be read
}

// readFolders returns the directories of a TIFF or of one of its relatives
// (ORF, RW2): the chain and, below it, the subdirectories, at most 64 in all. It
// also reports whether none of them lay behind the file's end.
func readFolders(r io.ReaderAt, size int64) ([]folder, bool) {
	head := make([]byte, 8)
	if _, err := r.ReadAt(head, 0); err != nil || head[0] != head[1] || (head[0] != 'I' && head[0] != 'M') {
		return nil, true
	}
	t := &tiffReader{r: r, size: size, order: orderOf(head), whole: true, left: mostValues}
	var folders []folder
	queue := []int64{int64(t.order.Uint32(head[4:]))}
	seen := map[int64]bool{0: true} // no directory is at 0: it ends the chain
	for len(queue) > 0 && len(folders) < mostFolders {
		at := queue[0]
		queue = queue[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		if f, more, ok := t.folder(at); ok {
			folders = append(folders, f)
			queue = append(queue, more...)
		}
	}
	return folders, t.whole
}

// read fills b from the file at an offset.
func (t *tiffReader) read(b []byte, at int64) bool {
	if at < 0 || at > t.size-int64(len(b)) {
		t.whole = false
		return false
	}
	_, err := t.r.ReadAt(b, at)
	return err == nil
}

// folder reads the directory at an offset and returns it with the places of
// those that it names.
func (t *tiffReader) folder(at int64) (f folder, more []int64, ok bool) {
	count := make([]byte, 2)
	if !t.read(count, at) {
		return f, nil, false
	}
	n := int(t.order.Uint16(count))
	if n == 0 || n > mostEntries {
		return f, nil, false
	}
	entries := make([]byte, 12*n)
	if !t.read(entries, at+2) {
		return f, nil, false
	}
	var offsets, counts []uint32
	for e := entries; len(e) > 0; e = e[12:] {
		switch tag := t.order.Uint16(e); tag {
		case tagCompression:
			f.compression = t.first(e)
		case tagPhotometric:
			f.photometric = t.first(e)
		case tagOrientation:
			f.orientation = t.first(e)
		case tagCFARepeat, tagCFAPattern, tagLeaf, tagDNGVersion:
			f.cameraTags = true
		case tagStripOffsets, tagTileOffsets:
			offsets = t.values(e)
		case tagStripCounts, tagTileCounts:
			counts = t.values(e)
		case tagSubFolders:
			for _, v := range t.values(e) {
				more = append(more, int64(v))
			}
		}
	}
	for i := range min(len(offsets), len(counts)) {
		if offsets[i] == 0xffffffff { // Panasonic: the place is told elsewhere
			continue
		}
		f.reach = max(f.reach, reach(offsets[i], counts[i]))
	}
	next := make([]byte, 4)
	if at+2+int64(len(entries))+4 <= t.size && t.read(next, at+2+int64(len(entries))) {
		more = append(more, int64(t.order.Uint32(next)))
	}
	return f, more[:min(len(more), mostFolders)], true
}

// first returns the first value of an entry, 0 if there is none.
func (t *tiffReader) first(entry []byte) uint32 {
	if v := t.values(entry); len(v) > 0 {
		return v[0]
	}
	return 0
}

// values returns the SHORT, LONG or IFD values of an entry, nil for other kinds
// and once more values were asked for than any camera writes.
func (t *tiffReader) values(entry []byte) []uint32 {
	kind, n := t.order.Uint16(entry[2:]), t.order.Uint32(entry[4:])
	width := map[uint16]int{3: 2, 4: 4, 13: 4}[kind]
	if width == 0 || n == 0 || int64(n) > int64(t.left) {
		return nil
	}
	t.left -= int(n)
	data := entry[8:12]
	if length := width * int(n); length > 4 {
		data = make([]byte, length)
		if !t.read(data, int64(t.order.Uint32(entry[8:]))) {
			return nil
		}
	}
	out := make([]uint32, n)
	for i := range out {
		if width == 2 {
			out[i] = uint32(t.order.Uint16(data[2*i:]))
		} else {
			out[i] = t.order.Uint32(data[4*i:])
		}
	}
	return out
}
