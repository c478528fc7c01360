package photo

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image/png"
	"io"
	"unicode/utf8"

	"blindspot/core/photo/meta"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	xmpKeyword   = "XML:com.adobe.xmp"

	// profileKeyword begins the keyword of text chunks with which ImageMagick and others carry what PNG has no chunk for: a
	// line with the profile's name, a line with its length, and its bytes in hexadecimals.
	profileKeyword = "Raw profile type "

	// metadataMax bounds a photo's metadata of each kind, packed or unpacked; what is larger is left unread.
	metadataMax = 16 << 20
	// textsMax bounds the texts that are carried from PNG to PNG.
	textsMax = 1 << 20
)

// pngHeader collects metadata that has a chunk of its own and older ways to be carried, which count only without it.
type pngHeader struct {
	header
	seen     bool // the header chunk
	palette  bool // pixels are numbers of colours
	gotPixel bool // a chunk of pixels has gone by
	texts    int  // bytes of the texts that are carried
	old      meta.Set
}

// readPNGHeader reads the chunks in front of the pixels and behind them (PNG, third edition, section 11).
func readPNGHeader(s *source) (header, error) {
	h := &pngHeader{}
	for at := int64(len(pngSignature)); ; {
		head, err := s.block(at, 8)
		if err != nil {
			if h.gotPixel && err == io.ErrUnexpectedEOF {
				break // the decoder has the words for it
			}
			return header{}, err
		}
		length, kind := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		if h.seen == (kind == "IHDR") {
			return header{}, say.Errorf("%w: the PNG's header is not where it belongs", ErrCorrupt)
		}
		h.seen = true
		if kind == "IEND" {
			break
		}
		if err := h.chunk(s, kind, at+8, length); err != nil {
			return header{}, err
		}
		at += 8 + length + 4
	}
	h.useOld()
	return h.header, nil
}

// chunk reads one chunk if it matters. The decoder checks the others.
func (h *pngHeader) chunk(s *source, kind string, at, length int64) error {
	switch kind {
	case "IDAT":
		h.gotPixel = true
		return nil
	case "acTL":
		return say.Errorf("%w: PNG with an animation", ErrUnsupported)
	case "IHDR", "PLTE", "tRNS", "iCCP", "eXIf", "iTXt", "tEXt", "zTXt", "gAMA", "cHRM", "sRGB", "cICP", "pHYs":
	default:
		return nil
	}
	if length > metadataMax {
		h.Notes = append(h.Notes, say.Textf("a %s chunk of %d MB has been left out", kind, length>>20))
		return nil
	}
	data, err := s.block(at, length)
	if err != nil {
		if h.gotPixel && err == io.ErrUnexpectedEOF {
			return nil
		}
		return err
	}
	if kind == "IHDR" {
		return h.size(data)
	}
	h.take(kind, data)
	return nil
}

func (h *pngHeader) size(data []byte) error {
	if len(data) != 13 {
		return say.Errorf("%w: the PNG's header has the wrong length", ErrCorrupt)
	}
	h.W, h.H = int(binary.BigEndian.Uint32(data)), int(binary.BigEndian.Uint32(data[4:]))
	switch data[8] {
	case 1, 2, 4, 8:
		h.Depth = 8
	case 16:
		h.Depth = 16
	default:
		return say.Errorf("%w: PNG with %d bits a sample", ErrCorrupt, data[8])
	}
	const colourBit, alphaBit = 2, 4
	h.C = 1
	if data[9]&colourBit != 0 {
		h.C = 3
	}
	h.Alpha = data[9]&alphaBit != 0
	h.palette = data[9] == 3
	// Deflate packs at most 1,032 bytes into one.
	channels := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[data[9]]
	h.least = int64(h.H) * int64(h.W) * channels * int64(data[8]) / 8 / 1032
	return nil
}

