package app

import (
	"context"
	"errors"
	"image"
	"os"
	"slices"
	"time"

	"blindspot/core/say"
	"blindspot/core/train"
)

// trainings is what a session knows about training: the folder, the training under way, what came out of the last one, and those that
// were interrupted.
type trainings struct {
	folder     *folderLook // nil if none is looked at
	times      stepTimes
	run        *trainingRun // nil if none is under way and none has failed
	ended      bool         // the run has failed
	result     *TrainingResult
	unfinished []unfinished
}

// errNoLibrary is for a session without a place for models.
var errNoLibrary = say.Errorf("there is no folder for models")

// StartTraining begins to train on the chosen photos of the folder. An error means that nothing has begun.
func (s *Session) StartTraining(p TrainingPlan) error {
	o, err := s.trainingOptions(p)
	if err != nil {
		return err
	}
	if err := o.Validate(); err != nil {
		return err
	}
	if err := s.mayTrain(o.Name); err != nil {
		return err
	}
	library := s.options.Library
	switch {
	case library.UnfinishedTraining(o.Name):
		return say.Errorf("an unfinished training is called %q: resume or forget it, or choose another name", o.Name)
	case library.has(o.Name):
		return say.Errorf("a model is called %q already: choose another name", o.Name)
	}
	s.launch(newTrainingRun(s, o, func() (*Model, error) { return library.startOf(p) }))
	return nil
}

// startOf finds the model that a plan starts from; nil from scratch, or if no model comes with the program.
func (l *Library) startOf(p TrainingPlan) (*Model, error) {
	switch {
	case p.Scratch:
		return nil, nil
	case p.From == "":
		return l.FirstBundled()
	}
	return l.Find(p.From)
}

// mayTrain says why no training of a name can begin now, if it cannot.
func (s *Session) mayTrain(name string) error {
	switch r := s.trainings.run; {
	case s.options.Library == nil:
		return errNoLibrary
	case r != nil && s.trainings.ended:
		return say.Errorf("the training %s has failed: discard it or keep it for later first", r.options.Name)
	case r != nil:
		return say.Errorf("the training %s is under way: wait for its end, or stop it", r.options.Name)
	}
	return CheckModelName(name)
}

// ResumeTraining goes on with an interrupted training.
func (s *Session) ResumeTraining(name string) error {
	if err := s.mayTrain(name); err != nil {
		return err
	}
	i := s.indexOfUnfinished(name)
	switch {
	case i < 0:
		return say.Errorf("there is no unfinished training called %s", name)
	case s.trainings.unfinished[i].plan == nil:
		return say.Errorf("%v", s.trainings.unfinished[i].Problem)
	}
	u := s.trainings.unfinished[i]
	s.trainings.unfinished = slices.Delete(slices.Clone(s.trainings.unfinished), i, i+1)
	o := u.plan.Options
	o.Resume = true
	s.launch(newTrainingRun(s, o, u.begin))
	return nil
}

// launch starts the goroutine of a training.
func (s *Session) launch(r *trainingRun) {
	t := &s.trainings
	t.run, t.ended, t.result = r, false, nil
	s.spawn(func() {
		result, err := r.work()
		s.mail.post(func() { s.trainingEnded(r, result, err) })
	})
	s.changed(TrainingChanged)
}

// trainingEnded takes in how a training ended.
func (s *Session) trainingEnded(r *trainingRun, result *TrainingResult, err error) {
	t := &s.trainings
	switch {
	case err == nil:
		t.run, t.result = nil, result
		s.RefreshModels()
	case errors.Is(err, context.Canceled):
		t.run = nil
		s.findUnfinished()
	default:
		t.ended = true
		r.set(func(state *TrainingState) { state.Status, state.Why = Failed, Sentence(err) })
	}
	s.changed(TrainingChanged)
}

// Training is what is known of the training under way, or of the one that has just finished.
func (s *Session) Training() TrainingState {
	switch t := &s.trainings; {
	case t.run != nil:
		return t.run.snapshot()
	case t.result != nil:
		return TrainingState{Name: t.result.Name, Status: Finished, Share: 1}
	}
	return TrainingState{}
}

// TrainingCrop is a crop as a snapshot shows it, -1 being the newest; nil if it is not there. It must not be changed.
func (s *Session) TrainingCrop(snapshot, crop int) image.Image {
	if s.trainings.run == nil {
		return nil
	}
	return s.trainings.run.crop(snapshot, crop)
}

