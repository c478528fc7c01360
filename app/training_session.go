package app

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"slices"

	"blindspot/core/train"
)

// trainings is what a session knows about training: the folder, the training under way, what came out, what is left.
type trainings struct {
	folder     TrainingFolder
	scan       train.Report
	looking    context.CancelFunc // of the look at the folder, nil if there is none
	run        *trainingRun       // nil if none is under way
	result     *TrainingResult
	unfinished []UnfinishedTraining
}

// errNoLibrary is for a session without a place for models.
var errNoLibrary = errors.New("there is no folder for models, so none can be trained")

// TrainingPresets are the budgets to choose from.
func TrainingPresets() []TrainingPresetInfo {
	var list []TrainingPresetInfo
	for _, p := range train.Presets() {
		list = append(list, TrainingPresetInfo{p.Name, p.Minutes})
	}
	return list
}

// CheckTrainingFolder begins to look at a folder in the background, instead of one before it.
func (s *Session) CheckTrainingFolder(dir string) {
	s.LeaveTrainingFolder()
	dir = absolute(dir)
	ctx, cancel := context.WithCancel(s.ctx)
	s.trainings.looking = cancel
	s.trainings.folder = TrainingFolder{Folder: dir, Looking: true}
	s.changed(TrainingChanged)
	s.spawn(func() {
		report, err := CheckFolder(ctx, dir)
		s.mail.post(func() {
			if ctx.Err() != nil {
				return
			}
			f := &s.trainings.folder
			f.Looking = false
			if err != nil {
				f.Problem = Sentence(err)
			} else {
				s.trainings.scan = report.scan
				f.Facts = report.Lines()
				f.Done, f.Total = len(report.scan.Photos), len(report.scan.Photos)+len(report.scan.Problems)
				f.Groups = []PhotoGroup{{Name: "All photos", Photos: len(report.scan.Photos), Pixels: int64(report.scan.Pixels), Chosen: true}}
				for _, p := range report.scan.Problems {
					f.LeftOut = append(f.LeftOut, LeftOutPhoto(p))
				}
				f.SuggestedName, f.SuggestedHole = "My camera", 9
			}
			s.changed(TrainingChanged)
		})
	})
}

// LeaveTrainingFolder forgets the folder.
func (s *Session) LeaveTrainingFolder() {
	if s.trainings.looking != nil {
		s.trainings.looking()
	}
	s.trainings.looking, s.trainings.folder, s.trainings.scan = nil, TrainingFolder{}, train.Report{}
	s.changed(TrainingChanged)
}

// TrainingFolderState is what is known of the folder.
func (s *Session) TrainingFolderState() TrainingFolder { return s.trainings.folder }

// ChooseGroup says whether the photos of a group are trained on.
func (s *Session) ChooseGroup(i int, chosen bool) {
	groups := slices.Clone(s.trainings.folder.Groups)
	if i < 0 || i >= len(groups) {
		return
	}
	groups[i].Chosen = chosen
	s.trainings.folder.Groups = groups
	s.changed(TrainingChanged)
}

// TrainingEstimate says what a plan will come to.
func (s *Session) TrainingEstimate(TrainingPlan) TrainingEstimate { return TrainingEstimate{} }

// StartTraining begins to train on the chosen photos of the folder. An error means that nothing has begun.
func (s *Session) StartTraining(p TrainingPlan) error {
	library := s.options.Library
	switch {
	case library == nil:
		return errNoLibrary
	case s.trainings.run != nil:
		return fmt.Errorf("the training %s is under way: wait for its end, or stop it", s.trainings.run.options.Name)
	case len(s.trainings.scan.Photos) == 0:
		return errors.New("choose a folder with photos to train on first")
	}
	o := TrainingOptions{
		Photos: s.trainings.scan.Paths(), Name: p.Name, Minutes: p.Minutes,
		Hole: p.Expert.Hole, Width: p.Expert.Width, Patch: p.Expert.Patch, LastPatch: p.Expert.LastPatch,
		Batch: p.Expert.Batch, Seed: p.Expert.Seed, Threads: p.Expert.Threads,
	}
	if p.Preset != "" {
		preset, err := train.FindPreset(p.Preset)
		if err != nil {
			return err
		}
		o.Minutes = preset.Minutes
	}
	if err := o.Validate(); err != nil {
		return err
	}
	if err := library.makeWay(o, library.ModelPath(o.Name)); err != nil {
		return err
	}
	s.launch(newTrainingRun(s, o, s.trainings.folder.Folder, p))
	return nil
}

// launch starts the goroutine of a training.
func (s *Session) launch(r *trainingRun) {
	s.trainings.run, s.trainings.result = r, nil
	s.spawn(func() {
		err := r.work()
		s.mail.post(func() { s.trainingEnded(r, err) })
	})
	s.changed(TrainingChanged)
}

// trainingEnded takes in how a training ended.
func (s *Session) trainingEnded(r *trainingRun, err error) {
	switch {
	case err == nil:
		s.trainings.run = nil
		s.trainings.result = &TrainingResult{Name: r.options.Name}
	case errors.Is(err, context.Canceled):
		s.trainings.run = nil
	default:
		r.fail(err)
	}
	s.changed(TrainingChanged)
}

// Training is what is known of the training under way.
func (s *Session) Training() TrainingState {
	if s.trainings.run == nil {
		if s.trainings.result != nil {
			return TrainingState{Name: s.trainings.result.Name, Status: Finished, Share: 1}
		}
		return TrainingState{}
	}
	return s.trainings.run.snapshot()
}

// TrainingCrop is a crop as a snapshot shows it, -1 being the newest; nil if it is not there.
func (s *Session) TrainingCrop(snapshot, crop int) image.Image { return nil }

// PauseTraining lets the training rest, or go on.
func (s *Session) PauseTraining(pause bool) {
	if r := s.trainings.run; r != nil {
		r.pause(pause)
		s.changed(TrainingChanged)
	}
}

// FinishTraining ends the training early and keeps the best of it, with a short second phase so that the model has its fast
// network. Called again it ends that too.
func (s *Session) FinishTraining() {
	if r := s.trainings.run; r != nil {
		r.finish()
		s.changed(TrainingChanged)
	}
}

// DiscardTraining ends the training and forgets all of it.
func (s *Session) DiscardTraining() {
	if r := s.trainings.run; r != nil {
		r.discard()
		s.changed(TrainingChanged)
	}
}

// KeepTrainingForLater ends the training; it can be resumed.
func (s *Session) KeepTrainingForLater() {
	if r := s.trainings.run; r != nil {
		r.cancel()
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
	if s.trainings.result == nil {
		return
	}
	names, _ := s.Models()
	s.ChooseModel(slices.Index(names, s.trainings.result.Name))
}

// UnfinishedTrainings are those that were interrupted, the newest first.
func (s *Session) UnfinishedTrainings() []UnfinishedTraining { return s.trainings.unfinished }

// ResumeTraining goes on with an interrupted training.
func (s *Session) ResumeTraining(name string) error {
	return fmt.Errorf("there is no unfinished training called %s", name)
}

// ForgetTraining removes an interrupted training.
func (s *Session) ForgetTraining(name string) error {
	if s.options.Library == nil {
		return errNoLibrary
	}
	return os.RemoveAll(s.options.Library.TrainingFolder(name))
}
