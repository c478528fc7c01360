//go:build !noturbo

package turbo

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"blindspot/core/pixel"
)

// tiled repeats im n times in both directions.
func tiled(im *pixel.Image, n int) *pixel.Image {
	out := pixel.New(n*im.W, n*im.H, im.C, im.Depth)
	for c := range im.C {
		for y := range out.H {
			for x := range out.W {
				out.Planes[c][y*out.W+x] = im.Planes[c][y%im.H*im.W+x%im.W]
			}
		}
	}
	return out
}

// TestStream looks at what an encoded file is made of.
func TestStream(t *testing.T) {
	tests := []struct {
		name    string
		c       int
		options Options
		frame   byte
		factors []byte // horizontal and vertical sampling per channel
	}{
		{"default", 3, Options{}, 0xc0, []byte{0x11, 0x11, 0x11}},
		{"4:2:0", 3, Options{Subsampling: Sub420}, 0xc0, []byte{0x22, 0x11, 0x11}},
		{"progressive", 3, Options{Progressive: true}, 0xc2, []byte{0x11, 0x11, 0x11}},
		{"gray", 1, Options{}, 0xc0, []byte{0x11}},
		{"gray progressive", 1, Options{Progressive: true, Subsampling: Sub420}, 0xc2, []byte{0x11}},
		{"lowest quality", 3, Options{Quality: 1}, 0xc0, []byte{0x11, 0x11, 0x11}},
		{"highest quality", 3, Options{Quality: 100}, 0xc0, []byte{0x11, 0x11, 0x11}},
	}
	for _, test := range tests {
		im := scene(83, 61, test.c)
		data := encode(t, im, test.options)
		if !bytes.HasPrefix(data, []byte{0xff, 0xd8}) || !bytes.HasSuffix(data, []byte{0xff, 0xd9}) {
			t.Errorf("%s: no start or end marker", test.name)
		}
		if !bytes.Equal(data, encode(t, im, test.options)) {
			t.Errorf("%s: other bytes the second time", test.name)
		}
		scans := 0
		for _, s := range segments(data) {
			switch {
			case s.marker >= 0xe0 && s.marker <= 0xef, s.marker == 0xfe:
				t.Errorf("%s: there is a segment %x", test.name, s.marker)
			case s.marker == 0xda:
				scans++
			case s.marker >= 0xc0 && s.marker <= 0xc3:
				frame := data[s.data:]
				var factors []byte
				for i := range int(frame[5]) {
					factors = append(factors, frame[6+3*i+1])
				}
				if s.marker != test.frame || frame[0] != 8 || !bytes.Equal(factors, test.factors) {
					t.Errorf("%s: frame %x of %d bits with sampling %x", test.name, s.marker, frame[0], factors)
				}
			}
		}
		if (scans > 1) != test.options.Progressive {
			t.Errorf("%s: %d scans", test.name, scans)
		}
		if got := decode8(t, data); got.W != im.W || got.H != im.H || got.C != im.C {
			t.Errorf("%s: comes back as %d×%d×%d", test.name, got.W, got.H, got.C)
		}
		if !fromPNM(t, pipe(t, data, "djpeg", "-pnm")).Equal(decode8(t, data)) {
			t.Errorf("%s: djpeg sees another picture", test.name)
		}
	}
}

// TestLikeCjpeg: the same coefficients as the reference encoder's, so the same
// picture comes back.
func TestLikeCjpeg(t *testing.T) {
	for _, quality := range []string{"30", "85", "95"} {
		im := scene(120, 90, 3)
		o := map[string]Options{"30": {Quality: 30}, "85": {Quality: 85}, "95": {}}[quality]
		want := decode8(t, cjpeg(t, im, "", "-quality", quality, "-sample", "1x1"))
		if !decode8(t, encode(t, im, o)).Equal(want) {
			t.Errorf("quality %s: cjpeg keeps another picture", quality)
		}
	}
}

