//go:build !noturbo

package turbo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// kinds are the ways in which JPEGs come, made by the reference encoder.
var kinds = []struct {
	name, scans string
	c           int
	args        []string
}{
	{"4:4:4", "", 3, []string{"-sample", "1x1", "-quality", "92"}},
	{"4:2:2", "", 3, []string{"-sample", "2x1", "-quality", "92"}},
	{"4:4:0", "", 3, []string{"-sample", "1x2", "-quality", "85"}},
	{"4:2:0", "", 3, []string{"-sample", "2x2", "-quality", "75"}},
	{"4:1:1", "", 3, []string{"-sample", "4x1", "-quality", "90"}},
	{"RGB", "", 3, []string{"-rgb", "-quality", "90"}},
	{"gray", "", 1, []string{"-quality", "90"}},
	{"restarts", "", 3, []string{"-restart", "2", "-quality", "90"}},
	{"progressive", "", 3, []string{"-progressive", "-sample", "2x2", "-quality", "90"}},
	{"progressive gray", "", 1, []string{"-progressive"}},
	{"one channel a scan", "0;\n1;\n2;\n", 3, []string{"-sample", "2x2"}},
	{"arithmetic", "", 3, []string{"-arithmetic", "-quality", "90"}},
	{"arithmetic progressive", "", 3, []string{"-arithmetic", "-progressive"}},
}

// TestDecodesLikeDjpeg compares all kinds with the reference decoder, sample by
// sample, at sides around multiples of blocks, and at every scale.
func TestDecodesLikeDjpeg(t *testing.T) {
	for _, kind := range kinds {
		for _, side := range [][2]int{{1, 1}, {7, 9}, {64, 48}, {131, 97}} {
			data := cjpeg(t, scene(side[0], side[1], kind.c), kind.scans, kind.args...)
			h, err := ReadHeader(data)
			if err != nil || h != (Header{side[0], side[1], kind.c}) {
				t.Fatalf("%s: header %+v, %v", kind.name, h, err)
			}
			im := decode8(t, data)
			if im.Depth != 8 || im.Alpha != nil || !im.Equal(fromPNM(t, pipe(t, data, "djpeg", "-pnm"))) {
				t.Errorf("%s, %d×%d: djpeg sees another picture", kind.name, side[0], side[1])
			}
		}
	}
}

func TestDecodeScaledLikeDjpeg(t *testing.T) {
	for _, kind := range kinds {
		const w, h = 203, 150
		data := cjpeg(t, scene(w, h, kind.c), kind.scans, kind.args...)
		for _, test := range []struct{ side, scale int }{{1, 1}, {26, 1}, {27, 2}, {100, 4}, {150, 6}, {202, 8}, {203, 8}, {5000, 8}} {
			im, err := DecodeScaled(context.Background(), data, test.side)
			if err != nil {
				t.Fatal(err)
			}
			want := fromPNM(t, pipe(t, data, "djpeg", "-pnm", "-scale", fmt.Sprintf("%d/8", test.scale)))
			if !im.Equal(want) {
				t.Errorf("%s with a side of %d: %d×%d, not djpeg's %d×%d picture", kind.name, test.side, im.W, im.H, want.W, want.H)
			}
		}
	}
}

// TestCut cuts files at 20 places and all over their end: never part of a
// picture. A baseline file that lacks no more than the end marker is whole.
func TestCut(t *testing.T) {
	for _, kind := range kinds {
		data := cjpeg(t, scene(96, 80, kind.c), kind.scans, kind.args...)
		whole := decode8(t, data)
		var places []int
		for i := range 20 {
			places = append(places, i*len(data)/20)
		}
		for back := 1; back < 30; back++ {
			places = append(places, len(data)-back)
		}
		for _, n := range places {
			im, err := Decode(context.Background(), data[:n])
			if err == nil && im.Equal(whole) && n >= len(data)-3 {
				continue
			}
			if im != nil || !errors.Is(err, ErrTruncated) {
				t.Errorf("%s cut at %d of %d: %v", kind.name, n, len(data), err)
			}
		}
	}
	data := cjpeg(t, scene(96, 80, 3), "", "-quality", "90")
	if _, err := Decode(context.Background(), data[:len(data)-2]); err != nil {
		t.Errorf("without an end marker: %v", err)
	}
}

