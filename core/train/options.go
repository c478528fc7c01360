package train

import (
	"context"
	"runtime"
	"slices"
	"time"

	"blindspot/core/bsn"
)

// Options says what to train, on which photos and for how long. The zero value of every field but Photos and the
// budget means the default of README.md.
type Options struct {
	Photos []string // paths of photos; their order does not matter

	Name    string    // of the model
	Created time.Time // written into the model; zero leaves it out, so that two runs can give the same bytes
	Licence string    // of the weights

	Width    int      // feature channels of the network: 48, 32, 24 or 16; From's when fine-tuning, or more, see bsn.Model.Widened
	Channels int      // 3 (gray photos count as colour ones without colour) or 1 (gray photos only); From's when fine-tuning
	Hole     bsn.Hole // the hole to train with; 0 means From's, or 9

	// The budget. Minutes are split between the phases as FitShare says; the time a step takes is measured first and the
	// number of steps then fixed. Steps and DistilSteps fix the numbers themselves, which makes a run exactly repeatable.
	Minutes            float64
	Steps, DistilSteps int

	From    *bsn.Model // model to fine-tune, nil to start from scratch
	Seed    uint64     // same seed, photos and steps: same weights
	Threads int        // worker threads, 0 for one per processor; never changes the result

	Checkpoint      string        // folder for the checkpoint, "" for none
	CheckpointEvery time.Duration // time between checkpoints, 30 s; never changes the result
	Resume          bool          // go on from the checkpoint, if the folder has one

	Patch     int // side of the first training patches in pixels, a multiple of 32
	LastPatch int // side of the last ones, at least Patch
	Batch     int // patches in a step at the beginning; larger patches come in smaller batches of the same number of pixels

	Rate       float64    // peak learning rate of Fit
	DistilRate float64    // peak learning rate of Distil
	WarmUp     float64    // share of the steps in which the rate rises to its peak, 0 to 0.5
	Decay      float64    // of the moving average of the weights, per step, below 1
	ClipNorm   float64    // largest global norm of a gradient; 0 leaves gradients as they are
	Holes      []bsn.Hole // of the teachers that the student learns from, all stops of the slider
	Recharge   float64    // share of the pixels, 0 to 1, at which the student's target is replaced by a noisy value

	CacheBytes  int64 // bound on decoded photos held in memory, 300 MB
	ReportEvery int   // steps between reports, 10

	Views     int           // places of the photos that show how the training gets on, see Progress.Views; never changes the result
	ViewEvery time.Duration // time between their pictures, 10 s; longer where they would cost more than a little of the work

	// Background lets the network's threads have low priority, where the system knows such a thing; never changes the result.
	Background bool

	// Yield, if set, is called at every step boundary and between all other pieces of heavy work, and may block, so that
	// previews overtake the training. The time it takes is not counted. An error ends the training like a cancelled context.
	Yield func(ctx context.Context) error
	// Stop, if set, is asked at every step boundary. true ends this phase now and keeps its best snapshot. A Distil that
	// follows a Fit that was stopped is shorter than it would have been.
	Stop func(phase string) bool
}

// FitShare is the part of a budget in minutes that goes to the teacher. Both learn from noisy targets, and what Fast shows of
// texture the student learns by itself.
const FitShare = 0.5

// fineTuning is the factor on the teacher's learning rate when a trained model is the start: high enough to move to another
// camera's noise within minutes, low enough not to forget what pictures look like. The student has the teacher to remind it.
const fineTuning = 0.3

// Bounds of the patches. A patch must hold the network's five halvings and stay affordable.
const (
	patchUnit  = 32
	patchLimit = 512
)

