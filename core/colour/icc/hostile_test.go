//go:build !nolcms

package icc

import (
	"bytes"
	"errors"
	"image"
	"sync"
	"testing"

	"blindspot/core/colour/icc/icctest"
)

func TestBadProfiles(t *testing.T) {
	cut := adobe()[:900]
	noise := adobe()
	for i := 128; i < len(noise); i++ {
		noise[i] ^= 0xa5
	}
	link := adobe()
	copy(link[12:], "link")
	cmyk := adobe()
	copy(cmyk[16:], "CMYK")
	missing := adobe()
	copy(missing[128+4+3*12:], "XXXX") // its red colorant
	tests := []struct {
		name     string
		profile  []byte
		channels int
		want     error
	}{
		{"none", nil, 3, ErrCorrupt},
		{"zeros", make([]byte, 500), 3, ErrCorrupt},
		{"cut", cut, 3, ErrCorrupt},
		{"noise", noise, 3, ErrCorrupt},
		{"without red", missing, 3, ErrUnsupported},
		{"device link", link, 3, ErrUnsupported},
		{"CMYK", cmyk, 3, ErrSpace},
		{"colour for a gray picture", adobe(), 1, ErrSpace},
		{"gray for a colour picture", icctest.Gray("g", icctest.Gamma(2)), 3, ErrSpace},
		{"two channels", adobe(), 2, ErrSpace},
	}
	for _, test := range tests {
		tr, err := ToSRGB(test.profile, test.channels)
		if tr != nil || !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
	if _, err := Inspect(noise[:200]); !errors.Is(err, ErrCorrupt) {
		t.Errorf("Inspect of noise: %v", err)
	}
}

// TestManyUseOne: a transform gives the same to goroutines that share it.
func TestManyUseOne(t *testing.T) {
	tr := must(t, displayP3(), 3)
	picture := func() *image.RGBA {
		img := image.NewRGBA(image.Rect(0, 0, 300, 40))
		for i := range img.Pix {
			img.Pix[i] = uint8(i * 7)
			if i%4 == 3 {
				img.Pix[i] = 255
			}
		}
		return img
	}
	want := picture()
	tr.RGBA(want, want.Rect)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				got := picture()
				tr.RGBA(got, got.Rect)
				if !bytes.Equal(got.Pix, want.Pix) {
					t.Error("goroutines disturb each other")
					return
				}
			}
		})
	}
	all.Wait()
}

// FuzzToSRGB feeds profiles to little CMS. What it accepts must keep
// transparency and stay within the buffer.
func FuzzToSRGB(f *testing.F) {
	f.Add(SRGB(), false)
	f.Add(icctest.RGB("a", icctest.AdobeRGB, icctest.Gamma(2.2)), false)
	f.Add(icctest.Gray("g", icctest.Gamma(2.2)), true)
	f.Fuzz(func(t *testing.T, profile []byte, gray bool) {
		channels := 3
		if gray {
			channels = 1
		}
		tr, err := ToSRGB(profile, channels)
		if _, e := Inspect(profile); err == nil && e != nil {
			t.Fatalf("usable and yet %v", e)
		}
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrSpace) && !errors.Is(err, ErrUnsupported) {
				t.Fatalf("unclassified: %v", err)
			}
			return
		}
		img := image.NewRGBA(image.Rect(0, 0, 5, 3))
		for i := range img.Pix {
			img.Pix[i] = 128
		}
		tr.RGBA(img, image.Rect(1, 1, 4, 2))
		for y := range 3 {
			for x := range 5 {
				inside := image.Pt(x, y).In(image.Rect(1, 1, 4, 2))
				if c := img.RGBAAt(x, y); c.A != 128 || !inside && c.R != 128 {
					t.Fatalf("pixel %d, %d is %v", x, y, c)
				}
			}
		}
	})
}
