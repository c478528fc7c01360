//go:build !noraw

package raw

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Kept children save the start of the program, which is longer than reading a
// raw's header.
const (
	mostKept = 2
	keptFor  = 5 * time.Second
)

// pool keeps children for the next question.
type pool struct {
	mu   sync.Mutex
	kept []*worker
}

// children are those of this process, as they share its executable.
var children pool

// CloseIdle ends the children that wait for the next question. Those that are
// busy are left alone; without it, idle ones end by themselves after seconds, or
// when the program does.
func CloseIdle() {
	children.mu.Lock()
	idle := children.kept
	children.kept = nil
	children.mu.Unlock()
	for _, w := range idle {
		w.expiry.Stop()
		w.end()
	}
}

// take returns a kept child, or a new one.
func (p *pool) take() (w *worker, used bool, err error) {
	p.mu.Lock()
	if n := len(p.kept); n > 0 {
		w = p.kept[n-1]
		p.kept = p.kept[:n-1]
	}
	p.mu.Unlock()
	if w != nil {
		w.expiry.Stop()
		return w, true, nil
	}
	w, err = startWorker()
	return w, false, err
}

// keep takes a child back, or ends it if enough are kept.
func (p *pool) keep(w *worker) {
	p.mu.Lock()
	if len(p.kept) >= mostKept {
		p.mu.Unlock()
		w.end()
		return
	}
	w.expiry = time.AfterFunc(keptFor, func() { p.expire(w) })
	p.kept = append(p.kept, w)
	p.mu.Unlock()
}

// expire ends a child that nobody took.
func (p *pool) expire(w *worker) {
	p.mu.Lock()
	i := slices.Index(p.kept, w)
	if i >= 0 {
		p.kept = slices.Delete(p.kept, i, i+1)
	}
	p.mu.Unlock()
	if i >= 0 {
		w.end()
	}
}

// ask puts a question to a child. One that died while it was kept is replaced.
func (p *pool) ask(ctx context.Context, q question) (reply, error) {
	for {
		if err := ctx.Err(); err != nil {
			return reply{}, err
		}
		w, used, err := p.take()
		if err != nil {
			return reply{}, err
		}
		r, taken, err := w.ask(ctx, q)
		switch {
		case err != nil && used && !taken && ctx.Err() == nil:
			continue
		case err != nil:
			return reply{}, err
		case reusable(q.Op, r.answer):
			p.keep(w)
		default:
			w.end()
		}
		return r, nil
	}
}

// reusable reports whether a child may be asked again: one that has decoded
// pixels may hold much memory, and one that met a damaged file may hold anything.
func reusable(op operation, a answer) bool {
	return (op == opInspect || op == opPreview) && (a.Failure == "" || a.Failure == failUnsupported || a.Failure == failNoPreview)
}
