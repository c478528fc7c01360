package tiff

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"blindspot/core/pixel"
)

// TestEncode: what is written comes back sample by sample: here, from
// golang.org/x/image/tiff where that can read it, and from ImageMagick.
func TestEncode(t *testing.T) {
	for _, depth := range []int{8, 16} {
		for _, c := range []int{1, 3} {
			for _, alpha := range []bool{false, true} {
				name := fmt.Sprintf("%d channels of %d bits, alpha %v", c, depth, alpha)
				want := sample(71, 53, c, depth, alpha)
				data := encode(t, want, depth, Tags{})
				got, _, err := decodeBytes(data)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if d := difference(got, want); d != "" {
					t.Errorf("%s: %s", name, d)
				}
				if c == 3 || !alpha {
					img, err := tiff.Decode(bytes.NewReader(data))
					if err != nil {
						t.Fatalf("%s: x/image: %v", name, err)
					}
					if d := difference(pixel.FromGo(img), want); d != "" {
						t.Errorf("%s: x/image: %s", name, d)
					}
				}
				shown := run(t, data, "convert", "tiff:-", "-depth", fmt.Sprint(depth), "pam:-")
				raw := pam(want)
				size := want.W * want.H * (len(want.Planes) + len(want.Alpha)/max(1, len(want.Alpha))) * depth / 8
				if !bytes.Equal(shown[len(shown)-size:], raw[len(raw)-size:]) {
					t.Errorf("%s: ImageMagick sees other samples", name)
				}
			}
		}
	}
}

// TestSizes: rows wider than a strip, pictures of one pixel, of many strips.
func TestSizes(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 700}, {700, 1}, {65_535, 2}, {900, 701}} {
		want := sample(size[0], size[1], 3, 16, false)
		got, _, err := decodeBytes(encode(t, want, 16, Tags{}))
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		if d := difference(got, want); d != "" {
			t.Errorf("%v: %s", size, d)
		}
	}
}

// TestRounding: 16 bits are rounded to the nearest of 8.
func TestRounding(t *testing.T) {
	im := pixel.New(256, 256, 1, 16)
	for v := range 1 << 16 {
		im.Planes[0][v] = uint16(v)
	}
	got, _, err := decodeBytes(encode(t, im, 8, Tags{}))
	if err != nil || got.Depth != 8 {
		t.Fatal(err)
	}
	for v, g := range got.Planes[0] {
		if want := (v*2*255 + 65535) / (2 * 65535) * 257; int(g) != want {
			t.Fatalf("%d is rounded to %d, not %d", v, g, want)
		}
	}
}

// TestSameBytes: the number of processors does not show.
func TestSameBytes(t *testing.T) {
	im := sample(900, 1500, 3, 16, false)
	want := encode(t, im, 16, Tags{})
	before := runtime.GOMAXPROCS(1)
	alone := encode(t, im, 16, Tags{})
	runtime.GOMAXPROCS(5)
	many := encode(t, im, 16, Tags{})
	runtime.GOMAXPROCS(before)
	if !bytes.Equal(alone, want) || !bytes.Equal(many, want) {
		t.Error("other bytes with another number of processors")
	}
}

func TestCannotBeEncoded(t *testing.T) {
	good := sample(8, 8, 3, 8, false)
	for _, test := range []struct {
		name  string
		im    *pixel.Image
		depth int
		want  error
	}{
		{"12 bits", good, 12, ErrUnsupported},
		{"nothing", &pixel.Image{C: 1, Planes: [][]uint16{nil}}, 8, ErrUnsupported},
		{"two channels", pixel.New(4, 4, 2, 8), 8, ErrUnsupported},
		{"too wide", &pixel.Image{W: MaxSide + 1, H: 1, C: 1}, 8, ErrTooLarge},
	} {
		if err := Encode(&seekBuffer{}, test.im, test.depth, Tags{}); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	whole := len(encode(t, good, 8, Tags{}))
	for at := range whole {
		if err := Encode(&fullDisk{room: at}, good, 8, Tags{}); !errors.Is(err, errFull) {
			t.Fatalf("a disk full after %d of %d bytes: %v", at, whole, err)
		}
	}
}

var errFull = errors.New("the disk is full")

// fullDisk takes so many bytes and no more.
type fullDisk struct {
	seekBuffer
	room int
}

func (f *fullDisk) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errFull
	}
	return f.seekBuffer.Write(b)
}

// exiftool returns the tags of a file, "Group:Tag=value", without those of the
// file system and of how the picture is stored.
func exiftool(t *testing.T, path string) map[string]string {
	t.Helper()
	out := run(t, nil, "exiftool", "-a", "-G1", "-s", "-n", "-u", path)
	tags := map[string]string{}
	for line := range strings.Lines(string(out)) {
		group, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "["), "]")
		name, value, _ := strings.Cut(rest, ":")
		name = strings.TrimSpace(name)
		if group == "System" || group == "File" || group == "ExifTool" || group == "Composite" || structural[name] {
			continue
		}
		tags[group+":"+name] = strings.TrimSpace(value)
	}
	return tags
}

var structural = map[string]bool{
	"SubfileType": true, "ImageWidth": true, "ImageHeight": true, "BitsPerSample": true, "Compression": true,
	"PhotometricInterpretation": true, "StripOffsets": true, "SamplesPerPixel": true, "RowsPerStrip": true,
	"StripByteCounts": true, "PlanarConfiguration": true, "Predictor": true, "ExtraSamples": true,
	"YCbCrPositioning": true, // of the JPEG that the block came from
	"ThumbnailOffset":  true, "ThumbnailLength": true, "ThumbnailImage": true,
}

