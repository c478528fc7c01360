package kernel

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

func TestInstructionSetIsForcedByTheEnvironment(t *testing.T) {
	available := sets(t)
	if !slices.Contains(available, "generic") {
		t.Fatalf("the generic kernels are missing: have %v", available)
	}
	t.Setenv("BLINDSPOT_ISA", "")
	if best, err := InstructionSet(); err != nil || best != available[0] {
		t.Errorf("unforced: %q, %v; want %q", best, err, available[0])
	}
	t.Setenv("BLINDSPOT_ISA", "mmx")
	if _, err := InstructionSet(); err == nil || !strings.Contains(err.Error(), `"mmx"`) {
		t.Errorf("an unknown set gives %v, want an error that names it", err)
	}
	p := NewPool(1)
	defer p.Close()
	if p.InstructionSet() != available[0] {
		t.Errorf("a pool forced to an unknown set runs %s, want the best, %s", p.InstructionSet(), available[0])
	}
}

func TestPoolRunsEveryItemOnce(t *testing.T) {
	a := NewArena()
	defer a.Free()
	for _, threads := range []int{1, 2, 7} {
		p := NewPool(threads)
		for _, items := range []int{0, 1, 2, 100} {
			count := make([]atomic.Int32, items)
			p.planes(a.Tensor(items, 1, 1, 1), func(item int) { count[item].Add(1) })
			for i := range count {
				if n := count[i].Load(); n != 1 {
					t.Errorf("%d workers ran item %d of %d %d times", threads, i, items, n)
				}
			}
		}
		p.Close()
	}
	if p := NewPool(0); p.Threads() < 1 {
		t.Errorf("NewPool(0) has %d workers", p.Threads())
	}
}
