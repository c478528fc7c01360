package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Results must not depend on the number of workers, nor on what else is in a
// batch: a photo denoised on another computer with as many instructions, or cut
// into other batches, is the same photo byte for byte.

// results runs every kernel on the layers' data and lists all that it wrote.
type results map[string][]float32

func (k *convCase) run(t *testing.T, pool *Pool, method int) results {
	t.Helper()
	a := NewArena()
	defer a.Free()
	layer, src, dz, dst := k.layer(), k.sources(a), load(a, k.dz), load(a, k.dz)
	out := results{"dw": make([]float32, len(k.dw)), "db": make([]float32, len(k.db))}
	layer.forward(pool, method, dst, src)
	out["forward"] = planar(t, dst)
	var targets []Target
	for i := range k.src {
		targets = append(targets, Target{Tensor: load(a, k.kept[i]), Up: k.naive.up[i], Accumulate: true, Mask: load(a, k.masks[i])})
	}
	layer.backwardData(pool, method, dz, targets)
	for i, target := range targets {
		out[fmt.Sprint("gradient of input ", i)] = planar(t, target.Tensor)
	}
	layer.backwardWeights(pool, method, dz, out["dw"], out["db"], src)
	return out
}

func (k *headCase) run(t *testing.T, pool *Pool) results {
	t.Helper()
	a := NewArena()
	defer a.Free()
	h, features, grad := k.layer(), k.view(a), k.view(a)
	out := results{}
	dst := []*Tensor{k.result(a), k.result(a), k.result(a)}
	h.Forward(pool, dst, features, []int{0, 2, 5}, nil)
	for i, d := range dst {
		out[fmt.Sprint("result ", i)] = planar(t, d)
	}
	hidden := h.NewHidden(a, len(k.d3), k.d3[0].h, k.d3[0].w)
	h.Forward(pool, dst[:1], features, []int{2}, hidden)
	same(t, "one shift alone", planar(t, dst[0]), out["result 1"])
	g := newHeadGradient(k.naive)
	h.Backward(pool, grad, g, load(a, k.d3), features, 2, hidden)
	for r := range Rotations {
		out[fmt.Sprint("gradient of rotation ", r)] = planar(t, grad[r])
	}
	out["WA"], out["BA"], out["WB"], out["BB"], out["WC"], out["BC"] = g.WA, g.BA, g.WB, g.BB, g.WC, g.BC
	return out
}

// runSmall is pooling and the optimiser.
func runSmall(t *testing.T, pool *Pool) results {
	t.Helper()
	a := NewArena()
	defer a.Free()
	rng := rand.New(rand.NewPCG(9, 9))
	src := load(a, noise(rng, 2, 40, 8, 12))
	dst, dz := a.Tensor(2, 40, 4, 6), a.Tensor(2, 40, 8, 12)
	MaxPool(pool, dst, src, true)
	MaxPoolBackward(pool, dz, src, dst, true)
	state := make([][]float32, 5)
	for i := range state {
		v := make([]float64, 3*itemValues+7)
		normal(rng, v, 1)
		state[i] = to32(v)
	}
	for i, v := range state[3] {
		state[3][i] = v * v
	}
	Adam(pool, state[0], state[1], state[2], state[3], 2, 1e-3, 0.9, 0.999, 1e-8)
	EMA(pool, state[4], state[0], 0.9)
	return results{"pooled": planar(t, dst), "unpooled": planar(t, dz), "w": state[0], "m": state[2], "v": state[3], "average": state[4]}
}

// determinismShapes cut into many items and parts; n, h, w.
var determinismShapes = [][3]int{{2, 44, 40}, {3, 66, 63}, {2, 6, 10}}

func TestAnyNumberOfWorkersGivesTheSameBits(t *testing.T) {
	for _, set := range sets(t) {
		pools := []*Pool{newTestPool(t, set, 1), newTestPool(t, set, 2), newTestPool(t, set, 3), newTestPool(t, set, 5)}
		check := func(name string, run func(pool *Pool) results) {
			want := run(pools[0])
			for _, pool := range pools[1:] {
				for key, got := range run(pool) {
					same(t, fmt.Sprintf("%s %s, %s with %d workers", set, name, key, pool.Threads()), got, want[key])
				}
			}
		}
		for _, s := range determinismShapes {
			rng := rand.New(rand.NewPCG(10, 10))
			conv := newConvCase(rng, s[0], s[1], s[2], naiveConv{in: []int{2, 3}, up: []bool{s[2]%2 == 0, false}, out: 3, blind: true})
			for method, name := range methodNames {
				check(name, func(pool *Pool) results { return conv.run(t, pool, method) })
			}
			head := newHeadCase(rng, s[0], s[1], s[2], 16, 16, 3)
			check("head", func(pool *Pool) results { return head.run(t, pool) })
		}
		check("small", func(pool *Pool) results { return runSmall(t, pool) })
	}
}

// alone is the same layer with one image of the batch.
func (k *convCase) alone(n int) *convCase {
	out := &convCase{naive: k.naive, dz: k.dz[n : n+1], dw: k.dw, db: k.db}
	for i := range k.src {
		out.src = append(out.src, k.src[i][n:n+1])
		out.masks = append(out.masks, k.masks[i][n:n+1])
		out.kept = append(out.kept, k.kept[i][n:n+1])
	}
	return out
}

func (k *headCase) alone(n int) *headCase {
	out := &headCase{naive: k.naive, d3: k.d3[n : n+1]}
	for _, f := range k.features {
		out.features = append(out.features, f[n:n+1])
	}
	return out
}

// weightKeys are sums over the batch; everything else belongs to one image.
var weightKeys = []string{"dw", "db", "WA", "BA", "WB", "BB", "WC", "BC"}

func TestAnImageOfABatchIsComputedAsIfAlone(t *testing.T) {
	for _, set := range sets(t) {
		pool := newTestPool(t, set, 2)
		check := func(name string, images int, batch results, alone func(n int) results) {
			for n := range images {
				for key, want := range alone(n) {
					if slices.Contains(weightKeys, key) {
						continue
					}
					same(t, fmt.Sprintf("%s %s, %s of image %d", set, name, key, n), batch[key][n*len(want):][:len(want)], want)
				}
			}
		}
		for _, s := range [][3]int{{3, 12, 20}, {2, 44, 40}, {3, 5, 7}, {2, 6, 10}} {
			rng := rand.New(rand.NewPCG(11, 11))
			conv := newConvCase(rng, s[0], s[1], s[2], naiveConv{in: []int{20, 3}, up: []bool{s[2]%2 == 0, false}, out: 18, blind: true})
			for method, name := range methodNames {
				check(name, s[0], conv.run(t, pool, method), func(n int) results { return conv.alone(n).run(t, pool, method) })
			}
			head := newHeadCase(rng, s[0], s[1], s[2], 16, 16, 3)
			check("head", s[0], head.run(t, pool), func(n int) results { return head.alone(n).run(t, pool) })
		}
	}
}
