package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"blindspot/core/bsn"
	"blindspot/core/say"
	"blindspot/core/train"
)

// TrainingProgress says how far a training is, see train.Progress.
type TrainingProgress = train.Progress

// The phases of a training as TrainingProgress.Phase names them.
const (
	LearningNoise = train.PhaseFit
	MakingFast    = train.PhaseDistil
	// FirstShare is the part of a training that the first phase takes.
	FirstShare = train.FitShare
)

// TrainingOptions says what to train. Zero values are defaults.
type TrainingOptions struct {
	Folder string   // where the photos come from, for a training that is resumed
	Photos []string // see FolderReport
	Name   string   // of the model
	// Output is the file that the model goes to; empty puts it into the library under its name.
	Output    string
	Overwrite bool // replace a model that is there, and an interrupted training of that name

	From *Model `json:"-"` // to fine-tune; nil starts from scratch

	// Either the minutes to spend, or the steps of both phases; steps make a training repeatable to the last bit.
	Minutes            float64
	Steps, DistilSteps int

	Hole             int // to train with, odd; 0 for the usual
	Width            int // of the network
	Patch, LastPatch int // sides in pixels of the first and last training patches, multiples of 32
	Batch            int // patches in a step
	Rate             float64
	Holes            []int   // of the teachers that the fast network learns from; none for all
	Recharge         float64 // see train.Options
	Seed             uint64
	Threads          int // 0 for all processors

	Noise float64 // level that was measured in the photos, for what is said of the result; 0 is not known

	Resume          bool `json:"-"` // go on with an interrupted training of that name
	CheckpointEvery time.Duration
	LogPath         string // JSON lines are appended to it

	hooks trainingHooks
}

// trainingHooks let a session follow and steer a training. The zero value does nothing.
type trainingHooks struct {
	background bool // this and the others but the last: see train.Options
	views      int
	every      int // steps between reports
	yield      func(ctx context.Context) error
	stop       func(phase string) bool
	abandoned  func() bool // asked when the training has been cancelled: nothing of it is kept
}

// Validate says in one sentence what cannot be trained.
func (o *TrainingOptions) Validate() error {
	if err := CheckModelName(o.Name); err != nil {
		return err
	}
	switch {
	case !(o.Minutes >= 0) || o.Steps < 0 || o.DistilSteps < 0:
		return say.Errorf("the time and the steps to train must not be negative")
	case o.Minutes == 0 && o.Steps == 0 && o.DistilSteps == 0:
		return say.Errorf("say how long to train: minutes, or steps and distil-steps")
	case o.Minutes == 0 && (o.Steps == 0 || o.DistilSteps == 0):
		return say.Errorf("steps and distil-steps belong together: give both, or minutes")
	case o.Width != 0 && !slices.Contains([]int{16, 24, 32, 48}, o.Width):
		return say.Errorf("there is no network of width %d: choose 16, 24, 32 or 48", o.Width)
	case !patchSide(o.Patch) || !patchSide(o.LastPatch) || (o.LastPatch > 0 && o.LastPatch < o.Patch):
		return say.Errorf("training patches have a side of 32 to 512 pixels, a multiple of 32, and the last ones are not smaller than the first")
	case o.Batch < 0 || o.Batch > 64:
		return say.Errorf("a step of %d patches is outside 1 to 64", o.Batch)
	case !(o.Rate >= 0 && o.Rate <= 1): // written so that NaN fails
		return say.Errorf("a learning rate of %g is outside 0 to 1", o.Rate)
	case !(o.Recharge >= 0 && o.Recharge <= 1):
		return say.Errorf("a recharge of %g is outside 0 to 1", o.Recharge)
	case slices.ContainsFunc(o.Holes, func(k int) bool { return !Hole(k).Valid() }):
		return say.Errorf("the fast network cannot learn from the holes %v: choose 0 or odd numbers up to %d", o.Holes, bsn.MaxHole)
	case o.CheckpointEvery < 0:
		return say.Errorf("the time between checkpoints must not be negative")
	case o.Hole != 0 && (!Hole(o.Hole).Valid() || o.Hole > int(bsn.MaxHole)):
		return say.Errorf("there is no hole %d to train with: choose an odd number from 1 to %d", o.Hole, bsn.MaxHole)
	}
	return nil
}

// patchSide reports whether patches can have a side; 0 stands for the usual one.
func patchSide(n int) bool { return n >= 0 && n <= 512 && n%32 == 0 }

// UnfinishedTraining reports whether a training of a name was interrupted and can be resumed.
func (l *Library) UnfinishedTraining(name string) bool {
	entries, err := os.ReadDir(l.TrainingFolder(name))
	return err == nil && len(entries) > 0
}

// has reports whether a model or an interrupted training has a name.
func (l *Library) has(name string) bool {
	_, err := os.Stat(l.ModelPath(name))
	return err == nil || l.UnfinishedTraining(name) || slices.Contains(l.bundledModels(), name)
}

