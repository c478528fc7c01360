package photo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"slices"
	"strconv"

	"blindspot/core/photo/meta"
	"blindspot/core/photo/turbo"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// JPEG markers (ITU-T T.81, table B.1) and the signatures that tell apart what applications put into their segments.
const (
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerAPP0  = 0xe0
	markerAPP1  = 0xe1
	markerAPP2  = 0xe2
	markerAPP13 = 0xed
	markerCOM   = 0xfe

	jfifSignature     = "JFIF\x00"
	exifSignature     = "Exif\x00\x00"
	xmpSignature      = "http://ns.adobe.com/xap/1.0/\x00"
	extendedSignature = "http://ns.adobe.com/xmp/extension/\x00"
	iccSignature      = "ICC_PROFILE\x00"
	resourceSignature = "Photoshop 3.0\x00"

	// A segment's length field counts itself: two of 65,535 bytes.
	segmentMax = 65_533
	exifMax    = segmentMax - len(exifSignature)
)

// jpegHeader collects what may be spread over several segments.
type jpegHeader struct {
	header
	profile   [][]byte // parts of the ICC profile by their number, from 1
	resources []byte
	extended  map[string]*extendedXMP // by its name
}

// extendedXMP is a packet that comes in pieces, in any order.
type extendedXMP struct {
	data  []byte
	found int
}

// readJPEGHeader walks the segments up to the first scan.
func readJPEGHeader(s *source) (header, error) {
	r := bufio.NewReader(s.from(2))
	h := &jpegHeader{}
	for {
		marker, err := nextMarker(r)
		if err != nil {
			return header{}, err
		}
		switch {
		case marker == markerSOS || marker == markerEOI:
			if h.W == 0 {
				return header{}, say.Errorf("%w: the JPEG says nothing of its size", ErrCorrupt)
			}
			h.join()
			return h.header, nil
		case marker == 0x01 || marker >= 0xd0 && marker <= markerSOI:
			continue // these stand alone
		}
		data, err := readSegment(r)
		if err != nil {
			return header{}, err
		}
		h.take(marker, data)
		if isFrame(marker) && h.W == 0 {
			if err := h.readFrame(marker, data); err != nil {
				return header{}, err
			}
		}
	}
}

// take files the metadata of a segment.
func (h *jpegHeader) take(marker byte, data []byte) {
	m := &h.Meta.Set
	switch marker {
	case markerAPP0:
		if jfif, ok := bytes.CutPrefix(data, []byte(jfifSignature)); ok && len(jfif) >= 7 && m.Density == nil {
			m.Density = &meta.Density{Unit: jfif[2], X: binary.BigEndian.Uint16(jfif[3:]), Y: binary.BigEndian.Uint16(jfif[5:])}
		}
	case markerAPP1:
		if exif, ok := bytes.CutPrefix(data, []byte(exifSignature)); ok && m.EXIF == nil {
			m.EXIF = exif
		} else if packet, ok := bytes.CutPrefix(data, []byte(xmpSignature)); ok && m.XMP == nil {
			m.XMP = packet
		} else if part, ok := bytes.CutPrefix(data, []byte(extendedSignature)); ok {
			h.addExtended(part)
		}
	case markerAPP2:
		if part, ok := bytes.CutPrefix(data, []byte(iccSignature)); ok {
			h.profile = meta.AddICCPart(h.profile, part)
		}
	case markerAPP13:
		// Resources may be cut anywhere and go on in the next segment.
		if list, ok := bytes.CutPrefix(data, []byte(resourceSignature)); ok && len(h.resources) < metadataMax {
			h.resources = append(h.resources, list...)
		}
	case markerCOM:
		if len(m.Comments) < 64 {
			m.Comments = append(m.Comments, data)
		}
	}
}

// addExtended files a piece of an extended packet: its name of 32 letters, the length of the whole, and an offset.
func (h *jpegHeader) addExtended(part []byte) {
	const head = 32 + 4 + 4
	if len(part) < head {
		return
	}
	name := string(part[:32])
	total, at := int64(binary.BigEndian.Uint32(part[32:])), int64(binary.BigEndian.Uint32(part[36:]))
	part = part[head:]
	if h.extended == nil {
		h.extended = map[string]*extendedXMP{}
	}
	x := h.extended[name]
	if x == nil {
		if total > metadataMax || len(h.extended) >= 4 {
			return
		}
		x = &extendedXMP{data: make([]byte, total)}
		h.extended[name] = x
	}
	if at+int64(len(part)) > int64(len(x.data)) {
		return
	}
	x.found += copy(x.data[at:], part)
}

// join puts together what came in pieces. Incomplete pieces are left out: half a profile is worse than none.
func (h *jpegHeader) join() {
	m := &h.Meta.Set
	m.ICC = meta.JoinICC(h.profile)
	if m.ICC == nil && h.profile != nil {
		h.Notes = append(h.Notes, say.Textf("a part of the colour profile is missing, so it has been left out"))
	}
	m.IPTC, m.Resources = meta.SplitResources(h.resources)
	if h.extended == nil {
		return
	}
	if x := h.extended[meta.ExtendedGUID(m.XMP)]; x != nil && x.found == len(x.data) {
		m.Extended = x.data
	} else {
		h.Notes = append(h.Notes, say.Textf("the second part of the XMP data is incomplete and has been left out"))
	}
}

