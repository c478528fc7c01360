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

// wake may be called from any goroutine. After close it does nothing: Fyne would run the function on the caller.
func (b *bridge) wake() {
	if b.closed.Load() {
		return
	}
	b.do(func() {
		if !b.closed.Load() {
			b.receive()
		}
	})
}

func (b *bridge) close() { b.closed.Store(true) }
