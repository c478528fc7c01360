package train

import (
	"math"
	"time"

	"blindspot/core/bsn"
)

// state is all that a training is at a step boundary. A checkpoint is its copy on disk.
type state struct {
	position
	weights *bsn.Params // being trained
	average *bsn.Params // their moving average: what is judged, shown and kept
	best    *bsn.Params // the average with the lowest held-out score
	m, v    []float32   // Adam's moments
	teacher *bsn.Params // whom the student learns from; nil during Fit
	blend   *bsn.Params // of the student with the one that it began as, if it is to be kept; made when Distil is done
}

// position is the part of the state that is not weights.
type position struct {
	Phase    string
	Step     int // steps done
	Updates  int // steps that changed the weights: Adam's count
	Skipped  int // steps that did not
	InARow   int // skipped steps since the last update
	Done     bool
	Schedule schedule // Steps is 0 until the phase has been planned

	Loss      float64 // smoothed
	HeldOut   float64
	Best      float64
	BestStep  int
	BestPatch int // side of the patches that the best snapshot knows, on which it was judged
	Leak      float64
	LeastLeak float64
	LeakAlarm bool
	Judged    int // step of the last judgement, -1 before the first
	// JudgedPatch is the side of the patches at that judgement; LeastLeak is the least in patches of this side.
	JudgedPatch int
	Fresh       bool // the phase began with random weights, which are never the best snapshot

	FirstScore float64 // of the teacher that Fit began with, 0 if it was random
	BaseScore  float64 // of the student that Distil began with, 0 if it was random
	FitBest    float64 // Best of Fit, during Distil

	FitSteps     int     // steps that the teacher was trained for
	TeacherPatch int     // side of the patches that the teacher knows; 0: any size
	Early        float64 // share of the steps after which Fit was stopped, 0 if it was not
	Elapsed      time.Duration
	Dropped      []drop
	Photos       []found `json:",omitempty"` // the album, so that a photo that is gone keeps its place
	Fingerprint  fingerprint
}

// newFit is the state before the first step of Fit.
func newFit(o Options) *state {
	weights := bsn.NewTeacherParams(o.config())
	if o.From != nil {
		weights = o.From.Teacher.Clone()
	} else {
		weights.InitKaiming(draw(o.Seed, "teacher weights", 0, 0))
	}
	st := newState(PhaseFit, weights)
	st.Fresh = o.From == nil
	return st
}

func newState(phase string, weights *bsn.Params) *state {
	n := len(weights.Flat())
	return &state{
		position: position{Phase: phase, Best: math.MaxFloat64, LeastLeak: math.MaxFloat64, Judged: -1},
		weights:  weights, average: weights.Clone(), best: weights.Clone(),
		m: make([]float32, n), v: make([]float32, n),
	}
}

// distillation is the state before the first step of Distil that follows a finished Fit. The student starts from the
// one that came with the model to fine-tune, otherwise from the teacher's U-Net; its last layer, which no teacher has, is
// drawn at random.
func (st *state) distillation(o Options) *state {
	var weights *bsn.Params
	given := o.From != nil && o.From.Student != nil
	if given {
		weights = o.From.Student.Clone()
	} else {
		weights = bsn.NewStudentParams(o.config())
		weights.InitKaiming(draw(o.Seed, "student weights", 0, 0))
		weights.CopyMatching(st.best)
	}
	next := newState(PhaseDistil, weights)
	next.Fresh = !given
	next.teacher = st.best.Clone()
	next.FitSteps, next.Elapsed = st.Step, st.Elapsed
	next.FirstScore, next.FitBest = st.FirstScore, st.Best
	next.TeacherPatch = st.bestPatch(o)
	next.Early = st.Early
	next.Dropped, next.Photos, next.Fingerprint = st.Dropped, st.Photos, st.Fingerprint
	return next
}

// smooth follows the loss of the steps with a memory of some 50 steps.
func (p *position) smooth(loss float64) {
	const memory = 50
	if p.Updates == 0 {
		p.Loss = loss
		return
	}
	p.Loss += (loss - p.Loss) / min(memory, float64(p.Updates+1))
}

// note takes a verdict on the average in and reports whether it is the best so far.
func (p *position) note(v verdict) bool {
	p.HeldOut, p.Leak, p.Judged = v.Score, v.Leak, p.Step
	if p.Step > 0 && v.Leak > 0 { // before the first step it says nothing about learning
		p.LeastLeak = min(p.LeastLeak, v.Leak)
		p.LeakAlarm = v.Leak >= alarmLeak && v.Leak >= alarmRise*p.LeastLeak
	}
	if p.Step == 0 && p.Phase == PhaseFit && !p.Fresh {
		p.FirstScore = v.Score
	}
	if p.Step == 0 && p.Phase == PhaseDistil && !p.Fresh {
		p.BaseScore = v.Score
	}
	if v.Score >= p.Best || p.Step == 0 && p.Fresh {
		return false
	}
	p.Best, p.BestStep = v.Score, p.Step
	return true
}
