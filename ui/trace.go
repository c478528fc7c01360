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

// traceState is what the screen shows.
type traceState struct {
	picture     bool  // a photo, be it noisy
	done        bool  // all of the current settings
	trunkPasses int64 // of the network so far
	cells       int   // visible ones
	waiting     int   // of these, such as the network has yet to see
}

// tracer writes down how long it takes until the user sees what he did. A nil tracer does nothing. Its methods belong
// to Fyne's goroutine.
type tracer struct {
	file    *os.File
	state   func() traceState
	pending *traceLine
	began   time.Time
	most    int             // cells that have waited at once since the event began
	told    map[string]bool // what is written once: of the program's start, and of the event that is pending
	frames  sync.WaitGroup
}

// newTracer opens the file that the environment names, if any.
func newTracer(state func() traceState) (*tracer, error) {
	path := os.Getenv(TraceVariable)
	if path == "" {
		return nil, nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	return &tracer{file: f, state: state, told: map[string]bool{}}, nil
}

// begin notes an event. It is written once a frame has shown all of it; the next event takes its place if that comes first.
func (t *tracer) begin(event, value string) {
	if t != nil {
		t.pending, t.began = &traceLine{Event: event, Value: value}, time.Now()
		t.most, t.told["first"] = 0, false
	}
}

// frame is called when a frame has been drawn but not yet brought to the screen. What is queued now runs after that.
func (t *tracer) frame() {
	if t == nil {
		return
	}
	s := t.state()
	t.once(s.picture, "picture", "")
	if t.pending == nil {
		return
	}
	t.most = max(t.most, s.waiting)
	t.once(s.waiting < t.most, "first", t.pending.Event)
	if s.done {
		t.painted(*t.pending)
		t.pending = nil
	}
}

// once has something written that happened in this frame, if it did and was not before.
func (t *tracer) once(happened bool, event, value string) {
	if happened && !t.told[event] {
		t.told[event] = true
		t.painted(traceLine{Event: event, Value: value})
	}
}

// painted writes a line once the frame is on the screen.
func (t *tracer) painted(line traceLine) {
	s, began := t.state(), t.began
	line.TrunkPasses, line.Cells = s.trunkPasses, s.cells
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
		s := t.state()
		t.write(traceLine{Event: event, Value: value, TrunkPasses: s.trunkPasses, Cells: s.cells})
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
