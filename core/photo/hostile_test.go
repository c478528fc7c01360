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
func pngHeader(w, h uint32, depth, colourType byte) []byte {
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
	animated := appendChunk(pngHeader(4, 4, 8, 2), "acTL", make([]byte, 8))
	tests := []struct {
		name string
		data []byte
		want error
		says string // part of the sentence
	}{
		{"zero bytes", nil, ErrDamaged, "empty"},
		{"one byte", []byte{0xff}, ErrUnsupported, "not a picture"},
		{"text", []byte("this is only text, whatever the name says"), ErrUnsupported, "not a picture"},
		{"JPEG start only", []byte{0xff, 0xd8, 0xff}, ErrDamaged, "too early"},
		{"PNG signature only", []byte(pngSignature), ErrDamaged, "too early"},
		{"PNG cut in the header", wholePNG[:20], ErrDamaged, "too early"},
		{"PNG cut in the pixels", wholePNG[:len(wholePNG)/2], ErrDamaged, ""},
		{"PNG with a flipped bit", flipped, ErrDamaged, ""},
		{"PNG without pixels", appendChunk(pngHeader(4, 4, 8, 2), "IEND", nil), ErrDamaged, ""},
		{"PNG of no width", appendChunk(pngHeader(0, 4, 8, 2), "IDAT", nil), ErrDamaged, "0 by 4"},
		{"PNG with a wide header", appendChunk(pngHeader(70_000, 1, 8, 2), "IDAT", nil), ErrTooLarge, "65535 a side"},
		{"PNG with a huge header", appendChunk(pngHeader(65_535, 65_535, 8, 2), "IDAT", nil), ErrTooLarge, "250 million"},
		{"PNG with the largest header", appendChunk(pngHeader(0x7fffffff, 0x7fffffff, 16, 6), "IDAT", nil), ErrTooLarge, ""},
		{"PNG that promises more than it holds", appendChunk(pngHeader(15_000, 15_000, 16, 6), "IDAT", nil), ErrDamaged, "too early"},
		{"PNG with a short header chunk", appendChunk([]byte(pngSignature), "IHDR", make([]byte, 5)), ErrDamaged, ""},
		{"PNG that begins with pixels", appendChunk([]byte(pngSignature), "IDAT", nil), ErrDamaged, ""},
		{"PNG with two headers", append(pngHeader(4, 4, 8, 2), pngHeader(4, 4, 8, 2)[8:]...), ErrDamaged, ""},
		{"PNG with an animation", animated, ErrUnsupported, "animation"},
		{"JPEG cut in the header", wholeJPEG[:100], ErrDamaged, "too early"},
		{"JPEG cut in the pixels", wholeJPEG[:len(wholeJPEG)*3/4], ErrDamaged, ""},
		{"JPEG in CMYK", jpegFrame(0xc0, 8, 16, 16, 4), ErrUnsupported, "CMYK"},
		{"JPEG of two channels", jpegFrame(0xc0, 8, 16, 16, 2), ErrUnsupported, "2 channels"},
		{"JPEG of 12 bits", jpegFrame(0xc1, 12, 16, 16, 3), ErrUnsupported, "12 bits"},
		{"lossless JPEG", jpegFrame(0xc3, 8, 16, 16, 3), ErrUnsupported, "lossless"},
		{"arithmetic JPEG", jpegFrame(0xc9, 8, 16, 16, 3), ErrUnsupported, "arithmetic"},
		{"JPEG of no height", jpegFrame(0xc0, 8, 16, 0, 3), ErrDamaged, "16 by 0"},
		{"JPEG with a huge header", jpegFrame(0xc0, 8, 65_535, 65_535, 3), ErrTooLarge, "250 million"},
		{"JPEG that promises more than it holds", jpegFrame(0xc0, 8, 15_000, 15_000, 3), ErrDamaged, "too early"},
		{"JPEG without a size", []byte{0xff, 0xd8, 0xff, 0xd9}, ErrDamaged, "size"},
		{"JPEG with a segment of length 1", []byte{0xff, 0xd8, 0xff, 0xe1, 0, 1, 0, 0}, ErrDamaged, "segment"},
		{"JPEG without tables", jpegFrame(0xc0, 8, 16, 16, 3), ErrDamaged, ""},
		{"GIF", []byte("GIF89a and so on"), ErrUnsupported, "GIF"},
		{"WebP", []byte("RIFF\x10\x00\x00\x00WEBPVP8 "), ErrUnsupported, "WebP"},
		{"TIFF", []byte("II*\x00\x08\x00\x00\x00\x00\x00"), ErrUnsupported, "TIFF"},
		{"Canon raw", []byte("II*\x00\x10\x00\x00\x00CR\x02\x00"), ErrUnsupported, "Canon raw"},
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
			info, err := readHeader(bytes.NewReader(whole[:n]))
			if err != nil {
				continue
			}
			im, err := decode(bytes.NewReader(whole[:n]), info)
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

// FuzzOpen feeds whole files to the header readers and the decoders. Whatever
// they are given, they answer with one of the known errors or with a picture of
// the size that the header promised.
func FuzzOpen(f *testing.F) {
	small, meta := picture(5, 4, 3, 8, false), fullMetadata()
	meta.ICC = meta.ICC[:64] // the fuzzer is quick on small files only
	for _, im := range []*pixel.Image{small, small.Gray(), picture(5, 4, 1, 16, false)} {
		var asJPEG, asPNG bytes.Buffer
		if err := errors.Join(encodeJPEG(&asJPEG, im, meta, 90), encodePNG(&asPNG, im, meta, im.Depth)); err != nil {
			f.Fatal(err)
		}
		f.Add(asJPEG.Bytes())
		f.Add(asPNG.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := readHeader(bytes.NewReader(data))
		if err == nil && info.W*info.H < 1<<16 {
			im, decodeErr := decode(bytes.NewReader(data), info)
			if err = decodeErr; err == nil && (im.W != info.W || im.H != info.H || im.C != info.C) {
				t.Fatalf("%d×%d×%d was promised, %d×%d×%d came", info.W, info.H, info.C, im.W, im.H, im.C)
			}
		}
		if err == nil {
			return
		}
		err = classify(err)
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrTooLarge) {
			t.Fatalf("unclassified: %v", err)
		}
	})
}
