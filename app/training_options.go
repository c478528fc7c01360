package app

import (
	"context"
	"errors"

	"blindspot/core/bsn"
	"blindspot/core/say"
	"blindspot/core/train"
)

// trainingOptions makes options of a plan and of what is known of the folder.
func (s *Session) trainingOptions(p TrainingPlan) (TrainingOptions, error) {
	f := s.trainings.folder
	if f == nil || len(f.groups) == 0 {
		return TrainingOptions{}, say.Errorf("choose a folder with photos to train on first")
	}
	minutes, err := p.minutes()
	if err != nil {
		return TrainingOptions{}, err
	}
	e := p.Expert
	o := TrainingOptions{
		Folder: f.dir, Photos: f.chosenPaths(), Name: p.Name, Minutes: minutes,
		Hole: e.Hole, Width: e.Width, Patch: e.Patch, LastPatch: e.LastPatch, Batch: e.Batch,
		Holes: e.Holes, Recharge: e.Recharge, Seed: e.Seed, Threads: e.Threads, Noise: f.noise(),
	}
	if len(o.Photos) == 0 {
		return o, say.Errorf("choose at least one group of photos to train on")
	}
	// A model that exists keeps its hole unless the noise reaches further.
	if hole := f.hole(); o.Hole == 0 && (p.Scratch || hole > int(bsn.DefaultTrainHole)) {
		o.Hole = hole
	}
	return o, nil
}

// minutes is the budget of a plan.
func (p TrainingPlan) minutes() (float64, error) {
	if p.Preset == "" {
		return p.Minutes, nil
	}
	preset, err := train.FindPreset(p.Preset)
	return preset.Minutes, err
}

// stepTimes is what is known of the time that steps take on this computer.
type stepTimes struct {
	known     map[stepKind]stepTime
	wanted    stepKind
	measuring bool
}

// stepKind is what the time of a step depends on.
type stepKind struct {
	scratch                                bool
	from                                   string
	width, hole, patch, last, batch, holes int
	threads                                int
	preset                                 string
}

type stepTime struct{ fit, distil float64 } // in seconds; 0 if it cannot be measured

// TrainingEstimate says what a plan will come to. The time of a step is measured in the background when it is asked for first.
func (s *Session) TrainingEstimate(p TrainingPlan) TrainingEstimate {
	minutes, err := p.minutes()
	if err != nil || s.options.Library == nil {
		return TrainingEstimate{}
	}
	e := p.Expert
	kind := stepKind{
		p.Scratch, p.From, e.Width, e.Hole, e.Patch, e.LastPatch, e.Batch, len(e.Holes), e.Threads, presetFor(minutes).Name,
	}
	estimate := TrainingEstimate{}
	if t, known := s.trainings.times.known[kind]; !known {
		s.measureSteps(kind, p, minutes)
	} else if t.fit > 0 && t.distil > 0 {
		estimate.StepSeconds = t.fit
		estimate.Steps = int(minutes * 60 * train.FitShare / t.fit)
		estimate.DistilSteps = int(minutes * 60 * (1 - train.FitShare) / t.distil)
	}
	estimate.Advice = s.planAdvice(p.Scratch, minutes, estimate)
	return estimate
}

// fewSteps is too little to get anywhere, by measurements at all widths.
const fewSteps = 200

// planAdvice warns of what will disappoint.
func (s *Session) planAdvice(scratch bool, minutes float64, e TrainingEstimate) Text {
	sigma := 0.0
	if f := s.trainings.folder; f != nil {
		sigma = f.noise()
	}
	switch {
	case scratch && sigma > 0 && !train.ScratchPays(sigma, minutes):
		return say.Textf("The noise of these photos is weak (%.1f of 255): from scratch in %v the new model will not beat the photos as they are. "+
			"Go on from an existing model instead.", sigma, say.Count(max(int(minutes+0.5), 1), "%d minute", "%d minutes"))
	case e.Steps > 0 && e.Steps < fewSteps:
		return say.Textf("This computer has time for %v of training only: give it more minutes.", say.Count(e.Steps, "%d step", "%d steps"))
	}
	return Text{}
}

// measureSteps measures the time of steps in the background, one kind at a time; of those that are asked for meanwhile only the last is.
func (s *Session) measureSteps(kind stepKind, p TrainingPlan, minutes float64) {
	t := &s.trainings.times
	t.wanted = kind
	if t.measuring {
		return
	}
	t.measuring = true
	library := s.options.Library
	s.spawn(func() {
		took, err := library.measureSteps(s.ctx, s.queue, p, minutes)
		s.mail.post(func() {
			t.measuring = false
			if errors.Is(err, context.Canceled) {
				return
			}
			if t.known == nil {
				t.known = map[stepKind]stepTime{}
			}
			t.known[kind] = took // nothing, if it failed: the training will say why
			s.changed(TrainingChanged)
		})
	})
}

// measureSteps measures a step of both phases. Previews go first.
func (l *Library) measureSteps(ctx context.Context, q *Queue, p TrainingPlan, minutes float64) (stepTime, error) {
	from, err := l.startOf(p)
	if err != nil {
		return stepTime{}, err
	}
	turn, err := q.Enter(ctx, Training)
	if err != nil {
		return stepTime{}, err
	}
	defer turn.Leave()
	e := p.Expert
	o := TrainingOptions{
		Name: "none", From: from, Minutes: minutes, Width: e.Width, Hole: e.Hole, Patch: e.Patch, LastPatch: e.LastPatch,
		Batch: e.Batch, Holes: e.Holes, Threads: e.Threads, hooks: trainingHooks{yield: turn.Yield},
	}
	fit, distil, err := train.StepTimes(ctx, l.options(o))
	return stepTime{fit.Seconds(), distil.Seconds()}, err
}