// TestColourDetail: what full resolution is worth, and what quality does.
func TestColourDetail(t *testing.T) {
	im := pixel.New(64, 64, 3, 8)
	for y := range 64 {
		for x := range 64 { // stripes of red and blue, one pixel wide
			im.Planes[2*(x%2)][y*64+x] = 200 * 257
		}
	}
	full := psnr(im, decode8(t, encode(t, im, Options{})))
	half := psnr(im, decode8(t, encode(t, im, Options{Subsampling: Sub420})))
	if full < 38 || half > full-15 {
		t.Errorf("%.1f dB at full resolution, %.1f at half", full, half)
	}
	low := encode(t, scene(64, 64, 3), Options{Quality: 20})
	high := encode(t, scene(64, 64, 3), Options{Quality: 90})
	if len(low) >= len(high) || psnr(scene(64, 64, 3), decode8(t, low)) >= psnr(scene(64, 64, 3), decode8(t, high)) {
		t.Error("a lower quality is neither smaller nor worse")
	}
}

// TestRounding: all values of 16 bits are rounded to the nearest of 8.
func TestRounding(t *testing.T) {
	deep, flat := pixel.New(256, 256, 1, 16), pixel.New(256, 256, 1, 8)
	for v := range 1 << 16 {
		deep.Planes[0][v] = uint16(v)
		flat.Planes[0][v] = uint16((v*255*2 + 65535) / (2 * 65535) * 257)
	}
	if !bytes.Equal(encode(t, deep, Options{Quality: 100}), encode(t, flat, Options{Quality: 100})) {
		t.Error("a gray value is rounded otherwise")
	}
	deep.C, flat.C = 3, 3
	deep.Planes = [][]uint16{deep.Planes[0], deep.Planes[0], deep.Planes[0]}
	flat.Planes = [][]uint16{flat.Planes[0], flat.Planes[0], flat.Planes[0]}
	if !bytes.Equal(encode(t, deep, Options{Quality: 100}), encode(t, flat, Options{Quality: 100})) {
		t.Error("a colour is rounded otherwise")
	}
}

// TestOptimised: tables made for the picture are smaller than the standard's,
// which the reference encoder uses unless asked.
func TestOptimised(t *testing.T) {
	im := scene(256, 256, 3)
	standard := len(cjpeg(t, im, "", "-quality", "95", "-sample", "1x1"))
	if n := len(encode(t, im, Options{})); n >= standard {
		t.Errorf("%d bytes, %d with the standard's tables", n, standard)
	}
}

func TestCannotBeEncoded(t *testing.T) {
	wide := &pixel.Image{W: MaxSide + 1, H: 1, C: 1, Depth: 8, Planes: [][]uint16{make([]uint16, MaxSide+1)}}
	tests := []struct {
		name    string
		im      *pixel.Image
		options Options
		want    error
	}{
		{"quality 101", scene(8, 8, 1), Options{Quality: 101}, ErrUnsupported},
		{"quality -1", scene(8, 8, 1), Options{Quality: -1}, ErrUnsupported},
		{"too wide", wide, Options{}, ErrTooLarge},
		{"nothing", &pixel.Image{C: 1, Planes: [][]uint16{nil}}, Options{}, ErrUnsupported},
		{"two channels", pixel.New(4, 4, 2, 8), Options{}, ErrUnsupported},
	}
	for _, test := range tests {
		var out bytes.Buffer
		if err := Encode(context.Background(), &out, test.im, test.options); !errors.Is(err, test.want) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", test.name, err, out.Len())
		}
	}
	full := errors.New("disk full")
	if err := Encode(context.Background(), failing{full}, scene(8, 8, 3), Options{}); !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestManyChunks: an encoded picture of more than one chunk of memory.
func TestManyChunks(t *testing.T) {
	im := pixel.New(1500, 1200, 3, 8)
	state := uint32(1)
	for c := range 3 {
		for i := range im.Planes[c] {
			state = state*1664525 + 1013904223
			im.Planes[c][i] = uint16(state>>24) * 257
		}
	}
	data := encode(t, im, Options{Quality: 98})
	if len(data) < 3<<20 {
		t.Fatalf("%d bytes are no test of chunks", len(data))
	}
	if got := decode8(t, data); psnr(im, got) < 35 {
		t.Errorf("%.1f dB", psnr(im, got))
	}
}
