package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// headShapes: sides around and across the rectangles that the work is cut into
// (16×64), smaller than a shift, and the layer widths of networks of width 8, 16, 24 and 48.
var headShapes = []struct {
	n, h, w, features, mid, out int
	shifts                      []int
}{
	{1, 4, 9, 96, 96, 3, []int{0, 1, 2, 3, 4, 5, 6}},
	{2, 17, 70, 16, 16, 3, []int{2}},
	{1, 33, 9, 16, 32, 1, []int{0, 1, 2, 3, 4, 5, 6}},
	{3, 5, 7, 32, 32, 3, []int{5, 1}},
	{1, 1, 2, 16, 16, 3, []int{0, 1, 6}},
	{2, 2, 3, 48, 48, 3, []int{3}},
	{1, 3, 130, 16, 16, 24, []int{6, 2}},
	{1, 48, 136, 16, 16, 1, []int{4}}, // two parts of a weight gradient
}

// headCase is a head with its data; features[r][image].
type headCase struct {
	naive    naiveHead
	features [][]picture
	d3       []picture
}

func newHeadCase(rng *rand.Rand, n, h, w, features, mid, out int) *headCase {
	k := &headCase{naive: newNaiveHead(features, mid, out), d3: noise(rng, n, out, h, w)}
	normal(rng, k.naive.wa, 0.5/math.Sqrt(float64(features)))
	normal(rng, k.naive.wb, 0.5/math.Sqrt(float64(features)))
	normal(rng, k.naive.wc, 1/math.Sqrt(float64(mid)))
	for _, b := range [][]float64{k.naive.ba, k.naive.bb, k.naive.bc} {
		normal(rng, b, 0.5)
	}
	for r := range Rotations {
		if r%2 == 0 {
			k.features = append(k.features, noise(rng, n, features, h, w))
		} else {
			k.features = append(k.features, noise(rng, n, features, w, h))
		}
	}
	return k
}

func (k *headCase) image(n int) (out []picture) {
	for _, f := range k.features {
		out = append(out, f[n])
	}
	return out
}

func (k *headCase) layer() *Head {
	h := NewHead(k.naive.f, k.naive.mid, k.naive.out)
	h.Set(to32(k.naive.wa), to32(k.naive.ba), to32(k.naive.wb), to32(k.naive.bb), to32(k.naive.wc), to32(k.naive.bc))
	return h
}

func (k *headCase) view(a *Arena) (v View) {
	for r := range Rotations {
		v[r] = load(a, k.features[r])
	}
	return v
}

// result takes the memory of a result; what is there must be overwritten.
func (k *headCase) result(a *Arena) *Tensor { return load(a, k.d3) }

func TestHead(t *testing.T) {
	available := sets(t)
	for i, s := range headShapes {
		t.Run(fmt.Sprintf("%dx%dx%d_%d_%d_%d_%v", s.n, s.h, s.w, s.features, s.mid, s.out, s.shifts), func(t *testing.T) {
			k := newHeadCase(rand.New(rand.NewPCG(6, uint64(i))), s.n, s.h, s.w, s.features, s.mid, s.out)
			k.checkForward(t, available, s.shifts)
			k.checkBackward(t, available, s.shifts[len(s.shifts)-1])
		})
	}
}

// tolerance is that of three layers, one behind the other.
func (k *headCase) tolerance() float64 { return 3 * tolerance(direct, 4*k.naive.f) }

// checkForward computes all shifts at once, as inference does.
func (k *headCase) checkForward(t *testing.T, available []string, shifts []int) {
	t.Helper()
	want := make([][]picture, len(shifts))
	for i, shift := range shifts {
		for n := range k.d3 {
			_, _, out := k.naive.forward(k.image(n), shift)
			want[i] = append(want[i], out)
		}
	}
	for _, set := range available {
		a := NewArena()
		var dst []*Tensor
		for range shifts {
			dst = append(dst, k.result(a))
		}
		k.layer().Forward(newTestPool(t, set, 2), dst, k.view(a), shifts, nil)
		for i, shift := range shifts {
			compare(t, fmt.Sprintf("%s, shift %d", set, shift), planar(t, dst[i]), flat(want[i]), k.tolerance())
		}
		a.Free()
	}
}

func (k *headCase) checkBackward(t *testing.T, available []string, shift int) {
	t.Helper()
	want := newNaiveHead(k.naive.f, k.naive.mid, k.naive.out)
	wantFeatures := make([][]picture, Rotations)
	var wantA, wantB []picture
	for n := range k.d3 {
		for r, df := range k.naive.backward(k.image(n), shift, k.d3[n], want) {
			wantFeatures[r] = append(wantFeatures[r], df)
		}
		hiddenA, hiddenB, _ := k.naive.forward(k.image(n), shift)
		wantA, wantB = append(wantA, hiddenA), append(wantB, hiddenB)
	}
	pixels := len(k.d3) * k.d3[0].h * k.d3[0].w
	weights, data := 3*tolerance(direct, pixels), k.tolerance()
	for _, set := range available {
		a, pool, h := NewArena(), newTestPool(t, set, 2), k.layer()
		hidden := h.NewHidden(a, len(k.d3), k.d3[0].h, k.d3[0].w)
		features, grad := k.view(a), k.view(a) // grad must be overwritten
		h.Forward(pool, []*Tensor{k.result(a)}, features, []int{shift}, hidden)
		compare(t, set+" hidden A", planar(t, hidden.A), flat(wantA), data)
		compare(t, set+" hidden B", planar(t, hidden.B), flat(wantB), data)
		got := newHeadGradient(k.naive)
		h.Backward(pool, grad, got, load(a, k.d3), features, shift, hidden)
		for r := range Rotations {
			compare(t, fmt.Sprintf("%s, gradient of rotation %d", set, r), planar(t, grad[r]), flat(wantFeatures[r]), data)
		}
		compare(t, set+" dWA", got.WA, want.wa, weights)
		compare(t, set+" dbA", got.BA, want.ba, weights)
		compare(t, set+" dWB", got.WB, want.wb, weights)
		compare(t, set+" dbB", got.BB, want.bb, weights)
		compare(t, set+" dWC", got.WC, want.wc, weights)
		compare(t, set+" dbC", got.BC, want.bc, weights)
		a.Free()
	}
}

func newHeadGradient(h naiveHead) HeadGradient {
	return HeadGradient{
		WA: make([]float32, len(h.wa)), BA: make([]float32, len(h.ba)), WB: make([]float32, len(h.wb)),
		BB: make([]float32, len(h.bb)), WC: make([]float32, len(h.wc)), BC: make([]float32, len(h.bc)),
	}
}
