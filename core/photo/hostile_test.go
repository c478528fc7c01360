package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"blindspot/core/pixel"
)

// pngHeader returns the start of a PNG of any size with a valid checksum.
func pngStart(w, h uint32, depth, colourType byte) []byte {
	data := binary.BigEndian.AppendUint32(nil, w)
	data = binary.BigEndian.AppendUint32(data, h)
	data = append(data, depth, colourType, 0, 0, 0)
	return appendChunk([]byte(pngSignature), "IHDR", data)
}

// jpegFrame returns a JPEG that consists of a frame header and a scan marker.
func jpegFrame(marker, precision byte, w, h uint16, channels byte) []byte {
	data := []byte{0xff, markerSOI, 0xff, marker, 0, 8 + 3*channels, precision}
	data = binary.BigEndian.AppendUint16(data, h)
	data = binary.BigEndian.AppendUint16(data, w)
	data = append(data, channels)
	for i := range channels {
		data = append(data, i+1, 0x11, 0)
	}
	return append(data, 0xff, markerSOS, 0, 2)
}

func TestHostileFiles(t *testing.T) {
	wholePNG := encode(t, PNG, picture(40, 30, 3, 8, false).ToGo(8))
	wholeJPEG := encode(t, JPEG, smooth(64, 64, 3).ToGo(8))
	flipped := bytes.Clone(wholePNG)
	flipped[len(flipped)/2] ^= 0x55
	animated := appendChunk(pngStart(4, 4, 8, 2), "acTL", make([]byte, 8))
	tests := []struct {
		name string
		data []byte
		want error
		says string // part of the sentence
	}{
		{"zero bytes", nil, ErrTruncated, "empty"},
		{"one byte", []byte{0xff}, ErrUnsupported, "not a picture"},
		{"text", []byte("this is only text, whatever the name says"), ErrUnsupported, "not a picture"},
		{"JPEG start only", []byte{0xff, 0xd8, 0xff}, ErrTruncated, "too early"},
		{"PNG signature only", []byte(pngSignature), ErrTruncated, "too early"},
		{"PNG cut in the header", wholePNG[:20], ErrTruncated, "too early"},
		{"PNG cut in the pixels", wholePNG[:len(wholePNG)/2], ErrCorrupt, ""},
		{"PNG with a flipped bit", flipped, ErrCorrupt, ""},
		{"PNG without pixels", appendChunk(pngStart(4, 4, 8, 2), "IEND", nil), ErrCorrupt, ""},
		{"PNG of no width", appendChunk(pngStart(0, 4, 8, 2), "IDAT", nil), ErrCorrupt, "0 by 4"},
		{"PNG with a wide header", appendChunk(pngStart(70_000, 1, 8, 2), "IDAT", nil), ErrTooLarge, "65535 a side"},
		{"PNG with a huge header", appendChunk(pngStart(65_535, 65_535, 8, 2), "IDAT", nil), ErrTooLarge, "250 million"},
		{"PNG with the largest header", appendChunk(pngStart(0x7fffffff, 0x7fffffff, 16, 6), "IDAT", nil), ErrTooLarge, ""},
		{"PNG that promises more than it holds", appendChunk(pngStart(15_000, 15_000, 16, 6), "IDAT", nil), ErrTruncated, "too early"},
		{"PNG with a short header chunk", appendChunk([]byte(pngSignature), "IHDR", make([]byte, 5)), ErrCorrupt, ""},
		{"PNG that begins with pixels", appendChunk([]byte(pngSignature), "IDAT", nil), ErrCorrupt, ""},
		{"PNG with two headers", append(pngStart(4, 4, 8, 2), pngStart(4, 4, 8, 2)[8:]...), ErrCorrupt, ""},
		{"PNG with an animation", animated, ErrUnsupported, "animation"},
		{"JPEG cut in the header", wholeJPEG[:100], ErrTruncated, "too early"},
		{"JPEG cut in the pixels", wholeJPEG[:len(wholeJPEG)*3/4], ErrTruncated, ""},
		{"JPEG in CMYK", jpegFrame(0xc0, 8, 16, 16, 4), ErrUnsupported, "CMYK"},
		{"JPEG of two channels", jpegFrame(0xc0, 8, 16, 16, 2), ErrUnsupported, "2 channels"},
		{"JPEG of 12 bits", jpegFrame(0xc1, 12, 16, 16, 3), ErrUnsupported, "12 bits"},
		{"lossless JPEG", jpegFrame(0xc3, 8, 16, 16, 3), ErrUnsupported, "lossless"},
		{"lossless arithmetic JPEG", jpegFrame(0xcb, 8, 16, 16, 3), ErrUnsupported, "lossless"},
		{"JPEG of no height", jpegFrame(0xc0, 8, 16, 0, 3), ErrCorrupt, "16 by 0"},
		{"JPEG with a huge header", jpegFrame(0xc0, 8, 65_535, 65_535, 3), ErrTooLarge, "250 million"},
		{"JPEG that promises more than it holds", jpegFrame(0xc0, 8, 15_000, 15_000, 3), ErrTruncated, "too early"},
		{"JPEG without a size", []byte{0xff, 0xd8, 0xff, 0xd9}, ErrCorrupt, "size"},
		{"JPEG with a segment of length 1", []byte{0xff, 0xd8, 0xff, 0xe1, 0, 1, 0, 0}, ErrCorrupt, "segment"},
		{"JPEG without tables", jpegFrame(0xc0, 8, 16, 16, 3), ErrTruncated, ""},
		{"GIF", []byte("GIF89a and so on"), ErrUnsupported, "GIF"},
		{"WebP without a picture", []byte("RIFF\x10\x00\x00\x00WEBPVP8 "), ErrTruncated, "too early"},
		{"TIFF of no size", []byte("II*\x00\x08\x00\x00\x00\x00\x00"), ErrCorrupt, "0 by 0"},
		{"Canon raw of 11 bytes", []byte("II*\x00\x10\x00\x00\x00CR\x02\x00"), ErrTruncated, "too early"},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic"), ErrUnsupported, "HEIF"},
	}
	for _, test := range tests {
		path := write(t, "photo.jpg", test.data)
		p, err := Open(context.Background(), path)
		if p != nil || !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
			continue
		}
		sentence := err.Error()
		if !strings.Contains(sentence, path) || !strings.Contains(sentence, test.says) || strings.Contains(sentence, "\n") {
			t.Errorf("%s: the sentence is %q", test.name, sentence)
		}
	}
}

