package photo

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"blindspot/core/colour/icc"
	"blindspot/core/photo/meta"
	"blindspot/core/photo/meta/metatest"
)

// hostileMetadata are good pictures with bad metadata: they open, and a note says what is missing.
func hostileMetadata(t *testing.T) []hostileFile {
	t.Helper()
	asJPEG := func(m meta.Set) []byte {
		var b bytes.Buffer
		if err := encodeJPEG(t.Context(), &b, smooth(16, 12, 3), m, SaveOptions{}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	asPNG := func(chunks ...string) []byte {
		whole := encode(t, PNG, smooth(16, 12, 3).ToGo(8))
		const headerEnd = 8 + 25
		out := bytes.Clone(whole[:headerEnd])
		for i := 0; i < len(chunks); i += 2 {
			out = appendChunk(out, chunks[i], []byte(chunks[i+1]))
		}
		return append(out, whole[headerEnd:]...)
	}
	profile := icc.SRGB()
	copy(profile[36:], "spca")
	bomb := string(deflate(make([]byte, 100<<20)))
	largeEXIF := append(metatest.Block{Order: binary.BigEndian, Orientation: 1, ISO: 1, W: 1, H: 1}.Bytes(), make([]byte, 70_000)...)[:exifMax]
	cyclic := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x69\x87\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00\x08\x00\x00\x00")
	hugeCounts := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x10\x01\x02\x00\xff\xff\xff\xff\x08\x00\x00\x00\x00\x00\x00\x00")
	outside := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x87\x69\x00\x04\x00\x00\x00\x01\xff\xff\xff\xf0\xff\xff\xff\xf0")
	half := append([]byte{0xff, markerSOI, 0xff, markerAPP2, 0, 18}, "ICC_PROFILE\x00\x02\x02xx"...)
	extended := append([]byte{0xff, markerSOI, 0xff, markerAPP1, 0, byte(2 + len(extendedSignature) + 40)}, extendedSignature...)
	extended = append(extended, "0123456789abcdef0123456789abcdef\xff\xff\xff\xff\xff\xff\xff\xf0"...)
	return []hostileFile{
		{"JPEG with a damaged profile", asJPEG(meta.Set{ICC: profile}), nil, "colour profile is damaged"},
		{"JPEG with half a profile", append(half, asJPEG(meta.Set{})[2:]...), nil, "part of the colour profile"},
		{"JPEG with junk for EXIF", asJPEG(meta.Set{EXIF: []byte("junk")}), nil, "EXIF data is damaged"},
		{"JPEG with empty EXIF", asJPEG(meta.Set{EXIF: []byte{}}), nil, "EXIF data is damaged"},
		{"JPEG with a cycle in EXIF", asJPEG(meta.Set{EXIF: cyclic}), nil, ""},
		{"JPEG with huge counts in EXIF", asJPEG(meta.Set{EXIF: hugeCounts}), nil, ""},
		{"JPEG with EXIF that points outside", asJPEG(meta.Set{EXIF: outside}), nil, ""},
		{"JPEG with EXIF at the limit of a segment", asJPEG(meta.Set{EXIF: largeEXIF}), nil, ""},
		{"JPEG with a broken second XMP packet", append(extended, asJPEG(meta.Set{})[2:]...), nil, "second part of the XMP"},
		{"JPEG with junk for resources", asJPEG(meta.Set{Resources: []byte("8BIM\xff\xff\xff\xff\xff")}), nil, ""},
		{"PNG with a bomb for a profile", asPNG("iCCP", "x\x00\x00"+bomb), nil, "colour profile is damaged"},
		{"PNG with a bomb for a text", asPNG("zTXt", "Raw profile type iptc\x00\x00"+bomb, "zTXt", "XML:com.adobe.xmp\x00\x00"+bomb), nil, ""},
		{"PNG with a bomb for XMP", asPNG("iTXt", "XML:com.adobe.xmp\x00\x01\x00\x00\x00"+bomb), nil, ""},
		{"PNG with chunks that are too short", asPNG("iCCP", "", "iTXt", "a\x00", "zTXt", "b\x00", "tEXt", "", "eXIf", ""), nil, "EXIF"},
		{"PNG with lying hexadecimals", asPNG("tEXt", "Raw profile type exif\x00\nexif\n 99999999\n00"), nil, ""},
		{"WebP with a cut chunk", append(losslessWebP(), "ICCP\xff\xff\x00\x00abc"...), nil, "ICCP"},
	}
}

// losslessWebP is a picture of 4 by 4 equal pixels: after the size follow no transform, no cache, no groups, and five codes
// of one symbol each.
func losslessWebP() []byte {
	var bits uint64
	at := 0
	put := func(v uint64, n int) { bits |= v << at; at += n }
	put(3, 14)
	put(3, 14)
	put(0, 4) // no alpha, version 0
	put(0, 3)
	for range 5 { // simple, one symbol of one bit: 0
		put(1, 1)
		put(0, 3)
	}
	return webpFile("VP8L", "\x2f"+string(binary.LittleEndian.AppendUint64(nil, bits)))
}

// hostileTIFFs are files of our own with single tags changed.
func hostileTIFFs(t *testing.T) []hostileFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.tif")
	mustSave(t, path, &Photo{Image: picture(40, 30, 3, 16, false)}, SaveOptions{})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	with := func(changes ...uint32) []byte {
		out := bytes.Clone(whole)
		dir := int(binary.LittleEndian.Uint32(out[4:]))
		for i := 0; i < len(changes); i += 2 {
			for n := range int(binary.LittleEndian.Uint16(out[dir:])) {
				if e := out[dir+2+12*n:]; uint32(binary.LittleEndian.Uint16(e)) == changes[i] {
					binary.LittleEndian.PutUint32(e[8:], changes[i+1])
				}
			}
		}
		return out
	}
	return []hostileFile{
		{"planar TIFF", with(284, 2), ErrUnsupported, "planes"},
		{"TIFF in CMYK", with(262, 5), ErrUnsupported, "CMYK"},
		{"TIFF in Lab", with(262, 8), ErrUnsupported, "Lab"},
		{"TIFF of two channels", with(277, 2), ErrUnsupported, ""},
		{"TIFF with a huge header", with(256, 65_535, 257, 65_535), ErrTooLarge, "250 million"},
		{"TIFF with a wide header", with(256, 70_000), ErrTooLarge, "65535 a side"},
		{"TIFF of no width", with(256, 0), ErrCorrupt, "0 by 30"},
		{"TIFF that promises more than it holds", with(256, 15_000, 257, 15_000), nil, "TIFF"},
		{"TIFF packed in a rare way", with(259, 34_661), ErrUnsupported, ""},
		{"TIFF whose directory is outside", append([]byte("II*\x00\xf0\xff\xff\xff"), whole[8:]...), nil, "TIFF"},
	}
}