// TestMetadata writes a rich EXIF block of both byte orders, with a maker's note
// whose offsets count from the block's beginning, into a file, and compares
// what exiftool and exiv2 read of the bare block and of the file.
func TestMetadata(t *testing.T) {
	for _, order := range []byteOrder{littleEndian, bigEndian} {
		block := richBlock(order)
		tags := Tags{
			EXIF: block, ICC: bytes.Repeat([]byte("profile "), 40),
			XMP:  []byte(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="here"/></rdf:RDF></x:xmpmeta>`),
			IPTC: []byte{0x1c, 2, 5, 0, 5, 't', 'i', 't', 'l', 'e'},
		}
		im := sample(40, 30, 3, 16, true)
		path := save(t, encode(t, im, 16, tags))
		bare := filepath.Join(t.TempDir(), "block.tif")
		if err := os.WriteFile(bare, block, 0o600); err != nil {
			t.Fatal(err)
		}
		want, got := exiftool(t, bare), exiftool(t, path)
		if len(want) < 20 {
			t.Fatalf("the block has only %v", want)
		}
		for _, needed := range []string{"Canon:CanonFirmwareVersion", "Canon:OwnerName", "GPS:GPSLatitude", "InteropIFD:InteropIndex", "IFD0:Artist", "ExifIFD:ExposureTime"} {
			if want[needed] == "" {
				t.Errorf("the block lacks %s", needed)
			}
		}
		for name, value := range want {
			if strings.HasPrefix(name, "IFD1:") {
				continue
			}
			if got[name] != value {
				t.Errorf("%v: %s is %q, was %q", order, name, got[name], value)
			}
		}
		for name := range got {
			if strings.HasPrefix(name, "IFD1:") {
				t.Errorf("%v: the thumbnail's %s is there", order, name)
			}
		}
		if got["XMP-dc:Source"] != "here" || got["IPTC:ObjectName"] != "title" {
			t.Errorf("%v: XMP source %q, IPTC title %q", order, got["XMP-dc:Source"], got["IPTC:ObjectName"])
		}
		back, h, err := decodeBytes(load(t, path))
		if err != nil || difference(back, im) != "" || !bytes.Equal(h.ICC, tags.ICC) || !bytes.Equal(h.XMP, tags.XMP) || !bytes.Equal(h.IPTC, tags.IPTC) {
			t.Errorf("%v: %v %s", order, err, difference(back, im))
		}
		checkWithOthers(t, path)
	}
}

// checkWithOthers has programs that know the format look for faults.
func checkWithOthers(t *testing.T, path string) {
	t.Helper()
	// exiftool holds files against the letter of several standards at once. What
	// it must say here: EXIF tags of JPEG files in a TIFF, and deflate, are no part
	// of TIFF 6.0, IPTC has two types in use, the test's GPS data and profile are
	// not complete.
	known := regexp.MustCompile(`^Validate|\[minor\]|ICC_Profile|Invalid profile|IPTC-NAA|GPSProcessingMethod|0x0103 Compression`)
	for line := range strings.Lines(string(run(t, nil, "exiftool", "-validate", "-warning", "-error", "-a", "-s", path))) {
		if !known.MatchString(line) {
			t.Errorf("exiftool: %s", line)
		}
	}
	for _, command := range [][]string{{"tiffinfo", "-D", path}, {"exiv2", "-pa", path}, {"identify", "-verbose", path}} {
		cmd := exec.Command(command[0], command[1:]...)
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		out, err := cmd.Output()
		if err != nil || strings.Contains(complaint.String(), "rror") {
			t.Errorf("%s: %v %s", command[0], err, complaint.Bytes())
		}
		if command[0] == "exiv2" && !bytes.Contains(out, []byte("Exif.Canon.OwnerName")) {
			t.Errorf("exiv2 cannot read the maker's note: %s", out)
		}
	}
}

// TestBrokenBlocks: a block that cannot be read, or lies, does no harm.
func TestBrokenBlocks(t *testing.T) {
	block := richBlock(littleEndian)
	lying := bytes.Clone(block)
	for i := 10; i+12 < 200; i += 12 { // the first directory's offsets
		copy(lying[i+8:], []byte{0xff, 0xff, 0xff, 0x7f})
	}
	want := sample(12, 9, 3, 8, false)
	for name, broken := range map[string][]byte{
		"empty": {}, "short": block[:7], "text": []byte("no EXIF at all, no EXIF"), "cut": block[:30],
		"directory beyond": append([]byte("MM\x00*\x7f\xff\xff\xff"), block[8:]...), "directory in the header": []byte("II*\x00\x04\x00\x00\x00\x00\x00\x00\x00"),
		"lying offsets": lying, "odd length": block[:len(block)-1],
	} {
		path := save(t, encode(t, want, 8, Tags{EXIF: broken}))
		got, _, err := decodeBytes(load(t, path))
		if err != nil || difference(got, want) != "" {
			t.Errorf("%s: %v", name, err)
		}
		if out := run(t, nil, "tiffinfo", path); !bytes.Contains(out, []byte("Image Width: 12 Image Length: 9")) {
			t.Errorf("%s: tiffinfo says %s", name, out)
		}
	}
}

// FuzzEncodeTags feeds EXIF blocks to the writer: the picture comes back.
func FuzzEncodeTags(f *testing.F) {
	f.Add(richBlock(littleEndian))
	f.Add(richBlock(bigEndian))
	want := sample(3, 2, 3, 8, false)
	f.Fuzz(func(t *testing.T, block []byte) {
		var out seekBuffer
		if err := Encode(&out, want, 8, Tags{EXIF: block}); err != nil {
			t.Fatal(err)
		}
		got, h, err := decodeBytes(out.data)
		if err != nil || difference(got, want) != "" || h.Orientation != 1 {
			t.Fatalf("%+v, %v", h, err)
		}
	})
}
