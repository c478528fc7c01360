package photo

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"blindspot/core/colour/icc"
	"blindspot/core/photo/meta"
	"blindspot/core/photo/raw/rawtest"
	"blindspot/core/pixel"
)

// These tests let programs that have nothing to do with this one judge what was written: exiftool, exiv2, ImageMagick,
// libtiff.

// run returns what a program prints on standard output. It must succeed.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s%s", name, args, err, out, stderr.String())
	}
	return string(out)
}

// tags returns all that exiftool finds in a file, by group and name, duplicates and unknown tags included.
func tags(t *testing.T, path string) map[string]string {
	t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(run(t, "exiftool", "-j", "-G1", "-a", "-u", "-struct", path)), &list); err != nil || len(list) != 1 {
		t.Fatalf("exiftool on %s: %v", path, err)
	}
	all := map[string]string{}
	for key, v := range list[0] {
		all[key] = fmt.Sprint(v)
	}
	if w := all["ExifTool:Warning"] + all["ExifTool:Error"]; w != "" {
		t.Errorf("exiftool warns of %s: %s", filepath.Base(path), w)
	}
	return all
}

// values of EXIF and XMP that the rich photo has and that need care: other alphabets, quotes, what looks like XML.
var richTags = []string{
	"-IFD0:Make=Canon", "-IFD0:Model=Canon EOS 5D Mark II", "-IFD0:ImageDescription=A <b>garden</b> & more", "-IFD0:Artist=Åsa Öberg",
	"-IFD0:Copyright=© 2026 Åsa", "-IFD0:ModifyDate=2026:03:04 05:06:07", "-IFD0:XPTitle=日本 garden", "-IFD0:Software=Firmware 1.0.7",
	"-IFD0:Orientation#=6", "-IFD0:XResolution=300", "-IFD0:YResolution=300", "-IFD0:Rating=4",
	"-ExifIFD:LensModel=EF50mm f/1.8 II", "-ExifIFD:ISO=3200", "-ExifIFD:ExposureTime=1/160", "-ExifIFD:FNumber=5", "-ExifIFD:FocalLength=50",
	"-ExifIFD:DateTimeOriginal=2026:03:04 05:06:07", "-ExifIFD:OffsetTimeOriginal=+09:00", "-ExifIFD:SubSecTimeOriginal=42",
	"-ExifIFD:UserComment=Grüße aus 京都", "-ExifIFD:ExifImageWidth=64", "-ExifIFD:ExifImageHeight=48", "-ExifIFD:LensInfo=50 50 1.8 1.8",
	"-ExifIFD:ColorSpace=sRGB", "-ExifIFD:ExposureCompensation=-2/3", "-ExifIFD:Flash#=16", "-ExifIFD:SubjectArea=10 20 5 5", "-InteropIFD:InteropIndex=R98",
	"-GPS:GPSLatitude=35.0116", "-GPS:GPSLatitudeRef=N", "-GPS:GPSLongitude=135.7681", "-GPS:GPSLongitudeRef=E", "-GPS:GPSAltitude=51.5",
	"-GPS:GPSAltitudeRef#=0", "-GPS:GPSDateStamp=2026:03:03", "-GPS:GPSTimeStamp=20:06:07", "-GPS:GPSImgDirection=12.5", "-GPS:GPSImgDirectionRef=T",
	"-Canon:OwnerName=Åsa the owner of this camera", "-Canon:CanonImageType=A text that lies outside of its entry",
	"-IPTC:Headline=A headline", "-IPTC:Keywords=garden", "-IPTC:Keywords=京都", "-IPTC:Caption-Abstract=Quotes \"and\" <tags>", "-IPTC:CodedCharacterSet=UTF8",
	"-Photoshop:URL=https://example.org/", "-Photoshop:XResolution=300", "-Photoshop:PhotoshopQuality=10",
	"-XMP-dc:Title=A <title> & 'quotes'", "-XMP-dc:Subject=garden", "-XMP-dc:Subject=京都", "-XMP-dc:Creator=Åsa", "-XMP-xmp:CreatorTool=Some editor 3",
	"-XMP-tiff:Orientation#=6", "-XMP-exif:PixelXDimension=64", "-XMP-lr:HierarchicalSubject=place|garden", "-XMP-crs:Version=14.0",
	"-XMP-mwg-rs:RegionInfo={RegionList=[{Name=face,Type=Face,Area={X=0.5,Y=0.5,W=0.1,H=0.1,Unit=normalized}}]}",
	"-XMP-xmp:Rating=4", "-Comment=A comment in the JPEG itself",
}

