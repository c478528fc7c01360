package app

import "sync"

// mailbox carries finished work from the workers to the goroutine that owns the session. Posting never blocks.
type mailbox struct {
	wake func() // asks the owner to call take soon; any goroutine may call it

	mu    sync.Mutex
	items []func()
}

// post leaves work for the owner and wakes it unless it has been woken already.
func (m *mailbox) post(item func()) {
	m.mu.Lock()
	first := len(m.items) == 0
	m.items = append(m.items, item)
	m.mu.Unlock()
	if first {
		m.wake()
	}
}

// take empties the mailbox.
func (m *mailbox) take() []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	items := m.items
	m.items = nil
	return items
}
