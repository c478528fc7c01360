package photo

import (
	"encoding/binary"
	"regexp"
	"slices"
)

// xmpOrientation finds the orientation in both ways XMP may write it: as an
// attribute and as an element.
var xmpOrientation = regexp.MustCompile(`(tiff:Orientation(?:\s*=\s*["']|\s*>\s*))[2-8]`)

// uprightXMP returns the packet with its orientation set to upright. Its length
// stays the same.
func uprightXMP(packet []byte) []byte {
	return xmpOrientation.ReplaceAll(packet, []byte("${1}1"))
}

// An image resource block of Photoshop is "8BIM", a number, a name with its
// length in front and padded to even, a length of four bytes, and data padded
// to even.
const (
	resourceMark = "8BIM"
	resourceIPTC = 0x0404
)

// findIPTC returns the IPTC records among Photoshop's image resources, nil if
// there are none. Thumbnails and other resources are left behind.
func findIPTC(resources []byte) []byte {
	for b := resources; len(b) >= 12 && string(b[:4]) == resourceMark; {
		number := binary.BigEndian.Uint16(b[4:])
		name := even(int(b[6]) + 1)
		if len(b) < 6+name+4 {
			return nil
		}
		b = b[6+name:]
		length := int(binary.BigEndian.Uint32(b))
		b = b[4:]
		if length > len(b) {
			return nil
		}
		if number == resourceIPTC {
			return b[:length]
		}
		b = b[min(even(length), len(b)):]
	}
	return nil
}

// packIPTC wraps IPTC records into one image resource.
func packIPTC(records []byte) []byte {
	out := append([]byte(resourceMark), resourceIPTC>>8, resourceIPTC&0xff, 0, 0)
	out = binary.BigEndian.AppendUint32(out, uint32(len(records)))
	out = append(out, records...)
	return slices.Concat(out, make([]byte, len(out)%2))
}

func even(n int) int { return n + n%2 }