// unknownXMP has namespaces that no program knows, with structures and languages.
const unknownXMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:my="urn:example:mine" my:Simple="a &lt; b">
 <my:Alt><rdf:Alt><rdf:li xml:lang="x-default">one</rdf:li><rdf:li xml:lang="de">eins</rdf:li></rdf:Alt></my:Alt>
 <my:Struct rdf:parseType="Resource"><my:Inner>deep</my:Inner></my:Struct>
</rdf:Description></rdf:RDF></x:xmpmeta>`

// rich makes a JPEG with everything, its pixels lying on their side.
func rich(t *testing.T) (path string, upright *pixel.Image) {
	t.Helper()
	folder := t.TempDir()
	path = filepath.Join(folder, "rich.jpg")
	upright = smooth(48, 64, 3)
	m := meta.Set{ICC: largeProfile(3), XMP: []byte(unknownXMP), EXIF: canonNotes(), Density: &meta.Density{Unit: 1, X: 300, Y: 300}}
	if err := encodeJPEG(t.Context(), create(t, path), upright.Oriented(pixel.Rotated90.Inverse()), m, SaveOptions{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	thumbnail := filepath.Join(folder, "thumb.jpg")
	mustSave(t, thumbnail, &Photo{Image: smooth(16, 12, 3)}, SaveOptions{})
	args := append(slices.Clone(richTags), "-ThumbnailImage<="+thumbnail, "-XMP-xmp:ThumbnailsImage<="+thumbnail,
		"-PhotoshopThumbnail<="+thumbnail, "-overwrite_original", "-charset", "iptc=UTF8", "-m", "-q", path)
	run(t, "exiftool", args...)
	return path, upright
}

// canonNotes is an EXIF block with maker's notes as Canon writes them: a bare directory whose offsets count from the block's
// beginning.
func canonNotes() []byte {
	o := binary.LittleEndian
	entry := func(b []byte, tag, kind uint16, count, v uint32) []byte {
		b = o.AppendUint16(b, tag)
		b = o.AppendUint16(b, kind)
		b = o.AppendUint32(b, count)
		return o.AppendUint32(b, v)
	}
	const ifd0, exif, notes = 8, 8 + 2 + 2*12 + 4, 8 + 2 + 2*12 + 4 + 2 + 12 + 4
	const text = notes + 2 + 3*12 + 4
	b := []byte("II*\x00\x08\x00\x00\x00\x02\x00")
	b = entry(b, 0x010f, 2, 6, text+64)
	b = entry(b, 0x8769, 4, 1, exif)
	b = append(b, 0, 0, 0, 0, 1, 0)
	b = entry(b, 0x927c, 7, text+64-notes, notes)
	b = append(b, 0, 0, 0, 0, 3, 0)
	b = entry(b, 0x0006, 2, 32, text)
	b = entry(b, 0x0009, 2, 32, text+32)
	b = entry(b, 0x0010, 4, 1, 0x80000218)
	b = append(b, 0, 0, 0, 0)
	b = append(b, fmt.Sprintf("%-31s\x00%-31s\x00", "Canon EOS 5D Mark II", "nobody")...)
	return append(b, "Canon\x00"...)
}

// expected says which tags may be gone or different after saving, and why. Keys are regular expressions.
var expected = map[string]string{
	`^(SourceFile|System:.*|ExifTool:.*|Composite:.*|File:.*)$`: "about the file, not of it",
	`^IFD1:`:                                 "the thumbnail: it shows the photo as it was",
	`^XMP-xmp:Thumbnails`:                    "the same",
	`^Photoshop:PhotoshopThumbnail`:          "the same",
	`^(IFD0|XMP-tiff):Orientation$`:          "has been applied",
	`^ExifIFD:ExifImage(Width|Height)$`:      "the photo stands upright now",
	`^XMP-exif:PixelXDimension$`:             "the same",
	`^(IFD0:Software|XMP-xmp:CreatorTool)$`:  "says Blindspot now",
	`^JFIF:JFIFVersion$`:                     "the writer's own",
	`^(ICC-header|ICC_Profile|ICC-\w+):`:     "compared byte by byte",
	`^IFD0:(X|Y)CbCr\w+$`:                    "describes the JPEG's colour",
	`^Photoshop:(IPTCDigest|CopyrightFlag)$`: "",
}

// expectedFor adds what one format cannot hold.
var expectedFor = map[Format]map[string]string{
	JPEG: {},
	PNG:  {`^JFIF:`: "JPEG's own way to say the resolution; the PNG has it in its own", `^File:Comment$`: "in the PNG's text"},
	TIFF: {
		`^JFIF:`:         "JPEG's own way to say the resolution, which is in the TIFF's tags",
		`^File:Comment$`: "a TIFF has no place for comments; Save says so",
	},
}

// TestRichJPEGSurvives saves the rich photo in every format and compares every tag that exiftool and exiv2 can read.
func TestRichJPEGSurvives(t *testing.T) {
	path, upright := rich(t)
	before, exiv := tags(t, path), exiv2(t, path)
	if len(before) < 120 || before["Canon:OwnerName"] == "" || before["XMP-my:StructInner"]+before["XMP-my:Struct"] == "" || before["IPTC:Keywords"] == "" {
		t.Fatalf("the photo is not as rich as it should be: %d tags: %v", len(before), slices.Sorted(maps.Keys(before)))
	}
	p := open(t, path)
	if len(p.Notes) > 0 || p.Image.W != upright.W || p.Image.H != upright.H {
		t.Fatalf("opened as %d×%d, notes %q", p.Image.W, p.Image.H, p.Notes)
	}
	done := &Edit{Software: "Blindspot test", Version: "test", Model: "starter", Mode: "tunable", Hole: "3", Luminance: 1, Colour: 0.5}
	for _, format := range []Format{JPEG, PNG, TIFF} {
		t.Run(format.String(), func(t *testing.T) {
			saved := filepath.Join(t.TempDir(), "saved"+format.Extension())
			for _, note := range mustSave(t, saved, p, SaveOptions{Done: done}) {
				if format != TIFF || !strings.Contains(note.String(), "comment") {
					t.Errorf("note: %s", note)
				}
			}
			after := tags(t, saved)
			compareTags(t, before, after, format)
			for key, want := range map[string]string{
				"IFD0:Orientation": "Horizontal (normal)", "XMP-tiff:Orientation": "Horizontal (normal)", "IFD0:Software": "Blindspot test",
				"XMP-xmp:CreatorTool": "Blindspot test", "XMP-blindspot:Model": "starter", "XMP-blindspot:Mode": "tunable", "XMP-blindspot:Hole": "3",
				"XMP-blindspot:LuminanceStrength": "1", "XMP-blindspot:ColourStrength": "0.5", "XMP-blindspot:Version": "test",
				"ExifIFD:ExifImageWidth": "48", "ExifIFD:ExifImageHeight": "64",
			} {
				if after[key] != want {
					t.Errorf("%s is %q, want %q", key, after[key], want)
				}
			}
			for key := range after {
				if strings.Contains(strings.ToLower(key), "thumbnail") || strings.HasPrefix(key, "IFD1:") {
					t.Errorf("a stale thumbnail: %s", key)
				}
			}
			if profile := run(t, "exiftool", "-b", "-icc_profile", saved); profile != string(p.Meta.ICC) {
				t.Errorf("the profile has %d bytes, want the %d of the photo", len(profile), len(p.Meta.ICC))
			}
			compareExiv2(t, exiv, exiv2(t, saved), format)
			if got := open(t, saved).Image; format != JPEG && !got.Equal(p.Image) {
				t.Error("the pixels changed")
			}
		})
	}
}

func compareTags(t *testing.T, before, after map[string]string, format Format) {
	t.Helper()
	compared := 0
	for key, want := range before {
		if explained(key, format) {
			continue
		}
		compared++
		if got, ok := after[key]; !ok {
			t.Errorf("%s is gone: it was %.80q", key, want)
		} else if got != want {
			t.Errorf("%s became %.80q, it was %.80q", key, got, want)
		}
	}
	if compared < 55 {
		t.Errorf("only %d tags were compared", compared)
	}
}

func explained(key string, format Format) bool {
	for _, list := range []map[string]string{expected, expectedFor[format]} {
		for pattern := range list {
			if regexp.MustCompile(pattern).MatchString(key) {
				return true
			}
		}
	}
	return false
}

// exiv2 returns all keys and values that exiv2 finds.
func exiv2(t *testing.T, path string) map[string]string {
	t.Helper()
	cmd := exec.Command("exiv2", "-PEIXkv", path)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
		t.Errorf("exiv2 on %s: %v", filepath.Base(path), err)
	}
	if strings.Contains(stderr.String(), "Error") {
		t.Errorf("exiv2 complains about %s: %s", filepath.Base(path), stderr.String())
	}
	all := map[string]string{}
	for line := range strings.Lines(stdout.String()) {
		if key, v, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			all[key] += strings.TrimSpace(v) + ";"
		}
	}
	return all
}

// exiv2 names by its own rules what expected names by exiftool's.
var expectedExiv2 = regexp.MustCompile(`^(Exif\.Thumbnail\..*|Exif\.Image\.(Orientation|Software|ExifTag|GPSTag|YCbCrPositioning)|` +
	`Exif\.Photo\.(PixelXDimension|PixelYDimension|MakerNote|InteroperabilityTag)|Exif\.MakerNote\.Offset|` +
	`Xmp\.(tiff\.Orientation|xmp\.CreatorTool|exif\.PixelXDimension|xmp\.Thumbnails.*))$`)

func compareExiv2(t *testing.T, before, after map[string]string, format Format) {
	t.Helper()
	for key, want := range before {
		if !expectedExiv2.MatchString(key) && after[key] != want {
			t.Errorf("exiv2: %s became %.80q, it was %.80q", key, after[key], want)
		}
	}
	for key := range after {
		if strings.HasPrefix(key, "Exif.Thumbnail") {
			t.Errorf("exiv2 finds a thumbnail in a %v: %s", format, key)
		}
	}
}

// TestRawToOutputs: camera, lens, exposure, date and place of a raw file are in what is saved of it.
func TestRawToOutputs(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "photo.dng")
	dng := rawtest.DNG{
		W: 64, H: 64, Pattern: "RGGB", Samples: slices.Repeat([]uint16{2000}, 64*64), Black: 512, White: 4095,
		Orientation: 6, Make: "Canon", Model: "Canon EOS D30", Lens: "EF50mm f/1.8", ISO: 800, Exposure: [2]uint32{1, 125},
		Aperture: 2.8, FocalLength: 50, Taken: "2024:05:17 18:30:05", Latitude: 48.137, Longitude: 11.575, Altitude: 519,
	}
	if err := os.WriteFile(path, dng.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "exiftool", "-overwrite_original", "-q", "-m", "-XMP-dc:Title=A raw", "-IPTC:Headline=News", "-IFD0:Artist=Somebody", "-IFD0:Copyright=nobody",
		"-ExifIFD:ColorSpace=Adobe RGB", path)
	before := tags(t, path)
	p := open(t, path)
	if p.Format != Raw || p.Image.Depth != 16 || !bytes.Equal(p.Meta.ICC, icc.SRGB()) {
		t.Fatalf("opened as %v of %d bits with a profile of %d bytes", p.Format, p.Image.Depth, len(p.Meta.ICC))
	}
	for _, format := range []Format{JPEG, PNG, TIFF} {
		saved := filepath.Join(folder, "saved"+format.Extension())
		if notes := mustSave(t, saved, p, SaveOptions{Done: &Edit{Software: "Blindspot test"}}); len(notes) > 0 {
			t.Errorf("%v: notes %q", format, notes)
		}
		after := tags(t, saved)
		for _, key := range []string{
			"IFD0:Make", "IFD0:Model", "IFD0:Artist", "IFD0:Copyright", "ExifIFD:LensModel", "ExifIFD:ISO", "ExifIFD:ExposureTime", "ExifIFD:FNumber",
			"ExifIFD:FocalLength", "ExifIFD:DateTimeOriginal", "GPS:GPSLatitude", "GPS:GPSLongitude", "GPS:GPSAltitude", "XMP-dc:Title", "IPTC:Headline",
		} {
			if before[key] == "" || after[key] != before[key] {
				t.Errorf("%v: %s became %q, it was %q", format, key, after[key], before[key])
			}
		}
		if after["IFD0:Orientation"] != "Horizontal (normal)" || after["IFD0:Software"] != "Blindspot test" || after["ExifIFD:ColorSpace"] != "sRGB" {
			t.Errorf("%v: orientation %q, software %q", format, after["IFD0:Orientation"], after["IFD0:Software"])
		}
		for key := range after {
			if strings.Contains(key, "DNG") || strings.Contains(key, "CFA") || strings.HasPrefix(key, "SubIFD") {
				t.Errorf("%v: %s describes the raw", format, key)
			}
		}
	}
}
