package train

import (
	"encoding/json"
	"io"
	"math"

	"blindspot/core/say"
)

// Log writes one line of JSON for each report (JSON lines), for plotting and for looking back at a training.
type Log struct {
	out io.Writer
	err error
}

// NewLog returns a log that writes to w.
func NewLog(w io.Writer) *Log { return &Log{out: w} }

// logLine is one line. Times are in seconds. A figure that is not known yet or is no number is left out.
type logLine struct {
	Phase     string     `json:"phase"`
	Step      int        `json:"step"`
	Steps     int        `json:"steps"`
	Patch     int        `json:"patch"`
	Batch     int        `json:"batch"`
	Rate      *float64   `json:"lr,omitempty"`
	Loss      *float64   `json:"loss,omitempty"`
	HeldOut   *float64   `json:"held_out,omitempty"`
	Best      *float64   `json:"best,omitempty"`
	Leak      *float64   `json:"leak,omitempty"`
	LeakAlarm bool       `json:"leak_alarm,omitempty"`
	Skipped   int        `json:"skipped"`
	Elapsed   float64    `json:"elapsed_s"`
	Left      float64    `json:"left_s"`
	Notes     []say.Text `json:"notes,omitempty"`
}

// Report writes one line. After a failed write it does nothing: a full disk must not end the training.
func (l *Log) Report(p Progress) {
	if l.err != nil {
		return
	}
	line, err := json.Marshal(logLine{
		Phase: p.Phase, Step: p.Step, Steps: p.Steps, Patch: p.Patch, Batch: p.Batch, Rate: number(p.Rate),
		Loss: number(p.Loss), HeldOut: number(p.HeldOut), Best: number(p.Best), Leak: number(p.Leak),
		LeakAlarm: p.LeakAlarm, Skipped: p.Skipped,
		Elapsed: p.Elapsed.Seconds(), Left: p.Left.Seconds(), Notes: p.Notes,
	})
	if err == nil {
		_, err = l.out.Write(append(line, '\n'))
	}
	l.err = err
}

// Err is the first error in writing.
func (l *Log) Err() error { return l.err }

// number is nil for a figure that is not known yet, for what JSON cannot say, and for the score of a network that gives no
// numbers.
func number(v float64) *float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) || v == math.MaxFloat64 {
		return nil
	}
	return &v
}
