package app

import (
	"errors"
	"sync"
)

// saver writes a file of the session in the background. What was asked for last stays, in whatever order the writers come.
type saver struct {
	asked uint64 // belongs to the session's goroutine

	mu      sync.Mutex
	written uint64
}

// save has write called in a goroutine that Close waits for, unless something newer has been written meanwhile.
func (v *saver) save(s *Session, write func() error) {
	v.asked++
	turn := v.asked
	s.spawn(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		if turn < v.written {
			return
		}
		v.written = turn
		if err := write(); err != nil {
			s.mail.post(func() { s.fail(err) })
		}
	})
}

// savePreferences writes the preferences as they are now.
func (s *Session) savePreferences() {
	if path := s.options.PreferencesPath; path != "" {
		p := s.Preferences()
		s.preferencesSaver.save(s, func() error { return p.Save(path) })
	}
}

// saveSession writes what Restore begins with the next time.
func (s *Session) saveSession() {
	if path := s.options.LastPath; path != "" {
		last := s.last()
		s.lastSaver.save(s, func() error { return last.Save(path) })
	}
}

// saveAll writes both at the end of the session, when nothing runs in the background any more.
func (s *Session) saveAll() error {
	var errs []error
	if path := s.options.PreferencesPath; path != "" {
		errs = append(errs, s.Preferences().Save(path))
	}
	if path := s.options.LastPath; path != "" {
		errs = append(errs, s.last().Save(path))
	}
	return errors.Join(errs...)
}
