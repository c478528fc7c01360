package tiff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/image/tiff"

	"blindspot/core/pixel"
)

// TestReadsLibtiff has libtiff store pictures in every way that it knows and
// this package reads, and compares all samples.
func TestReadsLibtiff(t *testing.T) {
	ways := [][]string{
		{"-c", "none"},
		{"-c", "lzw"},
		{"-c", "lzw:2"},
		{"-c", "zip"},
		{"-c", "zip:2"},
		{"-c", "packbits"},
		{"-c", "none", "-r", "1"},
		{"-c", "zip:2", "-r", "7"},
		{"-c", "lzw:2", "-B", "-r", "5"},
		{"-c", "none", "-B"},
		{"-c", "none", "-t", "-w", "16", "-l", "16"},
		{"-c", "zip:2", "-t", "-w", "32", "-l", "16", "-B"},
		{"-c", "lzw:2", "-t", "-w", "256", "-l", "256"},
		{"-c", "packbits", "-t", "-w", "48", "-l", "32"},
	}
	for _, depth := range []int{8, 16} {
		for _, c := range []int{1, 3} {
			for _, alpha := range []bool{false, true} {
				want := sample(83, 61, c, depth, alpha)
				path := save(t, encode(t, want, depth, Tags{}))
				for _, way := range ways {
					data := load(t, tiffcp(t, path, way...))
					got, h, err := decodeBytes(data)
					name := fmt.Sprintf("%d channels of %d bits, alpha %v, %v", c, depth, alpha, way)
					if err != nil {
						t.Errorf("%s: %v", name, err)
						continue
					}
					if d := difference(got, want); d != "" {
						t.Errorf("%s: %s", name, d)
					}
					if h.W != 83 || h.H != 61 || h.C != c || h.Depth != depth || h.Alpha != alpha || h.Orientation != 1 {
						t.Errorf("%s: header %+v", name, h)
					}
				}
			}
		}
	}
}

// TestFewBits: palettes and grays of 1, 2, 4 and 8 bits, as ImageMagick shows
// them.
func TestFewBits(t *testing.T) {
	tests := []struct {
		name    string
		c, bits int
		options []string
	}{
		{"bilevel, white is 0", 1, 1, []string{"-colorspace", "Gray", "-threshold", "50%", "-type", "Bilevel", "-depth", "1", "-define", "quantum:polarity=min-is-white"}},
		{"bilevel, black is 0", 1, 1, []string{"-colorspace", "Gray", "-threshold", "50%", "-type", "Bilevel", "-depth", "1", "-define", "quantum:polarity=min-is-black"}},
		{"4 grays", 1, 2, []string{"-colorspace", "Gray", "-posterize", "4", "-depth", "2"}},
		{"16 grays", 1, 4, []string{"-colorspace", "Gray", "-posterize", "16", "-depth", "4"}},
		{"4 colours", 3, 2, []string{"-colors", "4", "-type", "Palette"}},
		{"16 colours", 3, 4, []string{"-colors", "16", "-type", "Palette"}},
		{"256 colours", 3, 8, []string{"-colors", "200", "-type", "Palette"}},
	}
	for _, test := range tests {
		path := filepath.Join(t.TempDir(), "few.tif")
		options := append([]string{"pam:-"}, append(test.options, "-compress", "none", "-write", path, "-depth", "16", "-endian", "MSB", "rgb:-")...)
		shown := run(t, pam(sample(45, 33, 3, 8, false)), "convert", options...)
		for _, way := range [][]string{{"-c", "none"}, {"-c", "lzw", "-r", "4"}, {"-c", "packbits", "-t", "-w", "16", "-l", "16"}} {
			got, h, err := decodeBytes(load(t, tiffcp(t, path, way...)))
			if err != nil {
				t.Errorf("%s, %v: %v", test.name, way, err)
				continue
			}
			if h.layout.bits != test.bits || got.C != test.c || h.C != test.c || got.Depth != 8 {
				t.Errorf("%s, %v: %d bits, %d channels", test.name, way, h.layout.bits, got.C)
			}
			for i := range len(shown) / 2 {
				want := (int(shown[2*i])<<8 + int(shown[2*i+1]) + 128) / 257
				if v := int(got.Planes[min(i%3, got.C-1)][i/3]); v != want*257 {
					t.Errorf("%s, %v: sample %d is %d, not %d", test.name, way, i, v/257, want)
					break
				}
			}
		}
	}
}

// TestMultiplied: transparency that colours are multiplied by is taken out of
// them again. What was rounded away is gone: the darker, the more.
func TestMultiplied(t *testing.T) {
	for _, depth := range []int{8, 16} {
		for _, c := range []int{1, 3} {
			want := sample(40, 30, c, depth, true)
			path := magick(t, want, "-compress", "none", "-define", "tiff:alpha=associated")
			got, h, err := decodeBytes(load(t, path))
			if err != nil || h.layout.extra != extraAssociated {
				t.Fatalf("%+v, %v", h, err)
			}
			for i, a := range want.Alpha {
				if got.Alpha[i] != a {
					t.Fatalf("transparency %d became %d", a, got.Alpha[i])
				}
				step := 1.0
				if depth == 8 {
					step = 257
				}
				for ch := range c {
					d := float64(got.Planes[ch][i]) - float64(want.Planes[ch][i])
					if most := (65535/float64(max(a, 1)) + 1) * step; a != 0 && (d > most || d < -most) {
						t.Fatalf("%d bits: sample %d at transparency %d is off by %g, at most %g", depth, i, a, d, most)
					}
				}
			}
		}
	}
}