// patched returns data with bytes set.
func patched(data []byte, at int, b ...byte) []byte {
	out := bytes.Clone(data)
	copy(out[at:], b)
	return out
}

func TestRefused(t *testing.T) {
	base := encode(t, scene(64, 64, 3), Options{})
	progressive := encode(t, scene(64, 64, 3), Options{Progressive: true})
	var frame, scan int
	for _, s := range segments(base) {
		if s.marker == 0xc0 {
			frame = s.at
		}
		if s.marker == 0xda {
			scan = s.at
		}
	}
	restarts := cjpeg(t, scene(64, 64, 3), "", "-restart", "1")
	cmyk := pipe(t, pnm(scene(32, 32, 3)), "convert", "ppm:-", "-colorspace", "CMYK", "jpg:-")
	tests := []struct {
		name string
		data []byte
		want error
		says string
	}{
		{"nothing", nil, ErrTruncated, "empty"},
		{"one byte", []byte{0xff}, ErrTruncated, "ends"},
		{"text", []byte("not a JPEG at all"), ErrCorrupt, "Not a JPEG"},
		{"marker alone", []byte{0xff, 0xd8}, ErrTruncated, "ends"},
		{"tables only", append(bytes.Clone(base[:frame]), 0xff, 0xd9), ErrCorrupt, "no image"},
		{"CMYK", cmyk, ErrUnsupported, "CMYK"},
		{"12 bits", patched(base, frame+4, 12), ErrUnsupported, "precision 12"},
		{"lossless", patched(base, frame, 0xff, 0xc3), ErrUnsupported, "rare"},
		{"no height", patched(base, frame+5, 0, 0), ErrCorrupt, "Empty"},
		{"no width", patched(base, frame+7, 0, 0), ErrCorrupt, "Empty"},
		{"two channels", twoChannels(base, frame), ErrCorrupt, ""},
		{"wider than libjpeg knows", patched(base, frame+7, 0xff, 0xff), ErrUnsupported, "65500"},
		{"too many pixels", patched(base, frame+5, 0xf0, 0, 0xf0, 0), ErrTooLarge, "250 million"},
		{"too short for its promise", patched(base, frame+5, 0x30, 0, 0x30, 0), ErrTruncated, "promises"},
		{"progressive and too short", patched(progressive, frame+5, 0x30, 0, 0x30, 0), ErrTruncated, "promises"},
		{"sampling of 0", patched(base, frame+11, 0), ErrCorrupt, ""},
		{"a marker in the scan", patched(base, scan+300, 0xff, 0xd9), ErrCorrupt, "missing in the middle"},
		{"an impossible code", patched(progressive, len(progressive)/2, bytes.Repeat([]byte{0xff, 0}, 20)...), ErrCorrupt, "Huffman"},
		{"a restart out of order", patched(restarts, bytes.Index(restarts, []byte{0xff, 0xd2}), 0xff, 0xd5), ErrCorrupt, "damaged"},
	}
	for _, test := range tests {
		im, err := Decode(context.Background(), test.data)
		if im != nil || !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
}

// twoChannels makes a frame of two channels of one of three.
func twoChannels(base []byte, frame int) []byte {
	out := bytes.Clone(base[:frame])
	out = append(out, 0xff, 0xc0, 0, 14)
	out = append(out, base[frame+4:frame+9]...)
	out = append(out, 2)
	out = append(out, base[frame+10:frame+16]...)
	return append(out, base[frame+19:]...)
}

// TestSloppyFiles: what costs no pixels is accepted.
func TestSloppyFiles(t *testing.T) {
	base := encode(t, scene(64, 64, 3), Options{})
	want := decode8(t, base)
	stray := append([]byte{0xff, 0xd8, 0, 1, 2, 3}, base[2:]...)
	future := append([]byte{0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 9, 9, 0, 0, 1, 0, 1, 0, 0}, base[2:]...)
	fill := append([]byte{0xff, 0xd8, 0xff, 0xff, 0xff}, base[2:]...)
	for name, data := range map[string][]byte{
		"stray bytes": stray, "a JFIF version of the future": future, "fill bytes": fill,
		"something behind the end": append(bytes.Clone(base), "appended"...),
	} {
		im, err := Decode(context.Background(), data)
		if err != nil || !im.Equal(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// repeated returns a file of several scans that sends all of them n times.
func repeated(t *testing.T, data []byte, n int) []byte {
	t.Helper()
	first, end := 0, 0
	for _, s := range segments(data) {
		if s.marker == 0xda && first == 0 {
			first = s.at
		}
		if s.marker == 0xd9 {
			end = s.at
		}
	}
	out := bytes.Clone(data[:first])
	for range n {
		out = append(out, data[first:end]...)
	}
	return append(out, 0xff, 0xd9)
}

func TestEndlessScans(t *testing.T) {
	data := cjpeg(t, scene(64, 64, 3), "0;\n1;\n2;\n", "-sample", "1x1")
	if im := decode8(t, repeated(t, data, 40)); !im.Equal(decode8(t, data)) {
		t.Error("40 passes change the picture")
	}
	if im, err := Decode(context.Background(), repeated(t, data, 60)); im != nil || !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "over and over") {
		t.Errorf("60 passes: %v", err)
	}
}

// lateContext is done from the beginning, but says so only from its second
// question on: the first is asked before C is called.
type lateContext struct {
	context.Context
	asked int
}

func (c *lateContext) Err() error {
	if c.asked++; c.asked == 1 {
		return nil
	}
	return c.Context.Err()
}

func (c *lateContext) Deadline() (time.Time, bool) { return time.Time{}, false }

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	flat := scene(64, 64, 1)
	big := repeated(t, cjpeg(t, tiled(scene(64, 64, 3), 40), "0;\n1;\n2;\n", "-quality", "50"), 40)
	if _, err := Decode(ctx, big); !errors.Is(err, context.Canceled) {
		t.Errorf("before decoding: %v", err)
	}
	if im, err := Decode(&lateContext{Context: ctx}, big); im != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("while decoding: %v", err)
	}
	var out bytes.Buffer
	if err := Encode(ctx, &out, flat, Options{}); !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("before encoding: %v, %d bytes", err, out.Len())
	}
	if err := Encode(&lateContext{Context: ctx}, &out, tiled(flat, 60), Options{Progressive: true}); !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("while encoding: %v, %d bytes", err, out.Len())
	}
}

