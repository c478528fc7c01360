package photo

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"blindspot/core/photo/meta"
	"blindspot/core/pixel"
)

// These targets feed the header readers, which walk the containers. Whatever they find is carried into every format: what
// was read of a hostile file must not break what is written.

func FuzzJPEGSegments(f *testing.F) {
	m := fullMetadata(3)
	m.ICC, m.Extended = m.ICC[:200], []byte(longXMP)
	m.Density = &meta.Density{Unit: 1, X: 300, Y: 300}
	var b bytes.Buffer
	if err := encodeJPEG(f.Context(), &b, smooth(8, 8, 3), m, SaveOptions{}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(jpegFrame(0xc0, 8, 16, 16, 3))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzHeader(t, data, readJPEGHeader) })
}

func FuzzPNGChunks(f *testing.F) {
	m := fullMetadata(3)
	m.ICC = m.ICC[:200]
	m.PNG = []meta.Chunk{{Kind: "gAMA", Data: []byte{0, 1, 2, 3}}, {Kind: "tEXt", Data: []byte("Author\x00me")}}
	var b bytes.Buffer
	if err := encodePNG(f.Context(), &b, smooth(8, 8, 3), m, 8); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(pngStart(4, 4, 8, 3))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzHeader(t, data, readPNGHeader) })
}

func FuzzWebPChunks(f *testing.F) {
	f.Add(losslessWebP())
	f.Add(webpFile("VP8X", "\x10\x00\x00\x00\x03\x00\x00\x03\x00\x00", "ICCP", "abc", "EXIF", "II*\x00\x08\x00\x00\x00\x00\x00", "XMP ", "<x/>", "VP8 ", "\x10\x00\x00\x9d\x01\x2a\x04\x00\x04\x00"))
	f.Add(webpFile("VP8X", "\x02\x00\x00\x00\x03\x00\x00\x03\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzHeader(t, data, readWebPHeader) })
}

func FuzzBMPHeader(f *testing.F) {
	f.Add(bmpFile(4, -4, 24, 0))
	f.Add(bmpFile(4, 4, 8, 0))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzHeader(t, data, readBMPHeader) })
}

// longXMP is a second packet.
const longXMP = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:z="urn:z"><rdf:Description z:b="2"/></rdf:RDF>`

// fuzzHeader reads a header and packs its metadata for every format.
func fuzzHeader(t *testing.T, data []byte, read func(*source) (header, error)) {
	t.Helper()
	h, err := read(&source{ctx: context.Background(), r: bytes.NewReader(data), size: int64(len(data))})
	if err != nil {
		if !isOurs(classify(err)) {
			t.Fatalf("unclassified: %v", err)
		}
		return
	}
	if h.C != 1 && h.C != 3 || h.Depth != 8 && h.Depth != 16 {
		t.Fatalf("%d channels of %d bits", h.C, h.Depth)
	}
	if checkSize(h.W, h.H) != nil {
		return
	}
	h.finish()
	p := &Photo{Image: smooth(8, 8, h.C), Meta: h.Meta}
	for _, format := range []Format{JPEG, PNG, TIFF} {
		m, _ := carry(p, SaveOptions{Format: format, Done: &Edit{Software: "Blindspot test"}})
		if format != JPEG {
			continue
		}
		segments, err := jpegSegments(m)
		if err != nil {
			t.Fatal(err)
		}
		whole := append(append([]byte{0xff, markerSOI}, segments...), jpegFrame(0xc0, 8, 8, 8, byte(h.C))[2:]...)
		again, err := readJPEGHeader(&source{ctx: context.Background(), r: bytes.NewReader(whole), size: int64(len(whole))})
		if err != nil || !bytes.Equal(again.Meta.EXIF, m.EXIF) || !bytes.Equal(again.Meta.XMP, m.XMP) || !bytes.Equal(again.Meta.ICC, m.ICC) {
			t.Fatalf("what was written cannot be read again: %v", err)
		}
	}
}

// FuzzOpen feeds whole files to the header readers and the decoders. Whatever they are given, they answer with one of the
// known errors or with a picture of the size that the header promised.
func FuzzOpen(f *testing.F) {
	small, m := picture(5, 4, 3, 8, false), fullMetadata(3)
	m.ICC = m.ICC[:200] // the fuzzer is quick on small files only
	for _, im := range []*pixel.Image{small, small.Gray(), picture(5, 4, 1, 16, true)} {
		var asJPEG, asPNG bytes.Buffer
		err := errors.Join(encodeJPEG(f.Context(), &asJPEG, im, m, SaveOptions{}), encodePNG(f.Context(), &asPNG, im, m, im.Depth))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(asJPEG.Bytes())
		f.Add(asPNG.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &source{ctx: context.Background(), r: bytes.NewReader(data), size: int64(len(data))}
		format, err := s.format()
		if format == Raw { // goes to a child process, whose package has its own fuzzing
			return
		}
		var h header
		if err == nil {
			h, err = s.header()
		}
		if err == nil && h.W*h.H < 1<<16 {
			promised := h
			im, decodeErr := s.pixels(&h)
			if err = decodeErr; err == nil && (im.W != promised.W || im.H != promised.H || im.C != promised.C) {
				t.Fatalf("%d×%d×%d was promised, %d×%d×%d came", promised.W, promised.H, promised.C, im.W, im.H, im.C)
			}
		}
		if err == nil {
			return
		}
		err = classify(err)
		for _, kind := range []error{ErrCorrupt, ErrTruncated, ErrUnsupported, ErrTooLarge} {
			if errors.Is(err, kind) {
				return
			}
		}
		t.Fatalf("unclassified: %v", err)
	})
}
