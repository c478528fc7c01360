package app

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPartner(t *testing.T) {
	clean := []string{"c/a.jpg", "c/a.png", "c/b.PNG", "c/c.jpg", "c/c.png"}
	for noisy, want := range map[string]string{
		"n/a.png": "c/a.png", // the same name comes before the same stem
		"n/b.jpg": "c/b.PNG",
	} {
		if got, err := partner(noisy, clean); got != want || err != nil {
			t.Errorf("%s: %s, %v", noisy, got, err)
		}
	}
	if _, err := partner("n/c.jpeg", clean); err == nil || !strings.Contains(err.Error(), "c/c.jpg or c/c.png") {
		t.Errorf("two partners: %v", err)
	}
	if _, err := partner("n/d.png", clean); err == nil || !strings.Contains(err.Error(), "n/d.png") {
		t.Errorf("no partner: %v", err)
	}
}

func TestMeansLeaveFailuresOut(t *testing.T) {
	e := Evaluation{Variants: []Variant{{Mode: Fast}}, Failed: 1, Pairs: []PairScore{
		{Noisy: Score{20, 0.5}, Scores: []Score{{30, 0.8}}},
		{Err: filepath.ErrBadPattern},
		{Noisy: Score{30, 0.7}, Scores: []Score{{34, 0.9}}},
	}}
	e.average()
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
	if !near(e.MeanNoisy.PSNR, 25) || !near(e.MeanNoisy.SSIM, 0.6) || !near(e.Means[0].PSNR, 32) || !near(e.Means[0].SSIM, 0.85) {
		t.Errorf("means %+v and %+v", e.MeanNoisy, e.Means)
	}
	none := Evaluation{Variants: e.Variants, Failed: 1, Pairs: e.Pairs[1:2]}
	if none.average(); !math.IsNaN(none.MeanNoisy.PSNR) || !math.IsNaN(none.Means[0].SSIM) {
		t.Errorf("the mean of nothing is %+v", none)
	}
}

func TestParseHole(t *testing.T) {
	for _, stop := range Stops() {
		if got, err := ParseHole(stop.String()); got != stop || err != nil {
			t.Errorf("%v: %v, %v", stop, got, err)
		}
	}
	for _, bad := range []string{"", "2", "-1", "13", "3.0", "three"} {
		if _, err := ParseHole(bad); err == nil || !strings.Contains(err.Error(), "0, 1, 3, 5, 7, 9, 11") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestPresetSuitsTheMinutes(t *testing.T) {
	var widths []int
	for _, minutes := range []float64{0.1, 10, 59, 60, 479, 480, 10000} {
		widths = append(widths, presetFor(minutes).Width)
	}
	if !slices.IsSorted(widths) || widths[0] != 16 || widths[6] != 48 {
		t.Errorf("widths %v", widths)
	}
}

func TestMeasureTime(t *testing.T) {
	calls := 0
	median, runs, err := measureTime(t.Context(), 0, func() error {
		calls++
		if calls <= 2 { // warming up must not count
			time.Sleep(300 * time.Millisecond)
		}
		return nil
	})
	if err != nil || runs != 3 || calls != 5 || median > 0.1 {
		t.Errorf("median %g of %d runs, %d calls, %v", median, runs, calls, err)
	}
	_, runs, err = measureTime(t.Context(), 20*time.Millisecond, func() error {
		time.Sleep(time.Millisecond)
		return nil
	})
	if err != nil || runs < 4 {
		t.Errorf("%d runs in 20 ms, %v", runs, err)
	}
	if _, _, err := measureTime(t.Context(), 0, func() error { return filepath.ErrBadPattern }); err != filepath.ErrBadPattern {
		t.Errorf("the error of the job became %v", err)
	}
}
