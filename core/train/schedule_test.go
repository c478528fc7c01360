package train

import (
	"math"
	"slices"
	"testing"
)

func TestSchedule(t *testing.T) {
	o := Options{Patch: 64, LastPatch: 128, Batch: 8, WarmUp: 0.05, Decay: 0.999}
	s := newSchedule(o, 400, 1e-3)
	want := []stage{{200, 64, 8}, {300, 96, 4}, {400, 128, 2}}
	if !slices.Equal(s.Stages, want) {
		t.Errorf("stages %v, want %v", s.Stages, want)
	}
	if s.WarmUp != 20 || s.EvalEvery != 25 || s.lastPatch() != 128 {
		t.Errorf("warm-up %d, judged every %d, last patch %d", s.WarmUp, s.EvalEvery, s.lastPatch())
	}
	for step := range 399 {
		rising := s.rate(step+1) >= s.rate(step)
		if rising != (step < 20) {
			t.Errorf("rate goes from %g to %g at step %d", s.rate(step), s.rate(step+1), step)
		}
	}
	if peak := s.rate(20); peak != 1e-3 {
		t.Errorf("peak %g, want 1e-3", peak)
	}
	if last := s.rate(399); last <= 0 || last > 1e-6 {
		t.Errorf("last rate %g, want nearly 0", last)
	}
	// Half way down the cosine lies half the peak.
	if middle := s.rate(210); math.Abs(middle-0.5e-3) > 1e-12 {
		t.Errorf("middle rate %g, want 5e-4", middle)
	}
}

func TestStages(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want []stage
	}{
		{Options{Patch: 64, LastPatch: 64, Batch: 8}, []stage{{100, 64, 8}}},
		{Options{Patch: 64, LastPatch: 96, Batch: 8}, []stage{{75, 64, 8}, {100, 96, 4}}},
		{Options{Patch: 32, LastPatch: 64, Batch: 4}, []stage{{75, 32, 4}, {100, 64, 2}}},
		{Options{Patch: 64, LastPatch: 256, Batch: 1}, []stage{{50, 64, 1}, {75, 160, 1}, {100, 256, 1}}},
	} {
		if got := newSchedule(c.o, 100, 1).Stages; !slices.Equal(got, c.want) {
			t.Errorf("patches %d to %d: stages %v, want %v", c.o.Patch, c.o.LastPatch, got, c.want)
		}
	}
}

// Every step belongs to a stage and has a finite rate, however few steps there are.
func TestShortSchedules(t *testing.T) {
	for steps := 1; steps < 12; steps++ {
		s := newSchedule(Options{Patch: 32, LastPatch: 96, Batch: 4, WarmUp: 0.5}, steps, 1)
		for step := range steps {
			if r := s.rate(step); !(r > 0 && r <= 1) {
				t.Errorf("rate %g at step %d of %d", r, step, steps)
			}
		}
		if last := s.at(steps - 1).Patch; steps > 2 && last != 96 {
			t.Errorf("%d steps end on patches of %d", steps, last)
		}
	}
}

func TestAverageForgetsItsStart(t *testing.T) {
	s := schedule{Decay: 0.999}
	if d := s.decay(0); d != 0.1 {
		t.Errorf("first decay %g, want 0.1", d)
	}
	if d := s.decay(1_000_000); d != 0.999 {
		t.Errorf("late decay %g, want 0.999", d)
	}
}

func TestGoldenSpreads(t *testing.T) {
	var bins [20]int
	for i := range 200 {
		v := golden(3, "x", i)
		if v < 0 || v >= 1 {
			t.Fatalf("value %g is outside 0..1", v)
		}
		bins[int(v*20)]++
	}
	if slices.Min(bins[:]) < 8 || slices.Max(bins[:]) > 12 {
		t.Errorf("200 values fall unevenly: %v", bins)
	}
}
