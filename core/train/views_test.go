package train

import (
	"context"
	"image"
	"slices"
	"testing"
	"time"

	"blindspot/core/pixel"
)

// Views come from different photos and are denoised from the first look to the last in both phases; they change nothing about
// what is learned.
func TestViewsShowTheTrainingAndDoNotChangeIt(t *testing.T) {
	o := small(folder(t, 3))
	want := mustRun(t, o, nil)
	o.Views, o.ViewEvery = 2, time.Nanosecond
	var views []View
	looks := map[string][]int{}
	var last []*pixel.Tile
	got := mustRun(t, o, func(p Progress) {
		if p.Views != nil {
			views = append(views, p.Views...)
		}
		if p.Denoised != nil {
			looks[p.Phase] = append(looks[p.Phase], p.Step)
			last = p.Denoised
		}
	})
	if !sameWeights(got, want) {
		t.Error("a training that is looked at ends with other weights")
	}
	if len(views) != 2 || views[0].Photo == views[1].Photo {
		t.Fatalf("%d views: %+v", len(views), views)
	}
	for _, phase := range []string{PhaseFit, PhaseDistil} {
		steps := looks[phase]
		if len(steps) == 0 || steps[len(steps)-1] != 12 || len(slices.Compact(slices.Clone(steps))) != len(steps) {
			t.Errorf("looks of %s at steps %v", phase, steps)
		}
	}
	for i, v := range views {
		if v.Noisy.W != 160 || last[i].W != 160 || slices.Equal(v.Noisy.Pix, last[i].Pix) {
			t.Errorf("view %d: %d pixels wide, denoised %d", i, v.Noisy.W, last[i].W)
		}
	}
}

// The next look waits until the last one is a small part of the work.
func TestDearLooksAreRare(t *testing.T) {
	tr := &trainer{o: Options{ViewEvery: time.Second}, views: make([]view, 1)}
	tr.seen = lastLook{done: true, at: time.Now().Add(-10 * time.Second), cost: time.Second}
	st := &state{position: position{Phase: PhaseFit, Step: 1}}
	if tr.lookNow(st) {
		t.Error("a look that takes a second is due again after ten")
	}
	tr.seen.cost = 100 * time.Millisecond
	if !tr.lookNow(st) {
		t.Error("a look that takes a tenth of a second is not due after ten")
	}
	tr.given = 9500 * time.Millisecond // of the ten seconds
	if tr.lookNow(st) {
		t.Error("time that was given away counts")
	}
}

// Detail is found under noise, and the place lies within its photo.
func TestViewsPreferDetail(t *testing.T) {
	im := pixel.New(600, 400, 1, 8)
	for i := range im.Planes[0] {
		x, y := i%600, i/600
		v := uint16(100 + (x*7919+y*104729)%30) // grain everywhere
		if x > 300 && (x/12+y/12)%2 == 0 {
			v += 60
		}
		im.Planes[0][i] = v * 257
	}
	plain := lookAround(im, 0, image.Rect(0, 0, 64, 64))
	rich := lookAround(im, 0, image.Rect(536, 336, 600, 400))
	if plain.Noisy.W != viewSide || rich.Noisy.H != viewSide || rich.detail < 2*plain.detail {
		t.Errorf("detail %.2f of the plain place, %.2f of the rich one", plain.detail, rich.detail)
	}
	if got, want := rich.Noisy.Pix[viewSide*viewSide-1], float32(im.Planes[0][len(im.Planes[0])-1])/257; got != want {
		t.Errorf("the corner of the view is %g, that of the photo %g", got, want)
	}
}

// Patches that overlap are joined without a trace: a network that changes nothing gives the view back, in patches of any side.
func TestOverlappingPatchesJoin(t *testing.T) {
	tile := pixel.NewTile(3, 160, 160)
	for i := range tile.Pix {
		tile.Pix[i] = float32(i*7919%256) + 0.5
	}
	for _, patch := range []int{32, 64, 96, 128, 160, 512} {
		rests := 0
		got, err := view{View: View{Noisy: tile}}.denoise(context.Background(), &fakePupil{}, patch, func(context.Context) error {
			rests++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got.Pix {
			if diff := v - tile.Pix[i]; diff > 1e-3 || diff < -1e-3 {
				t.Fatalf("patches of %d: value %d is %g, want %g", patch, i, v, tile.Pix[i])
			}
		}
		if rests == 0 {
			t.Errorf("patches of %d: nothing may overtake", patch)
		}
	}
}

// Stopped early, a training has a second phase that is as short in proportion.
func TestStoppedFitShortensDistil(t *testing.T) {
	o := small(folder(t, 2))
	o.Steps, o.DistilSteps, o.ReportEvery = 40, 20, 1
	stop, asked, steps := false, 0, map[string]int{}
	o.Stop = func(phase string) bool {
		asked++
		return stop && phase == PhaseFit
	}
	m := mustRun(t, o, func(p Progress) {
		stop = stop || p.Step == 10
		steps[p.Phase] = max(steps[p.Phase], p.Step)
	})
	if m.Student == nil || m.Info.Steps != 10 || m.Info.DistilSteps != 5 || steps[PhaseDistil] != 5 {
		t.Errorf("steps %d and %d, told %v", m.Info.Steps, m.Info.DistilSteps, steps)
	}
	tr := &trainer{o: Options{Minutes: 60}, job: jobRun}
	if got := tr.distilBudget(&state{position: position{Phase: PhaseDistil, Early: 0.1}}); got != time.Duration(0.1*(1-FitShare)*float64(time.Hour)) {
		t.Errorf("a tenth of an hour's training is distilled in %v", got)
	}
	if got := tr.distilBudget(&state{position: position{Phase: PhaseDistil, Early: 0.001}}); got != shortestDistil {
		t.Errorf("the beginning of an hour's training is distilled in %v", got)
	}
	if got := tr.distilBudget(&state{position: position{Phase: PhaseDistil, Early: 0.9}}); got != shortDistil {
		t.Errorf("most of an hour's training is distilled in %v", got)
	}
}

func TestStepTimes(t *testing.T) {
	yields := 0
	fit, distil, err := StepTimes(context.Background(), Options{Width: 16, Patch: 32, Batch: 1, Yield: func(context.Context) error {
		yields++
		return nil
	}})
	if err != nil || fit <= 0 || distil <= 0 || yields != 6 {
		t.Errorf("%v, %v after %d yields: %v", fit, distil, yields, err)
	}
	if _, _, err := StepTimes(context.Background(), Options{Width: 17}); err == nil {
		t.Error("a network of width 17 was measured")
	}
}
