//go:build !noturbo

package turbo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"blindspot/core/pixel"
)

// scene is a picture with smooth parts, edges and fine colour detail.
func scene(w, h, c int) *pixel.Image {
	im := pixel.New(w, h, c, 8)
	for ch := range c {
		for i := range im.Planes[ch] {
			x, y := float64(i%w), float64(i/w)
			v := 0.5 + 0.3*math.Sin(x/(9+4*float64(ch)))*math.Cos(y/11) + 0.15*math.Sin((x+y*float64(ch+1))*0.8)
			if (i%w/16+i/w/16)%5 == 0 {
				v = 1 - v
			}
			im.Planes[ch][i] = uint16(math.Round(255*min(1, max(0, v)))) * 257
		}
	}
	return im
}

// pnm is im as a file that the reference programs read.
func pnm(im *pixel.Image) []byte {
	kind := 5
	if im.C == 3 {
		kind = 6
	}
	out := fmt.Appendf(nil, "P%d\n%d %d\n255\n", kind, im.W, im.H)
	for i := range im.W * im.H {
		for _, p := range im.Planes {
			out = append(out, byte(p[i]/257))
		}
	}
	return out
}

// fromPNM reads what djpeg writes.
func fromPNM(t *testing.T, data []byte) *pixel.Image {
	t.Helper()
	var kind, w, h, most int
	if _, err := fmt.Sscanf(string(data[:min(len(data), 40)]), "P%d\n%d %d\n%d", &kind, &w, &h, &most); err != nil {
		t.Fatal(err)
	}
	im := pixel.New(w, h, 1+(kind-5)*2, 8)
	pix := data[len(data)-w*h*im.C:]
	for i, v := range pix {
		im.Planes[i%im.C][i/im.C] = uint16(v) * 257
	}
	return im
}

// pipe runs a reference program on a file's content.
func pipe(t *testing.T, in []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v %s", name, args, err, complaint.Bytes())
	}
	return out.Bytes()
}

// cjpeg encodes with the reference program; scans may hold a scan script.
func cjpeg(t *testing.T, im *pixel.Image, scans string, args ...string) []byte {
	t.Helper()
	if scans != "" {
		script := filepath.Join(t.TempDir(), "scans")
		if err := os.WriteFile(script, []byte(scans), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-scans", script)
	}
	return pipe(t, pnm(im), "cjpeg", args...)
}

func encode(t testing.TB, im *pixel.Image, o Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Encode(context.Background(), &out, im, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func decode8(t *testing.T, data []byte) *pixel.Image {
	t.Helper()
	im, err := Decode(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// psnr is over all channels of 8 bits.
func psnr(a, b *pixel.Image) float64 {
	sum, n := 0.0, 0
	for c := range a.Planes {
		for i := range a.Planes[c] {
			d := (float64(a.Planes[c][i]) - float64(b.Planes[c][i])) / 257
			sum += d * d
			n++
		}
	}
	return 10 * math.Log10(255*255*float64(n)/sum)
}

// segment is a marker with where it and what follows its length begin.
type segment struct {
	marker   byte
	at, data int
}

// segments walks a JPEG; data of scans is skipped.
func segments(data []byte) []segment {
	var out []segment
	for i := 0; i+1 < len(data); {
		m := data[i+1]
		if data[i] != 0xff || m == 0 || m == 0xff || m >= 0xd0 && m <= 0xd7 {
			i++
			continue
		}
		out = append(out, segment{m, i, i + 4})
		i += 2
		if m != 0xd8 && m != 0xd9 {
			i += int(data[i])<<8 | int(data[i+1])
		}
	}
	return out
}

func kindOf(err error) error {
	for _, kind := range []error{ErrUnsupported, ErrTruncated, ErrCorrupt, ErrTooLarge, context.Canceled} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}
