package app

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestCellsArriveFromTheCentreOutwards(t *testing.T) {
	n := &fakeNetwork{}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.until("the model", func() bool { return b.Model().Ready })
	b.open(photoFile(t, 5*fakeSide, 3*fakeSide), image.Pt(2*fakeSide+fakeSide/2, fakeSide+fakeSide/2))
	b.complete()
	order := n.order()
	if len(order) != 15 || order[0] != 7 {
		t.Fatalf("cells came in the order %v, want the middle one, 7, first and all 15 once", order)
	}
	distance := func(cell int) int {
		x, y := cell%5-2, cell/5-1
		return x*x + y*y
	}
	if !slices.IsSortedFunc(order, func(a, c int) int { return distance(a) - distance(c) }) {
		t.Errorf("order %v does not go outwards", order)
	}
}

func TestVisibleCellsComeFirst(t *testing.T) {
	n := &fakeNetwork{}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.until("the model", func() bool { return b.Model().Ready })
	b.Open(photoFile(t, 9*fakeSide, fakeSide))
	b.until("the photo", func() bool { _, ok := b.Photo(); return ok })
	// Cells 1 to 4 are visible and 1 is the centre; 0, the nearest one, is not.
	b.SetView(View{Visible: image.Rect(fakeSide, 0, 5*fakeSide, fakeSide), Centre: image.Pt(fakeSide+5, 20)})
	b.until("the cells around the view", func() bool { return len(n.order()) >= 7 })
	b.complete()
	if order := n.order(); !slices.Equal(order[:5], []int{1, 2, 3, 4, 0}) || slices.Contains(order, 8) {
		t.Errorf("order %v, want 1 2 3 4, then the hidden 0 and its kind, and never 8, which is far away", order)
	}
}

