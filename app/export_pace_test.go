package app

import (
	"testing"
	"time"
)

func TestTimeLeft(t *testing.T) {
	var p pace
	waiting := func(k exportKind, megapixels float64) paceWork { return paceWork{kind: k, megapixels: megapixels} }
	left := func(work ...paceWork) time.Duration {
		d, ok := p.left(work)
		if !ok {
			return -1
		}
		return d.Round(time.Second)
	}
	if got := left(waiting(teacherKind, 12)); got != -1 {
		t.Errorf("without a pace there are %v left", got)
	}
	begun := paceWork{kind: teacherKind, megapixels: 24, part: 0.05, took: 3 * time.Second}
	if got := left(begun); got != -1 {
		t.Errorf("with nearly nothing done there are %v left", got)
	}
	begun.part, begun.took = 0.25, 10*time.Second
	if got := left(begun, waiting(teacherKind, 12)); got != 50*time.Second { // 0.6 megapixels a second
		t.Errorf("from the first photo's own pace there are %v left, want 50 s", got)
	}
	if got := left(begun, waiting(fastKind, 12)); got != -1 {
		t.Errorf("with a photo of another kind there are %v left", got)
	}
	p.add(fastKind, 12, 100*time.Second) // long ago
	for range paceMemory {
		p.add(fastKind, 12, 6*time.Second)
		p.add(teacherKind, 12, 24*time.Second)
	}
	if got := left(begun, waiting(fastKind, 20), waiting(fastKind, 0)); got != (36+10+11)*time.Second { // of unknown size: 22
		t.Errorf("there are %v left, want 57 s", got)
	}
	if got := left(waiting(fastKind, 0)); got != -1 {
		t.Errorf("with no size known there are %v left", got)
	}
}

func TestStopwatchRestsDuringPauses(t *testing.T) {
	w := stopwatch{sum: time.Hour}
	w.run(false)
	if got := w.read(); got != time.Hour {
		t.Errorf("standing, it shows %v", got)
	}
	w.run(true)
	w.since = w.since.Add(-time.Hour)
	w.run(false)
	if got := w.read(); got < 2*time.Hour || got > 2*time.Hour+time.Minute {
		t.Errorf("after an hour's run it shows %v", got)
	}
}
