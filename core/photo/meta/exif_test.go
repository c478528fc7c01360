package meta

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"

	"blindspot/core/photo/meta/metatest"
)

var orders = []metatest.Order{binary.LittleEndian, binary.BigEndian}

func TestCarryEXIF(t *testing.T) {
	for _, order := range orders {
		block := metatest.Block{Order: order, Orientation: 6, ISO: 3200, W: 30, H: 20}.Bytes()
		for _, done := range []*Done{nil, {Software: "Blindspot 1.0"}, {Software: "BS"}, {Software: "Blindspot with a name that is too long for the thumbnail's place"}} {
			before := bytes.Clone(block)
			out, notes := CarryEXIF(block, Target{W: 20, H: 30, Done: done})
			if !bytes.Equal(block, before) || len(notes) > 0 {
				t.Fatalf("the photo's own block was changed, or there are notes: %q", notes)
			}
			facts, orientation, err := Read(out)
			if err != nil || orientation != 1 || facts.Camera != "NIKON D800" || facts.Lens != "Fine 50mm" || facts.ISO != 3200 {
				t.Errorf("%+v, orientation %d, %v", facts, orientation, err)
			}
			if done != nil && facts.Software != done.Software {
				t.Errorf("software %q, want %q", facts.Software, done.Software)
			}
			s, err := openStructure(bytes.NewReader(out), int64(len(out)))
			if err != nil {
				t.Fatal(err)
			}
			main, next := s.directory(s.first)
			exif := s.follow(main, tagEXIF)
			w, _ := find(exif, tagPixelWidth)
			h, _ := find(exif, tagPixelHeight)
			if s.number(w) != 20 || s.number(h) != 30 || next != 0 {
				t.Errorf("%d×%d, next directory %d", s.number(w), s.number(h), next)
			}
			if bytes.Contains(out, []byte(metatest.Thumbnail)) || bytes.Contains(out, []byte("thumbnail\x00")) {
				t.Error("the thumbnail is still there")
			}
			// What was not touched lies where it lay: the lens's name in the EXIF directory.
			if i := bytes.Index(block, []byte("Fine 50mm")); !bytes.Equal(out[i:i+9], block[i:i+9]) {
				t.Error("values moved")
			}
			again, _ := CarryEXIF(out, Target{W: 20, H: 30, Done: done})
			if !bytes.Equal(again, out) {
				t.Errorf("saving twice makes the block grow from %d to %d bytes", len(out), len(again))
			}
		}
	}
}

// TestThumbnailSharesValues: a thumbnail's directory may point at values of the first directory, or at anything.
func TestThumbnailSharesValues(t *testing.T) {
	block := metatest.Block{Order: binary.LittleEndian, Orientation: 1, ISO: 100, W: 1, H: 1}.Bytes()
	s, err := openStructure(bytes.NewReader(block), int64(len(block)))
	if err != nil {
		t.Fatal(err)
	}
	_, next := s.directory(s.first)
	thumb, _ := s.directory(next)
	start, _ := find(thumb, tagThumbnail)
	length, _ := find(thumb, tagThumbnailSize)
	binary.LittleEndian.PutUint32(block[start.field:], 0)
	binary.LittleEndian.PutUint32(block[length.field:], uint32(len(block)))
	out, _ := CarryEXIF(block, Target{W: 1, H: 1})
	facts, _, err := Read(out)
	if err != nil || facts.Camera != "NIKON D800" || facts.Lens != "Fine 50mm" || facts.ISO != 100 {
		t.Errorf("a thumbnail that claims the whole block took it along: %+v, %v", facts, err)
	}
	if bytes.Contains(out, []byte(metatest.Thumbnail)) {
		t.Error("the thumbnail is still there")
	}
}

