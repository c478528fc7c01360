package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// picture returns random pixels: nothing survives by accident.
func picture(w, h, c, depth int, alpha bool) *pixel.Image {
	rng := rand.New(rand.NewPCG(uint64(w), uint64(c)))
	im := pixel.New(w, h, c, depth)
	planes := im.Planes
	if alpha {
		im.Alpha = make([]uint16, w*h)
		planes = append(planes[:c:c], im.Alpha)
	}
	for _, p := range planes {
		for i := range p {
			p[i] = uint16(rng.UintN(256)) * 257
			if depth == 16 {
				p[i] = uint16(rng.Uint32())
			}
		}
	}
	return im
}

// smooth returns a picture that JPEG keeps nearly as it is.
func smooth(w, h, c int) *pixel.Image {
	im := pixel.New(w, h, c, 8)
	for ch, p := range im.Planes {
		for i := range p {
			p[i] = uint16(40+i%w+2*(i/w)+10*ch) * 257
		}
	}
	return im
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func encode(t *testing.T, format Format, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	err := error(nil)
	if format == JPEG {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 95})
	} else {
		err = png.Encode(&b, img)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// create makes a file that is closed when the test ends.
func create(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// mustSave saves and returns the notes.
func mustSave(t *testing.T, path string, p *Photo, o SaveOptions) []say.Text {
	t.Helper()
	notes, err := Save(t.Context(), path, p, o)
	if err != nil {
		t.Fatal(err)
	}
	return notes
}

func open(t *testing.T, path string) *Photo {
	t.Helper()
	p, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPNGKeepsEverySample saves and opens every kind of picture, and checks
// that Inspect said beforehand what Open then delivered.
func TestPNGKeepsEverySample(t *testing.T) {
	for _, depth := range []int{8, 16} {
		for _, c := range []int{1, 3} {
			for _, alpha := range []bool{false, true} {
				name := fmt.Sprintf("%d channels, %d bits, alpha %v", c, depth, alpha)
				im := picture(37, 23, c, depth, alpha)
				path := filepath.Join(t.TempDir(), "a.png")
				mustSave(t, path, &Photo{Image: im}, SaveOptions{})
				info, err := Inspect(context.Background(), path)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				got := open(t, path).Image
				if info.W != 37 || info.H != 23 || info.Format != PNG || info.Depth != depth || info.C != got.C || info.Alpha != alpha {
					t.Errorf("%s: Inspect says %+v", name, info)
				}
				if !got.Equal(im) || got.Depth != depth {
					t.Errorf("%s: the picture changed", name)
				}
			}
		}
	}
}

// TestPalettes: Inspect and Open agree on what a palette holds.
func TestPalettes(t *testing.T) {
	tests := []struct {
		name    string
		palette color.Palette
		c       int
		alpha   bool
	}{
		{"grays", color.Palette{color.Gray{0}, color.Gray{77}, color.White}, 1, false},
		{"colours", color.Palette{color.Black, color.NRGBA{10, 20, 30, 255}}, 3, false},
		{"grays with a hole", color.Palette{color.Black, color.NRGBA{9, 9, 9, 40}}, 1, true},
		{"colours with a hole", color.Palette{color.Black, color.NRGBA{200, 20, 30, 40}}, 3, true},
	}
	for _, test := range tests {
		img := image.NewPaletted(image.Rect(0, 0, 6, 5), test.palette)
		for i := range img.Pix {
			img.Pix[i] = uint8(i % len(test.palette))
		}
		path := write(t, "p.png", encode(t, PNG, img))
		info, err := Inspect(context.Background(), path)
		if err != nil || info.C != test.c || info.Alpha != test.alpha {
			t.Errorf("%s: Inspect says %+v, %v", test.name, info, err)
		}
		im := open(t, path).Image
		want := color.NRGBAModel.Convert(test.palette[1]).(color.NRGBA)
		if im.C != test.c || im.Planes[0][1] != uint16(want.R)*257 || (im.Alpha != nil) != test.alpha {
			t.Errorf("%s: opened with %d channels, first sample %d", test.name, im.C, im.Planes[0][1])
		}
		if im.Alpha != nil && im.Alpha[1] != uint16(want.A)*257 {
			t.Errorf("%s: alpha is %d", test.name, im.Alpha[1])
		}
	}
}

func TestJPEGStaysClose(t *testing.T) {
	for _, c := range []int{1, 3} {
		im := smooth(64, 48, c)
		path := filepath.Join(t.TempDir(), "a.JPEG")
		mustSave(t, path, &Photo{Image: im}, SaveOptions{})
		p := open(t, path)
		if p.Format != JPEG || p.Image.C != c || p.Image.W != 64 || p.Image.H != 48 || p.Image.Depth != 8 {
			t.Fatalf("opened as %v, %d channels, %d×%d", p.Format, p.Image.C, p.Image.W, p.Image.H)
		}
		for ch := range c {
			for i, v := range p.Image.Planes[ch] {
				d := int(v)/257 - int(im.Planes[ch][i])/257
				// A ramp at quality 95 is off by quantisation and colour rounding only.
				if d < -4 || d > 4 {
					t.Fatalf("%d channels: sample %d is off by %d", c, i, d)
				}
			}
		}
	}
}

func TestRealPhoto(t *testing.T) {
	const original = "../../testdata/photos/bliznaca.png"
	p := open(t, original)
	copied := filepath.Join(t.TempDir(), "copy.png")
	mustSave(t, copied, p, SaveOptions{})
	if !open(t, copied).Image.Equal(p.Image) {
		t.Error("the photo changed on the way")
	}
	// Red at the first pixel, read independently of this package.
	f, err := os.Open(original)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []image.Point{{0, 0}, {499, 0}, {250, 250}, {499, 499}} {
		r, g, b, _ := img.At(at.X, at.Y).RGBA()
		i := at.Y*p.Image.W + at.X
		if got := [3]uint16{p.Image.Planes[0][i], p.Image.Planes[1][i], p.Image.Planes[2][i]}; got != [3]uint16{uint16(r), uint16(g), uint16(b)} {
			t.Errorf("pixel %v is %v", at, got)
		}
	}
}

// TestContentCounts: the name says PNG, the bytes say JPEG.
func TestContentCounts(t *testing.T) {
	path := write(t, "wrong.png", encode(t, JPEG, smooth(16, 16, 3).ToGo(8)))
	if p := open(t, path); p.Format != JPEG {
		t.Errorf("opened as %v", p.Format)
	}
}

func TestOpenObeysItsContext(t *testing.T) {
	path := write(t, "a.png", encode(t, PNG, picture(64, 64, 3, 8, false).ToGo(8)))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestSupported(t *testing.T) {
	for path, want := range map[string]bool{
		"a.jpg": true, "b.JPEG": true, "dir.png/c": false, "d.PNG": true,
		"e.tif": true, "e.TIFF": true, "x.nef": true, "x.CR2": true, "y.webp": true, "z.bmp": true, "e.gif": false, "f": false, ".jpg": true, "g.jpg.txt": false,
	} {
		if Supported(path) != want {
			t.Errorf("Supported(%q) is not %v", path, want)
		}
	}
	for name, want := range map[string]Format{"png": PNG, ".JPG": JPEG, "jpeg": JPEG, "TIFF": TIFF, "tif": TIFF} {
		if got, err := ParseFormat(name); got != want || err != nil {
			t.Errorf("ParseFormat(%q): %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"gif", "webp", "nef", ""} {
		if _, err := ParseFormat(name); !errors.Is(err, ErrUnsupported) {
			t.Errorf("ParseFormat(%q): %v", name, err)
		}
	}
}
