package app

import (
	"context"
	"slices"
	"sync"
)

// Priority says whose turn on the heavy-work queue comes first.
type Priority int

// From the least to the most urgent.
const (
	Training Priority = iota
	Exporting
	Comparing // a preview with a second model
	Previewing
	priorities int = iota
)

// Queue lets one heavy job run at a time: a network already uses every core, so two at once would only make both late.
// A job enters, works, and offers its turn between steps with Yield; a preview so overtakes an export or a training at
// the next tile or step, and the window stays live. Jobs of the same priority run in the order in which they came.
//
// All methods may be called from any goroutine.
type Queue struct {
	mu      sync.Mutex
	busy    bool
	waiting [priorities][]chan struct{}
}

// NewQueue returns an idle queue.
func NewQueue() *Queue { return &Queue{} }

// Turn is the right to do heavy work, from Enter to Leave. It belongs to one goroutine.
type Turn struct {
	queue    *Queue
	priority Priority
	held     bool
}

// Enter waits until the caller may work. The error is that of ctx; then there is no turn to leave.
func (q *Queue) Enter(ctx context.Context, p Priority) (*Turn, error) {
	t := &Turn{queue: q, priority: p}
	if err := t.take(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// Yield lets more urgent jobs go first and returns when it is the caller's turn again, at once if nobody waits. An
// error means that ctx is done; Leave is still due, so that `defer turn.Leave()` is always right.
func (t *Turn) Yield(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !t.held || !t.queue.Waiting(t.priority+1) {
		return nil
	}
	t.Leave()
	return t.take(ctx)
}

// Leave ends the turn. Leaving twice does nothing.
func (t *Turn) Leave() {
	if t.held {
		t.held = false
		t.queue.release()
	}
}

// Waiting reports whether a job at least as urgent as p waits for its turn.
func (q *Queue) Waiting(p Priority) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, line := range q.waiting[min(int(p), priorities):] {
		if len(line) > 0 {
			return true
		}
	}
	return false
}

func (t *Turn) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q := t.queue
	q.mu.Lock()
	if !q.busy {
		q.busy, t.held = true, true
		q.mu.Unlock()
		return nil
	}
	ready := make(chan struct{})
	q.waiting[t.priority] = append(q.waiting[t.priority], ready)
	q.mu.Unlock()

	select {
	case <-ready:
		t.held = true
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	line := q.waiting[t.priority]
	at := slices.Index(line, ready)
	if at >= 0 {
		q.waiting[t.priority] = slices.Delete(line, at, at+1)
	}
	q.mu.Unlock()
	if at < 0 { // the turn was handed over in the same moment: pass it on
		q.release()
	}
	return ctx.Err()
}

// release hands the turn to the most urgent waiting job, the longest waiting one first.
func (q *Queue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for p := priorities - 1; p >= 0; p-- {
		if line := q.waiting[p]; len(line) > 0 {
			q.waiting[p] = line[1:]
			close(line[0])
			return
		}
	}
	q.busy = false
}