// TestBlockOfAnySize: what does not fit is dropped in order of its worth, and told.
func TestBlockOfAnySize(t *testing.T) {
	d := &draft{order: binary.LittleEndian}
	d.main.set(textValue(tagModel, "A camera"))
	d.exif.set(d.short(tagISO, 800))
	d.exif.set(value{0x9286, typeUndefined, 50_000, make([]byte, 50_000)})
	d.maker = &value{tagMakerNote, typeUndefined, 30_000, append([]byte("Nikon\x00\x02"), make([]byte, 29_993)...)}
	whole := d.bytes()
	done := &Done{Software: "Blindspot 1.0"}
	tests := []struct {
		max   int
		notes []string
	}{
		{0, nil},
		{len(whole) + 100, nil},
		{len(whole) + 1, []string{"program's name"}},
		{len(whole), []string{"program's name"}},
		{60_000, []string{"maker's notes of 30 kB"}},
		{10_000, []string{"maker's notes", "long EXIF entries"}},
		{150, []string{"maker's notes", "long EXIF entries"}},
	}
	for _, test := range tests {
		out, notes := CarryEXIF(whole, Target{W: 1, H: 1, Max: test.max, Done: done})
		if test.max > 0 && len(out) > test.max {
			t.Errorf("%d bytes, where %d are allowed", len(out), test.max)
		}
		if len(notes) != len(test.notes) {
			t.Errorf("max %d: notes %q", test.max, notes)
			continue
		}
		for i, word := range test.notes {
			if !strings.Contains(notes[i].String(), word) {
				t.Errorf("max %d: notes %q", test.max, notes)
			}
		}
		if facts, _, err := Read(out); err != nil || facts.ISO != 800 {
			t.Errorf("max %d: ISO %d, %v", test.max, facts.ISO, err)
		}
	}
}

func TestNoEXIF(t *testing.T) {
	if out, notes := CarryEXIF(nil, Target{W: 1, H: 1}); out != nil || notes != nil {
		t.Errorf("%d bytes out of nothing, notes %q", len(out), notes)
	}
	for _, junk := range [][]byte{{}, []byte("junk"), []byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00")} {
		out, notes := CarryEXIF(junk, Target{W: 1, H: 1, Done: &Done{Software: "Blindspot 1.0"}})
		facts, orientation, err := Read(out)
		if err != nil || orientation != 1 || facts.Software != "Blindspot 1.0" || len(notes) != 1 {
			t.Errorf("%+v, %d, %v, notes %q", facts, orientation, err, notes)
		}
	}
}

func TestFactsThereAndBack(t *testing.T) {
	altitude := -12.34
	for _, f := range []Facts{
		{},
		{Camera: "Fujifilm X-T3", Lens: "XF23mm", ISO: 640, Exposure: 1.0 / 250, Aperture: 5.6, FocalLength: 23},
		{Camera: "X", ISO: 204_800, Exposure: 30, Aperture: 0.95, FocalLength: 600, Taken: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)},
		{Taken: time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 9*3600)), Zoned: true, Exposure: 0.4, GPS: &GPS{Latitude: -33.85678, Longitude: -151.2153, Altitude: &altitude}},
		{GPS: &GPS{Latitude: 89.99999, Longitude: 179.99999}},
	} {
		got, orientation, err := Read(FromFacts(f))
		if err != nil || orientation != 1 {
			t.Fatalf("%+v: %v", f, err)
		}
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-6*max(1, math.Abs(b)) }
		if got.Camera != f.Camera || got.Lens != f.Lens || got.ISO != f.ISO || !near(got.Exposure, f.Exposure) ||
			!near(got.Aperture, f.Aperture) || !near(got.FocalLength, f.FocalLength) || !got.Taken.Equal(f.Taken) || got.Zoned != f.Zoned {
			t.Errorf("%+v became %+v", f, got)
		}
		if (got.GPS == nil) != (f.GPS == nil) {
			t.Errorf("place %v became %v", f.GPS, got.GPS)
		} else if f.GPS != nil && (!near(got.GPS.Latitude, f.GPS.Latitude) || !near(got.GPS.Longitude, f.GPS.Longitude) ||
			(got.GPS.Altitude == nil) != (f.GPS.Altitude == nil) || f.GPS.Altitude != nil && !near(*got.GPS.Altitude, *f.GPS.Altitude)) {
			t.Errorf("place %+v became %+v", f.GPS, got.GPS)
		}
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