// filled returns the options with every default in place, or why they cannot work, in one sentence.
func (o Options) filled(job string) (Options, error) {
	o.Photos = slices.Clone(o.Photos)
	slices.Sort(o.Photos)
	o.Photos = slices.Compact(o.Photos)
	if err := o.fillNetwork(); err != nil {
		return o, err
	}
	setDefault(&o.Patch, 64)
	setDefault(&o.LastPatch, max(128, o.Patch))
	setDefault(&o.Batch, 8)
	// For Adam the best rate falls as 1/width (Yang et al. 2022, "Tensor Programs V", table 3).
	rate := 1e-3 * 16 / float64(o.Width)
	setDefault(&o.DistilRate, rate)
	if o.From != nil {
		rate *= fineTuning
	}
	setDefault(&o.Rate, rate)
	if len(o.Holes) == 0 {
		o.Holes = bsn.Stops()
	}
	setDefault(&o.WarmUp, 0.05)
	setDefault(&o.Decay, 0.999)
	setDefault(&o.Threads, runtime.NumCPU())
	setDefault(&o.CheckpointEvery, 30*time.Second)
	setDefault(&o.CacheBytes, 300<<20)
	setDefault(&o.ReportEvery, 10)
	setDefault(&o.ViewEvery, 10*time.Second)
	return o, o.check(job)
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// fillNetwork takes what is not said about the network from the model to fine-tune.
func (o *Options) fillNetwork() error {
	width, channels, hole := 48, 3, bsn.DefaultTrainHole
	if o.From != nil {
		if o.From.Teacher == nil {
			return refuse("the model to start from has no teacher")
		}
		width, channels = o.From.Config.Width, o.From.Config.Channels
		if o.From.Info.KTrain > 0 {
			hole = o.From.Info.KTrain
		}
	}
	setDefault(&o.Width, width)
	setDefault(&o.Channels, channels)
	setDefault(&o.Hole, hole)
	if o.From == nil || o.config() == o.From.Config {
		return nil
	}
	if o.Width < width || o.Channels != channels {
		return refuse("the model to start from has width %d and %d channels, not %d and %d",
			width, channels, o.Width, o.Channels)
	}
	if err := o.config().Validate(); err != nil {
		return refuse("%w", err)
	}
	wide, err := o.From.Widened(o.Width, draw(o.Seed, "widen", 0, 0))
	o.From = wide
	return err
}

func (o Options) config() bsn.Config { return bsn.Config{Width: o.Width, Channels: o.Channels} }

// check refuses options that cannot work.
func (o Options) check(job string) error {
	if err := o.config().Validate(); err != nil {
		return refuse("%w", err)
	}
	inside := func(v, low, high float64) bool { return v >= low && v <= high } // false for NaN
	switch {
	case len(o.Photos) == 0:
		return refuse("there are no photos to train on")
	case o.Channels != 1 && o.Channels != 3:
		return refuse("photos have 1 or 3 channels, not %d", o.Channels)
	case !o.Hole.Valid():
		return refuse("a hole of %d is not odd or is outside 1 to %d", o.Hole, bsn.MaxHole)
	case slices.ContainsFunc(o.Holes, func(k bsn.Hole) bool { return !k.Valid() }):
		return refuse("the holes %v of the teachers: each must be 0 or odd and at most %d", o.Holes, bsn.MaxHole)
	case o.Patch < patchUnit || o.LastPatch < o.Patch || o.LastPatch > patchLimit ||
		o.Patch%patchUnit != 0 || o.LastPatch%patchUnit != 0:
		return refuse("patches of %d to %d pixels: sides must be multiples of %d, not fall, and end at %d at most",
			o.Patch, o.LastPatch, patchUnit, patchLimit)
	case !inside(float64(o.Batch), 1, 64):
		return refuse("a batch of %d patches is outside 1 to 64", o.Batch)
	case !inside(o.Rate, 1e-9, 1) || !inside(o.DistilRate, 1e-9, 1):
		return refuse("a learning rate must lie between 1e-9 and 1")
	case !inside(o.WarmUp, 0, 0.5) || !inside(o.Decay, 0, 0.999999) || !inside(o.Recharge, 0, 1):
		return refuse("warm-up must lie in 0 to 0.5, the average's decay below 1, recharge in 0 to 1")
	case !inside(o.ClipNorm, 0, 1e12) || !inside(o.Minutes, 0, 60*24*365) || o.Steps < 0 || o.DistilSteps < 0:
		return refuse("the budget and the clipping norm must not be negative or endless")
	case o.Minutes == 0 && (job != jobDistil && o.Steps == 0 || job != jobFit && o.DistilSteps == 0):
		return refuse("say how long to train: minutes, or steps for each phase")
	case o.Resume && o.Checkpoint == "":
		return refuse("resuming needs the folder of the checkpoint")
	}
	return nil
}
