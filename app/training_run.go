package app

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"blindspot/core/train"
)

// trainingRun is one training of the session. Its fields below mu are shared by the window's goroutine and its own.
type trainingRun struct {
	s       *Session
	options TrainingOptions
	plan    TrainingPlan
	ctx     context.Context
	cancel  context.CancelFunc

	mu        sync.Mutex
	wake      *sync.Cond // paused has changed
	state     TrainingState
	paused    bool
	stopping  bool // this phase ends now
	discarded bool
	told      time.Time
}

func newTrainingRun(s *Session, o TrainingOptions, folder string, p TrainingPlan) *trainingRun {
	r := &trainingRun{s: s, options: o, plan: p}
	r.ctx, r.cancel = context.WithCancel(s.ctx)
	r.wake = sync.NewCond(&r.mu)
	r.state = TrainingState{Active: true, Name: o.Name, Folder: folder, Status: Preparing, Phase: LearningNoise}
	return r
}

// work trains; it is the training's goroutine.
func (r *trainingRun) work() error {
	library := r.s.options.Library
	o := r.options
	if !r.plan.Scratch {
		from, err := library.Find(r.plan.From)
		if err != nil {
			return err
		}
		o.From = from
	}
	var turn *Turn
	defer func() {
		if turn != nil {
			turn.Leave()
		}
	}()
	o.yield = func(ctx context.Context) error {
		for {
			if turn == nil {
				var err error
				if turn, err = r.s.queue.Enter(ctx, Training); err != nil {
					return err
				}
			}
			if !r.resting() {
				return turn.Yield(ctx)
			}
			turn.Leave()
			turn = nil
			if err := r.rest(ctx); err != nil {
				return err
			}
		}
	}
	o.stop = r.stopNow
	_, err := library.Train(r.ctx, o, r.take)
	if r.wasDiscarded() {
		return errors.Join(context.Canceled, os.RemoveAll(library.TrainingFolder(o.Name)))
	}
	return err
}

func (r *trainingRun) resting() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.paused
}

// rest waits until the training is no longer paused.
func (r *trainingRun) rest(ctx context.Context) error {
	stop := context.AfterFunc(ctx, r.wake.Broadcast)
	defer stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.paused && ctx.Err() == nil {
		r.wake.Wait()
	}
	return ctx.Err()
}

func (r *trainingRun) stopNow(string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	stop := r.stopping
	r.stopping = false
	return stop
}

func (r *trainingRun) wasDiscarded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.discarded
}

func (r *trainingRun) pause(pause bool) {
	r.mu.Lock()
	r.paused = pause
	r.mu.Unlock()
	r.wake.Broadcast()
}

func (r *trainingRun) finish() {
	r.mu.Lock()
	r.stopping, r.paused = true, false
	r.state.Status = Finishing
	r.mu.Unlock()
	r.wake.Broadcast()
}

func (r *trainingRun) discard() {
	r.mu.Lock()
	r.discarded = true
	r.mu.Unlock()
	r.cancel()
}

func (r *trainingRun) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Status, r.state.Why = Failed, Sentence(err)
}

// snapshot is the state as the window sees it.
func (r *trainingRun) snapshot() TrainingState {
	r.mu.Lock()
	defer r.mu.Unlock()
	state := r.state
	if r.paused && state.Status == Running {
		state.Status = Paused
	}
	return state
}

// take takes a report of the training in.
func (r *trainingRun) take(p TrainingProgress) {
	r.mu.Lock()
	s := &r.state
	s.Phase, s.Step, s.Steps = p.Phase, p.Step, p.Steps
	s.Elapsed, s.Left, s.LeakAlarm = p.Elapsed, p.Left, p.LeakAlarm
	s.Notes = append(s.Notes, p.Notes...)
	if s.Status == Preparing && p.Steps > 0 {
		s.Status = Running
	}
	if p.Steps > 0 {
		within := float64(p.Step) / float64(p.Steps)
		s.Share = train.FitShare * within
		if p.Phase == MakingFast {
			s.Share = train.FitShare + (1-train.FitShare)*within
		}
		s.Loss = append(s.Loss, TrainingPoint{s.Share, p.Phase, p.Loss})
	}
	tell := time.Since(r.told) > 250*time.Millisecond
	if tell {
		r.told = time.Now()
	}
	r.mu.Unlock()
	if tell {
		r.s.mail.post(func() { r.s.changed(TrainingChanged) })
	}
}
