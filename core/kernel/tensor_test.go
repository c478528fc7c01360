package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestTensorLoadTurnsClockwise(t *testing.T) {
	a := NewArena()
	defer a.Free()
	for _, s := range []struct{ n, c, h, w int }{{1, 1, 1, 2}, {2, 3, 5, 7}, {3, 17, 2, 3}, {2, 48, 4, 6}, {1, 16, 33, 40}} {
		for r := range Rotations {
			t.Run(fmt.Sprintf("%v_%d", s, r), func(t *testing.T) {
				batch := noise(rand.New(rand.NewPCG(7, uint64(r))), s.n, s.c, s.h, s.w)
				var want []picture
				for _, p := range batch {
					want = append(want, p.turned(r))
				}
				x := a.Tensor(s.n, s.c, want[0].h, want[0].w)
				for n, p := range batch {
					x.Load(n, to32(p.pix), r)
				}
				same(t, "turned", planar(t, x), to32(flat(want)))
			})
		}
	}
}

func TestArenaCountsAndFrees(t *testing.T) {
	a := NewArena()
	x := a.Tensor(2, 17, 3, 4)
	if want := int64(2 * 32 * 3 * 4 * 4); a.Bytes() != want {
		t.Errorf("the arena holds %d bytes, want %d", a.Bytes(), want)
	}
	view := x.Images(1, 1)
	view.Values()[0] = 5
	if got := x.Values()[32*3*4]; got != 5 {
		t.Errorf("the second image begins with %g, want 5", got)
	}
	if y := x.As(1, 16, 6, 8); len(y.Values()) != 16*6*8 || &y.Values()[0] != &x.Values()[0] {
		t.Error("As does not see the same memory")
	}
	x.Clear()
	if x.Values()[32*3*4] != 0 {
		t.Error("Clear left a value")
	}
	a.Free()
	if a.Bytes() != 0 {
		t.Errorf("a freed arena holds %d bytes", a.Bytes())
	}
}