// PauseTraining lets the training rest, or go on. One that waits for the mains goes on too, on battery.
func (s *Session) PauseTraining(pause bool) {
	s.orderTraining(func(r *trainingRun) { r.paused, r.anyPower = pause, !pause })
}

// FinishTraining ends the training early and keeps the best of it, with a short second phase so that the model has its fast network.
// Called again it ends that too.
func (s *Session) FinishTraining() {
	s.orderTraining(func(r *trainingRun) {
		r.stopping, r.paused, r.anyPower = true, false, true
		r.state.Status = Finishing
	})
}

// DiscardTraining ends the training and forgets all of it.
func (s *Session) DiscardTraining() {
	s.orderTraining(func(r *trainingRun) {
		r.discarded = true
		r.cancel()
	})
	if t := &s.trainings; t.run != nil && t.ended {
		name := t.run.options.Name
		t.run = nil
		s.removeTraining(name)
	}
}

// KeepTrainingForLater ends the training; it can be resumed, one that has failed at once.
func (s *Session) KeepTrainingForLater() {
	s.orderTraining(func(r *trainingRun) { r.cancel() })
	if t := &s.trainings; t.run != nil && t.ended {
		state := t.run.snapshot()
		u := unfinished{plan: &savedPlan{Options: t.run.options}, begin: t.run.begin}
		u.Name, u.Folder, u.Share, u.Date = state.Name, state.Folder, state.Share, time.Now()
		t.run = nil
		t.unfinished = slices.Insert(slices.Clone(t.unfinished), 0, u)
		s.findUnfinished()
	}
}

// orderTraining tells the training what the user wants of it.
func (s *Session) orderTraining(change func(r *trainingRun)) {
	if r := s.trainings.run; r != nil {
		r.order(func() { change(r) })
		s.changed(TrainingChanged)
	}
}

// TrainingResult is what came out of the last training; ok is false if none has finished or it was dismissed.
func (s *Session) TrainingResult() (r TrainingResult, ok bool) {
	if s.trainings.result == nil {
		return r, false
	}
	return *s.trainings.result, true
}

// DismissTrainingResult forgets it.
func (s *Session) DismissTrainingResult() {
	s.trainings.result = nil
	s.changed(TrainingChanged)
}

// UseTrainedModel chooses the new model for the open photo.
func (s *Session) UseTrainedModel() {
	if s.trainings.result != nil {
		s.wishModel(s.trainings.result.Name) // it may not be listed yet
	}
}

// UnfinishedTrainings are those that were interrupted, the newest first, without the one under way. They are looked for when the
// session begins; TrainingChanged tells that they are known.
func (s *Session) UnfinishedTrainings() []UnfinishedTraining {
	var list []UnfinishedTraining
	for _, u := range s.trainings.unfinished {
		list = append(list, u.UnfinishedTraining)
	}
	return list
}

// findUnfinished looks for interrupted trainings in the background.
func (s *Session) findUnfinished() {
	library := s.options.Library
	if library == nil {
		return
	}
	s.spawn(func() {
		list := library.unfinished(s.ctx)
		s.mail.post(func() {
			t := &s.trainings
			t.unfinished = slices.DeleteFunc(list, func(u unfinished) bool { return t.run != nil && t.run.options.Name == u.Name })
			s.changed(TrainingChanged)
		})
	})
}

func (s *Session) indexOfUnfinished(name string) int {
	return slices.IndexFunc(s.trainings.unfinished, func(u unfinished) bool { return u.Name == name })
}

// ForgetTraining removes an interrupted training.
func (s *Session) ForgetTraining(name string) error {
	i := s.indexOfUnfinished(name)
	switch {
	case s.options.Library == nil:
		return errNoLibrary
	case i < 0:
		return say.Errorf("there is no unfinished training called %s", name)
	}
	s.trainings.unfinished = slices.Delete(slices.Clone(s.trainings.unfinished), i, i+1)
	s.removeTraining(name)
	return nil
}

// removeTraining removes what is left of a training in the background.
func (s *Session) removeTraining(name string) {
	folder := s.options.Library.TrainingFolder(name)
	s.spawn(func() {
		err := os.RemoveAll(folder)
		s.mail.post(func() { s.fail(err) })
	})
	s.changed(TrainingChanged)
}

// TrainingPresets are the budgets to choose from.
func TrainingPresets() []TrainingPresetInfo {
	var list []TrainingPresetInfo
	for _, p := range train.Presets() {
		list = append(list, TrainingPresetInfo{p.Name, p.Minutes})
	}
	return list
}