func TestNoisyPixelsShowUntilACellArrives(t *testing.T) {
	release := make(chan struct{})
	n := &fakeNetwork{before: func(ctx context.Context, _ string) error {
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.open(photoFile(t, 2*fakeSide, fakeSide), image.Pt(0, 0))
	if got := b.after(3, 3); got != noisyGray || b.DenoisedAt(3, 3) {
		t.Errorf("before a cell arrived its pixels are %d, denoised: %v", got, b.DenoisedAt(3, 3))
	}
	close(release)
	b.complete()
	if got := b.after(3, 3); got != fakeGray(b.Settings()) || !b.DenoisedAt(3, 3) {
		t.Errorf("after all cells arrived pixels are %d, denoised: %v", got, b.DenoisedAt(3, 3))
	}
}

func TestSliderOnWarmCellsNeverRunsTheNetwork(t *testing.T) {
	n := &fakeNetwork{}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.open(photoFile(t, 4*fakeSide, 4*fakeSide), image.Pt(0, 0))
	b.complete()
	passes := b.TrunkPasses()
	for _, hole := range Stops() {
		for _, mode := range []Mode{Tunable, Average} {
			s := b.Settings()
			s.Hole, s.Mode, s.Luma = hole, mode, float32(hole)/20
			b.SetSettings(s)
			b.complete()
			if got := b.after(150, 199); got != fakeGray(s) {
				t.Errorf("%v at hole %v shows %d, want %d", mode, hole, got, fakeGray(s))
			}
		}
	}
	if now := b.TrunkPasses(); now != passes {
		t.Errorf("the network ran %d times for settings of warm cells", now-passes)
	}
	// Fast is another network, and Tunable is still warm when it is chosen again.
	s := b.Settings()
	s.Mode = Fast
	b.SetSettings(s)
	b.complete()
	fast := b.TrunkPasses()
	s.Mode = Tunable
	b.SetSettings(s)
	b.complete()
	if fast != passes+16 || b.TrunkPasses() != fast {
		t.Errorf("Fast took %d runs, want 16, and going back %d, want none", fast-passes, b.TrunkPasses()-fast)
	}
}

func TestStaleCellsAreDropped(t *testing.T) {
	entered := make(chan struct{}, 100)
	n := &fakeNetwork{before: func(context.Context, string) error { // deaf to its context
		entered <- struct{}{}
		time.Sleep(20 * time.Millisecond)
		return nil
	}}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.open(photoFile(t, 2*fakeSide, fakeSide), image.Point{})
	<-entered // a cell of the first photo is under way
	b.open(photoFile(t, 3*fakeSide, fakeSide), image.Point{})
	b.complete()
	if used, want := b.preview.used, int64(3*fakeSide*fakeSide); used != want {
		t.Errorf("results of %d bytes are kept, want %d: those of the second photo alone", used, want)
	}
}

func TestResultsStayWithinTheBudget(t *testing.T) {
	n := &fakeNetwork{}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	const cell = fakeSide * fakeSide
	b.preview.budget = 5 * cell
	b.open(photoFile(t, 4*fakeSide, 4*fakeSide), image.Point{})
	b.complete()
	if b.preview.used > b.preview.budget || len(b.preview.results) != 5 {
		t.Errorf("%d results of %d bytes are kept over a budget of %d", len(b.preview.results), b.preview.used, b.preview.budget)
	}
	if runs := b.TrunkPasses(); runs != 16 {
		t.Errorf("%d runs for 16 cells", runs)
	}
	if _, ok := b.preview.results[resultKey{teacherFamily, 0}]; !ok {
		t.Error("the cell at the centre was dropped")
	}
	s := b.Settings()
	s.Hole = 11
	b.SetSettings(s)
	b.complete()
	if got := b.after(199, 199); got != fakeGray(s) {
		t.Errorf("a cell over the budget shows %d after the slider moved, want %d", got, fakeGray(s))
	}
}

func TestOpeningAnotherPhotoGivesUpTheFirst(t *testing.T) {
	b := newStage(t, Options{})
	first, second := photoFile(t, 500, 500), photoFile(t, 20, 10)
	b.Open(first)
	b.Open(second)
	b.until("a photo", func() bool { _, ok := b.Photo(); return ok })
	time.Sleep(50 * time.Millisecond)
	b.Receive()
	if info, _ := b.Photo(); info.Path != second || b.Opening() != "" {
		t.Errorf("open is %s, being opened %q", info.Path, b.Opening())
	}
	if recent := b.Recent(); !slices.Equal(recent, []string{second}) {
		t.Errorf("recent photos are %v", recent)
	}
}

func TestAFileThatIsNoPhotoLeavesTheOpenOne(t *testing.T) {
	b := newStage(t, Options{})
	good := photoFile(t, 20, 10)
	b.open(good, image.Point{})
	bad := filepath.Join(t.TempDir(), "notes.jpg")
	if err := os.WriteFile(bad, []byte("not a picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.Open(bad)
	b.until("the complaint", func() bool { return b.Message().Problem })
	if text := b.Message().Text.String(); !strings.Contains(text, bad) || !strings.HasSuffix(text, ".") || strings.Contains(text, "\n") {
		t.Errorf("the sentence is %q", text)
	}
	if info, ok := b.Photo(); !ok || info.Path != good {
		t.Errorf("the open photo is %q now", info.Path)
	}
	b.DismissMessage()
	if !b.Message().Text.Empty() {
		t.Error("the message was not dismissed")
	}
}

func TestWithoutAModelPhotosCanBeSeen(t *testing.T) {
	b := newStage(t, Options{})
	b.open(photoFile(t, 20, 10), image.Point{})
	if p := b.Preview(); p.Possible || p.Complete() {
		t.Errorf("the preview says %+v", p)
	}
	if err := b.Export(b.toPNG("out.png")); !errors.Is(err, errNoModel) {
		t.Errorf("exporting gave %v", err)
	}
}

func TestFastNeedsItsNetwork(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("young", &fakeNetwork{noFast: errNoFast})}})
	b.open(photoFile(t, 20, 10), image.Point{})
	b.complete()
	s := b.Settings()
	s.Mode = Fast
	b.SetSettings(s)
	if m := b.Message(); !m.Problem || b.Preview().Possible {
		t.Errorf("message %+v, preview %+v", m, b.Preview())
	}
	if err := b.Export(b.toPNG("out.png")); !errors.Is(err, errNoFast) {
		t.Errorf("exporting gave %v", err)
	}
	s.Mode = Average
	b.SetSettings(s)
	b.complete()
}

func TestSwitchingModels(t *testing.T) {
	first, second := &fakeNetwork{}, &fakeNetwork{}
	broken := ModelChoice{Name: "broken", load: func(context.Context) (network, error) { return nil, errors.New("it is damaged") }}
	b := newStage(t, Options{Models: []ModelChoice{choice("first", first), choice("second", second), broken}})
	b.open(photoFile(t, fakeSide, fakeSide), image.Point{})
	b.complete()
	b.ChooseModel(1)
	b.until("the second model", func() bool { return !b.Model().Loading })
	b.complete()
	if len(first.order()) != 1 || len(second.order()) != 1 || !first.closed {
		t.Errorf("runs %v and %v, first closed: %v", first.order(), second.order(), first.closed)
	}
	b.ChooseModel(2)
	b.until("the complaint", func() bool { return b.Message().Problem })
	if _, chosen := b.Models(); chosen != 1 || second.closed || !b.Preview().Complete() {
		t.Errorf("after a model that cannot be loaded, %d is chosen, closed: %v", chosen, second.closed)
	}
	if p := b.Preferences(); p.Model != "second" {
		t.Errorf("the preferences name model %q", p.Model)
	}
}

func TestNetworkThatFails(t *testing.T) {
	n := &fakeNetwork{before: func(context.Context, string) error { return errors.New("the network returned no numbers") }}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.open(photoFile(t, 4*fakeSide, fakeSide), image.Point{})
	b.until("the complaint", func() bool { return b.Message().Problem })
	if text := b.Message().Text.String(); text != "The network returned no numbers." || b.Preview().Possible {
		t.Errorf("message %q, preview %+v", text, b.Preview())
	}
}

func TestCloseStopsWhatRuns(t *testing.T) {
	n := &fakeNetwork{before: func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }}
	path := filepath.Join(t.TempDir(), "settings.json")
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}, PreferencesPath: path})
	b.open(photoFile(t, 4*fakeSide, fakeSide), image.Point{})
	b.until("the model", func() bool { return b.Model().Ready })
	if err := b.Export(b.toPNG(filepath.Join(t.TempDir(), "out.png"))); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil { // would wait for ever if it did not cancel
		t.Fatal(err)
	}
	if !n.closed {
		t.Error("the network is still open")
	}
	if p, err := LoadPreferences(path); err != nil || len(p.Recent) != 1 {
		t.Errorf("saved preferences %+v, %v", p, err)
	}
}

func TestSampleOpens(t *testing.T) {
	data, err := os.ReadFile(photoFile(t, 30, 20))
	if err != nil {
		t.Fatal(err)
	}
	b := newStage(t, Options{})
	b.OpenSample(fstest.MapFS{SampleFile: {Data: data}})
	b.until("the sample", func() bool { _, ok := b.Photo(); return ok })
	info, _ := b.Photo()
	if folder := b.SuggestExport([]string{info.Path}).Folder; folder == filepath.Dir(info.Path) {
		t.Errorf("exports of the sample are suggested for the cache directory %s", folder)
	}
	b.OpenSample(fstest.MapFS{})
	b.until("the complaint", func() bool { return b.Message().Problem })
}
