package app

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"blindspot/core/photo"
	"blindspot/core/say"
)

// progressPause is the least time between two reports of progress: 15 a second are plenty for the eye.
const progressPause = time.Second / 15

// proceed begins with the next photo if none is under way, and tells the window.
func (q *exportQueue) proceed() {
	if q.running == nil && !q.paused && q.s.ctx.Err() == nil {
		next := slices.IndexFunc(q.entries, func(e *exportEntry) bool { return e.state == ExportQueued })
		if next >= 0 && q.entries[next].model != "" { // otherwise it is chosen in a moment
			q.start(q.entries[next])
		}
	}
	if !q.busy() {
		q.closeEngine() // its memory is worth more than the moment that it takes to make another
	}
	q.s.changed(JobsChanged)
}

// start has a photo exported in the background. It is given what the session has of it now.
func (q *exportQueue) start(e *exportEntry) {
	s := q.s
	ctx, cancel := context.WithCancel(s.ctx)
	x := &exporter{
		queue: s.queue, gate: q.gate, order: e.order, photo: e.photo, number: e.number, settings: e.settings,
		suggest: e.suggest, model: e.model,
		folder: e.order.Folder, threads: s.options.Threads, engine: q.engine, progress: q.reporter(e),
	}
	if x.folder == "" {
		x.folder = s.folderFor(e.photo)
	}
	x.source = s.engineSource(e.model)
	if s.photo != nil && s.photo.Path == e.photo {
		x.open, x.noise = s.photo.Photo, s.noiseReport()
		if x.source.shared != nil && !e.suggest && familyOf(e.settings.Mode) == familyOf(s.settings.Mode) {
			x.warm = s.preview.warm()
		}
	}
	q.running, q.engine = e, nil // the worker has it now
	e.cancel, e.after = cancel, ExportCancelled
	e.clock.run(true)
	q.become(e, ExportRunning)
	s.spawn(func() {
		r := x.run(ctx)
		x.source.release()
		s.mail.post(func() {
			cancel()
			q.finished(e, x, r)
		})
	})
}

// finished takes in how a photo went, and goes on to the next.
func (q *exportQueue) finished(e *exportEntry, x *exporter, r exportResult) {
	q.running, q.engine = nil, x.engine
	e.clock.run(false)
	if r.megapixels > 0 {
		e.megapixels = r.megapixels
	}
	switch {
	case r.err != nil && q.s.ctx.Err() != nil: // the next session begins with it
		q.become(e, ExportQueued)
	case errors.Is(r.err, context.Canceled):
		e.done, e.total = 0, 0
		q.become(e, e.after)
	case r.err != nil:
		e.problem = Sentence(r.err)
		q.become(e, ExportFailed)
	default:
		e.output, e.note, q.folder = r.path, say.Join(sentences(r.notes), " "), filepath.Dir(r.path)
		if x.warm == nil {
			q.pace.add(e.kind(), e.megapixels, e.clock.read())
		}
		q.become(e, ExportDone)
	}
	if !q.busy() && q.s.ctx.Err() == nil {
		q.ended()
	}
	q.proceed()
}

// ended tells in a sentence how a run went.
func (q *exportQueue) ended() {
	sum := q.s.ExportSummary()
	if sum.Done+sum.Failed == 0 {
		return
	}
	m := Message{Text: sum.text(), Problem: sum.Failed > 0}
	if sum.Photos == 1 {
		m.Text = q.only().text()
	}
	q.s.say(m)
	q.s.changed(ExportsEnded)
}

// only is the one photo of a run that has no other.
func (q *exportQueue) only() *exportEntry {
	return q.entries[slices.IndexFunc(q.entries, func(e *exportEntry) bool { return e.run == q.run && e.state != ExportCancelled })]
}

// text tells how one photo went.
func (e *exportEntry) text() Text {
	switch {
	case e.state == ExportFailed:
		return e.problem
	case !e.note.Empty():
		return say.Textf("Saved %s. %v", e.output, e.note)
	}
	return say.Textf("Saved %s", e.output)
}

// text tells how a run of several photos went.
func (sum ExportSummary) text() Text {
	switch {
	case sum.Done == 0:
		return say.Textf("None of the %d photos could be exported: see the export queue.", sum.Photos)
	case sum.Failed > 0:
		return say.Textf("Saved %d of %v in %s; %d failed: see the export queue.", sum.Done, countPhotos(sum.Photos), sum.Folder, sum.Failed)
	}
	return say.Textf("Saved %v in %s.", countPhotos(sum.Done), sum.Folder)
}

// reporter returns a function that tells the session how far a photo is, not too often.
func (q *exportQueue) reporter(e *exportEntry) func(done, total int) {
	var last time.Time
	return func(done, total int) {
		if now := time.Now(); now.Sub(last) >= progressPause || done == total {
			if total > 0 { // the beginning has not cost the first report its turn
				last = now
			}
			q.s.mail.post(func() {
				if e == q.running {
					e.done, e.total = done, total
					q.s.changed(JobsChanged)
				}
			})
		}
	}
}

// measure looks up how large photos are, for the time that is left, and chooses a model for those that have none. What cannot
// be read is said when its turn comes.
func (q *exportQueue) measure(entries []*exportEntry) {
	s := q.s
	s.spawn(func() {
		for _, e := range entries {
			info, err := photo.Inspect(s.ctx, e.photo)
			if s.ctx.Err() != nil {
				return
			}
			s.mail.post(func() {
				if err == nil {
					e.megapixels = float64(info.W) * float64(info.H) / 1e6
				}
				if e.model == "" {
					q.choose(e, s.suitableFor(info.Meta.Camera, info.Meta.ISO, e.settings.Mode).name)
				}
			})
		}
	})
}

// choose gives a photo the model that suits it.
func (q *exportQueue) choose(e *exportEntry, model string) {
	if e.model = model; model == "" && e.state == ExportQueued { // the last one was deleted meanwhile
		e.problem = Sentence(errNoModel)
		q.become(e, ExportFailed)
	}
	q.proceed()
}

// closeEngine frees the network that the last export used.
func (q *exportQueue) closeEngine() {
	if q.engine != nil {
		q.engine.close()
		q.engine = nil
	}
}
