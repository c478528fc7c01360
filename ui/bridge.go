package ui

import (
	"sync/atomic"

	"fyne.io/fyne/v2"
)

// bridge is the only way from the session's workers to Fyne's goroutine. The session wakes it once however much has come
// back, so the window draws the newest state and never a backlog.
type bridge struct {
	do      func(func()) // fyne.Do
	receive func()       // takes in what has come back; on Fyne's goroutine
	closed  atomic.Bool
}

func newBridge() *bridge { return &bridge{do: fyne.Do} }

// wake has what came back taken in. It may be called from any goroutine.
func (b *bridge) wake() { b.run(func() { b.receive() }) }

// run calls f on Fyne's goroutine; any other may ask for it. After close it does nothing: Fyne would run f on the caller.
func (b *bridge) run(f func()) {
	if b.closed.Load() {
		return
	}
	b.do(func() {
		if !b.closed.Load() {
			f()
		}
	})
}

func (b *bridge) close() { b.closed.Store(true) }