// take files the content of a chunk.
func (h *pngHeader) take(kind string, data []byte) {
	m := &h.Meta.Set
	switch kind {
	case "PLTE":
		if h.palette && isGrayPalette(data) {
			h.C = 1
		}
	case "tRNS":
		h.Alpha = true
	case "iCCP":
		// A name, a zero, the method (0), then the packed profile.
		if end := bytes.IndexByte(data, 0); end >= 0 && end+2 <= len(data) && m.ICC == nil {
			if m.ICC = inflate(data[end+2:]); m.ICC == nil {
				h.Notes = append(h.Notes, say.Textf("the colour profile is damaged and has been left out"))
			}
		}
	case "eXIf":
		m.EXIF = data
	case "iTXt", "tEXt", "zTXt":
		h.text(kind, data)
	default:
		m.PNG = append(m.PNG, meta.Chunk{Kind: kind, Data: data})
	}
}

func isGrayPalette(data []byte) bool {
	for ; len(data) >= 3; data = data[3:] {
		if data[0] != data[1] || data[0] != data[2] {
			return false
		}
	}
	return true
}

// useOld takes what the older ways of carrying said where no chunk said it.
func (h *pngHeader) useOld() {
	m := &h.Meta.Set
	for _, way := range []struct{ mine, old *[]byte }{
		{&m.EXIF, &h.old.EXIF}, {&m.XMP, &h.old.XMP}, {&m.ICC, &h.old.ICC}, {&m.IPTC, &h.old.IPTC}, {&m.Resources, &h.old.Resources},
	} {
		if *way.mine == nil && len(*way.old) > 0 {
			*way.mine = *way.old
		}
	}
}

// inflate unpacks zlib data, and returns nil if it is broken or grows beyond measure.
func inflate(packed []byte) []byte {
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, metadataMax+1))
	if err != nil || len(data) > metadataMax {
		return nil
	}
	return data
}

func decodePNG(s *source, _ *header) (*pixel.Image, error) {
	img, err := png.Decode(bufio.NewReaderSize(s.from(0), 1<<16))
	if err != nil {
		return nil, err
	}
	return pixel.FromGo(img), nil
}

// pngChunks packs metadata for between header and pixels.
func pngChunks(m meta.Set) []byte {
	var out []byte
	if m.ICC != nil {
		out = appendChunk(out, "iCCP", append([]byte("ICC profile\x00\x00"), deflate(m.ICC)...))
	}
	hasDensity := false
	for _, c := range m.PNG {
		// A profile and the chunks that stand in for one must not contradict each other.
		if m.ICC == nil || c.Kind != "sRGB" && c.Kind != "cICP" {
			out = appendChunk(out, c.Kind, c.Data)
		}
		hasDensity = hasDensity || c.Kind == "pHYs"
	}
	if !hasDensity && m.Density != nil {
		out = appendDensity(out, *m.Density)
	}
	if m.EXIF != nil {
		out = appendChunk(out, "eXIf", m.EXIF)
	}
	if m.XMP != nil {
		out = appendChunk(out, "iTXt", append([]byte(xmpKeyword+"\x00\x00\x00\x00\x00"), m.XMP...))
	}
	if list := meta.JoinResources(m.IPTC, m.Resources); list != nil {
		text := fmt.Appendf(nil, "\niptc\n%8d\n", len(list))
		for len(list) > 0 {
			n := min(36, len(list)) // 72 digits a line, as others write it
			text = append(hex.AppendEncode(text, list[:n]), '\n')
			list = list[n:]
		}
		out = appendChunk(out, "zTXt", append([]byte(profileKeyword+"iptc\x00\x00"), deflate(text)...))
	}
	for _, comment := range m.Comments {
		if utf8.Valid(comment) {
			out = appendChunk(out, "iTXt", append([]byte("Comment\x00\x00\x00\x00\x00"), comment...))
		} else {
			out = appendChunk(out, "tEXt", append([]byte("Comment\x00"), comment...))
		}
	}
	return out
}

// appendDensity writes dots an inch or a centimetre as dots a metre, or an aspect ratio as such.
func appendDensity(out []byte, d meta.Density) []byte {
	scale := map[byte]float64{1: 1 / 0.0254, 2: 100}[d.Unit]
	unit := byte(1)
	if scale == 0 {
		scale, unit = 1, 0
	}
	data := binary.BigEndian.AppendUint32(nil, uint32(float64(d.X)*scale+0.5))
	data = binary.BigEndian.AppendUint32(data, uint32(float64(d.Y)*scale+0.5))
	return appendChunk(out, "pHYs", append(data, unit))
}
