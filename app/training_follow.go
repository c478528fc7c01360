package app

import (
	"errors"
	"image"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"blindspot/core/say"
)

// leakAdvice is what to do about the alarm.
var leakAdvice = say.Textf("The network begins to rebuild the noise: a wider hole would train better.")

// take takes a report of the training in.
func (r *trainingRun) take(p TrainingProgress) {
	if p.Views != nil {
		history := openRecord(filepath.Join(r.library.TrainingFolder(r.options.Name), "history"), p.Share())
		history.setViews(p.Views)
		r.views = p.Views
		r.mu.Lock()
		r.record = history
		r.mu.Unlock()
	}
	r.takeFigures(p)
	if p.Denoised != nil {
		r.keepSnapshot(p)
	}
}

// takeFigures updates the state, and the curves.
func (r *trainingRun) takeFigures(p TrainingProgress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.state
	changed := s.Phase != p.Phase || s.Steps != p.Steps || len(p.Notes) > 0 || s.LeakAlarm != p.LeakAlarm
	s.Phase, s.Step, s.Steps, s.Share = p.Phase, p.Step, p.Steps, p.Share()
	s.Elapsed, s.Left, s.LeakAlarm = p.Elapsed, p.Left, p.LeakAlarm
	s.Notes = slices.Concat(s.Notes, sentences(p.Notes))
	s.Advice = Text{}
	if p.LeakAlarm {
		s.Advice = leakAdvice
	}
	if s.Status == Preparing && p.Step > 0 {
		s.Status = Running
	}
	if r.record != nil {
		r.record.note(p)
	}
	if changed || time.Since(r.told) >= tellEvery {
		r.tell()
	}
}

// keepSnapshot keeps pictures of the crops, here and on disk.
func (r *trainingRun) keepSnapshot(p TrainingProgress) {
	var pictures []image.Image
	for _, t := range p.Denoised {
		pictures = append(pictures, picture(t))
	}
	snapshot := TrainingSnapshot{Step: p.Step, Phase: p.Phase, Share: p.Share(), At: p.Elapsed, HeldOut: p.HeldOut}
	r.mu.Lock()
	dropped := r.record.addSnapshot(snapshot, pictures)
	curves := r.record.curves
	r.tell()
	r.mu.Unlock()
	if err := r.record.write(curves, &snapshot, dropped, pictures); err != nil {
		r.noteOnce(say.Textf("the curves and pictures of the training cannot be saved: %v", err))
	}
}

// saveCurves keeps what came since the last snapshot, unless nothing is to be kept.
func (r *trainingRun) saveCurves() {
	if r.record == nil || r.isDiscarded() {
		return
	}
	if err := r.record.write(r.record.curves, nil, nil, nil); err != nil && !errors.Is(err, fs.ErrNotExist) { // nothing is left of a training that failed at once
		r.noteOnce(say.Textf("the curves of the training cannot be saved: %v", err))
	}
}

// noteOnce adds a note unless it has been said.
func (r *trainingRun) noteOnce(text Text) {
	r.mu.Lock()
	defer r.mu.Unlock()
	said := say.Sentence(text)
	if !slices.ContainsFunc(r.state.Notes, func(n Text) bool { return n.String() == said.String() }) {
		r.state.Notes = append(slices.Clone(r.state.Notes), said)
		r.tell()
	}
}
