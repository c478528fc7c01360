package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// Figures are effective: the multiply-adds of the direct algorithm, two
// operations each, by the time taken. Winograd does a quarter of them.

// benchSide is the side of the pictures at the highest resolution.
const benchSide = 128

// The layers of a U-Net of width 48.
var benchLayers = []struct {
	name       string
	n, h, w    int
	in         []int
	up         []bool
	out        int
	blind      bool
	method     int
	onlyResult bool // the network never asks for its backward passes
}{
	{"intro3to48", 1, benchSide, benchSide, []int{3}, []bool{false}, 48, true, winograd, false},
	{"enc48to48", 1, benchSide, benchSide, []int{48}, []bool{false}, 48, true, winograd, false},
	{"enc48to48ordinary", 1, benchSide, benchSide, []int{48}, []bool{false}, 48, false, winograd, false},
	{"dec144to96", 1, benchSide / 2, benchSide / 2, []int{96, 48}, []bool{true, false}, 96, true, winograd, false},
	{"dec96to96", 1, benchSide, benchSide, []int{96}, []bool{false}, 96, true, winograd, false},
	{"dec1of99to96", 1, benchSide, benchSide, []int{96, 3}, []bool{true, false}, 96, true, winograd, false},
	{"dec1of99to96phased", 1, benchSide, benchSide, []int{96, 3}, []bool{true, false}, 96, true, phased, false},
	{"last96to3", 1, benchSide, benchSide, []int{96}, []bool{false}, 3, false, winograd, false},
	{"direct96to96", 1, benchSide, benchSide, []int{96}, []bool{false}, 96, true, direct, true},
	{"direct48to48at2x2", 16, 2, 2, []int{48}, []bool{false}, 48, true, direct, false},
	{"direct96to96at6x6", 16, 6, 6, []int{96}, []bool{false}, 96, true, direct, false},
}

// measure repeats run, which does the given number of multiply-adds. The best
// repetition is what the code can do when other programs leave it alone.
func measure(b *testing.B, multiplyAdds int, run func()) {
	run() // packs the weights and touches the scratch
	best := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		run()
		best = min(best, time.Since(start))
	}
	operations := 2 * float64(multiplyAdds) / 1e9
	b.ReportMetric(operations*float64(b.N)/b.Elapsed().Seconds(), "GFLOP/s")
	b.ReportMetric(operations/best.Seconds(), "best-GFLOP/s")
}

// fill makes a tensor of random values.
func fill(a *Arena, n, c, h, w int) *Tensor {
	t := a.Tensor(n, c, h, w)
	rng := rand.New(rand.NewPCG(12, 12))
	image := make([]float32, c*h*w)
	for i := range image {
		image[i] = float32(rng.NormFloat64())
	}
	for i := range n {
		t.Load(i, image, 0)
	}
	return t
}

// eachThreads runs a benchmark with one worker and with two.
func eachThreads(b *testing.B, name string, run func(b *testing.B, p *Pool)) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("%s/threads=%d", name, threads), func(b *testing.B) {
			p := NewPool(threads)
			defer p.Close()
			run(b, p)
		})
	}
}

func BenchmarkConv3x3(b *testing.B) {
	for _, l := range benchLayers {
		a := NewArena()
		layer := NewConv3x3(l.in, l.out, l.blind, false)
		rng := rand.New(rand.NewPCG(13, 13))
		for i := range layer.weights {
			layer.weights[i] = float32(rng.NormFloat64() / 30)
		}
		var src []Source
		var dst []Target
		for i, c := range l.in {
			h, w := l.h, l.w
			if l.up[i] {
				h, w = h/2, w/2
			}
			t := fill(a, l.n, c, h, w)
			src = append(src, Source{Tensor: t, Up: l.up[i]})
			dst = append(dst, Target{Tensor: a.Tensor(l.n, c, h, w), Up: l.up[i], Mask: t})
		}
		out, dz := a.Tensor(l.n, l.out, l.h, l.w), fill(a, l.n, l.out, l.h, l.w)
		dw, db := make([]float32, len(layer.weights)), make([]float32, l.out)
		work := l.n * l.h * l.w * len(layer.weights)
		passes := []struct {
			name string
			run  func(p *Pool)
		}{
			{"forward", func(p *Pool) { layer.forward(p, l.method, out, src) }},
			{"data", func(p *Pool) { layer.backwardData(p, l.method, dz, dst) }},
			{"weights", func(p *Pool) { layer.backwardWeights(p, l.method, dz, dw, db, src) }},
		}
		if l.onlyResult {
			passes = passes[:1]
		}
		for _, pass := range passes {
			eachThreads(b, l.name+"/"+pass.name, func(b *testing.B, p *Pool) {
				measure(b, work, func() { pass.run(p) })
			})
		}
		a.Free()
	}
}

