package meta

import (
	"encoding/binary"
)

// An image resource of Photoshop is "8BIM", a number, a name with its length in front and padded to even, a length of four
// bytes, and data padded to even (Adobe Photoshop File Formats Specification, "Image Resource Blocks").
const (
	resourceMark      = "8BIM"
	resourceThumbnail = 0x0409 // of Photoshop 4
	resourceIPTC      = 0x0404
	resourceThumb5    = 0x040c // of later ones
	resourceEXIF      = 0x0422
	resourceEXIF3     = 0x0423
	resourceXMP       = 0x0424
)

// SplitResources takes a list of image resources apart: the IPTC records, and all others but thumbnails and copies of EXIF
// and XMP, which would be outdated. A list that ends in the middle of a resource counts up to there.
func SplitResources(list []byte) (iptc, others []byte) {
	for b := list; len(b) >= 12 && string(b[:4]) == resourceMark; {
		name := even(int(b[6]) + 1)
		if len(b) < 6+name+4 {
			break
		}
		length := int(binary.BigEndian.Uint32(b[6+name:]))
		data := b[6+name+4:]
		if length > len(data) {
			break
		}
		end := min(6+name+4+even(length), len(b))
		switch binary.BigEndian.Uint16(b[4:]) {
		case resourceIPTC:
			if iptc == nil {
				iptc = data[:length:length]
			}
		case resourceThumbnail, resourceThumb5, resourceEXIF, resourceEXIF3, resourceXMP:
		default:
			others = append(others, b[:end]...)
			if length%2 != 0 && end == 6+name+4+length {
				others = append(others, 0) // the last one lacked its padding
			}
		}
		b = b[end:]
	}
	return iptc, others
}

// JoinResources makes a list of image resources of what SplitResources returns, nil if both are empty.
func JoinResources(iptc, others []byte) []byte {
	if iptc == nil && others == nil {
		return nil
	}
	var out []byte
	if iptc != nil {
		out = append(out, resourceMark...)
		out = append(out, resourceIPTC>>8, resourceIPTC&0xff, 0, 0)
		out = binary.BigEndian.AppendUint32(out, uint32(len(iptc)))
		out = append(out, iptc...)
		out = append(out, make([]byte, len(iptc)%2)...)
	}
	return append(out, others...)
}

func even(n int) int { return n + n%2 }

// trimIPTC returns IPTC records without what TIFF writers pad them with, nil if they do not begin like records.
func trimIPTC(records []byte) []byte {
	if len(records) < 5 || records[0] != 0x1c {
		return nil
	}
	// Records are a mark, two numbers and a length of two bytes; lengths with the highest bit set are rare and longer.
	at := 0
	for at+5 <= len(records) && records[at] == 0x1c {
		length := int(binary.BigEndian.Uint16(records[at+3:]))
		if length&0x8000 != 0 || at+5+length > len(records) {
			return records
		}
		at += 5 + length
	}
	return records[:at]
}

// CountIPTC returns how many records there are.
func CountIPTC(records []byte) int {
	n := 0
	for b := records; len(b) >= 5 && b[0] == 0x1c; n++ {
		length := int(binary.BigEndian.Uint16(b[3:]))
		if length&0x8000 != 0 || 5+length > len(b) {
			return n
		}
		b = b[5+length:]
	}
	return n
}
