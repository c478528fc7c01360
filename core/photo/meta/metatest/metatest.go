// Package metatest makes EXIF blocks for tests.
package metatest

import (
	"encoding/binary"
	"os"
	"testing"
)

// Order is a byte order of encoding/binary.
type Order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// Block describes an EXIF block of a Nikon D800 with a lens "Fine 50mm" and a thumbnail's directory.
type Block struct {
	Order       Order
	Orientation int
	ISO         int
	W, H        int
}

// Bytes returns the block. The text of the entries lies behind all directories.
func (b Block) Bytes() []byte {
	head := "II*\x00"
	if b.Order == Order(binary.BigEndian) {
		head = "MM\x00*"
	}
	const (
		ascii, short, long = 2, 3, 4

		ifd0  = 8
		exif  = ifd0 + 2 + 4*12 + 4
		ifd1  = exif + 2 + 4*12 + 4
		texts = ifd1 + 2 + 3*12 + 4
		thumb = texts + 40
	)
	out := b.Order.AppendUint32([]byte(head), ifd0)
	entry := func(tag, kind uint16, count, value int) {
		out = b.Order.AppendUint16(out, tag)
		out = b.Order.AppendUint16(out, kind)
		out = b.Order.AppendUint32(out, uint32(count))
		if kind == short {
			out = b.Order.AppendUint16(out, uint16(value))
			out = b.Order.AppendUint16(out, 0)
			return
		}
		out = b.Order.AppendUint32(out, uint32(value))
	}
	out = b.Order.AppendUint16(out, 4)
	entry(0x010f, ascii, 18, texts)
	entry(0x0110, ascii, 11, texts+18)
	entry(0x0112, short, 1, b.Orientation)
	entry(0x8769, long, 1, exif)
	out = b.Order.AppendUint32(out, ifd1)
	out = b.Order.AppendUint16(out, 4)
	entry(0x8827, short, 1, b.ISO)
	entry(0xa002, long, 1, b.W)
	entry(0xa003, short, 1, b.H)
	entry(0xa434, ascii, 10, texts+29)
	out = b.Order.AppendUint32(out, 0)
	out = b.Order.AppendUint16(out, 3)
	entry(0x0112, short, 1, b.Orientation)
	entry(0x0201, long, 1, thumb)
	entry(0x0202, long, 1, len(Thumbnail))
	out = b.Order.AppendUint32(out, 0)
	out = append(out, "NIKON CORPORATION\x00NIKON D800\x00Fine 50mm\x00\x00"...)
	return append(out, Thumbnail...)
}

// Thumbnail is what a block has instead of one.
const Thumbnail = "this is the thumbnail"

// SetOrientation overwrites the orientation in the first directory of the TIFF structure in a file, wherever that is.
func SetOrientation(t testing.TB, path string, orientation int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var order Order = binary.LittleEndian
	if data[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(data[4:]))
	for i := range int(order.Uint16(data[at:])) {
		if e := data[at+2+12*i:]; order.Uint16(e) == 0x0112 {
			order.PutUint16(e[8:], uint16(orientation))
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("%s says nothing of its orientation", path)
}
