//go:build !noraw

package raw

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"blindspot/core/photo/raw/rawtest"
	"blindspot/core/pixel"
)

// dcraw develops a file with LibRaw's own sample program and the same settings.
func dcraw(t *testing.T, path string, more ...string) *pixel.Image {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "photo"+filepath.Ext(path))
	if err := os.WriteFile(copied, data, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-w", "-W", "-c", "0", "-6", "-o", "1", "-q", "3", "-g", "2.4", "12.92"}, more...)
	if out, err := exec.Command("dcraw_emu", append(args, copied)...).CombinedOutput(); err != nil {
		t.Fatalf("dcraw_emu: %v: %s", err, out)
	}
	for _, ending := range []string{".ppm", ".pgm"} {
		if ppm, err := os.ReadFile(copied + ending); err == nil {
			return parsePPM(t, ppm)
		}
	}
	t.Fatal("dcraw_emu wrote nothing")
	return nil
}

// parsePPM reads a PPM or PGM of 16 bits.
func parsePPM(t *testing.T, data []byte) *pixel.Image {
	t.Helper()
	var kind byte
	var w, h, most int
	if n, err := fmt.Fscanf(bytes.NewReader(data), "P%c\n%d %d\n%d\n", &kind, &w, &h, &most); n != 4 || most != 65535 {
		t.Fatalf("a PPM that cannot be read: %v", err)
	}
	c := map[byte]int{'5': 1, '6': 3}[kind]
	samples := data[len(data)-2*w*h*c:]
	im := pixel.New(w, h, c, 16)
	for i := range w * h {
		for j := range c {
			im.Planes[j][i] = binary.BigEndian.Uint16(samples[2*(i*c+j):])
		}
	}
	return im
}

// TestAgainstDcraw compares our renders with those of dcraw_emu. LibRaw makes
// its sRGB curve by bisection and rounds it down, we take the standard's
// constants and round to nearest: 2 of 65,535 apart at most.
//
// TestFolder compares the raws in testdata in the same way.
func TestAgainstDcraw(t *testing.T) {
	for o := range 8 {
		compareWithDcraw(t, writeDNG(t, rawtest.DNG{
			W: 90, H: 60, Pattern: "GBRG", Samples: scenery(90, 60, 1), Black: 100, White: 60000,
			Neutral: [3]float64{0.5, 1, 0.7}, Orientation: o + 1,
		}))
	}
}

func compareWithDcraw(t *testing.T, path string) {
	t.Helper()
	for _, q := range []Quality{Full, Half} {
		var more []string
		if q == Half {
			more = []string{"-h"}
		}
		want, got := dcraw(t, path, more...), develop(t, path, q)
		if got.W != want.W || got.H != want.H || got.C != want.C {
			t.Errorf("%s: %d×%d×%d, dcraw_emu makes %d×%d×%d", filepath.Base(path), got.W, got.H, got.C, want.W, want.H, want.C)
			continue
		}
		worst := 0
		for c, plane := range got.Planes {
			for i, v := range plane {
				worst = max(worst, int(v)-int(want.Planes[c][i]), int(want.Planes[c][i])-int(v))
			}
		}
		t.Logf("%s, quality %d: at most %d of 65535 from dcraw_emu", filepath.Base(path), q, worst)
		if worst > 2 {
			t.Errorf("%s, quality %d: %d of 65535 from dcraw_emu", filepath.Base(path), q, worst)
		}
	}
}
