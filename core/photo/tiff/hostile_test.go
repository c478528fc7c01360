package tiff

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"blindspot/core/pixel"
)

// TestRefused: what is not read, each with its sentence.
func TestRefused(t *testing.T) {
	rgb := sample(40, 30, 3, 8, false)
	deep := sample(40, 30, 3, 16, false)
	plain := encode(t, rgb, 8, Tags{})
	long := encode(t, sample(900, 900, 3, 8, false), 8, Tags{}) // of many strips
	path := save(t, plain)
	magicked := func(options ...string) []byte { return load(t, magick(t, deep, options...)) }
	stored := func(options ...string) []byte { return load(t, tiffcp(t, path, options...)) }
	huge := func(w, h uint16) []byte {
		out := withTag(t, plain, tagRowsPerStrip, typeLong, 1, 0xff, 0xff, 0xff, 0xff) // as one strip
		out = withTag(t, out, tagWidth, typeShort, 1, byte(w), byte(w>>8))
		return withTag(t, out, tagHeight, typeShort, 1, byte(h), byte(h>>8))
	}
	tests := []struct {
		name string
		data []byte
		want error
		says string
	}{
		{"nothing", nil, ErrTruncated, ""},
		{"text", []byte("neither TIFF nor anything else"), ErrCorrupt, "begin"},
		{"a header alone", []byte("II*\x00\x08\x00\x00\x00"), ErrTruncated, ""},
		{"a directory in nowhere", []byte("II*\x00\xff\xff\xff\xff"), ErrTruncated, ""},
		{"a directory in itself", []byte("II*\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 3000)), ErrTruncated, ""},
		{"an empty directory", []byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"), ErrCorrupt, "0 by 0"},
		{"another version", []byte("II\x55\x00\x08\x00\x00\x00"), ErrCorrupt, "begin"},
		{"BigTIFF", stored("-8"), ErrUnsupported, "BigTIFF"},
		{"separate planes", stored("-p", "separate"), ErrUnsupported, "separate"},
		{"JPEG compression", stored("-c", "jpeg:r:90"), ErrUnsupported, "JPEG compression"},
		{"Zstandard", stored("-c", "zstd"), ErrUnsupported, "Zstandard"},
		{"LZMA", stored("-c", "lzma"), ErrUnsupported, "LZMA"},
		{"CMYK", magicked("-colorspace", "CMYK"), ErrUnsupported, "CMYK"},
		{"Lab", magicked("-colorspace", "Lab"), ErrUnsupported, "Lab"},
		{"floating point", magicked("-define", "quantum:format=floating-point", "-depth", "32", "-compress", "Zip"), ErrUnsupported, "32 bits"},
		{"half floats", magicked("-define", "quantum:format=floating-point", "-depth", "16", "-compress", "Zip"), ErrUnsupported, "floating"},
		{"32 bits", magicked("-depth", "32"), ErrUnsupported, "32 bits"},
		{"12 bits", magicked("-depth", "12"), ErrUnsupported, "12 bits"},
		{"fax", magicked("-threshold", "50%", "-type", "Bilevel", "-compress", "Group4"), ErrUnsupported, "fax"},
		{"reversed bytes", withReversedFill(t, path), ErrUnsupported, "reverse"},
		{"signed samples", withTag(t, withSampleFormat(t, path), tagSampleFormat, typeShort, 1, 2, 0), ErrUnsupported, "signed"},
		{"unknown colours", withTag(t, plain, tagPhotometric, 0, 0, 99, 0), ErrUnsupported, "kind 99"},
		{"unknown compression", withTag(t, plain, tagCompression, 0, 0, 99, 0), ErrUnsupported, "compression 99"},
		{"a predictor for floats", withTag(t, plain, tagPredictor, 0, 0, 3, 0), ErrUnsupported, "predictor 3"},
		{"5 channels", withTag(t, plain, tagSamples, 0, 0, 5, 0), ErrCorrupt, "contradicts"},
		{"a thumbnail first", withTag(t, plain, tagSubfileType, 0, 0, 1, 0), ErrUnsupported, "thumbnail"},
		{"an unnamed channel", withTag(t, encode(t, sample(9, 9, 3, 8, true), 8, Tags{}), tagExtraSamples, 0, 0, 0, 0), ErrUnsupported, "not all"},
		{"no width", huge(0, 30), ErrCorrupt, "0 by 30"},
		{"too many pixels", huge(65_535, 65_535), ErrTooLarge, "250 million"},
		{"a wide side", withTag(t, plain, tagWidth, 0, 0, 0, 0, 1, 0), ErrTooLarge, "65535"},
		{"a promise it does not hold", huge(15_000, 15_000), ErrTruncated, "promises"},
		{"strips of no height", withTag(t, plain, tagRowsPerStrip, 0, 0, 0, 0, 0, 0), ErrCorrupt, "0 rows"},
		{"more strips than offsets", withTag(t, plain, tagRowsPerStrip, 0, 0, 1, 0, 0, 0), ErrCorrupt, "where all its pixels"},
		{"a width in words", withTag(t, plain, tagWidth, 2, 1, 'a'), ErrCorrupt, "whole number"},
		{"a type of the future", withTag(t, plain, tagWidth, 99, 1, 1), ErrCorrupt, "unknown type"},
		{"a table beyond the end", withTag(t, long, tagStripOffsets, typeLong, 0xffffffff, 0, 0, 0, 0x70), ErrTruncated, ""},
		{"strips beyond the end", withTag(t, plain, tagStripOffsets, 0, 0, 0, 0, 0, 0x70), ErrTruncated, ""},
		{"giant tiles", withTag(t, stored("-t", "-w", "16", "-l", "16"), tagTileWidth, typeLong, 1, 0, 0, 0, 0x7f), ErrCorrupt, "tiles"},
		{"tiles of nothing", withTag(t, stored("-t", "-w", "16", "-l", "16"), tagTileWidth, typeLong, 1, 0, 0, 0, 0), ErrCorrupt, "tiles"},
		{"damaged deflate", damaged(plain, 60), ErrCorrupt, "damaged"},
		{"damaged at the end", damaged(plain, 0), ErrCorrupt, "damaged"},
	}
	for _, test := range tests {
		im, _, err := decodeBytes(test.data)
		if im != nil || !errors.Is(err, test.want) || !oneSentence(err) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
}

// damaged flips bits of the first strip, some way in or at its end.
func damaged(data []byte, at int) []byte {
	d, _ := readDirectory(bytes.NewReader(data), int64(len(data)))
	offset, _ := d.number(tagStripOffsets, 0)
	count, _ := d.number(tagStripCounts, 0)
	out := bytes.Clone(data)
	if at == 0 {
		at = count - 1
	}
	out[offset+at] ^= 0x3c
	return out
}

func withReversedFill(t *testing.T, path string) []byte {
	return load(t, tiffcp(t, path, "-f", "lsb2msb"))
}

// withSampleFormat returns a file that says that its samples are whole numbers.
func withSampleFormat(t *testing.T, path string) []byte {
	t.Helper()
	data := load(t, tiffcp(t, path, "-c", "none"))
	d, err := readDirectory(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	at := int(d.order.Uint32(data[4:])) + 2 + 12*(len(d.entries)-1)
	d.order.PutUint16(data[at:], tagSampleFormat)
	return withTag(t, data, tagSampleFormat, typeShort, 1, 1, 0)
}

// TestCut cuts files everywhere: an error each time, or the whole picture.
func TestCut(t *testing.T) {
	for _, way := range []string{"none", "lzw:2", "zip:2", "packbits"} {
		want := sample(24, 16, 3, 8, false)
		data := load(t, tiffcp(t, save(t, encode(t, want, 8, Tags{})), "-c", way))
		for n := range len(data) {
			im, _, err := decodeBytes(data[:n])
			if err == nil && difference(im, want) == "" {
				continue // what was cut was not needed
			}
			if im != nil || !errors.Is(err, ErrTruncated) {
				t.Fatalf("%s cut at %d of %d: %v", way, n, len(data), err)
			}
		}
	}
}

// TestBomb: a strip that would unpack to gigabytes is read as far as the
// picture goes.
func TestBomb(t *testing.T) {
	full := sample(64, 60_000, 1, 8, false)
	tall := encode(t, full, 8, Tags{})
	// The same bytes with a smaller height: most of each strip is surplus.
	got, _, err := decodeBytes(withTag(t, tall, tagHeight, 0, 0, 64, 0, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	want := &pixel.Image{W: 64, H: 64, C: 1, Depth: 8, Planes: [][]uint16{full.Planes[0][:64*64]}}
	if d := difference(got, want); d != "" {
		t.Error(d)
	}
}

// FuzzDecode feeds whole files to the guard and the decoder. They answer with
// one of the known errors or with a picture of the size that was promised.
func FuzzDecode(f *testing.F) {
	for _, depth := range []int{8, 16} {
		for _, c := range []int{1, 3} {
			im := sample(6, 5, c, depth, c == 1)
			f.Add(encode(f, im, depth, Tags{ICC: []byte("profile")}))
			path := save(f, encode(f, im, depth, Tags{}))
			for _, way := range [][]string{{"-c", "lzw:2"}, {"-c", "packbits", "-B"}, {"-c", "none", "-t", "-w", "16", "-l", "16"}} {
				f.Add(load(f, tiffcp(f, path, way...)))
			}
		}
	}
	f.Add(load(f, magick(f, sample(9, 9, 3, 8, false), "-colors", "5", "-type", "Palette", "-compress", "none")))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		h, err := ReadHeader(r, int64(len(data)))
		if err == nil && h.W*h.H < 1<<18 {
			im, decodeErr := Decode(context.Background(), r, h)
			if err = decodeErr; err == nil && (im.W != h.W || im.H != h.H || im.C != h.C || im.Depth != h.Depth) {
				t.Fatalf("%+v was promised, %d×%d×%d came", h, im.W, im.H, im.C)
			}
		}
		if err != nil && kindOf(err) == nil {
			t.Fatalf("unclassified: %v", err)
		}
	})
}
