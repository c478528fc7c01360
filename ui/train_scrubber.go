package ui

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// scrubber is a track with a tick for each snapshot of a training, in their order. At its right end it follows the newest.
type scrubber struct {
	widget.BaseWidget
	count    int // snapshots
	change   int // the first one of the second phase, 0 if there is none yet
	chosen   int // of count; the last one is followed
	follow   bool
	focused  bool
	hovered  bool
	onChosen func()
	onKey    func(*fyne.KeyEvent) // other keys than its own
}

var (
	_ fyne.Draggable    = (*scrubber)(nil)
	_ fyne.Focusable    = (*scrubber)(nil)
	_ fyne.Scrollable   = (*scrubber)(nil)
	_ desktop.Mouseable = (*scrubber)(nil)
	_ desktop.Hoverable = (*scrubber)(nil)
)

const (
	scrubberHeight = 22
	scrubberTick   = 6
	scrubberGap    = 14 // between the two phases
)

func newScrubber(onChosen func(), onKey func(*fyne.KeyEvent)) *scrubber {
	s := &scrubber{follow: true, onChosen: onChosen, onKey: onKey}
	s.ExtendBaseWidget(s)
	return s
}

// set shows how many snapshots there are, the first one of the second phase, and the chosen one unless the newest is
// followed.
func (s *scrubber) set(count, change, chosen int) {
	if s.follow || count == 0 {
		chosen, s.follow = count-1, true
	}
	if count != s.count || change != s.change || chosen != s.chosen {
		s.count, s.change, s.chosen = count, change, min(chosen, count-1)
		s.Refresh()
	}
}

// snapshot is the chosen one, -1 for the newest.
func (s *scrubber) snapshot() int {
	if s.follow {
		return -1
	}
	return s.chosen
}

// pick is what the user does.
func (s *scrubber) pick(i int) {
	i = min(max(i, 0), s.count-1)
	if s.count == 0 || i == s.chosen {
		return
	}
	s.chosen, s.follow = i, i == s.count-1
	s.Refresh()
	s.onChosen()
}

// x is the place of a snapshot. The phases stand apart.
func (s *scrubber) x(i int) float32 {
	const margin = knobSize / 2
	length := s.Size().Width - 2*margin
	if s.count < 2 {
		return margin + length
	}
	gap := float32(0)
	if s.change > 0 {
		gap = scrubberGap
	}
	x := margin + float32(i)/float32(s.count-1)*(length-gap)
	if s.change > 0 && i >= s.change {
		x += gap
	}
	return x
}

// nearest is the snapshot next to a place.
func (s *scrubber) nearest(x float32) int {
	best := 0
	for i := range s.count {
		if math.Abs(float64(s.x(i)-x)) < math.Abs(float64(s.x(best)-x)) {
			best = i
		}
	}
	return best
}

// MouseDown moves the knob to the pointer.
func (s *scrubber) MouseDown(e *desktop.MouseEvent) {
	if e.Button == desktop.MouseButtonPrimary {
		s.pick(s.nearest(e.Position.X))
	}
}

// MouseUp does nothing; Fyne wants it.
func (s *scrubber) MouseUp(*desktop.MouseEvent) {}

// Dragged moves the knob with the pointer.
func (s *scrubber) Dragged(e *fyne.DragEvent) { s.pick(s.nearest(e.Position.X)) }

// DragEnd does nothing; Fyne wants it.
func (s *scrubber) DragEnd() {}

// Scrolled steps through the snapshots.
func (s *scrubber) Scrolled(e *fyne.ScrollEvent) {
	switch {
	case e.Scrolled.DY > 0:
		s.pick(s.chosen + 1)
	case e.Scrolled.DY < 0:
		s.pick(s.chosen - 1)
	}
}

// FocusGained brightens the knob.
func (s *scrubber) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost darkens the knob.
func (s *scrubber) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune does nothing; Fyne wants it.
func (s *scrubber) TypedRune(rune) {}

// TypedKey steps with the arrow keys.
func (s *scrubber) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyDown:
		s.pick(s.chosen - 1)
	case fyne.KeyRight, fyne.KeyUp:
		s.pick(s.chosen + 1)
	case fyne.KeyHome:
		s.pick(0)
	case fyne.KeyEnd:
		s.pick(s.count - 1)
	default:
		s.onKey(e)
	}
}

// MouseIn brightens the knob.
func (s *scrubber) MouseIn(*desktop.MouseEvent) { s.hovered = true; s.Refresh() }

// MouseMoved does nothing; Fyne wants it.
func (s *scrubber) MouseMoved(*desktop.MouseEvent) {}

// MouseOut darkens the knob.
func (s *scrubber) MouseOut() { s.hovered = false; s.Refresh() }

// CreateRenderer is called by Fyne.
func (s *scrubber) CreateRenderer() fyne.WidgetRenderer {
	r := &scrubberRenderer{s: s, knob: canvas.NewCircle(greyText)}
	r.knob.StrokeWidth = 2
	for i := range r.tracks {
		r.tracks[i] = canvas.NewRectangle(greySelected)
		r.tracks[i].CornerRadius = trackHeight / 2.
	}
	r.Refresh()
	return r
}

type scrubberRenderer struct {
	s      *scrubber
	tracks [2]*canvas.Rectangle // of the two phases
	ticks  []*canvas.Rectangle
	knob   *canvas.Circle
}

func (r *scrubberRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.tracks[0], r.tracks[1]}
	for _, t := range r.ticks {
		objects = append(objects, t)
	}
	return append(objects, r.knob)
}

func (r *scrubberRenderer) Destroy() {}

func (r *scrubberRenderer) MinSize() fyne.Size { return fyne.NewSize(120, scrubberHeight) }

func (r *scrubberRenderer) Layout(size fyne.Size) {
	s := r.s
	middle := size.Height / 2
	parts := [2][2]float32{{knobSize / 2, size.Width - knobSize/2}, {}}
	if s.change > 0 {
		parts = [2][2]float32{{s.x(0), s.x(s.change - 1)}, {s.x(s.change), s.x(s.count - 1)}}
	}
	for i, part := range parts {
		place(r.tracks[i], part[0], middle-trackHeight/2., part[1]-part[0], trackHeight)
	}
	for i, tick := range r.ticks {
		place(tick, s.x(i)-0.5, middle-scrubberTick/2, 1, scrubberTick)
	}
	place(r.knob, s.x(max(s.chosen, 0))-knobSize/2, middle-knobSize/2, knobSize, knobSize)
}

func (r *scrubberRenderer) Refresh() {
	s := r.s
	for len(r.ticks) < s.count {
		r.ticks = append(r.ticks, canvas.NewRectangle(greyFaint))
	}
	r.ticks = r.ticks[:s.count]
	r.knob.Hidden = s.count == 0
	r.tracks[1].Hidden = s.change == 0
	r.knob.FillColor, r.knob.StrokeColor = greyText, greyDeep
	switch {
	case s.focused:
		r.knob.FillColor, r.knob.StrokeColor = greyBright, greyQuiet
	case s.hovered:
		r.knob.FillColor = greyBright
	}
	r.Layout(s.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
