package train

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
)

// shrinker is a teacher that moves every value towards the mean of its crop.
type shrinker struct{ keep float32 }

func (s shrinker) Sync() {}

func (s shrinker) Forward(_ context.Context, x *tensor.Dense, holes []bsn.Hole) ([]*tensor.Dense, error) {
	in := floats(x)
	mean := float32(0)
	for _, v := range in {
		mean += v / float32(len(in))
	}
	out := slices.Clone(in)
	for i := range out {
		out[i] = mean + s.keep*(out[i]-mean)
	}
	return []*tensor.Dense{dense(out, x.Shape()...)}, nil
}

func (s shrinker) Gradient(context.Context, *tensor.Dense, *tensor.Dense, bsn.Hole, *bsn.Params) (float64, error) {
	return 0, nil
}

// Score and leak of a network that is known: keeping a share of the deviation leaks that share.
func TestVerdict(t *testing.T) {
	a := openTestAlbum(t, folder(t, 2), 3, mega)
	held, err := a.holdOut(context.Background(), 4, 64, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(held.flat) == 0 {
		t.Fatal("no flat blocks")
	}
	last := 0.0
	for _, keep := range []float32{1, 0.5, 0} {
		v, err := held.blindSpot(context.Background(), shrinker{keep}, 9, 64)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(v.Leak-float64(keep)) > 1e-3 {
			t.Errorf("leak %g for a network that keeps %g", v.Leak, keep)
		}
		if keep == 1 && v.Score != 0 || keep < 1 && v.Score <= last {
			t.Errorf("score %g after %g at a share of %g", v.Score, last, keep)
		}
		last = v.Score
		if v.Shown == nil || v.Shown.Denoised.W != 64 || len(v.Shown.Noisy.Pix) != 3*64*64 {
			t.Error("the sample is missing or misshapen")
		}
	}
	if v, _ := held.blindSpot(context.Background(), shrinker{float32(math.NaN())}, 9, 64); v.Score != math.MaxFloat64 || v.Leak != 0 {
		t.Errorf("a network without numbers got %g and %g", v.Score, v.Leak)
	}
}

func TestHoldOutIsRepeatable(t *testing.T) {
	paths := folder(t, 4)
	choose := func(seed uint64, cache int64) []float32 {
		h, err := openTestAlbum(t, paths, 3, cache).holdOut(context.Background(), seed, 32, false)
		if err != nil {
			t.Fatal(err)
		}
		var all []float32
		for _, c := range h.crops {
			all = append(all, floats(c)...)
		}
		return all
	}
	if !slices.Equal(choose(1, 0), choose(1, mega)) {
		t.Error("the held-out crops depend on the cache")
	}
	if slices.Equal(choose(1, 0), choose(2, 0)) {
		t.Error("two seeds hold out the same crops")
	}
}

// The alarm sounds when the leak rises again, not when it falls or bounces near the bottom.
func TestLeakAlarm(t *testing.T) {
	for _, c := range []struct {
		leaks []float64 // at steps 0, 1, 2, …
		alarm bool
	}{
		{[]float64{0.9, 0.6, 0.3, 0.2}, false},
		{[]float64{0.9, 0.2, 0.35}, false},
		{[]float64{0.9, 0.2, 0.5}, true},
		{[]float64{0.1, 0.5, 0.45}, false}, // what an untrained network gave does not count
		{[]float64{0.9, 0.2, 0.5, 0.2}, false},
	} {
		p := position{Best: math.MaxFloat64, LeastLeak: math.MaxFloat64}
		for step, l := range c.leaks {
			p.Step = step
			p.note(verdict{Score: 1, Leak: l})
		}
		if p.LeakAlarm != c.alarm {
			t.Errorf("leaks %v: alarm %v", c.leaks, p.LeakAlarm)
		}
	}
}

// Flat blocks are found where the picture is flat, and neither black nor free of noise.
func TestFlattest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, 64*64)
	for i := range values {
		x, y := i%64, i/64
		switch {
		case y < 16:
			values[i] = 2 // clipped
		case y < 32:
			values[i] = 90 // no noise at all
		case y >= 48 && x < 32:
			values[i] = 100 + 3*float32(rng.NormFloat64()) // flat
		default:
			values[i] = float32(x*4) + 3*float32(rng.NormFloat64())
		}
	}
	flat := flattest([]*tensor.Dense{dense(values, 1, 1, 64, 64)})
	if len(flat) != 1 || flat[0].y != 48 || flat[0].x >= 32 {
		t.Errorf("flat blocks %v", flat)
	}
}

// Recharge replaces a share of the target's pixels, all channels together, and nothing else.
func TestRecharge(t *testing.T) {
	const n, channels, side = 2, 3, 32
	noisy := dense(make([]float32, n*channels*side*side), n, channels, side, side)
	for i := range floats(noisy) {
		floats(noisy)[i] = -float32(i) - 1
	}
	recharged := func() *tensor.Dense {
		target := dense(make([]float32, n*channels*side*side), n, channels, side, side)
		recharge(target, noisy, 0.25, 5, 17)
		return target
	}
	target, area, count := recharged(), side*side, 0
	for image := range n {
		for at := range area {
			hits := 0
			for c := range channels {
				k := (image*channels+c)*area + at
				switch floats(target)[k] {
				case floats(noisy)[k]:
					hits++
				case 0:
				default:
					t.Fatalf("pixel %d holds %g in channel %d", at, floats(target)[k], c)
				}
			}
			if hits != 0 && hits != channels {
				t.Fatalf("pixel %d was replaced in %d channels", at, hits)
			}
			count += hits / channels
		}
	}
	if want := n * area / 4; count < want*8/10 || count > want*12/10 {
		t.Errorf("%d pixels replaced, want about %d", count, want)
	}
	if !slices.Equal(floats(recharged()), floats(target)) {
		t.Fatal("the same step recharges other pixels")
	}
}
