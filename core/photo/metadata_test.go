package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"

	"blindspot/core/pixel"
)

// exifBlock builds a TIFF structure with a thumbnail directory, in either byte
// order. The text of the entries lies behind both directories.
func exifBlock(order binary.AppendByteOrder, orientation, iso uint16, w, h uint32) []byte {
	head := "II*\x00"
	if order == binary.BigEndian {
		head = "MM\x00*"
	}
	const (
		ifd0  = 8
		exif  = ifd0 + 2 + 4*12 + 4
		ifd1  = exif + 2 + 4*12 + 4
		texts = ifd1 + 2 + 12 + 4
	)
	b := order.AppendUint32([]byte(head), ifd0)
	entry := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		if kind == typeShort {
			b = order.AppendUint16(b, uint16(value))
			b = order.AppendUint16(b, 0)
			return
		}
		b = order.AppendUint32(b, value)
	}
	text := "NIKON CORPORATION\x00NIKON D800\x00Fine 50mm\x00"
	b = order.AppendUint16(b, 4)
	entry(tagMake, typeASCII, 18, texts)
	entry(tagModel, typeASCII, 11, texts+18)
	entry(tagOrientation, typeShort, 1, uint32(orientation))
	entry(tagExifFolder, typeLong, 1, exif)
	b = order.AppendUint32(b, ifd1)
	b = order.AppendUint16(b, 4)
	entry(tagISO, typeShort, 1, uint32(iso))
	entry(tagPixelWidth, typeLong, 1, w)
	entry(tagPixelHeight, typeShort, 1, h)
	entry(tagLensModel, typeASCII, 10, texts+29)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 1)
	entry(tagOrientation, typeShort, 1, uint32(orientation))
	b = order.AppendUint32(b, 0)
	return append(b, text...)
}

func fullMetadata() Metadata {
	return Metadata{
		ICC:  bytes.Repeat([]byte("profile "), 20_000), // takes three JPEG segments
		EXIF: exifBlock(binary.LittleEndian, 1, 3200, 24, 16),
		XMP:  []byte(`<x:xmpmeta><rdf:Description tiff:Orientation="1" dc:title="gr` + "ü" + `n"/></x:xmpmeta>`),
		IPTC: []byte("\x1c\x02\x50\x00\x05Maria"),
	}
}

func TestMetadataIsCarried(t *testing.T) {
	for _, format := range []Format{JPEG, PNG} {
		want := fullMetadata()
		path := filepath.Join(t.TempDir(), "a"+format.Extension())
		if err := Save(context.Background(), path, &Photo{Image: smooth(24, 16, 3), Meta: want}, SaveOptions{}); err != nil {
			t.Fatal(err)
		}
		p := open(t, path)
		got := p.Meta
		if format == PNG {
			want.IPTC = nil
		}
		if !bytes.Equal(got.ICC, want.ICC) || !bytes.Equal(got.XMP, want.XMP) || !bytes.Equal(got.IPTC, want.IPTC) {
			t.Errorf("%v: ICC %d bytes, XMP %q, IPTC %q", format, len(got.ICC), got.XMP, got.IPTC)
		}
		if !bytes.Equal(got.EXIF, uprightEXIF(want.EXIF, 24, 16)) {
			t.Errorf("%v: EXIF changed", format)
		}
		if got.Camera != "NIKON D800" || got.Lens != "Fine 50mm" || got.ISO != 3200 {
			t.Errorf("%v: camera %q, lens %q, ISO %d", format, got.Camera, got.Lens, got.ISO)
		}
		if p.Image.W != 24 || p.Image.H != 16 {
			t.Errorf("%v: the pixels suffered", format)
		}
	}
}

// TestOrientationIsAppliedOnce opens photos of every orientation, in both byte
// orders and formats, and saves them: upright pixels, upright tags.
func TestOrientationIsAppliedOnce(t *testing.T) {
	upright := picture(12, 20, 3, 8, false)
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, o := range pixel.Orientations() {
			stored := upright.Oriented(o.Inverse())
			meta := Metadata{
				EXIF: exifBlock(order, uint16(o), 100, uint32(stored.W), uint32(stored.H)),
				XMP:  []byte(`<a tiff:Orientation="` + string(rune('0'+o)) + `"><tiff:Orientation>` + string(rune('0'+o)) + `</tiff:Orientation>`),
			}
			var b bytes.Buffer
			if err := encodePNG(&b, stored, meta, 8); err != nil {
				t.Fatal(err)
			}
			path := write(t, "turned.png", b.Bytes())
			info, err := Inspect(context.Background(), path)
			if err != nil || info.W != 12 || info.H != 20 || info.Sideways != o {
				t.Errorf("orientation %d: Inspect says %+v, %v", o, info, err)
			}
			p := open(t, path)
			if !p.Image.Equal(upright) {
				t.Fatalf("orientation %d: the photo does not stand upright", o)
			}
			saved := filepath.Join(t.TempDir(), "saved.png")
			if err := Save(context.Background(), saved, p, SaveOptions{}); err != nil {
				t.Fatal(err)
			}
			again := open(t, saved)
			if !again.Image.Equal(upright) {
				t.Errorf("orientation %d: turned twice", o)
			}
			if strings.Count(string(again.Meta.XMP), `1`) != 2 {
				t.Errorf("orientation %d: XMP still says %s", o, again.Meta.XMP)
			}
			checkUpright(t, again.Meta.EXIF)
		}
	}
}

