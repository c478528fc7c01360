package app

import "slices"

// This file is what the user can do with the queue of exports.

// find calls f with the entry of a number, if there is one, and goes on.
func (q *exportQueue) find(id int, f func(*exportEntry)) {
	for _, e := range q.entries {
		if e.id == id {
			f(e)
			q.proceed()
			return
		}
	}
}

// stop ends a running entry, which then becomes what is asked, or makes a waiting one that at once.
func (q *exportQueue) stop(e *exportEntry, state ExportState) {
	switch e.state {
	case ExportRunning:
		e.after = state
		e.cancel()
	case ExportQueued, ExportPaused:
		q.become(e, state)
	}
}

// PauseExports stops the queue at the running photo's next tile, or lets it go on.
func (s *Session) PauseExports(paused bool) {
	q := s.exports
	q.paused = paused
	q.gate.shut(paused)
	if q.running != nil {
		q.running.clock.run(!paused)
	}
	q.proceed()
}

// PauseExport passes over a photo until ContinueExport. One that is under way begins anew then.
func (s *Session) PauseExport(id int) {
	s.exports.find(id, func(e *exportEntry) { s.exports.stop(e, ExportPaused) })
}

// ContinueExport lets a photo wait for its turn again.
func (s *Session) ContinueExport(id int) {
	s.exports.find(id, func(e *exportEntry) {
		if e.state == ExportPaused {
			s.exports.queue(e)
		}
	})
}

// CancelExport gives up a photo that is not done. Nothing of its file will be there.
func (s *Session) CancelExport(id int) {
	s.exports.find(id, func(e *exportEntry) { s.exports.stop(e, ExportCancelled) })
}

// CancelExports gives up all photos that are not done.
func (s *Session) CancelExports() {
	for _, e := range s.exports.entries {
		s.exports.stop(e, ExportCancelled)
	}
	s.PauseExports(false)
}

// RetryExport has a photo exported again that failed or was cancelled, after those that wait.
func (s *Session) RetryExport(id int) {
	s.exports.find(id, func(e *exportEntry) {
		if e.state == ExportFailed || e.state == ExportCancelled {
			s.exports.remove(func(other *exportEntry) bool { return other == e })
			s.exports.entries = append(s.exports.entries, e)
			s.exports.queue(e)
		}
	})
}

// RetryExports has all photos exported again that failed.
func (s *Session) RetryExports() {
	for _, e := range slices.Clone(s.exports.entries) {
		if e.state == ExportFailed {
			s.RetryExport(e.id)
		}
	}
}

// RemoveExport takes a photo off the list that is done, failed or cancelled.
func (s *Session) RemoveExport(id int) {
	s.exports.remove(func(e *exportEntry) bool { return e.id == id && e.state.Finished() })
	s.changed(JobsChanged)
}

// ClearExports takes all photos off the list that are done, failed or cancelled.
func (s *Session) ClearExports() {
	s.exports.remove(func(e *exportEntry) bool { return e.state.Finished() })
	s.changed(JobsChanged)
}

// Move says where to a waiting export goes among those that wait.
type Move int

// The moves.
const (
	MoveFirst Move = iota
	MoveUp
	MoveDown
	MoveLast
)

// MoveExport changes the place of a photo that waits.
func (s *Session) MoveExport(id int, m Move) {
	s.exports.find(id, func(e *exportEntry) { s.exports.move(e, m) })
}

// movable lists the places of the entries that wait or are paused.
func (q *exportQueue) movable() []int {
	var places []int
	for i, e := range q.entries {
		if e.state == ExportQueued || e.state == ExportPaused {
			places = append(places, i)
		}
	}
	return places
}

func (q *exportQueue) move(e *exportEntry, m Move) {
	places := q.movable()
	at := slices.IndexFunc(places, func(i int) bool { return q.entries[i] == e })
	if at < 0 {
		return
	}
	to := map[Move]int{MoveFirst: 0, MoveUp: at - 1, MoveDown: at + 1, MoveLast: len(places) - 1}[m]
	for to >= 0 && to < len(places) && at != to {
		step := 1
		if to < at {
			step = -1
		}
		a, b := places[at], places[at+step]
		q.entries[a], q.entries[b] = q.entries[b], q.entries[a]
		at += step
	}
}
