//go:build !nolcms

package icc

import (
	"bytes"
	"crypto/md5"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"blindspot/core/colour/icc/icctest"
	"blindspot/core/pixel"
)

// TestSRGB: the embedded profile and others that say the same cost nothing.
func TestSRGB(t *testing.T) {
	for name, profile := range map[string][]byte{
		"ours": SRGB(), "icctest's": icctest.RGB("sRGB", icctest.SRGB, icctest.SRGBCurve),
	} {
		tr := must(t, profile, 3)
		if !tr.IsIdentity() {
			t.Errorf("%s is not found to be sRGB", name)
		}
		im := pixel.New(1, 1, 3, 16)
		im.Planes[0][0] = 12345
		tr.Image(im)
		if im.Planes[0][0] != 12345 {
			t.Errorf("%s changes pixels", name)
		}
	}
	var none *Transform
	if !none.IsIdentity() {
		t.Error("no transform is not the identity")
	}
	// Where it differs from the exact curve it does so by less than a step of 16 bits needs.
	tr := must(t, SRGB(), 3)
	planes := [][]uint16{make([]uint16, 256), make([]uint16, 256), make([]uint16, 256)}
	for i := range 256 {
		for c := range planes {
			planes[c][i] = uint16(i * 257)
		}
	}
	tr.planes(planes)
	for i := range 256 {
		for c := range planes {
			if abs(int(planes[c][i])-i*257) > 24 {
				t.Errorf("gray %d comes back as %d in channel %d", i*257, planes[c][i], c)
			}
		}
	}
	SRGB()[0]++
	if !bytes.Equal(SRGB(), srgb) || srgb[0] != 0 {
		t.Error("the caller can change the profile")
	}
}

// TestSRGBFile: the embedded bytes are what internal/make writes of this little
// CMS, up to its signature, and what they say of themselves is true.
func TestSRGBFile(t *testing.T) {
	p := SRGB()
	if len(p) > 4096 {
		t.Errorf("%d bytes are not compact", len(p))
	}
	sum := bytes.Clone(p)
	clear(sum[44:48])
	clear(sum[64:68])
	clear(sum[84:100])
	if md5.Sum(sum) != [16]byte(p[84:100]) {
		t.Error("the identifier is wrong")
	}
	path := filepath.Join(t.TempDir(), "srgb.icc")
	if err := os.WriteFile(path, p, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("exiftool", "-s", "-ProfileDescription", "-ColorSpaceData", "-ProfileVersion", path).CombinedOutput()
	for _, want := range []string{": sRGB\n", ": RGB\n", ": 2.1.0\n"} {
		if err != nil || !bytes.Contains(out, []byte(want)) {
			t.Errorf("exiftool says %s, %v", out, err)
		}
	}
}

func TestDescribe(t *testing.T) {
	tests := []struct {
		profile []byte
		want    Info
	}{
		{SRGB(), Info{"sRGB", "RGB", "display", "2.1"}},
		{adobe(), Info{"Adobe RGB", "RGB", "display", "2.4"}},
		{icctest.Gray("Dots", icctest.Gamma(2.2)), Info{"Dots", "Gray", "display", "2.4"}},
	}
	for _, test := range tests {
		got, err := Inspect(test.profile)
		if err != nil || got != test.want {
			t.Errorf("got %+v, %v, want %+v", got, err, test.want)
		}
		if name, space, err := Describe(test.profile); name != test.want.Name || space != test.want.Space || err != nil {
			t.Errorf("described as %q, %q, %v", name, space, err)
		}
	}
}
