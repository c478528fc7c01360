package bsn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"
)

// The blind spot: which input pixels influence an output pixel. golden/blindspot_masks has the answer of the published
// network for windows of 27×27 pixels around three output pixels. The pools make it depend on the position modulo 32.

const (
	maskSide   = 27
	maskRadius = maskSide / 2
)

// maskPositions are the output pixels y, x of the published masks, in a picture of at least 128×128.
var maskPositions = [][2]int{{96, 96}, {97, 97}, {111, 112}}

func goldenMask(t *testing.T, g golden, k Hole, y, x int) []uint8 {
	return g.dense(t, fmt.Sprintf("k%d_at_y%d_x%d", k, y, x)).Data().([]uint8)
}

// TestReferenceBlindSpot finds the pixels by their gradient. Weights at random, and means in place of maxima in the pools,
// leave no gradient zero by chance, so one picture shows every influence that there can be.
func TestReferenceBlindSpot(t *testing.T) {
	const side = 128
	g := readGolden(t, "blindspot_masks")
	rng := rand.New(rand.NewPCG(21, 22))
	p := NewTeacherParams(Config{2, 1})
	p.InitKaiming(rng)
	r := newReference(p)
	r.meanPools = true
	for _, at := range maskPositions {
		for _, k := range Stops() {
			x := picture(rng, 1, 1, side, side)
			out := r.head(r.trunk(x), k)
			out.g[at[0]*side+at[1]] = 1
			r.backward()
			for i, want := range goldenMask(t, g, k, at[0], at[1]) {
				dy, dx := i/maskSide-maskRadius, i%maskSide-maskRadius
				got := uint8(0)
				if x.g[(at[0]+dy)*side+at[1]+dx] != 0 {
					got = 1
				}
				if got != want {
					t.Errorf("hole %d at %v: pixel %+d,%+d influences: %d, want %d", k, at, dy, dx, got, want)
				}
			}
		}
	}
}

// perturbed runs a teacher on a small picture and on copies of it with some pixels replaced.
type perturbed struct {
	t       *testing.T
	teacher *Teacher
	x       *tensor.Dense
	side    int
	rng     *rand.Rand
	plain   []*tensor.Dense
	slack   float64
}

// newPerturbed takes a random picture of side×side. Winograd's transforms mix the rows of a tile before they part them again,
// so that a pixel which must not influence an output still changes its rounding: by slack at most, 3e-5 of the largest
// output, as everywhere. True influences near the hole are a thousand times that.
func newPerturbed(t *testing.T, p *Params, side int, rng *rand.Rand) *perturbed {
	pixels := picture(rng, 1, p.Config().Channels, side, side)
	b := &perturbed{t: t, teacher: newTeacher(t, p, 2), x: pixels.dense(), side: side, rng: rng}
	b.plain = b.teacher.mustForward(t, b.x, Stops())
	for _, out := range b.plain {
		for _, v := range out.Data().([]float32) {
			b.slack = max(b.slack, winogradSlack*math.Abs(float64(v)))
		}
	}
	return b
}

// change is the largest change of the output at y, x with the i-th stop, over all channels, when the given pixels change.
func (b *perturbed) change(pixels [][2]int, i, y, x int) float64 {
	b.t.Helper()
	changed := b.x.Clone().(*tensor.Dense)
	values, area := changed.Data().([]float32), b.side*b.side
	for _, at := range pixels {
		for c := range b.x.Shape()[1] {
			values[c*area+at[0]*b.side+at[1]] = float32(255 * b.rng.Float64())
		}
	}
	out := b.teacher.mustForward(b.t, changed, Stops()[i:i+1])[0].Data().([]float32)
	plain := b.plain[i].Data().([]float32)
	largest := 0.0
	for c := range b.x.Shape()[1] {
		at := c*area + y*b.side + x
		largest = max(largest, math.Abs(float64(out[at])-float64(plain[at])))
	}
	return largest
}

