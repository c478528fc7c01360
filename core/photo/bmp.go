package photo

import (
	"bufio"
	"encoding/binary"

	"golang.org/x/image/bmp"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// readBMPHeader reads the two headers of a BMP file: 14 bytes that say where the pixels are, and one of several lengths that
// says what they are.
func readBMPHeader(s *source) (header, error) {
	h := header{Info: Info{Depth: 8}}
	const fileHeader = 14
	b, err := s.block(0, fileHeader+40)
	if err != nil {
		return h, err
	}
	pixels := int64(binary.LittleEndian.Uint32(b[10:]))
	b = b[fileHeader:]
	length := int64(binary.LittleEndian.Uint32(b))
	if length < 40 || length > 124 || pixels < fileHeader+length {
		return h, say.Errorf("%w: it is not a picture, or a BMP of a rare kind", ErrUnsupported)
	}
	h.W, h.H = int(int32(binary.LittleEndian.Uint32(b[4:]))), int(int32(binary.LittleEndian.Uint32(b[8:])))
	h.H = max(h.H, -h.H) // negative: from top to bottom
	bits, packing := int(binary.LittleEndian.Uint16(b[14:])), binary.LittleEndian.Uint32(b[16:])
	const none, masks = 0, 3
	switch {
	case packing != none && packing != masks:
		return h, say.Errorf("%w: BMP that is compressed", ErrUnsupported)
	case bits <= 8:
		colours := int64(binary.LittleEndian.Uint32(b[32:]))
		if colours == 0 || colours > 256 {
			colours = 1 << bits
		}
		palette, err := s.block(fileHeader+length, 4*colours)
		if err != nil {
			return h, err
		}
		h.C = 1
		for ; len(palette) >= 4; palette = palette[4:] {
			if palette[0] != palette[1] || palette[0] != palette[2] {
				h.C = 3
			}
		}
	case bits == 24:
		h.C = 3
	case bits == 32:
		h.C, h.Alpha = 3, true
	default:
		return h, say.Errorf("%w: BMP with %d bits a pixel", ErrUnsupported, bits)
	}
	h.readBMPProfile(s, fileHeader, length)
	h.least = pixels + int64(h.W)*int64(bits)/8*int64(h.H)
	return h, nil
}

// readBMPProfile reads the colour profile that the longest of the headers can point to.
func (h *header) readBMPProfile(s *source, at, length int64) {
	const longest, embedded = 124, 0x4d424544 // "MBED"
	b, err := s.block(at, length)
	if err != nil || length < longest || binary.LittleEndian.Uint32(b[56:]) != embedded {
		return
	}
	from, n := int64(binary.LittleEndian.Uint32(b[112:])), int64(binary.LittleEndian.Uint32(b[116:]))
	if h.Meta.ICC, err = s.block(at+from, min(n, metadataMax)); err != nil {
		h.Notes = append(h.Notes, say.Textf("the colour profile is damaged and has been left out"))
	}
}

func decodeBMP(s *source, _ *header) (*pixel.Image, error) {
	img, err := bmp.Decode(bufio.NewReaderSize(s.from(0), 1<<16))
	if err != nil {
		return nil, err
	}
	return pixel.FromGo(img), nil
}
