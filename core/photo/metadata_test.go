package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"blindspot/core/colour/icc"
	"blindspot/core/photo/meta"
	"blindspot/core/photo/meta/metatest"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// largeProfile is a valid header with so much behind it that a JPEG needs three segments.
func largeProfile(channels int) []byte {
	profile := slices.Concat(icc.SRGB(), bytes.Repeat([]byte("profile "), 20_000))
	binary.BigEndian.PutUint32(profile, uint32(len(profile)))
	if channels == 1 {
		copy(profile[16:], "GRAY")
	}
	return profile
}

func fullMetadata(channels int) meta.Set {
	return meta.Set{
		ICC: largeProfile(channels),
		EXIF: metatest.Block{
			Order: binary.LittleEndian, Orientation: 1, ISO: 3200, W: 24, H: 16,
		}.Bytes(),
		XMP: []byte(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
			`<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:a="urn:a" tiff:Orientation="1" a:title="gr` + "ü" + `n"/></rdf:RDF></x:xmpmeta>`),
		IPTC:      []byte("\x1c\x02\x50\x00\x05Maria"),
		Resources: []byte("8BIM\x03\xed\x00\x00\x00\x00\x00\x04abcd"),
		Comments:  [][]byte{[]byte("a comment")},
	}
}

func TestMetadataIsCarried(t *testing.T) {
	for _, format := range []Format{JPEG, PNG, TIFF} {
		want := fullMetadata(3)
		path := filepath.Join(t.TempDir(), "a"+format.Extension())
		notes := mustSave(t, path, &Photo{Image: smooth(24, 16, 3), Meta: Metadata{Set: want}}, SaveOptions{})
		p := open(t, path)
		got := p.Meta
		for name, pair := range map[string][2][]byte{"ICC": {got.ICC, want.ICC}, "XMP": {got.XMP, want.XMP}, "IPTC": {got.IPTC, want.IPTC}} {
			if !bytes.Equal(pair[0], pair[1]) {
				t.Errorf("%v: %s became %d bytes, want %d", format, name, len(pair[0]), len(pair[1]))
			}
		}
		if !bytes.Equal(got.Resources, want.Resources) || len(notes) > 0 && format != TIFF {
			t.Errorf("%v: resources %q, notes %q", format, got.Resources, notes)
		}
		if format != TIFF && (len(got.Comments) != 1 || string(got.Comments[0]) != "a comment") {
			t.Errorf("%v: comments %q", format, got.Comments)
		}
		if got.Camera != "NIKON D800" || got.Lens != "Fine 50mm" || got.ISO != 3200 {
			t.Errorf("%v: camera %q, lens %q, ISO %d", format, got.Camera, got.Lens, got.ISO)
		}
		if p.Image.W != 24 || p.Image.H != 16 || len(p.Notes) > 0 {
			t.Errorf("%v: %d×%d, notes %q", format, p.Image.W, p.Image.H, p.Notes)
		}
	}
}

// TestOrientationIsAppliedOnce opens photos of every orientation, in both byte orders and all formats, and saves them:
// upright pixels, upright tags.
func TestOrientationIsAppliedOnce(t *testing.T) {
	upright := picture(12, 20, 3, 8, false)
	for _, order := range []metatest.Order{binary.LittleEndian, binary.BigEndian} {
		for _, o := range pixel.Orientations() {
			for _, format := range []Format{PNG, TIFF} {
				name := format.String() + " of orientation " + strconv.Itoa(int(o))
				path := filepath.Join(t.TempDir(), "turned"+format.Extension())
				turned(t, path, upright.Oriented(o.Inverse()), order, o)
				info, err := Inspect(context.Background(), path)
				if err != nil || info.W != 12 || info.H != 20 || info.Sideways != o {
					t.Errorf("%s: Inspect says %d×%d turned by %d, %v", name, info.W, info.H, info.Sideways, err)
				}
				p := open(t, path)
				if !p.Image.Equal(upright) {
					t.Fatalf("%s: the photo does not stand upright", name)
				}
				small, _, err := Preview(context.Background(), path, 1000)
				if err != nil || !small.Equal(upright) {
					t.Errorf("%s: the preview does not stand upright, %v", name, err)
				}
				for _, target := range []Format{PNG, TIFF} {
					saved := filepath.Join(t.TempDir(), "saved"+target.Extension())
					mustSave(t, saved, p, SaveOptions{})
					again := open(t, saved)
					if !again.Image.Equal(upright) {
						t.Errorf("%s to %v: turned twice", name, target)
					}
					if strings.Count(string(again.Meta.XMP), `>1<`)+strings.Count(string(again.Meta.XMP), `"1"`) != 2 {
						t.Errorf("%s to %v: XMP still says %s", name, target, again.Meta.XMP)
					}
					if _, orientation, err := meta.Read(again.Meta.EXIF); err != nil || orientation != 1 {
						t.Errorf("%s to %v: EXIF says %d, %v", name, target, orientation, err)
					}
				}
			}
		}
	}
}