// isFrame reports whether marker is one of SOF0 to SOF15.
func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}

// readFrame reads the size of the picture (T.81, B.2.2) and refuses what cannot be decoded while that costs nothing.
func (h *jpegHeader) readFrame(marker byte, data []byte) error {
	if len(data) < 6 {
		return say.Errorf("%w: the JPEG's frame header is too short", ErrCorrupt)
	}
	h.H = int(binary.BigEndian.Uint16(data[1:]))
	h.W = int(binary.BigEndian.Uint16(data[3:]))
	h.C, h.Depth = int(data[5]), 8
	// A block takes a bit at least, and covers at most 32 by 32 pixels.
	h.least = int64(h.W) * int64(h.H) / (32 * 32) / 8
	switch {
	case data[0] != 8:
		return say.Errorf("%w: JPEG with %d bits a sample", ErrUnsupported, data[0])
	case h.C == 4:
		return say.Errorf("%w: JPEG in CMYK, which is meant for printing; convert it to RGB first", ErrUnsupported)
	case h.C != 1 && h.C != 3:
		return say.Errorf("%w: JPEG with %d channels", ErrUnsupported, h.C)
	case marker > 0xc2 && marker != 0xc9 && marker != 0xca:
		return say.Errorf("%w: JPEG that is lossless or hierarchical", ErrUnsupported)
	case h.W == 0 || h.H == 0:
		return checkSize(h.W, h.H)
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
		return nil, say.Errorf("%w: a JPEG segment is shorter than its own length", ErrCorrupt)
	}
	data := make([]byte, n-2)
	_, err := io.ReadFull(r, data)
	return data, err
}

func decodeJPEG(s *source, _ *header) (*pixel.Image, error) {
	data, err := s.whole()
	if err != nil {
		return nil, err
	}
	return turbo.Decode(s.ctx, data)
}

// encodeJPEG writes im with the metadata in front. What it says of transparency is not written.
func encodeJPEG(ctx context.Context, w io.Writer, im *pixel.Image, m meta.Set, o SaveOptions) error {
	segments, err := jpegSegments(m)
	if err != nil {
		return err
	}
	options := turbo.Options{Quality: o.Quality, Progressive: o.Progressive}
	if o.Subsampling == Sub420 {
		options.Subsampling = turbo.Sub420
	}
	// The encoder writes the start marker first; ours follow it in their place.
	return turbo.Encode(ctx, &inserter{w: w, at: 2, extra: segments}, im, options)
}

// jpegSegments packs metadata that carry has made fit.
func jpegSegments(m meta.Set) ([]byte, error) {
	var out []byte
	add := func(marker byte, parts ...[]byte) {
		data := slices.Concat(parts...)
		out = append(out, 0xff, marker)
		out = binary.BigEndian.AppendUint16(out, uint16(len(data)+2))
		out = append(out, data...)
	}
	if d := m.Density; d != nil {
		head := []byte(jfifSignature + "\x01\x01")
		head = binary.BigEndian.AppendUint16(append(head, d.Unit), d.X)
		add(markerAPP0, append(binary.BigEndian.AppendUint16(head, d.Y), 0, 0))
	}
	if m.EXIF != nil {
		add(markerAPP1, []byte(exifSignature), m.EXIF)
	}
	if m.XMP != nil {
		add(markerAPP1, []byte(xmpSignature), m.XMP)
	}
	const extendedPart = 65_400
	at := 0
	for part := range slices.Chunk(m.Extended, extendedPart) {
		head := append([]byte(extendedSignature), meta.GUID(m.Extended)...)
		head = binary.BigEndian.AppendUint32(head, uint32(len(m.Extended)))
		add(markerAPP1, binary.BigEndian.AppendUint32(head, uint32(at)), part)
		at += len(part)
	}
	const profilePart = segmentMax - len(iccSignature) - 2
	parts := (len(m.ICC) + profilePart - 1) / profilePart
	if parts > 255 {
		return nil, say.Errorf("%w: a colour profile of %s MB does not fit into a JPEG", ErrUnsupported, strconv.Itoa(len(m.ICC)>>20))
	}
	number := 0
	for part := range slices.Chunk(m.ICC, profilePart) {
		number++
		add(markerAPP2, []byte(iccSignature), []byte{byte(number), byte(parts)}, part)
	}
	for part := range slices.Chunk(meta.JoinResources(m.IPTC, m.Resources), segmentMax-len(resourceSignature)) {
		add(markerAPP13, []byte(resourceSignature), part)
	}
	for _, comment := range m.Comments {
		add(markerCOM, comment)
	}
	return out, nil
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
