package denoise

import (
	"bufio"
	"image"
	_ "image/jpeg" // photos that BLINDSPOT_PHOTO names
	_ "image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"blindspot/core/bsn"
	"blindspot/core/pixel"
)

// These tests compare tiles with the whole photo. They can be pointed at a real
// photo and a trained model.

// Long training takes weight from the deep levels, whose reach passes the halo.
// With the deep levels damped, tiles must give what the whole photo gives at
// once, within 0.5 of 255, and they must be several. BLINDSPOT_PHOTO and
// BLINDSPOT_MODEL measure the same on the middle of a real photo: a model that
// says to be long-trained as it is, a young one damped.
func TestTilesAgreeWithTheUntiledPhoto(t *testing.T) {
	const damping = 0.03
	m := givenModel(t, randomModel(t, 16, 3, LongTrainedPatch, damping))
	if p := m.Info.Patch; p > 0 && p < LongTrainedPatch {
		damp(t, m, damping)
	}
	m.Info.Patch = LongTrainedPatch
	e := openEngine(t, m, 2)
	im := crop(givenPhoto(t, randomPhoto(8, 600, 330, 3, 16)), 800)
	for _, s := range []Settings{DefaultSettings(Fast), of(Tunable, 11, 1, 1, 1)} {
		req, err := e.exportRequest(s)
		if err != nil {
			t.Fatal(err)
		}
		tiled := e.Plan(im.W, im.H, s.Mode)
		whole := tiled.tiling
		whole.tile = 1024
		untiled := newPlan(im.W, im.H, s.Mode, whole)
		if tiled.Tiles() < 2 || untiled.Tiles() != 1 {
			t.Fatalf("%d and %d tiles", tiled.Tiles(), untiled.Tiles())
		}
		got, want := joined(t, e, im, tiled, req), joined(t, e, im, untiled, req)
		worst := 0.0
		for i := range got.Pix {
			worst = max(worst, math.Abs(float64(got.Pix[i]-want.Pix[i])))
		}
		t.Logf("%v, hole %v: tiles differ from the whole by %.3f at most", s.Mode, s.Hole, worst)
		if !(worst <= 0.5) {
			t.Errorf("%v, hole %v: that is more than 0.5", s.Mode, s.Hole)
		}
	}
}

// joined is the result, not rounded to the photo's depth, of a plan over the whole photo.
func joined(t *testing.T, e *Engine, im *pixel.Image, p *Plan, req request) *pixel.Tile {
	t.Helper()
	sums := make([]int32, im.C*im.H*im.W)
	r, err := e.runner(t.Context(), im, p, req)
	if err != nil {
		t.Fatal(err)
	}
	err = r.run(t.Context(), p.covering(p.Bounds()), func(tile int, results [][]float32) error {
		p.add(sums, p.Bounds(), tile, results[len(results)-1]) // with its texture
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out := pixel.NewTile(im.C, im.H, im.W)
	for i, v := range sums {
		out.Pix[i] = unpack(pack(int64(v), 1))
	}
	return out
}

// No border of a tile shows in the sample photo with the bundled model, or with
// those that BLINDSPOT_PHOTO (JPEG or PNG) and BLINDSPOT_MODEL name.
func TestNoSeamShows(t *testing.T) {
	bundled, err := bsn.OpenModel(filepath.Join("..", "..", "assets", "models", "bundled.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	e := openEngine(t, givenModel(t, bundled), 2)
	sample := openPhoto(t, filepath.Join("..", "..", "assets", "sample", "sample.jpg"))
	im := crop(givenPhoto(t, sample), 800)
	for _, s := range []Settings{DefaultSettings(Fast), DefaultSettings(Tunable), DefaultSettings(Average)} {
		out, err := e.Photo(t.Context(), im, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		seams, err := MeasureSeams(out, e.Plan(im.W, im.H, s.Mode))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%v: borders %.3f on average and %.2f at most of %d, inside %.3f and %.2f of %d, moved %.3f", s.Mode,
			seams.Border.Mean, seams.Border.Max, seams.Border.Pieces, seams.Inside.Mean, seams.Inside.Max, seams.Inside.Pieces, seams.Moved)
		if seams.Visible() {
			t.Errorf("%v: borders of tiles show", s.Mode)
		}
	}
}

// givenModel is the model that BLINDSPOT_MODEL names, or else the one given.
func givenModel(t *testing.T, m *bsn.Model) *bsn.Model {
	t.Helper()
	path := os.Getenv("BLINDSPOT_MODEL")
	if path == "" {
		return m
	}
	m, err := bsn.OpenModel(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// givenPhoto is the photo that BLINDSPOT_PHOTO names, or else the one given.
func givenPhoto(t *testing.T, im *pixel.Image) *pixel.Image {
	t.Helper()
	if path := os.Getenv("BLINDSPOT_PHOTO"); path != "" {
		return openPhoto(t, path)
	}
	return im
}

// openPhoto reads a photo that is to be denoised at 16 bits, so that rounding
// hides no seam.
func openPhoto(t *testing.T, path string) *pixel.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	decoded, _, err := image.Decode(bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	im := pixel.FromGo(decoded)
	im.Depth = 16
	return im
}

// crop cuts the middle of a photo, at most side by side pixels.
func crop(im *pixel.Image, side int) *pixel.Image {
	w, h := min(im.W, side), min(im.H, side)
	t := pixel.NewTile(im.C, h, w)
	im.Read(t, (im.W-w)/2, (im.H-h)/2)
	out := pixel.New(w, h, im.C, im.Depth)
	out.Write(t, 0, 0, w, h, 0, 0)
	return out
}
