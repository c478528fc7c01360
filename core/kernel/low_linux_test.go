package kernel

import (
	"runtime"
	"sync"
	"syscall"
	"testing"
)

// nice is the current thread's; the system call returns 20 less it.
func nice(t *testing.T) int {
	t.Helper()
	v, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
	if err != nil {
		t.Fatal(err)
	}
	return 20 - v
}

// Work in the background has low priority in all its threads, and the threads of others keep theirs.
func TestOnlyTheBackgroundStandsBack(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	own := nice(t)
	if own >= lowNice {
		t.Skip("the test itself runs at low priority")
	}
	var seen [3]int
	AtLowPriority(func() {
		p := NewLowPool(3)
		defer p.Close()
		var group sync.WaitGroup
		p.low.run(2, func(worker int) { seen[worker] = nice(t) }, &group)
		group.Wait()
		seen[0] = nice(t)
	})
	for i, v := range seen {
		if v != lowNice {
			t.Errorf("thread %d has nice %d", i, v)
		}
	}
	if now := nice(t); now != own {
		t.Errorf("the caller's nice went from %d to %d", own, now)
	}
	// Threads that are made later do not take after those of the background.
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			runtime.LockOSThread()
			if now := nice(t); now != own {
				t.Errorf("a new thread has nice %d", now)
			}
		})
	}
	group.Wait()
}