// TestCutAnywhere cuts valid files at every length: an error each time or, at
// the very end where only a closing marker is missing, the whole picture.
func TestCutAnywhere(t *testing.T) {
	for _, format := range []Format{JPEG, PNG} {
		whole := encode(t, format, smooth(24, 16, 3).ToGo(8))
		for n := 1; n < len(whole); n++ {
			im, _, err := decodeBytes(whole[:n])
			if err == nil && (im.W != 24 || im.H != 16 || n < len(whole)-16) {
				t.Fatalf("%v cut at %d of %d opened as %d×%d", format, n, len(whole), im.W, im.H)
			}
		}
	}
}

func TestNotAFile(t *testing.T) {
	folder := t.TempDir()
	if _, err := Open(context.Background(), folder); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	missing := filepath.Join(folder, "missing.jpg")
	if _, err := Inspect(context.Background(), missing); !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), missing) != 1 {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Open(context.Background(), os.DevNull); !errors.Is(err, ErrUnsupported) {
		t.Errorf("a device: %v", err)
	}
}

// decodeBytes opens a file that is in memory.
func decodeBytes(data []byte) (*pixel.Image, header, error) {
	s := &source{ctx: context.Background(), r: bytes.NewReader(data), size: int64(len(data))}
	h, err := s.header()
	if err != nil {
		return nil, h, err
	}
	promised := h
	im, err := s.pixels(&h)
	return im, promised, err
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
