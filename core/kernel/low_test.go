package kernel

import (
	"slices"
	"sync"
	"testing"
)

// Each worker that is asked for works once, as often as they are asked and after they were closed.
func TestLowWorkers(t *testing.T) {
	var l lowWorkers
	for _, n := range []int{0, 2, 1, 4} {
		var mu sync.Mutex
		var seen []int
		var group sync.WaitGroup
		l.run(n, func(worker int) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, worker)
		}, &group)
		group.Wait()
		slices.Sort(seen)
		if want := []int{1, 2, 3, 4}[:n]; !slices.Equal(seen, want) {
			t.Errorf("%d workers: %v worked", n, seen)
		}
		if n == 1 {
			l.close()
		}
	}
	l.close()
}
