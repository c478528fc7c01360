package app

import (
	"context"
	"slices"
	"time"
)

// ExportState says how far the export of a photo has come.
type ExportState int

// The states of an export, NotExported for photos that none was asked for.
const (
	NotExported ExportState = iota
	ExportQueued
	ExportRunning
	ExportPaused // by itself, or under way in a queue that is paused
	ExportDone
	ExportFailed
	ExportCancelled
)

// Finished reports whether nothing more will happen by itself.
func (s ExportState) Finished() bool { return s >= ExportDone }

// ExportInfo describes an entry of the queue of exports.
type ExportInfo struct {
	ID          int
	Photo       string // its path
	Output      string // path of the result, empty until it is there
	State       ExportState
	Done, Total int  // tiles; Total is 0 before the first is known
	Problem     Text // of one that failed, a sentence
	Note        Text // what of the metadata could not be kept, sentences
	First, Last bool // of those that can be moved
}

// ExportSummary describes the queue as a whole. Counts are those of the run: what has been in the queue since it was last idle.
type ExportSummary struct {
	Entries      int // of the list, with those of earlier runs
	Photos       int // of the run, without those that were cancelled
	Done, Failed int
	Open         int  // waiting, running and paused
	Active       bool // photos are waiting or under way, even if the queue is paused
	Paused       bool
	Part         float64       // that is done, 0..1
	Left         time.Duration // 0 if that cannot be said yet
	Folder       string        // of the last result
}

// exportQueue exports photos one after another; one that fails does not stop the others. Its fields belong to the
// session's goroutine. Sizes of photos are looked up when they are queued, pixels are read when it is their turn.
type exportQueue struct {
	s       *Session
	entries []*exportEntry
	running *exportEntry // nil if none
	paused  bool
	gate    *gate // closed while the queue is paused
	engine  *exportEngine
	pace    pace
	states  map[string]ExportState // of the last export of each photo
	next    int                    // number of the last entry
	run     int                    // counts the times from one idle moment to the next
	folder  string
}

// exportEntry is one photo to be exported.
type exportEntry struct {
	id, run    int
	photo      string
	number     int // its place in its order, from 1
	order      *exportOrder
	settings   Settings
	suggest    bool   // mode, hole and strengths that suit its noise, in place of settings
	model      string // empty until it is chosen for the photo
	state      ExportState
	megapixels float64 // 0 if not known
	done       int
	total      int
	output     string
	problem    Text
	note       Text
	clock      stopwatch
	cancel     context.CancelFunc // of a running one
	after      ExportState        // what a running one becomes that was stopped
}

func newExportQueue(s *Session) *exportQueue {
	return &exportQueue{s: s, gate: newGate(), states: map[string]ExportState{}}
}

// ExportState of the photo at a path.
func (s *Session) ExportState(path string) ExportState { return s.exports.states[path] }

// Exports lists the queue, in the order in which photos have been or will be exported.
func (s *Session) Exports() []ExportInfo {
	q := s.exports
	movable := q.movable()
	list := make([]ExportInfo, len(q.entries))
	for i, e := range q.entries {
		list[i] = ExportInfo{
			ID: e.id, Photo: e.photo, Output: e.output, State: e.state, Done: e.done, Total: e.total, Problem: e.problem, Note: e.note,
			First: len(movable) > 0 && movable[0] == i, Last: len(movable) > 0 && movable[len(movable)-1] == i,
		}
		if e == q.running && q.paused {
			list[i].State = ExportPaused
		}
	}
	return list
}

// ExportSummary describes the queue as a whole.
func (s *Session) ExportSummary() ExportSummary {
	q := s.exports
	sum := ExportSummary{Entries: len(q.entries), Paused: q.paused, Folder: q.folder}
	var work []paceWork
	part := 0.0
	for _, e := range q.entries {
		if e.run != q.run || e.state == ExportCancelled {
			continue
		}
		sum.Photos++
		switch e.state {
		case ExportDone:
			sum.Done++
		case ExportFailed:
			sum.Failed++
		case ExportQueued, ExportRunning:
			w := e.work()
			part += w.part
			if e == q.running {
				work = slices.Insert(work, 0, w)
			} else {
				work = append(work, w)
			}
		}
	}
	sum.Open = sum.Photos - sum.Done - sum.Failed
	sum.Active = len(work) > 0
	if sum.Photos > 0 {
		sum.Part = (float64(sum.Done+sum.Failed) + part) / float64(sum.Photos)
	}
	sum.Left, _ = q.pace.left(work)
	return sum
}

// work is what is left of an entry, for the pace.
func (e *exportEntry) work() paceWork {
	w := paceWork{kind: e.kind(), megapixels: e.megapixels, took: e.clock.read()}
	if e.total > 0 {
		w.part = float64(e.done) / float64(e.total)
	}
	return w
}

func (e *exportEntry) kind() exportKind {
	switch {
	case e.suggest:
		return suggestedKind
	case e.settings.Mode == Fast:
		return fastKind
	}
	return teacherKind
}

// add queues entries. What was done or cancelled before the queue was idle is cleared away.
func (q *exportQueue) add(entries []*exportEntry) {
	if !q.busy() {
		q.remove(func(e *exportEntry) bool { return e.state == ExportDone || e.state == ExportCancelled })
	}
	for _, e := range entries {
		q.next++
		e.id = q.next
		q.entries = append(q.entries, e)
		q.queue(e)
	}
	q.measure(entries)
	q.proceed()
}

// busy reports whether something waits or runs.
func (q *exportQueue) busy() bool {
	return slices.ContainsFunc(q.entries, func(e *exportEntry) bool { return e.state == ExportQueued || e.state == ExportRunning })
}

// queue makes an entry wait for its turn.
func (q *exportQueue) queue(e *exportEntry) {
	if !q.busy() {
		q.run++
		for _, other := range q.entries { // what was paused waits for this run
			if other.state == ExportPaused {
				other.run = q.run
			}
		}
	}
	e.run, e.done, e.total, e.output, e.problem, e.note, e.clock = q.run, 0, 0, "", Text{}, Text{}, stopwatch{}
	q.become(e, ExportQueued)
}

func (q *exportQueue) become(e *exportEntry, state ExportState) {
	e.state = state
	if state == ExportCancelled {
		state = NotExported
	}
	if q.states[e.photo] != state {
		q.states[e.photo] = state
		q.s.changed(AlbumChanged)
	}
}

func (q *exportQueue) remove(which func(*exportEntry) bool) {
	q.entries = slices.DeleteFunc(q.entries, which)
}
