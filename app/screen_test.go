package app

import (
	"bytes"
	"image"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"blindspot/core/colour/icc"
	"blindspot/core/colour/icc/icctest"
	"blindspot/core/photo"
	"blindspot/core/photo/meta"
)

// taggedFile is photoFile's photo with a colour profile.
func taggedFile(t *testing.T, w, h int, profile []byte) string {
	t.Helper()
	p, err := photo.Open(t.Context(), photoFile(t, w, h))
	if err != nil {
		t.Fatal(err)
	}
	p.Meta = photo.Metadata{Set: meta.Set{ICC: profile}}
	path := filepath.Join(t.TempDir(), "tagged.png")
	if _, err := photo.Save(t.Context(), path, p, photo.SaveOptions{}); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestColoursOfTheScreen: both pictures show a tagged photo in the screen's colours, at first and when a setting changes,
// while an export keeps the photo's own and its profile.
func TestColoursOfTheScreen(t *testing.T) {
	const gamma = 1.8
	profile := icctest.RGB("Gamma 1.8", icctest.SRGB, icctest.Gamma(gamma))
	shown := func(v uint8) int { return int(255*icctest.SRGBInverse(math.Pow(float64(v)/255, gamma)) + 0.5) }
	near := func(got uint8, want int) bool { return int(got)-want <= 1 && want-int(got) <= 1 }

	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	b.open(taggedFile(t, 2*fakeSide, fakeSide, profile), image.Pt(0, 0))
	before, _ := b.Pictures()
	if got := before.Level(0).RGBAAt(3, 3).R; !near(got, shown(noisyGray)) {
		t.Errorf("the noisy %d is shown as %d, want %d", noisyGray, got, shown(noisyGray))
	}
	s := b.Settings()
	for _, hole := range []Hole{s.Hole, 11, 0} {
		s.Hole = hole
		b.SetSettings(s)
		b.complete()
		if shown(fakeGray(s)) == int(fakeGray(s)) {
			t.Fatalf("gray %d is no test", fakeGray(s))
		}
		if got := b.after(3, 3); !near(got, shown(fakeGray(s))) {
			t.Errorf("hole %d: the denoised %d is shown as %d, want %d", hole, fakeGray(s), got, shown(fakeGray(s)))
		}
	}
	out := filepath.Join(t.TempDir(), "out.png")
	b.export(b.toPNG(out))
	saved, err := photo.Open(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	if got := saved.Image.Planes[0][0] / 257; got != uint16(fakeGray(s)) || !bytes.Equal(saved.Meta.ICC, profile) {
		t.Errorf("saved as %d with %d bytes of profile, want %d with %d", got, len(saved.Meta.ICC), fakeGray(s), len(profile))
	}
}

// TestScreenOfSRGB: the usual photo is shown as it is, without a word.
func TestScreenOfSRGB(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	b.open(taggedFile(t, fakeSide, fakeSide, icc.SRGB()), image.Pt(0, 0))
	b.complete()
	before, _ := b.Pictures()
	if got := before.Level(0).RGBAAt(3, 3).R; got != noisyGray || b.after(3, 3) != fakeGray(b.Settings()) {
		t.Errorf("shown as %d and %d", got, b.after(3, 3))
	}
	if b.Message() != (Message{}) {
		t.Errorf("there is a message: %q", b.Message().Text)
	}
}

// TestUnusableProfile: the photo is shown as if it had none, with a word about it.
func TestUnusableProfile(t *testing.T) {
	profile := icctest.RGB("Without red", icctest.AdobeRGB, icctest.Gamma(2.2))
	profile = bytes.Replace(profile, []byte("rTRC"), []byte("XXXX"), 1)
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	b.open(taggedFile(t, fakeSide, fakeSide, profile), image.Pt(0, 0))
	b.complete()
	before, _ := b.Pictures()
	if got := before.Level(0).RGBAAt(3, 3).R; got != noisyGray {
		t.Errorf("shown as %d", got)
	}
	if m := b.Message(); !m.Problem || !strings.Contains(m.Text.String(), "profile") || !strings.HasSuffix(m.Text.String(), ".") {
		t.Errorf("the message is %q", m.Text)
	}
}