// TestTeacherBlindSpot: changing all pixels that must not matter at once changes nothing, on every one of several pictures.
func TestTeacherBlindSpot(t *testing.T) {
	g := readGolden(t, "blindspot_masks")
	rng := rand.New(rand.NewPCG(31, 32))
	for range 3 {
		b := newPerturbed(t, tinyTeacher(t), 64, rng)
		for _, at := range maskPositions {
			y, x := at[0]%32, at[1]%32 // same phase, but the whole window must be inside the small picture
			if y < maskRadius {
				y, x = y+32, x+32
			}
			for i, k := range Stops() {
				unseen, _ := splitMask(goldenMask(t, g, k, at[0], at[1]), y, x)
				if d := b.change(unseen, i, y, x); d > b.slack {
					t.Errorf("hole %d at %v: pixels of the blind spot change the output by %g", k, at, d)
				}
			}
		}
	}
}

// TestTeacherSeesAroundTheHole: each pixel that borders on the blind spot does matter, on at least one of several pictures:
// a max-pool may hide it on one.
func TestTeacherSeesAroundTheHole(t *testing.T) {
	g := readGolden(t, "blindspot_masks")
	rng := rand.New(rand.NewPCG(51, 52))
	var pictures []*perturbed
	for range 4 {
		pictures = append(pictures, newPerturbed(t, tinyTeacher(t), 32, rng))
	}
	const y, x = 111 % 32, 112 % 32 // the one published position whose window fits in 32×32
	for i, k := range Stops() {
		_, border := splitMask(goldenMask(t, g, k, 111, 112), y, x)
		for _, pixel := range border {
			seen := slices.ContainsFunc(pictures, func(b *perturbed) bool {
				return b.change([][2]int{pixel}, i, y, x) > 10*b.slack
			})
			if !seen {
				t.Errorf("hole %d: pixel %+d,%+d should influence the output", k, pixel[0]-y, pixel[1]-x)
			}
		}
	}
}

// splitMask lists the pixels that do not influence the output at y, x, and those that do and touch one of them.
func splitMask(mask []uint8, y, x int) (unseen, border [][2]int) {
	zero := func(i int) bool { return i >= 0 && i < len(mask) && mask[i] == 0 }
	for i, m := range mask {
		at := [2]int{y + i/maskSide - maskRadius, x + i%maskSide - maskRadius}
		switch {
		case m == 0:
			unseen = append(unseen, at)
		case zero(i-1) || zero(i+1) || zero(i-maskSide) || zero(i+maskSide):
			border = append(border, at)
		}
	}
	return unseen, border
}

// TestTeacherHoleEverywhere: no pixel of the k×k square around any pixel, at the picture's edge and beside it as in the
// middle, reaches the output there.
func TestTeacherHoleEverywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(41, 42))
	for _, config := range []Config{{16, 3}, {24, 1}} {
		p := NewTeacherParams(config)
		p.InitKaiming(rng)
		roughenBiases(p, rng)
		b := newPerturbed(t, p, 64, rng)
		places := [][2]int{{0, 0}, {0, 63}, {63, 0}, {63, 63}, {0, 31}, {32, 63}, {1, 62}, {30, 33}}
		for range 8 {
			places = append(places, [2]int{rng.IntN(64), rng.IntN(64)})
		}
		for i, k := range Stops() {
			for _, at := range places {
				square := squareAround(at, int(k), b.side)
				if d := b.change(square, i, at[0], at[1]); d > b.slack {
					t.Errorf("%+v, hole %d at %v: the square inside changes the output by %g", config, k, at, d)
				}
			}
			// The measure is not blind itself: a wider square does reach the output.
			if d := b.change(squareAround([2]int{30, 33}, int(k)+8, b.side), i, 30, 33); d < 10*b.slack {
				t.Errorf("%+v, hole %d: a wider square changes the output by %g only", config, k, d)
			}
		}
	}
}

// squareAround lists the pixels of the k×k square around a pixel, as far as they lie in the picture.
func squareAround(at [2]int, k, side int) (list [][2]int) {
	for y := max(0, at[0]-k/2); y <= min(side-1, at[0]+k/2) && k > 0; y++ {
		for x := max(0, at[1]-k/2); x <= min(side-1, at[1]+k/2); x++ {
			list = append(list, [2]int{y, x})
		}
	}
	return list
}
