package train

import (
	"time"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// Progress is one report of a training under way. The first report of a phase that was never planned has Steps 0: photos are
// being read and the time of a step measured.
type Progress struct {
	Phase       string // PhaseFit or PhaseDistil
	Step, Steps int    // steps done and steps of this phase, 0 until they are known
	Patch       int    // side of the patches of the next step
	Batch       int    // patches of the next step
	Rate        float64
	Skipped     int // steps left out because loss or gradient was no number

	Loss    float64 // of the training crops, smoothed over some 50 steps
	HeldOut float64 // score of the average weights on the held-out crops, in patches of the side they saw last; lower is better
	Best    float64 // lowest HeldOut of this phase; its weights are what is kept; 0 before there is one
	// Leak is the output's deviation in flat patches as a share of the input's. LeakAlarm says that it has risen again: the
	// network is learning to rebuild the noise, and a wider hole is needed.
	Leak      float64
	LeakAlarm bool

	Elapsed time.Duration // time worked, over all resumed parts and phases; pauses do not count
	// Left is estimated from the last steps alone. During Fit of a Run in minutes it includes the minutes kept for Distil; in
	// other runs it is the time left in this phase. 0 before the first step is done.
	Left time.Duration

	Notes  []say.Text // photos left out and other events since the last report, one sentence each
	Sample *Sample    // after a judgement: a held-out crop before and after; nil otherwise

	// Views are the places that Options.Views asked for, in one report before the first step of a run; nil in others. Denoised
	// are the same places as the average weights see them now, every Options.ViewEvery; nil in other reports.
	Views    []View
	Denoised []*pixel.Tile
}

// Share is the part of the whole training that is done, 0 to 1. The phases count as a budget in minutes is split.
func (p Progress) Share() float64 { return ShareDone(p.Phase, p.Step, p.Steps) }

// ShareDone is Progress.Share for steps of a phase.
func ShareDone(phase string, step, steps int) float64 {
	within := 0.0
	if steps > 0 {
		within = float64(step) / float64(steps)
	}
	if phase == PhaseDistil {
		return FitShare + (1-FitShare)*within
	}
	return FitShare * within
}

// Sample shows what the network does now. The tiles belong to the receiver.
type Sample struct{ Noisy, Denoised *pixel.Tile }

// meter measures the time of recent steps.
type meter struct {
	recent [32]time.Duration
	count  int
}

func (m *meter) add(d time.Duration) {
	m.recent[m.count%len(m.recent)] = d
	m.count++
}

// left is the time that many more steps will take at the pace of the recent ones, 0 when there were none.
func (m *meter) left(steps int) time.Duration {
	n := min(m.count, len(m.recent))
	if n == 0 {
		return 0
	}
	var sum time.Duration
	for _, d := range m.recent[:n] {
		sum += d
	}
	return time.Duration(float64(sum) / float64(n) * float64(steps))
}
