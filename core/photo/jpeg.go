package photo

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"image/jpeg"
	"io"
	"slices"

	"blindspot/core/pixel"
)

// JPEG markers (ITU-T T.81, table B.1) and the signatures that tell apart what
// applications put into their segments.
const (
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerAPP1  = 0xe1
	markerAPP2  = 0xe2
	markerAPP13 = 0xed

	exifSignature = "Exif\x00\x00"
	xmpSignature  = "http://ns.adobe.com/xap/1.0/\x00"
	iccSignature  = "ICC_PROFILE\x00"
	iptcSignature = "Photoshop 3.0\x00"

	// A segment's length field counts itself: two of 65,535 bytes.
	segmentMax = 65_533
)

// readJPEGHeader walks the segments up to the first scan.
func readJPEGHeader(r *bufio.Reader) (header, error) {
	h := header{Info: Info{Format: JPEG}}
	var profile [][]byte // ICC chunks by their number, from 1
	if _, err := r.Discard(2); err != nil {
		return h, err
	}
	for {
		marker, err := nextMarker(r)
		if err != nil {
			return h, err
		}
		switch {
		case marker == markerSOS || marker == markerEOI:
			if h.W == 0 {
				return h, fmt.Errorf("%w: the JPEG says nothing of its size", ErrDamaged)
			}
			h.Meta.ICC = joinProfile(profile)
			return h, nil
		case marker == 0x01 || marker >= 0xd0 && marker <= markerSOI:
			continue // these stand alone
		}
		data, err := readSegment(r)
		if err != nil {
			return h, err
		}
		switch marker {
		case markerAPP1:
			if tiff, ok := bytes.CutPrefix(data, []byte(exifSignature)); ok && h.Meta.EXIF == nil {
				h.Meta.EXIF = tiff
			} else if packet, ok := bytes.CutPrefix(data, []byte(xmpSignature)); ok && h.Meta.XMP == nil {
				h.Meta.XMP = packet
			}
		case markerAPP2:
			if chunk, ok := bytes.CutPrefix(data, []byte(iccSignature)); ok {
				profile = addProfileChunk(profile, chunk)
			}
		case markerAPP13:
			if resources, ok := bytes.CutPrefix(data, []byte(iptcSignature)); ok && h.Meta.IPTC == nil {
				h.Meta.IPTC = findIPTC(resources)
			}
		}
		if isFrame(marker) {
			if err := h.readFrame(marker, data); err != nil {
				return h, err
			}
		}
	}
}

// isFrame reports whether marker is one of SOF0 to SOF15.
func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

// readFrame reads the size of the picture (T.81, B.2.2) and refuses what cannot
// be decoded while that costs nothing.
func (h *header) readFrame(marker byte, data []byte) error {
	if len(data) < 6 {
		return fmt.Errorf("%w: the JPEG's frame header is too short", ErrDamaged)
	}
	h.H = int(binary.BigEndian.Uint16(data[1:]))
	h.W = int(binary.BigEndian.Uint16(data[3:]))
	h.C, h.Depth = int(data[5]), 8
	// A block takes a bit at least, and covers at most 32 by 32 pixels.
	h.least = int64(h.W) * int64(h.H) / (32 * 32) / 8
	switch {
	case data[0] != 8:
		return fmt.Errorf("%w: JPEG with %d bits a sample", ErrUnsupported, data[0])
	case h.C == 4:
		return fmt.Errorf("%w: JPEG in CMYK, which is meant for printing; convert it to RGB first", ErrUnsupported)
	case h.C != 1 && h.C != 3:
		return fmt.Errorf("%w: JPEG with %d channels", ErrUnsupported, h.C)
	case marker > 0xc2:
		return fmt.Errorf("%w: JPEG that is lossless, hierarchical or arithmetically coded", ErrUnsupported)
	}
	return nil
}

// nextMarker skips fill bytes and whatever strays between segments.
func nextMarker(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		for b == 0xff {
			if b, err = r.ReadByte(); err != nil {
				return 0, err
			}
			if b != 0xff && b != 0 {
				return b, nil
			}
		}
	}
}

func readSegment(r io.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n < 2 {
		return nil, fmt.Errorf("%w: a JPEG segment is shorter than its own length", ErrDamaged)
	}
	data := make([]byte, n-2)
	_, err := io.ReadFull(r, data)
	return data, err
}

// addProfileChunk files one part of an ICC profile (ICC.1:2022, annex B.4):
// its number from 1, the number of parts, then the bytes.
func addProfileChunk(chunks [][]byte, chunk []byte) [][]byte {
	if len(chunk) < 2 || chunk[0] == 0 || chunk[0] > chunk[1] {
		return chunks
	}
	if chunks == nil {
		chunks = make([][]byte, chunk[1])
	}
	if at := int(chunk[0]) - 1; at < len(chunks) {
		chunks[at] = chunk[2:]
	}
	return chunks
}

// joinProfile returns nil if a part is missing: half a profile is worse than
// none.
func joinProfile(chunks [][]byte) []byte {
	for _, c := range chunks {
		if c == nil {
			return nil
		}
	}
	return slices.Concat(chunks...)
}

func decodeJPEG(r io.Reader) (*pixel.Image, error) {
	img, err := jpeg.Decode(r)
	if err != nil {
		return nil, err
	}
	return pixel.FromGo(img), nil
}

// encodeJPEG writes im at a quality of 1 to 100 with the metadata in front.
func encodeJPEG(w io.Writer, im *pixel.Image, meta Metadata, quality int) error {
	if im.Alpha != nil {
		return fmt.Errorf("%w: JPEG cannot keep transparency; save it as PNG", ErrUnsupported)
	}
	// The encoder writes the start marker first; ours follows it in its place.
	if _, err := w.Write(append([]byte{0xff, markerSOI}, jpegSegments(meta)...)); err != nil {
		return err
	}
	return jpeg.Encode(&skipper{w: w, skip: 2}, im.ToGo(8), &jpeg.Options{Quality: quality})
}

// jpegSegments packs the metadata. EXIF, XMP or IPTC that do not fit into one
// segment, as may come from a PNG, are left out.
func jpegSegments(meta Metadata) []byte {
	var out []byte
	add := func(marker byte, parts ...[]byte) {
		data := slices.Concat(parts...)
		if len(data) <= segmentMax {
			out = append(out, 0xff, marker)
			out = binary.BigEndian.AppendUint16(out, uint16(len(data)+2))
			out = append(out, data...)
		}
	}
	if meta.EXIF != nil {
		add(markerAPP1, []byte(exifSignature), meta.EXIF)
	}
	if meta.XMP != nil {
		add(markerAPP1, []byte(xmpSignature), meta.XMP)
	}
	const chunk = segmentMax - len(iccSignature) - 2
	if parts := (len(meta.ICC) + chunk - 1) / chunk; parts <= 255 {
		number := 0
		for part := range slices.Chunk(meta.ICC, chunk) {
			number++
			add(markerAPP2, []byte(iccSignature), []byte{byte(number), byte(parts)}, part)
		}
	}
	if meta.IPTC != nil {
		add(markerAPP13, []byte(iptcSignature), packIPTC(meta.IPTC))
	}
	return out
}

// skipper drops the first bytes that are written to it.
type skipper struct {
	w    io.Writer
	skip int
}

func (s *skipper) Write(b []byte) (int, error) {
	n := min(s.skip, len(b))
	s.skip -= n
	written, err := s.w.Write(b[n:])
	return n + written, err
}
