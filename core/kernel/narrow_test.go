package kernel

import (
	"fmt"
	"testing"
)

// TestNarrow holds the kernel for few output channels to the slow reference.
func TestNarrow(t *testing.T) {
	available := sets(t)
	tried := 0
	eachConv(t, func(t *testing.T, k *convCase) {
		if k.naive.out > narrowOut || len(k.src) > 1 || k.naive.up[0] {
			return
		}
		tried++
		for _, set := range available {
			for threads := 1; threads <= 2; threads++ {
				k.checkForward(t, newTestPool(t, set, threads), narrow, fmt.Sprintf("%s narrow with %d workers", set, threads))
			}
		}
	})
	if tried == 0 {
		t.Fatal("no case has few output channels")
	}
}

// TestForwardPooled holds convolution and pooling in one to the two slow
// references one after the other.
func TestForwardPooled(t *testing.T) {
	available := sets(t)
	eachConv(t, func(t *testing.T, k *convCase) {
		h, w := k.dz[0].h, k.dz[0].w
		if h%2 != 0 || w%2 != 0 {
			return
		}
		var want []picture
		for _, p := range k.forward {
			want = append(want, naivePool(p, k.naive.blind))
		}
		for _, set := range available {
			a := NewArena()
			dst := load(a, want)
			dst.Clear()
			k.layer().ForwardPooled(newTestPool(t, set, 2), dst, load(a, k.dz), k.sources(a)...)
			compare(t, set+" pooled", planar(t, dst), flat(want), tolerance(pickMethod(h, w), 9*k.naive.total()))
			a.Free()
		}
	})
}