// checkUpright looks at the tags that saving must have set, and at the link to
// the thumbnail, which must be gone.
func checkUpright(t *testing.T, data []byte) {
	t.Helper()
	parsed, first, err := parseTIFF(data)
	if err != nil {
		t.Fatal(err)
	}
	got := map[uint16]uint32{}
	parsed.walk(first, func(e tiffEntry) { got[e.tag] = parsed.number(e) })
	if got[tagOrientation] != 1 || got[tagPixelWidth] != 12 || got[tagPixelHeight] != 20 {
		t.Errorf("EXIF says orientation %d, %d×%d", got[tagOrientation], got[tagPixelWidth], got[tagPixelHeight])
	}
	if next := parsed.order.Uint32(data[first+2+4*12:]); next != 0 {
		t.Errorf("the old thumbnail is still linked at %d", next)
	}
}

// TestJPEGOrientation goes through a real JPEG: a dark and a bright half.
func TestJPEGOrientation(t *testing.T) {
	im := pixel.New(32, 16, 1, 8)
	for i := range im.Planes[0] {
		if i%32 >= 16 {
			im.Planes[0][i] = 65535
		}
	}
	var b bytes.Buffer
	if err := encodeJPEG(&b, im, Metadata{EXIF: exifBlock(binary.BigEndian, uint16(pixel.Rotated90), 100, 32, 16)}, 95); err != nil {
		t.Fatal(err)
	}
	got := open(t, write(t, "a.jpg", b.Bytes())).Image
	if got.W != 16 || got.H != 32 || got.Planes[0][0] > 3000 || got.Planes[0][31*16] < 62000 {
		t.Errorf("%d×%d, top %d, bottom %d", got.W, got.H, got.Planes[0][0], got.Planes[0][31*16])
	}
}

func TestCameraNames(t *testing.T) {
	tests := []struct{ maker, model, want string }{
		{"Canon", "Canon EOS 5D Mark II", "Canon EOS 5D Mark II"},
		{"NIKON CORPORATION", "NIKON D800", "NIKON D800"},
		{"SONY", "ILCE-7M2", "SONY ILCE-7M2"},
		{"", "DMC-LX3", "DMC-LX3"},
		{"Leica Camera AG", "", ""},
	}
	for _, test := range tests {
		if got := cameraName(test.maker, test.model); got != test.want {
			t.Errorf("%q %q: got %q, want %q", test.maker, test.model, got, test.want)
		}
	}
}

// TestLargeISO: from 65,535 on the value moves to a 32-bit tag.
func TestLargeISO(t *testing.T) {
	data := exifBlock(binary.LittleEndian, 1, 0xffff, 1, 1)
	parsed, first, err := parseTIFF(data)
	if err != nil {
		t.Fatal(err)
	}
	parsed.walk(first, func(e tiffEntry) {
		if e.tag == tagPixelWidth { // becomes the recommended exposure index
			binary.LittleEndian.PutUint16(data[e.at-8:], tagExposureIdx)
			parsed.setNumber(e, 102_400)
		}
	})
	if tags, err := readEXIF(data); err != nil || tags.ISO != 102_400 {
		t.Errorf("ISO %d, %v", tags.ISO, err)
	}
}

func TestIPTCAmongResources(t *testing.T) {
	records := []byte("\x1c\x02\x05\x00\x04Harz!")
	thumbnail := append([]byte("8BIM\x04\x0c\x03abc\x00\x00\x00\x05"), "12345\x00"...)
	if got := findIPTC(append(thumbnail, packIPTC(records)...)); !bytes.Equal(got, records) {
		t.Errorf("got %q", got)
	}
	if got := findIPTC(thumbnail); got != nil {
		t.Errorf("a thumbnail was taken for IPTC: %q", got)
	}
}

// TestHalfAProfile: a missing part of an ICC profile drops it as a whole.
func TestHalfAProfile(t *testing.T) {
	var chunks [][]byte
	chunks = addProfileChunk(chunks, []byte{2, 2, 'b'})
	if got := joinProfile(chunks); got != nil {
		t.Errorf("half a profile was kept: %q", got)
	}
	chunks = addProfileChunk(chunks, []byte{1, 2, 'a'})
	chunks = addProfileChunk(chunks, []byte{9, 2, 'x'})
	if got := joinProfile(chunks); string(got) != "ab" {
		t.Errorf("got %q", got)
	}
}

// FuzzEXIF: no bytes make the reader fail otherwise than by its error, and
// what was set upright is as long as before and can be read again.
func FuzzEXIF(f *testing.F) {
	f.Add(exifBlock(binary.LittleEndian, 6, 800, 30, 20))
	f.Add(exifBlock(binary.BigEndian, 3, 0xffff, 30, 20))
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := readEXIF(data)
		out := uprightEXIF(data, 30, 20)
		if (err != nil) != (out == nil) {
			t.Fatalf("read: %v, but %d bytes written", err, len(out))
		}
		if out != nil {
			if _, err := readEXIF(out); err != nil || len(out) != len(data) {
				t.Fatalf("%d bytes became %d, %v", len(data), len(out), err)
			}
		}
		findIPTC(data)
	})
}