// Train trains a model and returns the path of its file. report is called on this goroutine. When ctx ends, a checkpoint
// is there and the training can be resumed; it also survives a kill at any moment. Errors that are ErrUsage were found
// before any work.
func (l *Library) Train(ctx context.Context, o TrainingOptions, report func(TrainingProgress)) (path string, err error) {
	if err := o.Validate(); err != nil {
		return "", usage("%w", err)
	}
	path = o.Output
	if path == "" {
		path = l.ModelPath(o.Name)
	}
	if err := l.makeWay(o, path); err != nil {
		return "", err
	}
	report, closeLog, err := logged(o.LogPath, report)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	if err := l.savePlan(o); err != nil {
		return "", err
	}
	model, err := train.Run(ctx, l.options(o), report)
	if err != nil {
		return "", errors.Join(err, l.leftover(ctx, o, err))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", say.Errorf("make the folder of %s: %w", path, bareError(err))
	}
	if err := model.WriteFile(path); err != nil {
		return "", err // the checkpoint stays: resuming ends here again at once
	}
	if err := os.RemoveAll(l.TrainingFolder(o.Name)); err != nil {
		return path, say.Errorf("the model is saved, but its checkpoint cannot be removed: %w", err)
	}
	return path, nil
}

// leftover removes what an ended training leaves behind, unless it can be resumed.
func (l *Library) leftover(ctx context.Context, o TrainingOptions, why error) error {
	folder := l.TrainingFolder(o.Name)
	switch pending, err := train.FindPending(folder); {
	case ctx.Err() != nil && o.hooks.abandoned != nil && o.hooks.abandoned():
	case ctx.Err() != nil || errors.Is(why, train.ErrPhotosGone) || pending != nil || err != nil:
		return nil
	}
	return os.RemoveAll(folder)
}

// makeWay refuses to replace what is there unless asked, and removes an old checkpoint when asked.
func (l *Library) makeWay(o TrainingOptions, path string) error {
	stat, err := os.Stat(path)
	switch {
	case err == nil && stat.IsDir():
		return usage("the model file %s is a folder", path)
	case err == nil && !o.Overwrite:
		return say.Errorf("the model file %s exists: choose another name, or overwrite it", path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return say.Errorf("the model file %s: %w", path, bareError(err))
	}
	if o.Resume || !l.UnfinishedTraining(o.Name) {
		return nil
	}
	if !o.Overwrite {
		return say.Errorf("an unfinished training is called %s: resume it, choose another name, or overwrite it", o.Name)
	}
	return os.RemoveAll(l.TrainingFolder(o.Name))
}

// options translates for package train.
func (l *Library) options(o TrainingOptions) train.Options {
	t := train.Options{
		Photos: o.Photos, Name: o.Name, Width: o.Width, Hole: Hole(o.Hole),
		Minutes: o.Minutes, Steps: o.Steps, DistilSteps: o.DistilSteps,
		Seed: o.Seed, Threads: o.Threads,
		Checkpoint: l.TrainingFolder(o.Name), CheckpointEvery: o.CheckpointEvery, Resume: o.Resume,
		Patch: o.Patch, LastPatch: o.LastPatch, Batch: o.Batch, Rate: o.Rate,
		Recharge:   o.Recharge,
		Background: o.hooks.background,
		Views:      o.hooks.views, ReportEvery: o.hooks.every, Yield: o.hooks.yield, Stop: o.hooks.stop,
	}
	for _, k := range o.Holes {
		t.Holes = append(t.Holes, Hole(k))
	}
	// A training of a fixed number of steps gives the same bytes every time; only one by the clock is dated inside.
	// Files without a date are listed with that of their last change.
	if o.Steps == 0 || o.DistilSteps == 0 {
		t.Created = time.Now()
	}
	if o.From != nil {
		t.From = o.From.model
	}
	if o.Minutes > 0 {
		presetFor(o.Minutes).Apply(&t)
	}
	return t
}

// presetFor is the longest preset that fits a number of minutes, or the shortest: its sizes suit the time.
func presetFor(minutes float64) train.Preset {
	presets := train.Presets()
	best := presets[0]
	for _, p := range presets {
		if p.Minutes <= minutes {
			best = p
		}
	}
	return best
}

// logged adds the log file at path to report.
func logged(path string, report func(TrainingProgress)) (func(TrainingProgress), func() error, error) {
	if path == "" {
		return report, func() error { return nil }, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, nil, say.Errorf("open the log %s: %w", path, bareError(err))
	}
	log := train.NewLog(f)
	both := func(p TrainingProgress) {
		log.Report(p)
		report(p)
	}
	closeLog := func() error {
		if err := errors.Join(log.Err(), f.Close()); err != nil {
			return say.Errorf("write the log %s: %w", path, bareError(err))
		}
		return nil
	}
	return both, closeLog, nil
}

// FirstBundled is the model to fine-tune when none is named: the first that comes with the program, nil if none does.
func (l *Library) FirstBundled() (*Model, error) {
	names := l.bundledModels()
	if len(names) == 0 {
		return nil, nil
	}
	return l.Find(names[0])
}

// Width is the number of feature channels of the model.
func (m *Model) Width() int { return m.model.Config.Width }
