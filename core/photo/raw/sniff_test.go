package raw

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"blindspot/core/photo/raw/rawtest"
)

const photos = "../../../testdata/photos/"

// folderAt8 returns a TIFF of one directory with the given tags, each a LONG.
func folderAt8(order binary.AppendByteOrder, tags ...uint32) []byte {
	out := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		out = []byte("MM\x00*")
	}
	out = order.AppendUint32(out, 8)
	out = order.AppendUint16(out, uint16(len(tags)/2))
	for i := 0; i < len(tags); i += 2 {
		out = order.AppendUint16(out, uint16(tags[i]))
		out = order.AppendUint16(out, 4)
		out = order.AppendUint32(out, 1)
		out = order.AppendUint32(out, tags[i+1])
	}
	out = order.AppendUint32(out, 0)
	return append(out, make([]byte, 64)...)
}

func TestSniff(t *testing.T) {
	small := rawtest.DNG{W: 4, H: 4, Pattern: "RGGB", Samples: make([]uint16, 16), White: 100}.Bytes()
	nested := folderAt8(binary.BigEndian, 256, 160, 330, 50)
	nested = append(nested[:50:50], folderAt8(binary.BigEndian, 262, photometricCFA)[8:]...)
	loop := folderAt8(binary.LittleEndian, 330, 8)
	tests := []struct {
		name string
		data []byte
		path string
		want bool
	}{
		{"Canon CR2", []byte("II*\x00\x10\x00\x00\x00CR\x02\x00"), "a", true},
		{"Canon CRW", []byte("II\x1a\x00\x00\x00HEAPCCDR"), "a", true},
		{"Canon CR3", []byte("\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01"), "a", true},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x01"), "a.cr3", false},
		{"Fujifilm", []byte("FUJIFILMCCD-RAW 0201"), "a", true},
		{"Olympus", []byte("IIRO\x08\x00\x00\x00"), "a", true},
		{"Panasonic", []byte("IIU\x00\x18\x00\x00\x00"), "a", true},
		{"Minolta", []byte("\x00MRM\x00\x00\x00\x00"), "a", true},
		{"Sigma", []byte("FOVb\x00\x00\x00\x00"), "a", true},
		{"DNG, whatever it is called", small, "a.tif", true},
		{"mosaic in a subdirectory", nested, "a", true},
		{"Nikon's compression", folderAt8(binary.BigEndian, 259, 34713), "a", true},
		{"linear camera colours", folderAt8(binary.LittleEndian, 262, photometricLinear), "a", true},
		{"ordinary TIFF", folderAt8(binary.LittleEndian, 259, 5, 262, 2), "a.tif", false},
		{"ordinary TIFF called a raw", folderAt8(binary.LittleEndian, 259, 5, 262, 2), "a.NEF", true},
		{"directories in a circle", loop, "a.tif", false},
		{"BigTIFF", []byte("II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00"), "a.tif", false},
		{"JPEG called a raw", []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), "a.nef", false},
		{"text", []byte("hello"), "a.dng", false},
		{"nothing", nil, "a.dng", false},
	}
	for _, test := range tests {
		if got := Sniff(bytes.NewReader(test.data), int64(len(test.data)), test.path); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestSniffFiles(t *testing.T) {
	paths, err := filepath.Glob(photos + "raw/*.dng")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range append(paths, photos+"bliznaca.png") {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		stat, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if got := Sniff(f, stat.Size(), ""); got != strings.HasSuffix(path, ".dng") {
			t.Errorf("%s: %v", path, got)
		}
		if endsEarly(f, stat.Size()) && strings.HasSuffix(path, ".dng") {
			t.Errorf("%s ends early", path)
		}
		f.Close()
	}
}

func TestEndsEarly(t *testing.T) {
	dng := rawtest.DNG{W: 40, H: 30, Pattern: "RGGB", Samples: make([]uint16, 1200), White: 100}.Bytes()
	raf := append([]byte("FUJIFILMCCD-RAW 0201"), make([]byte, 180)...)
	binary.BigEndian.PutUint32(raf[100:], 120)
	binary.BigEndian.PutUint32(raf[104:], 80)
	cr3 := append([]byte("\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom\x00\x00\x00\xc8mdat"), make([]byte, 192)...)
	crw := append([]byte("II\x1a\x00\x00\x00HEAPCCDR"), make([]byte, 200)...)
	crw[26+100] = 2 // the directory, 100 bytes into the heap, of two entries
	crw = binary.LittleEndian.AppendUint32(crw, 100)
	for name, data := range map[string][]byte{"DNG": dng, "RAF": raf, "CR3": cr3, "CRW": crw} {
		if endsEarly(bytes.NewReader(data), int64(len(data))) {
			t.Errorf("a whole %s ends early", name)
		}
		for _, cut := range []int{5, 20, 60, len(data) / 2, len(data) - 30} {
			short := data[:len(data)-cut]
			if !endsEarly(bytes.NewReader(short), int64(len(short))) {
				t.Errorf("a %s without its last %d of %d bytes seems whole", name, cut, len(data))
			}
		}
	}
}

func TestExtensions(t *testing.T) {
	all := Extensions()
	for _, ending := range all {
		if !HasExtension("folder.x/PHOTO" + strings.ToUpper(ending)) {
			t.Errorf("%s is not recognised", ending)
		}
	}
	all[0] = ".jpg"
	if HasExtension("photo.jpg") || HasExtension("nef") || HasExtension("photo.nef.xmp") {
		t.Error("too much is recognised")
	}
}

// FuzzSniff feeds the readers of directories: they must neither fail nor take
// long, whatever the file says.
func FuzzSniff(f *testing.F) {
	f.Add(rawtest.DNG{W: 4, H: 4, Pattern: "RGGB", Samples: make([]uint16, 16), White: 100, Preview: []byte{0xff, 0xd8, 0xff, 0xd9}}.Bytes())
	f.Add(folderAt8(binary.BigEndian, 330, 8, 259, 34713))
	f.Add([]byte("FUJIFILMCCD-RAW 0201" + strings.Repeat("\x00\x00\x00\x80", 30)))
	f.Add(append([]byte("II\x1a\x00\x00\x00HEAPCCDR"), make([]byte, 200)...))
	f.Add(append([]byte("\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom\x00\x00\x00\x01mdat"), make([]byte, 100)...))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x08\x00\x00\x00\x00\x00\x00\xff\xd9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, size := bytes.NewReader(data), int64(len(data))
		_ = Sniff(r, size, "a.tif")
		_ = endsEarly(r, size)
		_ = missesPixels(r, size)
		o := PreviewOrientation(data, Info{W: 3, H: 2, Orientation: 6})
		if !o.Valid() {
			t.Fatalf("orientation %d", o)
		}
	})
}
