package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"blindspot/app"
)

const trainHelp = `
blindspot-cli train --photos DIR --name NAME (--minutes M | --steps N --distil-steps N) [OPTIONS]

Trains a model on noisy photos; no clean ones are needed. The photos of DIR and of the folders in it are used.
Training can be stopped or killed at any moment and goes on with --resume and the same options.
The model is put into the library under its name, or where -o says.`

// trainFlags are the options of train.
type trainFlags struct {
	*flags
	app.TrainingOptions
	folder, from string
	seed         int64
}

func newTrainFlags() *trainFlags {
	t := &trainFlags{flags: newFlags("train", trainHelp)}
	t.StringVar(&t.folder, "photos", "", "`DIR` with the noisy photos, those of folders within included")
	t.StringVar(&t.TrainingOptions.Name, "name", "", "`NAME` of the new model")
	t.Float64Var(&t.Minutes, "minutes", 0, "`M`inutes to train, shared between the two phases")
	t.IntVar(&t.Steps, "steps", 0, "`N` steps of the first phase, which learns the noise")
	t.IntVar(&t.DistilSteps, "distil-steps", 0, "`N` steps of the second phase, which makes the fast network")
	t.StringVar(&t.from, "from", "", "`NAME|FILE` of the model to start from, or scratch\n"+
		"(the model that comes with the program unless it is wider than wanted, otherwise scratch)")
	t.IntVar(&t.Hole, "hole", 0, "`K` of the hole to train with, odd (that of the model to start from, or 9)")
	t.IntVar(&t.Width, "width", 0, "`W` feature channels: 16, 24, 32 or 48; narrow networks learn faster\n"+
		"(that of the model to start from, or one that suits the minutes)")
	t.IntVar(&t.Patch, "patch", 0, "`P` pixels, the side of the first training patches, a multiple of 32 (64)")
	t.IntVar(&t.LastPatch, "last-patch", 0, "`P` pixels, the side of the last ones (128)")
	t.IntVar(&t.Batch, "batch", 0, "`B` patches in a step (8)")
	t.Float64Var(&t.Rate, "lr", 0, "`R` learning rate (one that suits the width)")
	t.Int64Var(&t.seed, "seed", 0, "`N` of the random numbers; the same seed, photos and steps give the same bytes")
	t.BoolVar(&t.Resume, "resume", false, "go on with the interrupted training of this name")
	t.DurationVar(&t.CheckpointEvery, "checkpoint-every", 30*time.Second, "`TIME` between checkpoints")
	t.StringVar(&t.LogPath, "log", "", "`FILE`.jsonl to append the progress to")
	t.StringVar(&t.Output, "o", "", "`FILE` for the model instead of the library")
	t.BoolVar(&t.Overwrite, "overwrite", false, "replace a model, or an interrupted training, of this name")
	t.threads(&t.Threads)
	return t
}

// heapLimit is the size from which Go's collector works harder: beside it the
// network needs 300 to 600 MB, and the whole should stay under 1.5 GB.
const heapLimit = 700 << 20

func train(ctx context.Context, p *program, args []string) error {
	debug.SetMemoryLimit(heapLimit)
	t := newTrainFlags()
	words, err := t.parse(p, args)
	switch {
	case err != nil:
		return err
	case len(words) > 0:
		return usagef("train knows no word %q: name the folder with --photos", words[0])
	case t.folder == "":
		return usagef("name the folder of photos with --photos")
	case t.TrainingOptions.Name == "":
		return usagef("name the new model with --name")
	}
	if t.given("hole") && t.Hole == 0 {
		return usagef("there is no hole 0 to train with: the network would see the noise it must not see")
	}
	if err := checkThreads(t.Threads); err != nil {
		return err
	}
	t.Seed = uint64(t.seed)
	if err := t.Validate(); err != nil {
		return usagef("%v", err)
	}
	start, err := t.chooseStart(p.library)
	if err != nil {
		return err
	}
	report, err := app.CheckFolder(ctx, t.folder)
	if err != nil {
		return err
	}
	t.Photos, t.Folder = report.Paths(), t.folder
	for _, line := range report.Lines() {
		p.say("%s", line)
	}
	p.say("%s", start)
	path, err := p.library.Train(ctx, t.TrainingOptions, p.trainReporter())
	if errors.Is(err, context.Canceled) {
		p.complain(fmt.Errorf("stopped: the same command with --resume goes on"))
		return errReported
	}
	if err != nil {
		return err
	}
	p.say("Saved the model %s as %s.", t.TrainingOptions.Name, path)
	return nil
}

// chooseStart finds the model to start from and says in a sentence which it is.
func (t *trainFlags) chooseStart(library *app.Library) (string, error) {
	var err error
	switch t.from {
	case "":
		if t.From, err = library.FirstBundled(); err != nil {
			return "", err
		}
		if t.From != nil && t.Width != 0 && t.Width < t.From.Width() {
			t.From = nil
		}
	case app.Scratch:
	default:
		if t.From, err = library.Find(t.from); err != nil {
			return "", err
		}
		if t.Width != 0 && t.Width < t.From.Width() {
			return "", usagef("the model %s has width %d and cannot be trained with width %d", t.From.Name, t.From.Width(), t.Width)
		}
	}
	if t.From == nil {
		return "Starting from scratch.", nil
	}
	if t.Width > t.From.Width() {
		return fmt.Sprintf("Starting from the model %s, widened from %d to %d.", t.From.Name, t.From.Width(), t.Width), nil
	}
	return fmt.Sprintf("Starting from the model %s.", t.From.Name), nil
}

// phaseNames are the phases in the user's words.
var phaseNames = map[string]string{
	app.LearningNoise: "learning the noise",
	app.MakingFast:    "making the fast model",
}

// trainReporter returns a function that shows the progress. Without a terminal a line tells when a phase is done.
func (p *program) trainReporter() func(app.TrainingProgress) {
	told := map[string]bool{}
	return func(s app.TrainingProgress) {
		name := phaseNames[s.Phase]
		for _, note := range s.Notes {
			p.complain(errors.New(note.String()))
		}
		if s.Steps == 0 {
			return // the number of steps is still being measured
		}
		if s.Step < s.Steps {
			p.bar.show(name, s.Step, s.Steps, fmt.Sprintf("step %d of %d, loss %.3f, %s left", s.Step, s.Steps, s.Loss, roundTime(s.Left)))
			return
		}
		if !told[s.Phase] {
			told[s.Phase] = true
			p.say("%s: %d steps, loss %.3f, %s.", title(name), s.Steps, s.Loss, roundTime(s.Elapsed))
		}
	}
}

// title begins a word with a capital.
func title(text string) string { return string(text[0]-'a'+'A') + text[1:] }

// roundTime leaves out what nobody needs of a duration.
func roundTime(d time.Duration) time.Duration {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Second)
}
