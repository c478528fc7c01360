package main

import "testing"

// TestSuggestedMode: the photo's noise decides, for denoise and eval alike.
func TestSuggestedMode(t *testing.T) {
	d := newPairs(t)
	var r result
	d.expect(exitDone, nil, "denoise", "--mode", "suggested", "--json", "noisy/a.png", "-o", "suggested.png").document(t, &r)
	if r.Mode != "suggested" || r.Hole != nil || r.Done != 1 {
		t.Errorf("the document says %+v", r)
	}
	same := ""
	for _, mode := range []string{"fast", "average"} {
		d.expect(exitDone, nil, "denoise", "--mode", mode, "noisy/a.png", "-o", mode+".png")
		if samePixels(d.decode("suggested.png"), d.decode(mode+".png")) {
			same = mode
		}
	}
	if same == "" {
		t.Error("the result is neither that of fast nor that of average")
	}
	var e evaluation
	d.expect(exitDone, nil, "eval", "--mode", "suggested", "--json", "--noisy", "noisy", "--clean", "clean").document(t, &e)
	if s, ok := e.Photos[0].Scores["suggested"]; !ok || e.Mode != "suggested" || *s.PSNR != *e.Photos[0].PSNR {
		t.Errorf("the document says %+v", e)
	}
	if got, want := *e.Photos[0].PSNR, psnr(d.decode("suggested.png"), d.decode("clean/a.png")); got-want > 1e-9 || want-got > 1e-9 {
		t.Errorf("PSNR %v, want %v", got, want)
	}
	d.expect(exitUsage, []string{"leave out --hole"}, "eval", "--mode", "suggested", "--hole", "5", "--noisy", "noisy", "--clean", "clean")
	d.expect(exitUsage, []string{"--mode suggested"}, "denoise", "--mode", "suggested", "--hole", "5", "noisy/a.png")
}
