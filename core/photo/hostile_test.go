package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

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

// hostileFile is a file that must not be opened, or be opened in spite of what is wrong with it.
type hostileFile struct {
	name string
	data []byte
	want error  // nil: the picture is good, something else is not
	says string // part of the sentence, or of the note
}

func hostileFiles(t *testing.T) []hostileFile {
	t.Helper()
	files := hostileHeaders(t)
	files = append(files, hostileMetadata(t)...)
	return append(files, hostileTIFFs(t)...)
}

// hostileHeaders are files whose pictures cannot be read.
func hostileHeaders(t *testing.T) []hostileFile {
	t.Helper()
	wholePNG := encode(t, PNG, picture(40, 30, 3, 8, false).ToGo(8))
	wholeJPEG := encode(t, JPEG, smooth(64, 64, 3).ToGo(8))
	flipped := bytes.Clone(wholePNG)
	flipped[len(flipped)/2] ^= 0x55
	animated := appendChunk(pngStart(4, 4, 8, 2), "acTL", make([]byte, 8))
	random := make([]byte, 5000)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = byte(rng.Uint32())
	}
	return []hostileFile{
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
		{"random bytes", random, ErrUnsupported, "not a picture"},
		{"random raw", append([]byte("FUJIFILMCCD-RAW "), random...), nil, "raw"},
		{"random Canon raw", append([]byte("II*\x00\x10\x00\x00\x00CR\x02\x00"), random...), nil, "raw"},
		{"random CRW", append([]byte("II\x1a\x00\x00\x00HEAPCCDR"), random...), nil, "raw"},
		{"random DNG", metaDNG(random), nil, "raw"},
		{"PNG whose chunk is longer than any file", append(pngStart(4, 4, 8, 2), "\xff\xff\xff\xfftEXt"...), ErrTruncated, "too early"},
		{"animated WebP", webpFile("VP8X", "\x02\x00\x00\x00\x03\x00\x00\x03\x00\x00"), ErrUnsupported, "animation"},
		{"WebP with frames", webpFile("VP8X", "\x00\x00\x00\x00\x03\x00\x00\x03\x00\x00", "ANIM", "\x00\x00\x00\x00\x00\x00"), ErrUnsupported, "animation"},
		{"WebP with a huge canvas", webpFile("VP8X", "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff"), ErrTooLarge, "65535 a side"},
		{"WebP with a huge picture", webpFile("VP8L", "\x2f\xff\xff\xff\x0f"), ErrTooLarge, "250 million"},
		{"WebP that promises more than it holds", webpFile("VP8 ", "\x10\x00\x00\x9d\x01\x2a\x00\x3a\x00\x3a"), ErrTruncated, "too early"},
		{"WebP whose canvas is smaller than its picture", webpFile("VP8X", "\x00\x00\x00\x00\x03\x00\x00\x03\x00\x00", "VP8L", "\x2f\x20\x00\x08\x00"), ErrCorrupt, ""},
		{"WebP without pixels", webpFile("EXIF", "abcd"), ErrCorrupt, "no picture"},
		{"WebP of noise", webpFile("VP8 ", string(random[:100])), ErrCorrupt, "begin"},
		{"WebP whose chunk is longer than any file", []byte("RIFF\xff\xff\xff\xffWEBPJUNK\xff\xff\xff\xff"), ErrCorrupt, "no picture"},
		{"BMP with a huge header", bmpFile(65_535, 65_535, 24, 0), ErrTooLarge, "250 million"},
		{"BMP with a wide header", bmpFile(1<<30, 1, 24, 0), ErrTooLarge, "65535 a side"},
		{"BMP of negative width", bmpFile(-4, 4, 24, 0), ErrCorrupt, "-4 by 4"},
		{"BMP that promises more than it holds", bmpFile(15_000, -15_000, 24, 0), ErrTruncated, "too early"},
		{"BMP with runs", bmpFile(4, 4, 8, 1), ErrUnsupported, "compressed"},
		{"BMP of 16 bits", bmpFile(4, 4, 16, 0), ErrUnsupported, "16 bits"},
		{"BMP start only", []byte("BM is how this letter begins, and it goes on for a while"), ErrUnsupported, "not a picture"},
		{"short BMP", []byte("BM"), ErrTruncated, "too early"},
		{"AVIF", []byte("\x00\x00\x00\x18ftypavif"), ErrUnsupported, "AVIF"},
		{"JPEG XL", []byte("\xff\x0a and so on"), ErrUnsupported, "JPEG XL"},
		{"Photoshop", []byte("8BPS\x00\x01 and so on"), ErrUnsupported, "Photoshop"},
		{"BigTIFF", []byte("II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00"), ErrUnsupported, "BigTIFF"},
		{"video", []byte("\x00\x00\x00\x18ftypmp42 and so on"), ErrUnsupported, "video"},
	}
}

