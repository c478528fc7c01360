package photo

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"golang.org/x/image/webp"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// A WebP file is a RIFF list of chunks: a name, a length in little-endian order, data padded to even. Simple files have one
// chunk of pixels; extended ones begin with VP8X, which gives the size and says what else is there.
const (
	riffHead      = 12
	webpAnimation = 1 << 1
	webpAlpha     = 1 << 4
	webpChunksMax = 10_000
)

// readWebPHeader walks the chunks. Metadata may lie in front of the pixels or behind them.
func readWebPHeader(s *source) (header, error) {
	h := header{Info: Info{C: 3, Depth: 8}}
	extended := false
	for at, n := int64(riffHead), 0; at < s.size && n < webpChunksMax; n++ {
		head, err := s.block(at, 8)
		if err != nil {
			if h.W > 0 {
				break // the pixels are there; stray bytes behind them are common
			}
			return h, err
		}
		kind, length := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		switch kind {
		case "VP8X":
			err = h.readVP8X(s, at+8)
			extended = true
		case "VP8 ":
			err = h.readVP8(s, at+8, extended)
		case "VP8L":
			err = h.readVP8L(s, at+8, extended)
		case "ANIM", "ANMF":
			err = errAnimation
		case "ICCP":
			h.Meta.ICC = h.chunk(s, kind, at+8, length)
		case "EXIF":
			h.Meta.EXIF = bytes.TrimPrefix(h.chunk(s, kind, at+8, length), []byte(exifSignature))
		case "XMP ":
			h.Meta.XMP = h.chunk(s, kind, at+8, length)
		}
		if err != nil {
			return h, err
		}
		at += 8 + length + length%2
	}
	if h.W == 0 {
		return h, say.Errorf("%w: the WebP holds no picture", ErrCorrupt)
	}
	return h, nil
}

var errAnimation = say.Errorf("%w: WebP with an animation", ErrUnsupported)

// chunk reads a chunk of metadata, nil if it is too large or cut off.
func (h *header) chunk(s *source, kind string, at, length int64) []byte {
	if length == 0 {
		return nil
	}
	data, err := s.block(at, min(length, metadataMax+1))
	if err != nil || length > metadataMax {
		h.Notes = append(h.Notes, say.Textf("the %s chunk is damaged and has been left out", bytes.TrimSpace([]byte(kind))))
		return nil
	}
	return data
}

// readVP8X reads the flags and the size: 24 bits each, less one.
func (h *header) readVP8X(s *source, at int64) error {
	b, err := s.block(at, 10)
	if err != nil {
		return err
	}
	if b[0]&webpAnimation != 0 {
		return errAnimation
	}
	h.Alpha = b[0]&webpAlpha != 0
	h.W, h.H = 1+(int(b[4])|int(b[5])<<8|int(b[6])<<16), 1+(int(b[7])|int(b[8])<<8|int(b[9])<<16)
	return nil
}

// readVP8 reads the size in the header of a lossy picture (RFC 6386, 9.1).
func (h *header) readVP8(s *source, at int64, extended bool) error {
	b, err := s.block(at, 10)
	if err != nil {
		return err
	}
	if b[0]&1 != 0 || string(b[3:6]) != "\x9d\x01\x2a" {
		return say.Errorf("%w: the WebP's picture does not begin like one", ErrCorrupt)
	}
	const bits = 1<<14 - 1
	h.checkWebP(int(binary.LittleEndian.Uint16(b[6:]))&bits, int(binary.LittleEndian.Uint16(b[8:]))&bits, extended)
	// How each 16×16 block is predicted costs more than a bit.
	h.least = int64(h.W) * int64(h.H) / (16 * 16) / 8
	return nil
}

// readVP8L reads the size in the header of a lossless picture.
func (h *header) readVP8L(s *source, at int64, extended bool) error {
	b, err := s.block(at, 5)
	if err != nil {
		return err
	}
	v := binary.LittleEndian.Uint32(b[1:])
	if b[0] != 0x2f {
		return say.Errorf("%w: the WebP's picture does not begin like one", ErrCorrupt)
	}
	const bits = 1<<14 - 1
	h.checkWebP(1+int(v&bits), 1+int(v>>14&bits), extended)
	h.Alpha = h.Alpha || v>>28&1 != 0
	return nil
}

// checkWebP takes a size over. Where VP8X gave one already, the larger counts until the decoder says that they differ.
func (h *header) checkWebP(w, height int, extended bool) {
	if extended {
		w, height = max(w, h.W), max(height, h.H)
	}
	h.W, h.H = w, height
}

func decodeWebP(s *source, _ *header) (*pixel.Image, error) {
	img, err := webp.Decode(bufio.NewReaderSize(s.from(0), 1<<16))
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch img := img.(type) {
	case *image.YCbCr:
		return fromStudio(img), nil
	case *image.NYCbCrA:
		im := fromStudio(&img.YCbCr)
		im.Alpha = make([]uint16, im.W*im.H)
		for y := range im.H {
			for x, a := range img.A[y*img.AStride:][:im.W] {
				im.Alpha[y*im.W+x] = uint16(a) * 257
			}
		}
		return im, nil
	}
	return pixel.FromGo(img), nil
}
