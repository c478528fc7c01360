package app

import (
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blindspot/core/photo/raw"
	"blindspot/core/photo/raw/rawtest"
)

// TestMain lets the test program be the process that decodes raws.
func TestMain(m *testing.M) {
	raw.WorkerMain()
	os.Exit(m.Run())
}

// rawFile writes an even camera raw that lies on its side.
func rawFile(t *testing.T, w, h int) string {
	t.Helper()
	dng := rawtest.DNG{
		W: w, H: h, Pattern: "RGGB", Samples: slices.Repeat([]uint16{1000}, w*h), White: 4000, Orientation: 6,
		Make: "Canon", Model: "Canon EOS D30", ISO: 800,
	}
	path := filepath.Join(t.TempDir(), "photo.dng")
	if err := os.WriteFile(path, dng.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGlimpseOfARaw(t *testing.T) {
	path := rawFile(t, 120, 80)
	g := readGlimpse(t.Context(), path)
	if g == nil || g.info.Size != image.Pt(80, 120) || g.info.Camera != "Canon EOS D30" || g.picture.Level(0).Rect.Max != g.info.Size {
		t.Fatalf("the glimpse is %+v", g)
	}
	full, err := readPhoto(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	// An even picture looks alike at every size.
	one, other := g.picture.Level(0).RGBAAt(40, 60), full.before.Level(0).RGBAAt(40, 60)
	if d := int(one.G) - int(other.G); d < -3 || d > 3 || one.G < 50 {
		t.Errorf("the glimpse shows %v, the photo %v", one, other)
	}
	for _, none := range []string{photoFile(t, 40, 30), filepath.Join(t.TempDir(), "missing.dng")} {
		if readGlimpse(t.Context(), none) != nil {
			t.Errorf("there is a glimpse of %s", none)
		}
	}
}

// TestGlimpseGivesWay: to the photo if it can be read, otherwise to the one before.
func TestGlimpseGivesWay(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	first := photoFile(t, fakeSide, fakeSide)
	b.open(first, image.Point{})
	b.complete()
	g := &glimpse{PhotoInfo{Path: "new.dng", Name: "new.dng", Size: image.Pt(20, 30)}, newPyramid(image.NewRGBA(image.Rect(0, 0, 20, 30)))}
	for range 2 { // a second photo may be opened before the first has been read
		b.glimpsed(g)
		before, after := b.Pictures()
		if info, ok := b.Photo(); !ok || info.Path != "new.dng" || before != g.picture || after != g.picture || b.Preview().Possible || b.DenoisedAt(1, 1) {
			t.Fatalf("the glimpse shows %+v, denoised: %v", info, b.DenoisedAt(1, 1))
		}
	}
	b.opened("new.dng", nil, errors.New("it is damaged"))
	if info, _ := b.Photo(); info.Path != first || !b.Message().Problem {
		t.Errorf("after the failure %s is open, message %q", info.Path, b.Message().Text)
	}
	b.complete()
	if got := b.after(3, 3); got != fakeGray(b.Settings()) {
		t.Errorf("the photo from before shows %d after it has come back", got)
	}
	second := photoFile(t, 2*fakeSide, fakeSide)
	b.glimpsed(g)
	b.open(second, image.Point{})
	b.complete()
	if info, _ := b.Photo(); info.Path != second || b.kept != nil || b.glimpse != nil {
		t.Errorf("%s is open, and something of the glimpse stays", info.Path)
	}
}

// TestVersions: the program and its package say the same.
func TestVersions(t *testing.T) {
	data, err := os.ReadFile("../FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), `Version = "`+Version+`"`) {
		t.Errorf("FyneApp.toml does not say version %s", Version)
	}
}