// TestHostileStructures: directories that point at themselves, promise too much, or lie outside.
func TestHostileStructures(t *testing.T) {
	entry := func(tag, kind uint16, count, v uint32) []byte {
		b := binary.LittleEndian.AppendUint16(nil, tag)
		b = binary.LittleEndian.AppendUint16(b, kind)
		b = binary.LittleEndian.AppendUint32(b, count)
		return binary.LittleEndian.AppendUint32(b, v)
	}
	block := func(next uint32, entries ...[]byte) []byte {
		b := []byte("II*\x00\x08\x00\x00\x00")
		b = binary.LittleEndian.AppendUint16(b, uint16(len(entries)))
		b = append(b, bytes.Join(entries, nil)...)
		return binary.LittleEndian.AppendUint32(b, next)
	}
	tests := map[string][]byte{
		"EXIF directory is the first":    block(0, entry(tagEXIF, typeLong, 1, 8)),
		"everything is the first":        block(8, entry(tagEXIF, typeLong, 1, 8), entry(tagGPS, typeLong, 1, 8), entry(tagInterop, typeLong, 1, 8)),
		"next directory is the first":    block(8, entry(tagOrientation, typeShort, 1, 6)),
		"huge count":                     block(0, entry(tagModel, typeASCII, 0xffffffff, 8)),
		"huge count of large values":     block(0, entry(tagModel, 12, 0xffffffff, 8)),
		"value outside":                  block(0, entry(tagModel, typeASCII, 20, 0xfffffff0)),
		"directory outside":              block(0xfffffff0, entry(tagEXIF, typeLong, 1, 0xfffffff0)),
		"unknown type":                   block(0, entry(tagModel, 99, 3, 8)),
		"thumbnail over all":             block(8, entry(tagThumbnail, typeLong, 1, 0), entry(tagThumbnailSize, typeLong, 1, 0xffffffff)),
		"more entries than bytes":        []byte("II*\x00\x08\x00\x00\x00\xff\xff\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00"),
		"orientation in two values":      block(0, entry(tagOrientation, typeShort, 2, 0x00080008)),
		"maker's notes over the header":  block(0, entry(tagMakerNote, typeUndefined, 20, 0)),
		"software over the directory":    block(0, entry(tagSoftware, typeASCII, 30, 2)),
		"software that is no text":       block(0, entry(tagSoftware, typeShort, 1, 7)),
		"orientation as an offset":       block(0, entry(tagOrientation, typeIFD, 1, 6)),
		"cut in the orientation":         block(0, entry(tagSoftware, typeASCII, 5, 8), entry(tagOrientation, typeShort, 1, 6))[:33],
		"width over a tag":               block(0, entry(1, typeByte, 0x0003a002, 1), entry(2, typeShort, 1, 6), entry(tagEXIF, typeLong, 1, 12)),
		"first directory in the header":  []byte("II*\x00\x04\x00\x00\x00\x00\x00\x00\x00"),
		"first directory behind the end": []byte("II*\x00\xff\xff\xff\xff\x00\x00\x00\x00"),
	}
	for name, data := range tests {
		for _, most := range []int{0, 150} {
			out, _ := CarryEXIF(data, Target{W: tagOrientation, H: 5, Max: most, Done: &Done{Software: "Blindspot 1.0"}})
			if most > 0 && len(out) > most {
				t.Errorf("%s: %d bytes, where %d are allowed", name, len(out), most)
			}
			_, orientation, err := Read(out)
			if err != nil {
				t.Errorf("%s: what came out cannot be read: %v", name, err)
			}
			if orientation > 1 {
				t.Errorf("%s: what came out has orientation %d", name, orientation)
			}
		}
		if _, err := FromTIFF(bytes.NewReader(data), int64(len(data)), true); err != nil && len(data) > 20 && !strings.HasPrefix(name, "first") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzEXIF: no bytes make the reader fail otherwise than by its error; what was carried can be read, stands upright, and
// keeps to its limit.
func FuzzEXIF(f *testing.F) {
	for _, order := range orders {
		f.Add(metatest.Block{Order: order, Orientation: 6, ISO: 800, W: 30, H: 20}.Bytes())
	}
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x01\x00"))
	altitude := 3.0
	f.Add(FromFacts(Facts{Camera: "A B", ISO: 100, GPS: &GPS{Latitude: 1, Altitude: &altitude}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, most := range []int{0, 200, 2000} {
			out, _ := CarryEXIF(data, Target{W: 30, H: 20, Max: most, Done: &Done{Software: "Blindspot 1.0"}})
			if most > 0 && len(out) > most {
				t.Fatalf("%d bytes, where %d are allowed", len(out), most)
			}
			_, orientation, outErr := Read(out)
			if outErr != nil {
				t.Fatalf("%d bytes became unreadable: %v", len(data), outErr)
			}
			if orientation > 1 {
				t.Fatalf("carried with orientation %d", orientation)
			}
		}
		for _, raw := range []bool{true, false} {
			if found, err := FromTIFF(bytes.NewReader(data), int64(len(data)), raw); err == nil && found.EXIF != nil {
				if _, _, err := Read(found.EXIF); err != nil {
					t.Fatalf("an EXIF block of ours cannot be read: %v", err)
				}
			}
		}
	})
}