// turned writes a file whose tags say that its pixels lie as o.
func turned(t *testing.T, path string, stored *pixel.Image, order metatest.Order, o pixel.Orientation) {
	t.Helper()
	n := strconv.Itoa(int(o))
	m := meta.Set{
		EXIF: metatest.Block{Order: order, Orientation: int(o), ISO: 100, W: stored.W, H: stored.H}.Bytes(),
		XMP: []byte(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:tiff="http://ns.adobe.com/tiff/1.0/">` +
			`<rdf:Description tiff:Orientation="` + n + `"/><rdf:Description><tiff:Orientation>` + n + `</tiff:Orientation></rdf:Description></rdf:RDF>`),
	}
	var err error
	if formatOf(path) == TIFF {
		f := create(t, path)
		err = encodeTIFF(context.Background(), f, stored, m, 8)
		// The writer says that all is upright: the photo's own word is put in its place.
		metatest.SetOrientation(t, path, int(o))
	} else {
		err = encodePNG(context.Background(), create(t, path), stored, m, 8)
	}
	if err != nil {
		t.Fatal(err)
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
	m := meta.Set{EXIF: metatest.Block{Order: binary.BigEndian, Orientation: int(pixel.Rotated90), ISO: 100, W: 32, H: 16}.Bytes()}
	var b bytes.Buffer
	if err := encodeJPEG(context.Background(), &b, im, m, SaveOptions{}); err != nil {
		t.Fatal(err)
	}
	path := write(t, "a.jpg", b.Bytes())
	preview, _, err := Preview(context.Background(), path, 20)
	if err != nil {
		t.Fatal(err)
	}
	if preview.W != 10 || preview.H != 20 {
		t.Errorf("the preview is %d×%d", preview.W, preview.H)
	}
	for name, got := range map[string]*pixel.Image{"photo": open(t, path).Image, "preview": preview} {
		if got.W*2 != got.H || got.Planes[0][0] > 3000 || got.Planes[0][(got.H-1)*got.W] < 62000 {
			t.Errorf("%s: %d×%d, top %d, bottom %d", name, got.W, got.H, got.Planes[0][0], got.Planes[0][(got.H-1)*got.W])
		}
	}
}

// TestProfileMustFit: a profile that cannot be one for the picture is left out and told of.
func TestProfileMustFit(t *testing.T) {
	damaged := bytes.Clone(icc.SRGB())
	copy(damaged[36:], "xxxx")
	tests := []struct {
		name     string
		profile  []byte
		channels int
		word     string
	}{
		{"fits", icc.SRGB(), 3, ""},
		{"damaged", damaged, 3, "damaged"},
		{"cut", icc.SRGB()[:200], 3, "damaged"},
		{"for RGB, but gray", icc.SRGB(), 1, "RGB"},
		{"for gray, but RGB", largeProfile(1), 3, "GRAY"},
		{"for gray", largeProfile(1), 1, ""},
	}
	for _, test := range tests {
		var b bytes.Buffer
		if err := encodePNG(context.Background(), &b, smooth(8, 8, test.channels), meta.Set{ICC: test.profile}, 8); err != nil {
			t.Fatal(err)
		}
		p := open(t, write(t, "a.png", b.Bytes()))
		kept := p.Meta.ICC != nil
		notes := say.Join(p.Notes, "; ").String()
		if kept != (test.word == "") || notes != "" == kept || !strings.Contains(notes, test.word) {
			t.Errorf("%s: kept %v, notes %q", test.name, kept, p.Notes)
		}
		if kept && !bytes.Equal(p.Meta.ICC, test.profile) {
			t.Errorf("%s: the profile changed", test.name)
		}
	}
}

// TestLongXMP goes from PNG, which has room for any packet, to JPEG, which needs two, and back.
func TestLongXMP(t *testing.T) {
	m := fullMetadata(3)
	long := strings.Repeat("All work and no play. ", 9000)
	m.XMP = bytes.Replace(m.XMP, []byte("a:title"), []byte(`a:story="`+long+`" a:title`), 1)
	folder := t.TempDir()
	p := &Photo{Image: smooth(24, 16, 3), Meta: Metadata{Set: m}}
	done := &Edit{Software: "Blindspot test", Version: "test", Model: "a <model>", Mode: "tunable", Hole: "3", Luminance: 1, Colour: 0.5}
	for _, name := range []string{"a.png", "b.jpg", "c.jpg", "d.tif"} {
		path := filepath.Join(folder, name)
		if notes := mustSave(t, path, p, SaveOptions{Done: done}); len(notes) > 1 { // the comment, in a TIFF
			t.Errorf("%s: notes %q", name, notes)
		}
		p = open(t, path)
		if (p.Meta.Extended != nil) != (p.Format == JPEG) || p.Format == JPEG && len(p.Meta.XMP) > meta.JPEGPacketMax {
			t.Errorf("%s: packets of %d and %d bytes", name, len(p.Meta.XMP), len(p.Meta.Extended))
		}
		all := string(p.Meta.XMP) + string(p.Meta.Extended)
		for _, part := range []string{long, `blindspot:Model="a &lt;model&gt;"`, `blindspot:Hole="3"`, `a:title="grün"`, "Blindspot test"} {
			if strings.Count(all, part) != 1 {
				t.Errorf("%s: %.40q is there %d times", name, part, strings.Count(all, part))
			}
		}
	}
}
