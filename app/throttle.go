package app

import (
	"sync"
	"time"
)

// throttle says when it is time again for something that is done now and then. Any goroutine may ask.
type throttle struct {
	every time.Duration
	mu    sync.Mutex
	last  time.Time
}

func newThrottle(every time.Duration) *throttle { return &throttle{every: every} }

func (t *throttle) due() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := time.Now(); now.Sub(t.last) >= t.every {
		t.last = now
		return true
	}
	return false
}
