package app

import (
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// grainyFile writes a gray area with white noise of a deviation.
func grainyFile(t *testing.T, deviation float64) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(7, 7))
	im := pixel.New(160, 160, 3, 8)
	for _, plane := range im.Planes {
		for i := range plane {
			plane[i] = uint16(min(max(120+deviation*rng.NormFloat64(), 0), 255)) * 257
		}
	}
	path := filepath.Join(t.TempDir(), "grain.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, im.ToGo(8)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNoiseOfTheOpenPhoto(t *testing.T) {
	n := &fakeNetwork{}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.until("the model", func() bool { return b.Model().Ready })
	if _, ok := b.Suggested(); ok || b.Noise() != nil {
		t.Error("something is known of a photo that is not open")
	}
	b.ApplySuggested()
	b.open(grainyFile(t, 10), image.Point{})
	b.until("the noise", func() bool { return b.changes&NoiseChanged != 0 && b.Noise() != nil })
	if r := b.Noise(); r.Level < 9 || r.Level > 11 || r.Strength.String() != "medium" || r.Grain().String() != "independent from pixel to pixel" {
		t.Errorf("the report is %+v", r)
	}
	b.complete()
	if got := n.noise(); got == nil || got.Sigma != b.Noise().Level {
		t.Errorf("the network was told %+v", got)
	}
	before := b.Settings()
	b.ApplySuggested()
	if s := b.Settings(); s.Mode != Fast || s.Hole != 1 {
		t.Errorf("the settings are %+v", s)
	}
	b.Undo()
	if b.Settings() != before {
		t.Errorf("undone, the settings are %+v, want %+v", b.Settings(), before)
	}
}

func TestSuggestSettings(t *testing.T) {
	for _, test := range []struct {
		sigma float64
		fast  bool
		want  Mode
	}{{2, true, Fast}, {2, false, Average}, {12, true, Fast}} {
		s := suggestSettings(&noise.Report{Sigma: test.sigma, Suggested: noise.Suggestion{Training: 9, Inference: 5}}, test.fast)
		if err := s.Validate(); err != nil || s.Mode != test.want || s.Hole != 5 || s.Luma != 1 || s.Texture != 1 {
			t.Errorf("noise %v: %+v, %v", test.sigma, s, err)
		}
	}
}
