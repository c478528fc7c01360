package tiff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"blindspot/core/pixel"
)

// sample is a picture of which no two neighbours are alike; with alpha it has
// opaque, transparent and half transparent pixels.
func sample(w, h, c, depth int, alpha bool) *pixel.Image {
	im := pixel.New(w, h, c, depth)
	if alpha {
		im.Alpha = make([]uint16, w*h)
	}
	state := uint32(12345)
	next := func(i int) uint16 {
		state = state*1664525 + 1013904223
		v := uint16(i*37+i/w*911) + uint16(state>>22) // a slope with noise
		if depth == 8 {
			return v >> 8 * 257
		}
		return v
	}
	for i := range w * h {
		for ch := range c {
			im.Planes[ch][i] = next(i * (ch + 1))
		}
		if alpha {
			im.Alpha[i] = [4]uint16{0xffff, 0, 0x8080, 0x2323}[i%4]
		}
	}
	return im
}

// pam is im as a file that ImageMagick reads and writes, at im's depth.
func pam(im *pixel.Image) []byte {
	most, kind, samples := 255, "GRAYSCALE", im.C
	if im.Depth == 16 {
		most = 65535
	}
	if im.C == 3 {
		kind = "RGB"
	}
	if im.Alpha != nil {
		kind, samples = kind+"_ALPHA", samples+1
	}
	out := fmt.Appendf(nil, "P7\nWIDTH %d\nHEIGHT %d\nDEPTH %d\nMAXVAL %d\nTUPLTYPE %s\nENDHDR\n", im.W, im.H, samples, most, kind)
	for i := range im.W * im.H {
		for c := range samples {
			plane := im.Alpha
			if c < im.C {
				plane = im.Planes[c]
			}
			if im.Depth == 16 {
				out = append(out, byte(plane[i]>>8))
			}
			out = append(out, byte(plane[i]))
		}
	}
	return out
}

// run runs a program and returns what it writes.
func run(t testing.TB, in []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	var out, complaint bytes.Buffer
	cmd.Env = append(os.Environ(), "MAGICK_THREAD_LIMIT=1") // tiny pictures
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v %s", name, args, err, complaint.Bytes())
	}
	return out.Bytes()
}

// magick makes a TIFF with ImageMagick, of the same samples as im unless
// options say otherwise, and returns its path.
func magick(t testing.TB, im *pixel.Image, options ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.tif")
	args := append([]string{"pam:-", "-depth", fmt.Sprint(im.Depth)}, options...)
	run(t, pam(im), "convert", append(args, path)...)
	return path
}

// tiffcp stores a TIFF anew with libtiff and returns the path of the result.
func tiffcp(t testing.TB, path string, options ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "b.tif")
	run(t, nil, "tiffcp", append(options, path, out)...)
	return out
}

func load(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decodeBytes(data []byte) (*pixel.Image, Header, error) {
	r := bytes.NewReader(data)
	h, err := ReadHeader(r, int64(len(data)))
	if err != nil {
		return nil, h, err
	}
	im, err := Decode(context.Background(), r, h)
	return im, h, err
}

// difference says in which sample two pictures differ first, "" if in none.
func difference(got, want *pixel.Image) string {
	if got.W != want.W || got.H != want.H || got.C != want.C || got.Depth != want.Depth || (got.Alpha == nil) != (want.Alpha == nil) {
		return fmt.Sprintf("%d×%d×%d of %d bits, alpha %v", got.W, got.H, got.C, got.Depth, got.Alpha != nil)
	}
	for c := range append(got.Planes, got.Alpha) {
		a, b := got.Alpha, want.Alpha
		if c < got.C {
			a, b = got.Planes[c], want.Planes[c]
		}
		for i := range a {
			if a[i] != b[i] {
				return fmt.Sprintf("channel %d at %d,%d is %d, not %d", c, i%got.W, i/got.W, a[i], b[i])
			}
		}
	}
	return ""
}

// seekBuffer is a file in memory.
type seekBuffer struct {
	data []byte
	at   int
}

func (s *seekBuffer) Write(b []byte) (int, error) {
	if grow := s.at + len(b) - len(s.data); grow > 0 {
		s.data = append(s.data, make([]byte, grow)...)
	}
	s.at += copy(s.data[s.at:], b)
	return len(b), nil
}

func (s *seekBuffer) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		s.at = int(offset)
	case io.SeekEnd:
		s.at = len(s.data) + int(offset)
	default:
		return 0, errors.New("not needed")
	}
	return int64(s.at), nil
}

func encode(t testing.TB, im *pixel.Image, depth int, tags Tags) []byte {
	t.Helper()
	var out seekBuffer
	if err := Encode(&out, im, depth, tags); err != nil {
		t.Fatal(err)
	}
	return out.data
}

func save(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.tif")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// withTag returns data with the value field and, where kind is not 0, type and
// count of an entry of the first directory replaced.
func withTag(t testing.TB, data []byte, tag, kind uint16, count uint32, value ...byte) []byte {
	t.Helper()
	out := bytes.Clone(data)
	d, err := readDirectory(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	at := int(d.order.Uint32(data[4:])) + 2
	for i, e := range d.entries {
		if e.tag == tag {
			entry := out[at+12*i:]
			if kind != 0 {
				d.order.PutUint16(entry[2:], kind)
				d.order.PutUint32(entry[4:], count)
			}
			copy(entry[8:12], value)
			return out
		}
	}
	t.Fatalf("there is no tag %d", tag)
	return nil
}

func kindOf(err error) error {
	for _, kind := range []error{ErrUnsupported, ErrTruncated, ErrCorrupt, ErrTooLarge} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}

func oneSentence(err error) bool {
	return err != nil && len(err.Error()) > 10 && !strings.ContainsAny(err.Error(), "\n")
}
