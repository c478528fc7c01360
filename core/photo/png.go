package photo

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/png"
	"io"

	"blindspot/core/pixel"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	xmpKeyword   = "XML:com.adobe.xmp\x00"

	// Metadata chunks larger than this, packed or unpacked, are left unread.
	pngMetadataMax = 16 << 20
)

// readPNGHeader reads the chunks in front of the pixels (PNG, third edition,
// section 11).
func readPNGHeader(r *bufio.Reader) (header, error) {
	h := header{Info: Info{Format: PNG}}
	if _, err := r.Discard(len(pngSignature)); err != nil {
		return h, err
	}
	for first := true; ; first = false {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return h, err
		}
		length, kind := int64(binary.BigEndian.Uint32(head[:])), string(head[4:])
		if first != (kind == "IHDR") {
			return h, fmt.Errorf("%w: the PNG's header is not where it belongs", ErrDamaged)
		}
		switch kind {
		case "IDAT", "IEND":
			return h, nil
		case "acTL":
			return h, fmt.Errorf("%w: PNG with an animation", ErrUnsupported)
		}
		if length > pngMetadataMax || !isPNGMetadata(kind) {
			// The decoder checks what is skipped here.
			if _, err := io.CopyN(io.Discard, r, length+4); err != nil {
				return h, err
			}
			continue
		}
		data := make([]byte, length)
		if _, err := io.ReadFull(r, data); err != nil {
			return h, err
		}
		if _, err := r.Discard(4); err != nil {
			return h, err
		}
		if err := h.readChunk(kind, data); err != nil {
			return h, err
		}
	}
}

func isPNGMetadata(kind string) bool {
	return kind == "IHDR" || kind == "PLTE" || kind == "iCCP" || kind == "eXIf" || kind == "iTXt" || kind == "tRNS"
}

func (h *header) readChunk(kind string, data []byte) error {
	switch kind {
	case "IHDR":
		if len(data) != 13 {
			return fmt.Errorf("%w: the PNG's header has the wrong length", ErrDamaged)
		}
		h.W, h.H = int(binary.BigEndian.Uint32(data)), int(binary.BigEndian.Uint32(data[4:]))
		h.Depth = max(8, int(data[8]))
		const colourBit, alphaBit = 2, 4
		h.C = 1
		if data[9]&colourBit != 0 {
			h.C = 3
		}
		h.Alpha = data[9]&alphaBit != 0
		h.least = leastPNG(h.W, h.H, int(data[8]), data[9])
	case "PLTE":
		if isGrayPalette(data) {
			h.C = 1
		}
	case "tRNS":
		h.Alpha = true
	case "iCCP":
		// A name, a zero, the method (0), then the packed profile.
		if end := bytes.IndexByte(data, 0); end >= 0 && end+2 <= len(data) {
			h.Meta.ICC = inflate(data[end+2:])
		}
	case "eXIf":
		h.Meta.EXIF = data
	case "iTXt":
		h.readText(data)
	}
	return nil
}

// leastPNG is the size below which a PNG cannot hold its picture: deflate packs
// at most 1,032 bytes into one.
func leastPNG(w, h, depth int, colourType byte) int64 {
	channels := map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colourType]
	return int64(h) * int64(w) * int64(channels*depth) / 8 / 1032
}

func isGrayPalette(data []byte) bool {
	for ; len(data) >= 3; data = data[3:] {
		if data[0] != data[1] || data[0] != data[2] {
			return false
		}
	}
	return true
}

// readText keeps the XMP packet: after the keyword come a flag for compression,
// its method, then a language and a translated keyword that end in zeros.
func (h *header) readText(data []byte) {
	rest, ok := bytes.CutPrefix(data, []byte(xmpKeyword))
	if !ok || len(rest) < 2 {
		return
	}
	packed := rest[0] == 1
	rest = rest[2:]
	for range 2 {
		if _, rest, ok = bytes.Cut(rest, []byte{0}); !ok {
			return
		}
	}
	if packed {
		rest = inflate(rest)
	}
	h.Meta.XMP = rest
}

// inflate unpacks zlib data, and returns nil if it is broken or grows beyond
// measure.
func inflate(packed []byte) []byte {
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, pngMetadataMax+1))
	if err != nil || len(data) > pngMetadataMax {
		return nil
	}
	return data
}

func decodePNG(r io.Reader) (*pixel.Image, error) {
	img, err := png.Decode(r)
	if err != nil {
		return nil, err
	}
	return pixel.FromGo(img), nil
}

// encodePNG writes im at a depth of 8 or 16 bits with the metadata right after
// the header, where every reader looks for it.
func encodePNG(w io.Writer, im *pixel.Image, meta Metadata, depth int) error {
	chunks, err := pngChunks(meta)
	if err != nil {
		return err
	}
	const headerEnd = len(pngSignature) + 8 + 13 + 4
	return png.Encode(&inserter{w: w, at: headerEnd, extra: chunks}, im.ToGo(depth))
}

func pngChunks(meta Metadata) ([]byte, error) {
	var out []byte
	if meta.ICC != nil {
		var packed bytes.Buffer
		packed.WriteString("ICC profile\x00\x00")
		z := zlib.NewWriter(&packed)
		if _, err := z.Write(meta.ICC); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		out = appendChunk(out, "iCCP", packed.Bytes())
	}
	if meta.EXIF != nil {
		out = appendChunk(out, "eXIf", meta.EXIF)
	}
	if meta.XMP != nil {
		out = appendChunk(out, "iTXt", append([]byte(xmpKeyword+"\x00\x00\x00\x00"), meta.XMP...))
	}
	return out, nil
}

func appendChunk(out []byte, kind string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	start := len(out)
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}

// inserter puts extra into the stream once at bytes have passed.
type inserter struct {
	w     io.Writer
	at    int
	extra []byte
}

func (s *inserter) Write(b []byte) (int, error) {
	if s.extra == nil || len(b) < s.at {
		s.at -= len(b)
		return s.w.Write(b)
	}
	n, err := s.w.Write(b[:s.at])
	if err != nil {
		return n, err
	}
	if _, err := s.w.Write(s.extra); err != nil {
		return n, err
	}
	s.extra = nil
	rest, err := s.w.Write(b[n:])
	return n + rest, err
}
