package ui

import (
	"encoding/json"
	"os"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// TraceVariable names the environment variable with the file that events are traced to; see the package comment.
const TraceVariable = "BLINDSPOT_TRACE"

// traceLine is one line of the trace.
type traceLine struct {
	Event       string  `json:"event"`
	Value       string  `json:"value,omitempty"`
	PaintMS     float64 `json:"paint_ms"`
	TrunkPasses int64   `json:"trunk_passes"`
	Cells       int     `json:"cells"`
	// Places of controls on the window's canvas in device pixels: left, top, width, height.
	Places map[string][4]int `json:"places,omitempty"`
}

// tracer writes down how long it takes until the user sees what he did. A nil tracer does nothing. Its methods belong
// to Fyne's goroutine.
type tracer struct {
	file    *os.File
	state   func() (done bool, trunkPasses int64, cells int)
	pending *traceLine
	began   time.Time
	frames  sync.WaitGroup
}

// newTracer opens the file that the environment names, if any. state says whether all of the current settings is on
// the screen, how often the network has run, and how many cells are visible.
func newTracer(state func() (bool, int64, int)) (*tracer, error) {
	path := os.Getenv(TraceVariable)
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	return &tracer{file: f, state: state}, nil
}

// begin notes an event. It is written once a frame has shown all of it; the next event takes its place if that comes first.
func (t *tracer) begin(event, value string) {
	if t != nil {
		t.pending, t.began = &traceLine{Event: event, Value: value}, time.Now()
	}
}

// frame is called when a frame has been drawn but not yet brought to the screen. What is queued now runs after that.
func (t *tracer) frame() {
	if t == nil || t.pending == nil {
		return
	}
	done, passes, cells := t.state()
	if !done {
		return
	}
	line := *t.pending
	began := t.began
	t.pending = nil
	line.TrunkPasses, line.Cells = passes, cells
	t.frames.Go(func() {
		fyne.Do(func() {
			line.PaintMS = float64(time.Since(began).Microseconds()) / 1000
			t.write(line)
		})
	})
}

// note writes an event that has nothing to wait for.
func (t *tracer) note(event, value string) {
	if t != nil {
		_, passes, cells := t.state()
		t.write(traceLine{Event: event, Value: value, TrunkPasses: passes, Cells: cells})
	}
}

// layout writes where controls are.
func (t *tracer) layout(controls map[string]fyne.CanvasObject) {
	if t == nil {
		return
	}
	line := traceLine{Event: "layout", Places: map[string][4]int{}}
	for name, o := range controls {
		d := fyne.CurrentApp().Driver()
		c := d.CanvasForObject(o)
		if c == nil {
			continue
		}
		x, y := c.PixelCoordinateForPosition(d.AbsolutePositionForObject(o))
		line.Places[name] = [4]int{x, y, int(o.Size().Width * c.Scale()), int(o.Size().Height * c.Scale())}
	}
	t.write(line)
}

func (t *tracer) write(line traceLine) {
	text, err := json.Marshal(line)
	if err == nil {
		_, err = t.file.Write(append(text, '\n'))
	}
	if err != nil {
		fyne.LogError("The trace cannot be written", err)
	}
}

func (t *tracer) close() {
	if t != nil {
		t.frames.Wait()
		t.file.Close()
	}
}