func TestPhotometricZeroIsWhite(t *testing.T) {
	want := sample(20, 10, 1, 16, false)
	data := encode(t, want, 16, Tags{})
	got, _, err := decodeBytes(withTag(t, data, tagPhotometric, 0, 0, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got.Planes[0] {
		if v != ^want.Planes[0][i] {
			t.Fatalf("sample %d is %d, not %d", i, v, ^want.Planes[0][i])
		}
	}
}

// TestSecondOpinion compares with golang.org/x/image/tiff where that can read.
func TestSecondOpinion(t *testing.T) {
	for _, depth := range []int{8, 16} {
		path := save(t, encode(t, sample(83, 61, 3, depth, false), depth, Tags{}))
		for _, way := range [][]string{{"-c", "none"}, {"-c", "lzw:2", "-B"}, {"-c", "zip:2"}, {"-c", "lzw", "-t", "-w", "16", "-l", "32"}} {
			data := load(t, tiffcp(t, path, way...))
			img, err := tiff.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := decodeBytes(data)
			if err != nil {
				t.Fatal(err)
			}
			if d := difference(got, pixel.FromGo(img)); d != "" {
				t.Errorf("%d bits, %v: %s", depth, way, d)
			}
		}
	}
}

// TestPredictorOfTheUncompressed: the tag means nothing there, says libtiff.
func TestPredictorOfTheUncompressed(t *testing.T) {
	want := sample(30, 20, 3, 8, false)
	data := load(t, tiffcp(t, save(t, encode(t, want, 8, Tags{})), "-c", "zip:2"))
	plain := load(t, tiffcp(t, save(t, data), "-c", "packbits"))
	got, _, err := decodeBytes(plain)
	if err != nil || difference(got, want) != "" {
		t.Fatalf("%v %s", err, difference(got, want))
	}
	// The Software tag's place is taken to say that there is a predictor.
	d, err := readDirectory(bytes.NewReader(plain), int64(len(plain)))
	if err != nil {
		t.Fatal(err)
	}
	last := d.entries[len(d.entries)-1].tag
	at := int(d.order.Uint32(plain[4:])) + 2 + 12*(len(d.entries)-1)
	lying := withTag(t, plain, last, typeShort, 1, 2, 0, 0, 0)
	d.order.PutUint16(lying[at:], tagPredictor)
	got, _, err = decodeBytes(lying)
	if err != nil || difference(got, want) != "" {
		t.Errorf("%v %s", err, difference(got, want))
	}
}

func TestMetadataIsRead(t *testing.T) {
	tags := Tags{ICC: []byte("a profile of odd len"), XMP: []byte("<x:xmpmeta/>"), IPTC: []byte{0x1c, 2, 5}}
	data := encode(t, sample(5, 4, 3, 8, false), 8, tags)
	_, h, err := decodeBytes(withTag(t, data, tagOrientation, 0, 0, 6, 0))
	if err != nil || !bytes.Equal(h.ICC, tags.ICC) || !bytes.Equal(h.XMP, tags.XMP) || !bytes.Equal(h.IPTC, tags.IPTC) || h.Orientation != 6 {
		t.Errorf("%+v, %v", h, err)
	}
	// Unreadable metadata and orientation do not cost the photo.
	data = withTag(t, withTag(t, data, tagICC, 0, 0, 0xff, 0xff, 0xff, 0x7f), tagOrientation, 0, 0, 9, 0)
	if _, h, err = decodeBytes(data); err != nil || h.ICC != nil || h.Orientation != 1 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	data := encode(t, sample(500, 900, 3, 16, false), 16, Tags{})
	r := &cancellingReader{bytes.NewReader(data), cancel, int64(len(data) / 3)}
	h, err := ReadHeader(r.Reader, int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if im, err := Decode(ctx, r, h); im != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// cancellingReader cancels once it has been read up to a place.
type cancellingReader struct {
	*bytes.Reader
	cancel context.CancelFunc
	at     int64
}

func (r *cancellingReader) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > r.at {
		r.cancel()
	}
	return r.Reader.ReadAt(b, at)
}

// TestBrokenDisk: what the file's reader fails with is not taken for damage.
func TestBrokenDisk(t *testing.T) {
	for _, way := range []string{"none", "lzw", "zip", "packbits"} {
		data := load(t, tiffcp(t, save(t, encode(t, sample(400, 300, 3, 16, false), 16, Tags{})), "-c", way))
		h, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(context.Background(), brokenReader{}, h); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", way, err)
		}
	}
	if _, err := ReadHeader(brokenReader{}, 1000); !errors.Is(err, errBroken) {
		t.Errorf("header: %v", err)
	}
}

var errBroken = errors.New("the disk is broken")

type brokenReader struct{}

func (brokenReader) ReadAt([]byte, int64) (int, error) { return 0, errBroken }

func TestPaletteTo8(t *testing.T) {
	for name, of := range map[string]func(v uint32) uint32{
		"v·257": func(v uint32) uint32 { return v * 257 },
		"v·256": func(v uint32) uint32 { return v * 256 },
		"v":     func(v uint32) uint32 { return v },
		"finer": func(v uint32) uint32 { return max(128, v*257+v%100) - min(v, 1)*50 }, // not on the 8-bit steps
	} {
		var values []uint32
		for v := range uint32(256) {
			values = append(values, min(of(v), 0xffff))
		}
		for v, got := range paletteTo8(values) {
			if got != uint16(v)*257 {
				t.Errorf("%s: %d becomes %d", name, v, got)
			}
		}
	}
}
