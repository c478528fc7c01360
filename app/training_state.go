package app

import (
	"image"
	"time"
)

// TrainingStatus says what a training of the session is doing.
type TrainingStatus int

// The states of a training.
const (
	Preparing TrainingStatus = iota // photos are read, the time of a step is measured
	Running
	Paused    // by the user
	Waiting   // for the mains, or for a folder that is not there; TrainingState.Why says it
	Finishing // it was told to stop, or compares the new model with the old
	Finished
	Failed
)

// TrainingState is what is known of the session's training. The slices must not be changed.
type TrainingState struct {
	// Active is true from the start of a training until it has finished, was discarded or kept for later. One that failed
	// stays until it is discarded or kept.
	Active       bool
	Name, Folder string
	Status       TrainingStatus
	Why          Text   // for Waiting and Failed, one sentence
	Phase        string // LearningNoise or MakingFast
	Step, Steps  int    // of the phase; Steps is 0 until it has been planned
	Share        float64
	// Elapsed is the time worked, Left that of the whole training judged by the recent steps, 0 when it is not known.
	Elapsed, Left time.Duration
	// Loss and HeldOut are the curves of both phases.
	Loss, HeldOut []TrainingPoint
	Snapshots     []TrainingSnapshot // oldest first
	Crops         []TrainingCrop
	LeakAlarm     bool
	Advice        Text
	Notes         []Text // photos left out and other events, sentences
}

// TrainingPoint is a point of a curve.
type TrainingPoint struct {
	Share float64 `json:"share"` // 0..1 of the whole training, both phases
	Phase string  `json:"phase"`
	Value float64 `json:"value"`
}

// TrainingSnapshot is a moment whose pictures are kept, see Session.TrainingCrop.
type TrainingSnapshot struct {
	Step    int           `json:"step"`
	Phase   string        `json:"phase"`
	Share   float64       `json:"share"`
	At      time.Duration `json:"at"`       // time worked until then
	HeldOut float64       `json:"held_out"` // the last score before it, 0 if there was none
}

// TrainingCrop is a place of one of the user's photos that shows how the training gets on.
type TrainingCrop struct {
	Photo  string // path
	Before image.Image
}

// TrainingResult is what came out of a training.
type TrainingResult struct {
	Name string // of the new model
	Old  string // of the model that it is compared with, empty if there is none
	// HeldOutOld and HeldOutNew are the scores on places that were not trained on; lower is better, 0 is not known.
	HeldOutOld, HeldOutNew float64
	Samples                []ComparedSample
	Advice                 Text // in what the new model disappoints, empty if it does not
}

// ComparedSample is a place of one of the user's photos as it is, and denoised by the old and the new model.
type ComparedSample struct {
	Photo           string // path
	Noisy, Old, New image.Image
}

// UnfinishedTraining is a training that was interrupted.
type UnfinishedTraining struct {
	Name, Folder string
	Share        float64 // of the whole training that is done
	Date         time.Time
	Problem      Text // why it cannot be resumed now, one sentence
}

// TrainingPlan says what the user wants.
type TrainingPlan struct {
	Name    string
	Preset  string // one of TrainingPresets, or empty with Minutes
	Minutes float64
	Scratch bool   // not from an existing model
	From    string // name of the model to go on from; empty is the bundled one
	Expert  TrainingExpert
}

// TrainingExpert holds the settings that are folded away; zero values are what the preset and the folder suggest.
type TrainingExpert struct {
	Width, Hole, Patch, LastPatch, Batch int
	Holes                                []int // of the teachers that the fast network learns from
	Recharge                             float64
	Seed                                 uint64
	Threads                              int
}

// TrainingPresetInfo is a budget to choose from.
type TrainingPresetInfo struct {
	Key     string
	Minutes float64
}

// TrainingEstimate is what can be said of a plan before it starts.
type TrainingEstimate struct {
	StepSeconds        float64 // of a step on this computer, 0 while it is not measured
	Steps, DistilSteps int
	Advice             Text // one or two sentences, empty if there is nothing to warn of
}

// TrainingFolder is what is known of the folder to train on.
type TrainingFolder struct {
	Folder        string
	Looking       bool // still at it; training may start as soon as there are Groups
	Done, Total   int  // photos looked at so far
	Problem       Text
	Groups        []PhotoGroup   // largest first; one if the folder is of a piece
	Facts         []Text         // in plain words
	Warnings      []Text         // training is allowed all the same
	LeftOut       []LeftOutPhoto // unreadable, duplicates, too small
	SuggestedName string
	SuggestedHole int
}

// PhotoGroup is the photos of one camera in a band of ISO.
type PhotoGroup struct {
	Name   Text
	Camera string
	ISO    [2]int // from, to; 0 if the photos do not say
	Photos int
	Pixels int64
	Chosen bool
}

// LeftOutPhoto is a photo that training cannot use.
type LeftOutPhoto struct {
	Path   string
	Reason Text
}
