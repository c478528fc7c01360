package denoise

import (
	"math/rand/v2"
	"testing"

	"blindspot/core/pixel"
)

// The fake answers each tile with an offset of its own, so hard borders show as
// steps. MeasureSeams must see them, and the plan's weights must remove them.
func TestSeamsAreSeenAndRemoved(t *testing.T) {
	for _, patch := range []int{64, 256} {
		e, teacher, _ := fakeEngine(3, patch)
		teacher.drift = 0.2
		im := smoothPhoto(700, 640)
		s := of(Tunable, 5, 1, 1, 1)
		plan := e.Plan(im.W, im.H, s.Mode)
		joined, err := e.Photo(t.Context(), im, s, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := MeasureSeams(joined, plan)
		if err != nil {
			t.Fatal(err)
		}
		if got.Visible() || got.Border.Pieces < 50 || got.Inside.Pieces < 1000 {
			t.Errorf("patch %d: %+v", patch, got)
		}
		hard, err := MeasureSeams(hardTiles(joined, plan), plan)
		if err != nil {
			t.Fatal(err)
		}
		if !hard.Visible() {
			t.Errorf("patch %d: steps of one level were not seen: %+v", patch, hard)
		}
	}
}

// smoothPhoto is a slope with noise of 4 levels.
func smoothPhoto(w, h int) *pixel.Image {
	im := pixel.New(w, h, 3, 16)
	rng := rand.New(rand.NewPCG(6, 6))
	for _, p := range im.Planes {
		for i := range p {
			p[i] = uint16(257 * (80 + 50*float64(i%w)/float64(w) + 4*rng.NormFloat64()))
		}
	}
	return im
}

// hardTiles adds one level to every second rectangle between the borders of
// tiles, the size of step that an eye finds in a smooth sky.
func hardTiles(im *pixel.Image, p *Plan) *pixel.Image {
	raised := func(a *axis) []bool {
		border := make([]bool, a.size+1)
		for _, s := range a.spans {
			border[s.from], border[s.to] = true, true
		}
		list := make([]bool, a.size)
		up := false
		for x := range list {
			up = up != border[x]
			list[x] = up
		}
		return list
	}
	across, down := raised(&p.x), raised(&p.y)
	out := im.Clone()
	for i := range im.W * im.H {
		if across[i%im.W] != down[i/im.W] {
			for _, plane := range out.Planes {
				plane[i] += 257
			}
		}
	}
	return out
}

func TestSeamsOfAnotherSizeAreRefused(t *testing.T) {
	e, _, _ := fakeEngine(3, 64)
	if _, err := MeasureSeams(pixel.New(10, 10, 3, 8), e.Plan(11, 10, Fast)); err == nil {
		t.Error("a plan of another size was measured")
	}
}
