package app

import (
	"image"
	"math"
	"testing"

	"blindspot/app/apptest"
	"blindspot/core/pixel"
)

// companionGray is the gray at a place of the companion, 0 while there is none.
func (b *stage) companionGray(x, y int) uint8 {
	if p := b.CompanionPicture(); p != nil {
		return p.Level(0).RGBAAt(x, y).R
	}
	return 0
}

func companionStage(t *testing.T) *stage {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	b.open(photoFile(t, 4*fakeSide, 2*fakeSide), image.Point{})
	b.complete()
	return b
}

// whole waits until the companion is there and everything visible is up to date.
func (b *stage) whole() {
	b.t.Helper()
	b.until("the companion", func() bool { return b.CompanionPicture() != nil && b.Preview().Complete() })
}

func TestSensitivityComesFromWarmCells(t *testing.T) {
	b := companionStage(t)
	passes := b.TrunkPasses()
	if b.CompanionPicture() != nil {
		t.Fatal("there is a companion that nobody asked for")
	}
	b.SetCompanion(Companion{Kind: Sensitivity})
	b.whole()
	for _, at := range []image.Point{{0, 0}, {199, 0}, {120, 99}} {
		if got := b.companionGray(at.X, at.Y); got != fakeSpread {
			t.Errorf("the sensitivity at %v is %d, want %d", at, got, fakeSpread)
		}
	}
	if now := b.TrunkPasses(); now != passes {
		t.Errorf("the network ran %d times", now-passes)
	}
	b.SetCompanion(Companion{})
	if b.CompanionPicture() != nil {
		t.Error("the companion's memory is still held")
	}
}

func TestSensitivityArrivesWithItsCells(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	b.SetCompanion(Companion{Kind: Sensitivity})
	b.open(photoFile(t, 4*fakeSide, 2*fakeSide), image.Point{})
	b.whole()
	if got := b.companionGray(150, 60); got != fakeSpread {
		t.Errorf("the sensitivity is %d, want %d", got, fakeSpread)
	}
}

func TestFastHasNoCompanion(t *testing.T) {
	b := companionStage(t)
	b.SetCompanion(Companion{Kind: Sensitivity})
	b.whole()
	s := b.Settings()
	s.Mode = Fast
	b.SetSettings(s)
	b.complete()
	if b.CompanionPicture() != nil {
		t.Error("Fast has a sensitivity")
	}
	s.Mode = Average
	b.SetSettings(s)
	b.whole()
	if got := b.companionGray(1, 1); got != fakeSpread {
		t.Errorf("after Fast the sensitivity is %d, want %d", got, fakeSpread)
	}
}

func TestAnotherHoleBesideTheResult(t *testing.T) {
	b := companionStage(t)
	passes := b.TrunkPasses()
	b.SetCompanion(Companion{Kind: OtherHole, Hole: 0})
	b.whole()
	picture := b.CompanionPicture()
	for _, hole := range []Hole{5, 11} {
		b.SetCompanion(Companion{Kind: OtherHole, Hole: hole})
		b.whole()
		s := b.Settings()
		s.Mode, s.Luma = Average, 0.5 // the companion follows the strengths only
		b.SetSettings(s)
		b.whole()
		if got, want := b.companionGray(70, 70), fakeGray(Settings{Mode: Tunable, Hole: hole}); got != want {
			t.Errorf("hole %v is painted %d, want %d", hole, got, want)
		}
		if got, want := b.after(70, 70), fakeGray(s); got != want {
			t.Errorf("beside hole %v the result is %d, want %d", hole, got, want)
		}
	}
	if b.CompanionPicture() != picture {
		t.Error("each hole has a new picture")
	}
	if now := b.TrunkPasses(); now != passes {
		t.Errorf("the network ran %d times", now-passes)
	}
}

// A cell whose result was dropped for want of memory must be painted while it is there, or it would be computed for ever.
func TestCompanionOverTheBudget(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	b.preview.budget = 2 * fakeSide * fakeSide
	b.open(photoFile(t, 4*fakeSide, 4*fakeSide), image.Point{})
	b.complete()
	passes := b.TrunkPasses()
	b.SetCompanion(Companion{Kind: Sensitivity})
	b.whole()
	if runs := b.TrunkPasses() - passes; runs > 16 {
		t.Errorf("the network ran %d times for 16 cells", runs)
	}
}

func TestRemovedIsTheDifferenceAroundGray(t *testing.T) {
	noisy := []uint8{10, 200, 30, 255, 255, 0, 128, 255}
	denoised := []uint8{10, 190, 33, 255, 0, 255, 128, 255}
	Removed(noisy, noisy, denoised)
	want := []uint8{128, 168, 116, 255, 255, 0, 128, 255}
	for i := range want {
		if noisy[i] != want[i] {
			t.Errorf("value %d is %d, want %d", i, noisy[i], want[i])
		}
	}
}

func TestSensitivityIsTheSpreadOfTheStops(t *testing.T) {
	n, err := newEngine(apptest.Model(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	im := pixel.New(64, 40, 3, 8)
	for i := range im.Planes[1] {
		im.Planes[1][i] = uint16(i*7919%200) * 257
	}
	plan := n.plan(64, 40, Tunable)
	r, err := n.cell(t.Context(), im, plan, 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	picture, seen := r.spread(), 0
	for i, v := range r.(engineCell).Spread().Pix {
		if got, want := float64(picture.Pix[4*i]), math.Round(float64(min(v*4, 255))); math.Abs(got-want) > 1 || picture.Pix[4*i+3] != 255 {
			t.Fatalf("pixel %d is %v, want %v", i, got, want)
		} else if want > 0 {
			seen++
		}
	}
	if seen == 0 {
		t.Error("the model is insensitive")
	}
}
