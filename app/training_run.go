package app

import (
	"cmp"
	"context"
	"errors"
	"image"
	"sync"
	"time"

	"blindspot/core/say"
	"blindspot/core/train"
)

const (
	trainingCrops = 4
	// tellEvery is the least time between two pieces of news for the window.
	tellEvery = 250 * time.Millisecond
	// recheck is how often a training that waits for the mains or for its photos looks for them, and one that runs for the mains.
	recheck = 5 * time.Second
	// courtesy is how long others may have the computer before the training says that it waits for them.
	courtesy = 2 * time.Second
)

// trainingRun is one training of the session. The fields below mu are shared by the window's goroutine and the training's own.
type trainingRun struct {
	s       *Session
	library *Library
	options TrainingOptions
	begin   func() (*Model, error) // finds the model to start from; nil, nil from scratch
	samples int                    // that the new and the old model are compared on
	ctx     context.Context
	cancel  context.CancelFunc
	turn    *Turn // of the training's goroutine, nil while it rests
	views   []train.View
	battery bool      // when it was looked at last
	looked  time.Time // when that was

	mu        sync.Mutex
	news      chan struct{} // has room for one: what the user wants has changed
	state     TrainingState
	record    *record // nil until the training has said where it begins
	paused    bool
	anyPower  bool // the user wants to train on battery
	stopping  bool // this phase ends at the next step
	discarded bool
	waiting   Text // what for, empty if for nothing
	told      time.Time
}

func newTrainingRun(s *Session, o TrainingOptions, begin func() (*Model, error)) *trainingRun {
	r := &trainingRun{s: s, library: s.options.Library, options: o, begin: begin, samples: comparedSamples, news: make(chan struct{}, 1)}
	r.ctx, r.cancel = context.WithCancel(s.ctx)
	r.state = TrainingState{Active: true, Name: o.Name, Folder: o.Folder, Status: Preparing, Phase: LearningNoise}
	r.options.hooks = trainingHooks{background: true, views: trainingCrops, every: 1, yield: r.yield, stop: r.stopNow, abandoned: r.isDiscarded}
	return r
}

// work trains, and compares the new model with the old. It is the training's goroutine.
func (r *trainingRun) work() (*TrainingResult, error) {
	defer r.rest()
	from, err := r.begin()
	if err != nil {
		return nil, err
	}
	r.options.From = from
	for {
		_, err = r.library.Train(r.ctx, r.options, r.take)
		if !errors.Is(err, train.ErrPhotosGone) {
			break
		}
		r.rest()
		if err := r.awaitPhotos(); err != nil {
			return nil, err
		}
		r.options.Resume = true
	}
	if err != nil {
		r.saveCurves()
		return nil, err
	}
	r.set(func(s *TrainingState) { s.Status, s.Share, s.Left = Finishing, 1, 0 })
	return r.compare()
}

// yield lets previews and exports go first, and the training rest while the user or the power supply wants it.
func (r *trainingRun) yield(ctx context.Context) error {
	for r.mustWait() {
		r.rest()
		if err := r.await(ctx); err != nil {
			return err
		}
	}
	if r.turn == nil {
		var err error
		r.turn, err = r.s.queue.Enter(ctx, Training)
		return err
	}
	// A tile is nothing to speak of; a whole photo is.
	late := time.AfterFunc(courtesy, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.wait(say.Textf("Photos are being denoised; the training goes on after that."))
	})
	defer late.Stop() // what it has said is taken back when it is the training's turn again, see mustWait
	return r.turn.Yield(ctx)
}

// rest leaves the queue.
func (r *trainingRun) rest() {
	if r.turn != nil {
		r.turn.Leave()
		r.turn = nil
	}
}

// mustWait reports whether the training has to wait, and tells the window why.
func (r *trainingRun) mustWait() bool {
	if time.Since(r.looked) >= recheck {
		r.battery, r.looked = onBattery(cmp.Or(r.s.options.PowerSupplies, systemPower)), time.Now()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var waiting Text
	if r.battery && !r.anyPower {
		waiting = say.Textf("The computer runs on its battery; the training goes on when it is plugged in.")
	}
	r.wait(waiting)
	return (r.paused || !waiting.Empty()) && !r.stopping
}

// wait says what the training waits for. r.mu is held.
func (r *trainingRun) wait(what Text) {
	if what.String() != r.waiting.String() {
		r.waiting = what
		r.tell()
	}
}

// await returns when the user wants something else, or after a while.
func (r *trainingRun) await(ctx context.Context) error {
	timer := time.NewTimer(recheck)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-r.news:
	case <-timer.C:
	}
	return ctx.Err()
}

// awaitPhotos returns when one of the photos can be found.
func (r *trainingRun) awaitPhotos() error {
	for train.PhotosGone(r.options.Photos) {
		r.mu.Lock()
		r.wait(Sentence(train.ErrPhotosGone))
		r.mu.Unlock()
		if err := r.await(r.ctx); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wait(Text{})
	return nil
}

// stopNow answers the question whether the phase ends now; each order to stop ends one.
func (r *trainingRun) stopNow(string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	stop := r.stopping
	r.stopping = false
	return stop
}

func (r *trainingRun) isDiscarded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.discarded
}

// order changes what the user wants.
func (r *trainingRun) order(change func()) {
	r.mu.Lock()
	change()
	r.mu.Unlock()
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// set changes the state and tells the window.
func (r *trainingRun) set(change func(s *TrainingState)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.state)
	r.tell()
}

// tell lets the window know that something is new. r.mu is held.
func (r *trainingRun) tell() {
	r.told = time.Now()
	r.s.mail.post(func() { r.s.changed(TrainingChanged) })
}

// snapshot is the state as the window sees it.
func (r *trainingRun) snapshot() TrainingState {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.state
	switch {
	case s.Status == Failed:
	case r.paused:
		s.Status = Paused
	case !r.waiting.Empty():
		s.Status, s.Why = Waiting, r.waiting
	}
	if r.record != nil {
		s.Loss, s.HeldOut, s.Snapshots, s.Crops = r.record.Loss, r.record.HeldOut, r.record.Snapshots, r.record.crops
	}
	return s
}

// crop is a picture of a snapshot, nil if it is not there.
func (r *trainingRun) crop(snapshot, crop int) image.Image {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.record == nil {
		return nil
	}
	if snapshot == -1 {
		snapshot = len(r.record.Snapshots) - 1
	}
	if snapshot < 0 || snapshot >= len(r.record.Snapshots) {
		return nil
	}
	pictures := r.record.pictures[r.record.Snapshots[snapshot].key()]
	if crop < 0 || crop >= len(pictures) {
		return nil
	}
	return pictures[crop]
}
