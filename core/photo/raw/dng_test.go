//go:build !noraw

package raw

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"blindspot/core/photo/raw/rawtest"
	"blindspot/core/pixel"
)

func writeFile(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeDNG writes a file that is removed after the test and returns its path.
func writeDNG(t testing.TB, d rawtest.DNG) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "photo.dng")
	writeFile(t, path, d.Bytes())
	return path
}

// scenery returns samples of a smooth picture without any symmetry.
func scenery(w, h, perPixel int) []uint16 {
	out := make([]uint16, 0, w*h*perPixel)
	for y := range h {
		for x := range w {
			for c := range perPixel {
				fx, fy := float64(x)/float64(w), float64(y)/float64(h)
				v := 0.5 + 0.3*math.Sin(5*fx+float64(c))*math.Cos(3*fy) + 0.15*fx*fy
				out = append(out, uint16(v*50000))
			}
		}
	}
	return out
}

// TestLinear develops a DNG without a mosaic whose camera colours are linear
// sRGB: what comes out is the sRGB curve of what went in.
func TestLinear(t *testing.T) {
	const w, h, black, white = 70, 50, 1000, 60000
	samples := scenery(w, h, 3)
	for i := range samples { // the whole range, both ends clipped
		samples[i] = uint16(max(0, 1.4*float64(samples[i])-3000))
	}
	path := writeDNG(t, rawtest.DNG{W: w, H: h, Pattern: "linear", Samples: samples, Black: black, White: white})
	for _, q := range []Quality{Full, Half} {
		im := develop(t, path, q)
		if im.W != w || im.H != h || im.C != 3 {
			t.Fatalf("%d×%d×%d", im.W, im.H, im.C)
		}
		for i, v := range samples {
			light := min(max((float64(v)-black)/(white-black), 0), 1)
			want, got := toSRGB(light), float64(im.Planes[i%3][i/3])
			// LibRaw's matrix for sRGB is off by up to 1e-4, and linear light
			// is rounded to 1/65535 on the way: 13 steps at the curve's foot.
			if math.Abs(got-want) > 25 {
				t.Fatalf("sample %d: %v, want %.1f", i, got, want)
			}
		}
	}
	m, err := ReadMosaic(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if m.Info.Pattern != "linear" || len(m.Planes) != 3 || m.Names != "RGB" || m.Pattern != nil || m.Black[1] != black || m.White[2] != white {
		t.Fatalf("%+v, %d planes", m.Info, len(m.Planes))
	}
	for i, v := range samples {
		if m.Planes[i%3][i/3] != v {
			t.Fatalf("sample %d is %d, want %d", i, m.Planes[i%3][i/3], v)
		}
	}
}

// TestGray develops a file of a camera that sees no colours.
func TestGray(t *testing.T) {
	const w, h, white = 64, 48, 50000
	samples := scenery(w, h, 1)
	im := develop(t, writeDNG(t, rawtest.DNG{W: w, H: h, Pattern: "gray", Samples: samples, White: white}), Full)
	if im.W != w || im.H != h || im.C != 1 {
		t.Fatalf("%d×%d×%d", im.W, im.H, im.C)
	}
	for i, v := range samples {
		if want := toSRGB(float64(v) / white); math.Abs(float64(im.Planes[0][i])-want) > 25 {
			t.Fatalf("sample %d: %d, want %.1f", i, im.Planes[0][i], want)
		}
	}
}

// TestOrientations develops each kind of file in all eight orientations: each is
// the upright one, turned.
func TestOrientations(t *testing.T) {
	kinds := []struct {
		pattern  string
		w, h     int
		perPixel int
	}{{"RGGB", 90, 62, 1}, {"linear", 81, 35, 3}, {"X-Trans", 540, 516, 1}}
	for _, kind := range kinds {
		for _, q := range []Quality{Full, Half} {
			var upright *pixel.Image
			for _, o := range pixel.Orientations() {
				path := writeDNG(t, rawtest.DNG{
					W: kind.w, H: kind.h, Pattern: kind.pattern, Samples: scenery(kind.w, kind.h, kind.perPixel),
					White: 60000, Orientation: int(o),
				})
				im, info, err := Develop(t.Context(), path, q)
				if err != nil {
					t.Fatal(err)
				}
				if o == pixel.Upright {
					upright = im
				}
				if !im.Equal(upright.Oriented(o)) {
					t.Errorf("%s, orientation %d, quality %d: not the upright picture, turned", kind.pattern, o, q)
				}
				if inspected, err := Inspect(t.Context(), path); err != nil || inspected != info || info.Orientation != o {
					t.Errorf("%s, orientation %d: %+v, %v", kind.pattern, o, inspected, err)
				}
				if q == Full && (info.W != im.W || info.H != im.H) {
					t.Errorf("%s, orientation %d: said %d by %d, is %d by %d", kind.pattern, o, info.W, info.H, im.W, im.H)
				}
			}
		}
	}
}

// TestOddSizes develops Bayer files of all odd and even sides: at half size no
// row and column may lack colours.
func TestOddSizes(t *testing.T) {
	for _, size := range [][2]int{{63, 62}, {62, 63}, {63, 63}, {64, 64}} {
		w, h := size[0], size[1]
		flat := make([]uint16, w*h)
		for i := range flat {
			flat[i] = 20000
		}
		path := writeDNG(t, rawtest.DNG{W: w, H: h, Pattern: "RGGB", Samples: flat, White: 60000})
		for _, q := range []Quality{Full, Half} {
			im := develop(t, path, q)
			if wantW, wantH := w>>q, h>>q; im.W != wantW || im.H != wantH {
				t.Errorf("%d by %d, quality %d: %d by %d", w, h, q, im.W, im.H)
			}
			want := toSRGB(1. / 3)
			for c, p := range im.Planes {
				for i, v := range p {
					if math.Abs(float64(v)-want) > 10 {
						t.Fatalf("%d by %d, quality %d, colour %d, pixel %d: %d, want %.0f", w, h, q, c, i, v, want)
					}
				}
			}
		}
	}
}

// TestMargins reads mosaics of sensors that are larger than the picture, with
// margins of odd sizes and black levels that differ from place to place.
func TestMargins(t *testing.T) {
	const w, h, black = 100, 80, 300
	samples := scenery(w, h, 1)
	extra := [4]int{0, 10, 20, 40}
	for _, margin := range [][4]int{{0, 0, 0, 0}, {6, 8, 4, 2}, {3, 5, 1, 0}} {
		top, left, bottom, right := margin[0], margin[1], margin[2], margin[3]
		if left%2+top%2 > 0 {
			extra = [4]int{} // LibRaw mixes up the places of a black level where it moves the corner
		}
		for _, pattern := range []string{"RGGB", "GRBG", "GBRG", "BGGR"} {
			path := writeDNG(t, rawtest.DNG{
				W: w, H: h, Pattern: pattern, Samples: samples, Black: black, BlackAt: extra, White: 60000,
				Active: [4]int{top, left, h - bottom, w - right}, Neutral: [3]float64{0.4, 1, 0.8},
			})
			m, err := ReadMosaic(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			// LibRaw begins at even rows and columns of the sensor.
			shiftX, shiftY := left%2, top%2
			if m.Left != left+shiftX || m.Top != top+shiftY || m.Right != right || m.Bottom != bottom {
				t.Fatalf("%v %s: margins %d %d %d %d", margin, pattern, m.Top, m.Left, m.Bottom, m.Right)
			}
			for y := range m.H {
				for x := range m.W {
					colour := m.ColourAt(x, y)
					place := (y+shiftY)%2*2 + (x+shiftX)%2
					if m.Planes[0][y*m.W+x] != samples[(y+m.Top)*w+x+m.Left] || m.Names[colour] != pattern[place] {
						t.Fatalf("%v %s: wrong at %d, %d", margin, pattern, x, y)
					}
					if want := float64(black + extra[place]); m.BlackAt(colour, x, y) != want {
						t.Fatalf("%v %s: black at %d, %d is %v, want %v", margin, pattern, x, y, m.BlackAt(colour, x, y), want)
					}
				}
			}
			if math.Abs(m.AsShot[0]-2.5) > 1e-4 || m.AsShot[1] != 1 || math.Abs(m.AsShot[2]-1.25) > 1e-4 {
				t.Errorf("white balance %v", m.AsShot)
			}
			if math.Abs(m.CameraXYZ[0][0]-3.2406) > 1e-4 || math.Abs(m.CameraXYZ[2][1]+0.2040) > 1e-4 {
				t.Errorf("camera matrix %v", m.CameraXYZ)
			}
		}
	}
}

// photographed is a file with everything that a camera writes.
func photographed(preview []byte) rawtest.DNG {
	return rawtest.DNG{
		W: 96, H: 64, Pattern: "RGGB", Samples: scenery(96, 64, 1), White: 60000, Orientation: 6,
		Make: "Nikon", Model: "D800", Lens: "AF-S Nikkor 35mm f/1.4G", ISO: 3200, Exposure: [2]uint32{1, 200},
		Aperture: 2.8, FocalLength: 35, Taken: "2024:05:17 18:30:05",
		Latitude: 50.9375, Longitude: -6.9603, Altitude: -12.5, Preview: preview,
	}
}

func TestInfo(t *testing.T) {
	info, err := Inspect(t.Context(), writeDNG(t, photographed(nil)))
	if err != nil {
		t.Fatal(err)
	}
	gps := info.GPS
	if gps == nil || math.Abs(gps.Latitude-50.9375) > 1e-5 || math.Abs(gps.Longitude+6.9603) > 1e-5 || gps.Altitude != -12.5 {
		t.Errorf("position %+v", gps)
	}
	info.GPS = nil
	want := Info{
		W: 64, H: 96, Orientation: pixel.Rotated90, Camera: "Nikon D800", Lens: "AF-S Nikkor 35mm f/1.4G", ISO: 3200,
		Exposure: 0.005, Aperture: 2.8, FocalLength: 35, Taken: time.Date(2024, 5, 17, 18, 30, 5, 0, time.UTC),
		Colours: 3, Pattern: "RGGB",
	}
	if info != want {
		t.Errorf("got  %+v\nwant %+v", info, want)
	}
}

func testJPEG(t testing.TB, w, h int) []byte {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			im.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x + y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPreview(t *testing.T) {
	want := testJPEG(t, 48, 32)
	path := writeDNG(t, photographed(want))
	got, info, err := PreviewInfo(t.Context(), path)
	if err != nil || !bytes.Equal(got, want) || !info.Preview {
		t.Fatalf("%d bytes of %d, %v", len(got), len(want), err)
	}
	if o := PreviewOrientation(got, info); o != pixel.Rotated90 {
		t.Errorf("orientation %d of a preview that lies on its side", o)
	}
	if o := PreviewOrientation(testJPEG(t, 32, 48), info); o != pixel.Upright {
		t.Errorf("orientation %d of a preview that stands upright", o)
	}
	tagged := append([]byte("\xff\xd8\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x08\x00\x00\x00\x00\x00\x00"), want[2:]...)
	if o := PreviewOrientation(tagged, info); o != pixel.Rotated270 {
		t.Errorf("orientation %d of a preview that says 8 itself", o)
	}
}