// BenchmarkPack is what a training step pays for changed weights.
func BenchmarkPack(b *testing.B) {
	layer := NewConv3x3([]int{96}, 96, true, false)
	eachThreads(b, "winograd96to96", func(b *testing.B, p *Pool) {
		for b.Loop() {
			for direction := range layer.packed[winograd] {
				layer.packed[winograd][direction].fresh = false
				layer.weightsFor(p, winograd, direction)
			}
		}
	})
}

func BenchmarkHead(b *testing.B) {
	const features, mid, out = 96, 96, 3
	a := NewArena()
	defer a.Free()
	h := NewHead(features, mid, out)
	naive := newNaiveHead(features, mid, out)
	rng := rand.New(rand.NewPCG(14, 14))
	for _, w := range [][]float64{naive.wa, naive.wb, naive.wc} {
		normal(rng, w, 0.05)
	}
	h.Set(to32(naive.wa), to32(naive.ba), to32(naive.wb), to32(naive.bb), to32(naive.wc), to32(naive.bc))
	var features4, grad View
	for r := range Rotations {
		features4[r], grad[r] = fill(a, 1, features, benchSide, benchSide), a.Tensor(1, features, benchSide, benchSide)
	}
	work := benchSide * benchSide * (len(naive.wa) + len(naive.wb) + len(naive.wc))
	for _, shifts := range [][]int{{2}, {0, 1, 2, 3, 4, 5, 6}} {
		var dst []*Tensor
		for range shifts {
			dst = append(dst, a.Tensor(1, out, benchSide, benchSide))
		}
		eachThreads(b, fmt.Sprintf("forward/holes=%d", len(shifts)), func(b *testing.B, p *Pool) {
			measure(b, len(shifts)*work, func() { h.Forward(p, dst, features4, shifts, nil) })
		})
	}
	hidden, d3, gradient := h.NewHidden(a, 1, benchSide, benchSide), fill(a, 1, out, benchSide, benchSide), newHeadGradient(naive)
	eachThreads(b, "backward", func(b *testing.B, p *Pool) {
		h.Forward(p, []*Tensor{a.Tensor(1, out, benchSide, benchSide)}, features4, []int{5}, hidden)
		measure(b, 2*work, func() { h.Backward(p, grad, gradient, d3, features4, 5, hidden) })
	})
}

func BenchmarkMaxPool(b *testing.B) {
	a := NewArena()
	defer a.Free()
	src, dst, dz := fill(a, 1, 48, benchSide, benchSide), a.Tensor(1, 48, benchSide/2, benchSide/2), a.Tensor(1, 48, benchSide, benchSide)
	eachThreads(b, "forward", func(b *testing.B, p *Pool) {
		b.SetBytes(int64(4 * src.size()))
		for b.Loop() {
			MaxPool(p, dst, src, true)
		}
	})
	eachThreads(b, "backward", func(b *testing.B, p *Pool) {
		b.SetBytes(int64(8 * src.size()))
		for b.Loop() {
			MaxPoolBackward(p, dz, src, dst, true)
		}
	})
}

// BenchmarkAdam updates as many weights as the teacher has.
func BenchmarkAdam(b *testing.B) {
	const n = 1_268_547
	w, g, m, v := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
	eachThreads(b, "teacher", func(b *testing.B, p *Pool) {
		b.SetBytes(7 * 4 * n)
		for b.Loop() {
			Adam(p, w, g, m, v, 1, 1e-4, 0.9, 0.999, 1e-8)
		}
	})
	eachThreads(b, "average", func(b *testing.B, p *Pool) {
		b.SetBytes(3 * 4 * n)
		for b.Loop() {
			EMA(p, m, w, 0.999)
		}
	})
}

func BenchmarkLoadStore(b *testing.B) {
	a := NewArena()
	defer a.Free()
	t := a.Tensor(1, 3, 512, 512)
	image := make([]float32, 3*512*512)
	for turns := range Rotations {
		b.Run(fmt.Sprint("load/turns=", turns), func(b *testing.B) {
			for b.Loop() {
				t.Load(0, image, turns)
			}
		})
	}
	b.Run("store", func(b *testing.B) {
		for b.Loop() {
			t.Store(0, image)
		}
	})
}
