package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"blindspot/core/bsn"
	"blindspot/core/say"
	"blindspot/core/train"
)

// Beside a training's checkpoint lies what is needed to resume it: the plan with the list of photos, and a copy of the model that
// it started from, which may be deleted or replaced by another version meanwhile.
const (
	planName  = "plan.json"
	startName = "start" + modelEnding
)

// savedPlan is a plan on disk.
type savedPlan struct {
	Base    string // name of the model that training starts from, empty for none
	Options TrainingOptions
}

// savePlan writes the plan of a training, unless an earlier run has.
func (l *Library) savePlan(o TrainingOptions) error {
	folder := l.TrainingFolder(o.Name)
	path := filepath.Join(folder, planName)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	plan := savedPlan{Options: o.absolute()}
	err := os.MkdirAll(folder, 0o755)
	if err == nil && o.From != nil {
		plan.Base = o.From.Name
		err = o.From.model.WriteFile(filepath.Join(folder, startName))
	}
	var text []byte
	if err == nil {
		text, err = json.MarshalIndent(plan, "", "\t")
	}
	if err == nil {
		err = writeFile(path, append(text, '\n'))
	}
	if err != nil {
		return say.Errorf("the training cannot be saved in %s: %w", folder, bareError(err))
	}
	return nil
}

// absolute returns the options with paths that mean the same wherever the training is resumed from.
func (o TrainingOptions) absolute() TrainingOptions {
	o.Photos = slices.Clone(o.Photos)
	for i, path := range o.Photos {
		o.Photos[i] = absolute(path)
	}
	for _, path := range []*string{&o.Folder, &o.Output, &o.LogPath} {
		if *path != "" {
			*path = absolute(*path)
		}
	}
	return o
}

// loadPlan reads the plan of an interrupted training.
func (l *Library) loadPlan(name string) (*savedPlan, error) {
	text, err := os.ReadFile(filepath.Join(l.TrainingFolder(name), planName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, say.Errorf("what it was training on is not known: resume it on the command line, or forget it")
	}
	if err != nil {
		return nil, say.Errorf("its plan cannot be read: %w", bareError(err))
	}
	plan := &savedPlan{}
	err = json.Unmarshal(text, plan)
	if err == nil {
		err = plan.Options.Validate()
	}
	if err != nil || plan.Options.Name != name || len(plan.Options.Photos) == 0 {
		return nil, say.Errorf("its plan is damaged: resume it on the command line, or forget it")
	}
	return plan, nil
}

// loadStart reads the model that a training started from, nil for none.
func (l *Library) loadStart(p *savedPlan) (*Model, error) {
	if p.Base == "" {
		return nil, nil
	}
	m, err := bsn.OpenModel(filepath.Join(l.TrainingFolder(p.Options.Name), startName))
	if err != nil {
		return nil, say.Errorf("the model that the training started from: %w", err)
	}
	return &Model{p.Base, m}, nil
}

// unfinished is an interrupted training with its plan, which is nil if it cannot be used, and a way to the model it started from.
type unfinished struct {
	UnfinishedTraining
	plan  *savedPlan
	begin func() (*Model, error)
}

// unfinished lists the interrupted trainings, the newest first. Those of which nothing is left but an empty folder are none.
func (l *Library) unfinished(ctx context.Context) []unfinished {
	entries, err := os.ReadDir(filepath.Dir(l.TrainingFolder("any")))
	if err != nil {
		return nil
	}
	var list []unfinished
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil
		}
		if e.IsDir() && l.UnfinishedTraining(e.Name()) {
			list = append(list, l.lookAt(e.Name()))
		}
	}
	slices.SortStableFunc(list, func(a, b unfinished) int { return cmp.Compare(b.Date.Unix(), a.Date.Unix()) })
	return list
}

// lookAt says how an interrupted training stands.
func (l *Library) lookAt(name string) unfinished {
	u := unfinished{UnfinishedTraining: UnfinishedTraining{Name: name}}
	folder := l.TrainingFolder(name)
	if stat, err := os.Stat(folder); err == nil {
		u.Date = stat.ModTime()
	}
	pending, damaged := train.FindPending(folder)
	if pending != nil {
		u.Share, u.Date = train.ShareDone(pending.Phase, pending.Step, pending.Steps), pending.Saved
	}
	plan, err := l.loadPlan(name)
	switch {
	case err != nil:
		u.Problem = Sentence(err)
		return u
	case damaged != nil:
		u.Problem = Sentence(damaged)
		return u
	}
	u.plan, u.Folder = plan, plan.Options.Folder
	u.begin = func() (*Model, error) { return l.loadStart(plan) }
	if _, err := os.Stat(u.Folder); err != nil && u.Folder != "" {
		u.Problem = say.Textf("The folder %s is not there: connect its drive or put it back.", u.Folder)
	}
	return u
}