func TestManyAtOnce(t *testing.T) {
	good := encode(t, scene(200, 150, 3), Options{Progressive: true})
	want := decode8(t, good)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 10 {
				if i%2 == 1 { // errors must not reach the others
					if _, err := Decode(context.Background(), good[:len(good)/2]); !errors.Is(err, ErrTruncated) {
						t.Errorf("half a file: %v", err)
					}
					continue
				}
				if im, err := Decode(context.Background(), good); err != nil || !im.Equal(want) {
					t.Errorf("another picture: %v", err)
				}
			}
		})
	}
	all.Wait()
}

// FuzzDecode feeds whole files to the C code. It answers with one of the known
// errors or with a picture of the size that the header promised.
func FuzzDecode(f *testing.F) {
	for _, c := range []int{1, 3} {
		for _, o := range []Options{{Quality: 50}, {Quality: 90, Progressive: true}, {Quality: 10, Subsampling: Sub420}} {
			f.Add(encode(f, scene(20, 18, c), o))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadHeader(data)
		if err == nil && h.W*h.H > 1<<16 {
			return
		}
		im, decodeErr := Decode(context.Background(), data)
		if decodeErr != nil {
			if im != nil || kindOf(decodeErr) == nil {
				t.Fatalf("unclassified: %v", decodeErr)
			}
			return
		}
		if err != nil || im.W != h.W || im.H != h.H || im.C != h.C {
			t.Fatalf("%+v was promised (%v), %d×%d×%d came", h, err, im.W, im.H, im.C)
		}
		small, err := DecodeScaled(context.Background(), data, 1)
		if err != nil || small.W != (h.W+7)/8 || small.H != (h.H+7)/8 {
			t.Fatalf("an eighth of %+v: %v", h, err)
		}
	})
}
