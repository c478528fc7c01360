package main

import (
	"image"
	"math"
	"os"
	"strings"
	"testing"
)

// scores is one row of eval's JSON document.
type scores struct {
	Name      string
	NoisyPSNR *float64 `json:"noisy_psnr"`
	NoisySSIM *float64 `json:"noisy_ssim"`
	PSNR      *float64
	SSIM      *float64
	Scores    map[string]struct{ PSNR, SSIM *float64 }
}

type evaluation struct {
	Mode     string
	Hole     any
	Photos   []scores
	Mean     scores
	Failures []struct{ Name, Error string }
}

// newPairs has two pairs of photos, one of them with different endings.
func newPairs(t *testing.T) *desk {
	d := newDesk(t)
	for i, name := range []string{"a.png", "b.jpg"} {
		d.photo("noisy/"+name, 64, 48, uint64(i))
		clean := "clean/" + strings.TrimSuffix(name, ".jpg")
		if !strings.HasSuffix(clean, ".png") {
			clean += ".png"
		}
		d.write(clean, "")
		if err := writePicture(d.path(clean), picture(64, 48, 1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// psnr is the plain formula over the 8-bit values of all channels.
func psnr(a, b image.Image) float64 {
	sum, n := 0.0, 0.0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			for _, pair := range [][2]uint32{{ar, br}, {ag, bg}, {ab, bb}} {
				difference := float64(pair[0]>>8) - float64(pair[1]>>8)
				sum += difference * difference
				n++
			}
		}
	}
	return 10 * math.Log10(255*255*n/sum)
}

func TestEval(t *testing.T) {
	d := newPairs(t)
	var e evaluation
	d.expect(exitDone, nil, "eval", "--noisy", "noisy", "--clean", "clean", "--json").document(t, &e)
	if e.Mode != "fast" || len(e.Photos) != 2 || e.Photos[0].Name != "a" || e.Photos[1].Name != "b" || len(e.Failures) != 0 {
		t.Fatalf("the document says %+v", e)
	}
	d.expect(exitDone, nil, "denoise", "noisy/a.png", "-o", "a.png")
	for what, c := range map[string]struct{ got, want float64 }{
		"noisy PSNR":    {*e.Photos[0].NoisyPSNR, psnr(d.decode("noisy/a.png"), d.decode("clean/a.png"))},
		"denoised PSNR": {*e.Photos[0].PSNR, psnr(d.decode("a.png"), d.decode("clean/a.png"))},
		"mean PSNR":     {*e.Mean.PSNR, (*e.Photos[0].PSNR + *e.Photos[1].PSNR) / 2},
		"mean SSIM":     {*e.Mean.SSIM, (*e.Photos[0].SSIM + *e.Photos[1].SSIM) / 2},
		"noisy SSIM":    {*e.Mean.NoisySSIM, (*e.Photos[0].NoisySSIM + *e.Photos[1].NoisySSIM) / 2},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s is %g, want %g", what, c.got, c.want)
		}
	}
	o := d.expect(exitDone, nil, "eval", "--noisy", "noisy", "--clean", "clean")
	if !strings.Contains(o.stdout, "mean of 2") || strings.Count(o.stdout, "\n") != 5 {
		t.Errorf("the table is\n%s", o.stdout)
	}
}

// All holes in one run must give exactly what a run for each gives.
func TestEvalAllHoles(t *testing.T) {
	d := newPairs(t)
	var all evaluation
	d.expect(exitDone, nil, "eval", "--noisy", "noisy", "--clean", "clean", "--hole", "all", "--json").document(t, &all)
	if len(all.Mean.Scores) != 8 || all.Mean.PSNR != nil {
		t.Fatalf("the mean says %+v", all.Mean)
	}
	for _, c := range []struct{ key, option, value string }{
		{"0", "--hole", "0"},
		{"5", "--hole", "5"},
		{"11", "--hole", "11"},
		{"average", "--mode", "average"},
	} {
		var one evaluation
		d.expect(exitDone, nil, "eval", "--noisy", "noisy", "--clean", "clean", c.option, c.value, "--json").document(t, &one)
		got := all.Mean.Scores[c.key]
		if *got.PSNR != *one.Mean.PSNR || *got.SSIM != *one.Mean.SSIM {
			t.Errorf("%s: %g dB %g, alone %g dB %g", c.key, *got.PSNR, *got.SSIM, *one.Mean.PSNR, *one.Mean.SSIM)
		}
	}
}

func TestEvalWithProblems(t *testing.T) {
	d := newPairs(t)
	d.photo("noisy/lonely.png", 64, 48, 5)
	d.photo("noisy/size.png", 64, 48, 5)
	d.photo("clean/size.png", 60, 48, 5)
	d.write("noisy/broken.png", "x")
	d.photo("clean/broken.png", 64, 48, 5)
	var e evaluation
	d.expect(exitSome, []string{"lonely.png", "size.png", "broken.png"},
		"eval", "--noisy", "noisy", "--clean", "clean", "--json").document(t, &e)
	if len(e.Photos) != 2 || len(e.Failures) != 3 {
		t.Errorf("the document says %+v", e)
	}
	if err := os.Mkdir(d.path("empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.expect(exitSome, []string{"empty"}, "eval", "--noisy", "noisy", "--clean", "empty")
	d.expect(exitSome, []string{"nowhere"}, "eval", "--noisy", "nowhere", "--clean", "clean")
}

// Equal pictures have no finite PSNR, which JSON cannot say.
func TestEvalOfEqualPictures(t *testing.T) {
	d := newDesk(t)
	d.photo("noisy/a.png", 70, 60, 1)
	d.write("clean/a.png", string(d.read("noisy/a.png")))
	var e evaluation
	d.expect(exitDone, nil, "eval", "--noisy", "noisy", "--clean", "clean", "--json", "--luma", "0", "--colour", "0").document(t, &e)
	if e.Mean.NoisyPSNR != nil || e.Mean.PSNR != nil || *e.Mean.SSIM != 1 {
		t.Errorf("the mean is %+v", e.Mean)
	}
}

// The sheet shows the photos as they are: noisy, clean, denoised.
func TestEvalSheet(t *testing.T) {
	d := newPairs(t)
	d.write("sheet.png", "an older sheet is replaced")
	var e evaluation
	d.expect(exitDone, nil, "eval", "--noisy", "noisy", "--clean", "clean", "--json", "--sheet", "sheet.png").document(t, &e)
	d.expect(exitDone, nil, "denoise", "noisy/a.png", "-o", "a.png")
	sheet, first := d.decode("sheet.png"), 0
	if *e.Photos[0].PSNR-*e.Photos[0].NoisyPSNR > *e.Photos[1].PSNR-*e.Photos[1].NoisyPSNR {
		first = 1 // a gained more than b and comes second
	}
	const gap, line, cell, height = 8, 16, 128, 48
	top := line + 2*gap + first*(2*line+height+2*gap) + 2*line
	for i, name := range []string{"noisy/a.png", "clean/a.png", "a.png"} {
		want, left := d.decode(name), gap+i*(cell+gap)
		for y := range want.Bounds().Dy() {
			for x := range want.Bounds().Dx() {
				r, g, b, _ := sheet.At(left+x, top+y).RGBA()
				if wr, wg, wb, _ := want.At(x, y).RGBA(); r != wr || g != wg || b != wb {
					t.Fatalf("%s: pixel %d,%d of the sheet is %v, want %v", name, x, y, sheet.At(left+x, top+y), want.At(x, y))
				}
			}
		}
	}
	d.expect(exitUsage, []string{".png"}, "eval", "--noisy", "noisy", "--clean", "clean", "--sheet", "sheet.jpg")
	d.expect(exitUsage, []string{"noisy"}, "eval", "--noisy", "noisy", "--clean", "clean", "--sheet", "noisy/a.png")
}