// metaDNG is a DNG in whose directories there is nothing but noise.
func metaDNG(noise []byte) []byte {
	d := []byte("II*\x00\x08\x00\x00\x00\x02\x00" +
		"\x12\xc6\x01\x00\x04\x00\x00\x00\x01\x04\x00\x00" + "\x4a\x01\x04\x00\x01\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00")
	return append(d, noise...)
}

// webpFile puts chunks, names and contents in turn, into a file.
func webpFile(chunks ...string) []byte {
	body := []byte("WEBP")
	for i := 0; i < len(chunks); i += 2 {
		body = append(body, chunks[i]...)
		body = binary.LittleEndian.AppendUint32(body, uint32(len(chunks[i+1])))
		body = append(body, chunks[i+1]...)
		body = append(body, make([]byte, len(chunks[i+1])%2)...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// bmpFile is the beginning of a BMP file.
func bmpFile(w, h int32, bits uint16, packing uint32) []byte {
	o := binary.LittleEndian
	b := append([]byte("BM"), make([]byte, 8)...)
	b = o.AppendUint32(b, 54)
	b = o.AppendUint32(b, 40)
	b = o.AppendUint32(b, uint32(w))
	b = o.AppendUint32(b, uint32(h))
	b = o.AppendUint16(o.AppendUint16(b, 1), bits)
	return append(o.AppendUint32(b, packing), make([]byte, 20)...)
}

// allocationMax bounds what opening one of the hostile files may allocate in all: a few times the largest metadata chunk.
const allocationMax = 200 << 20

// TestHostileFiles: one plain sentence each, or a good picture with one plain note, in little time and memory.
func TestHostileFiles(t *testing.T) {
	files := hostileFiles(t)
	if len(files) < 40 {
		t.Fatalf("only %d files", len(files))
	}
	for _, file := range files {
		path := write(t, "photo.jpg", file.data)
		p, err := openBounded(t, file.name, path)
		switch {
		case err != nil && !isOurs(err), file.want != nil && !errors.Is(err, file.want):
			t.Errorf("%s: got %v, want %v", file.name, err, file.want)
			continue
		case err != nil:
			checkSentence(t, file.name, err.Error(), path, file.says)
		case file.want == nil && p.Image.W == 0, len(p.Notes) > 1, len(p.Notes) == 0 && file.says != "":
			t.Errorf("%s: opened as %d×%d, notes %q", file.name, p.Image.W, p.Image.H, p.Notes)
		case len(p.Notes) == 1:
			checkSentence(t, file.name, p.Notes[0].String(), "", file.says)
		}
		if p == nil {
			continue
		}
		// What was opened can be saved, whatever its metadata was like.
		for _, format := range []Format{JPEG, PNG, TIFF} {
			mustSave(t, filepath.Join(t.TempDir(), "a"+format.Extension()), p, SaveOptions{Done: &Edit{Software: "Blindspot test"}})
		}
	}
}

// openBounded opens a file that must not take long or much.
func openBounded(t *testing.T, name, path string) (*Photo, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, err := Open(ctx, path)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > allocationMax {
		t.Errorf("%s: %d MB were allocated", name, used>>20)
	}
	if ctx.Err() != nil {
		t.Errorf("%s: still not opened after 5 s", name)
	}
	return p, err
}

func isOurs(err error) bool {
	for _, kind := range []error{ErrCorrupt, ErrTruncated, ErrUnsupported, ErrTooLarge, ErrDecoderDied} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// checkSentence: one line that names the file once and is no heap of error messages.
func checkSentence(t *testing.T, name, sentence, path, says string) {
	t.Helper()
	if !strings.Contains(sentence, says) || strings.ContainsAny(sentence, "\n\x00") || strings.Count(sentence, path) != 1 && path != "" ||
		len(sentence)-len(path) > 200 || strings.Contains(sentence, ". ") {
		t.Errorf("%s: the sentence is %q", name, sentence)
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
