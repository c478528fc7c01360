package ui

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// slider is a track with a knob. With stops it has a tick and a name for each of them and its value is the index of one;
// without, its value runs from 0 to 1 in hundredths.
type slider struct {
	widget.BaseWidget
	stops     []string
	value     float64
	onChanged func(value float64)  // by the user, not by set
	onDone    func()               // when the user lets go
	onKey     func(*fyne.KeyEvent) // other keys than its own, where somebody wants them
	mark      int                  // the stop that is suggested, -1 for none
	keys      *keyboard            // for keys that are not its own

	disabled, hovered, focused bool
	resting                    bool // its value does not count until the user moves it, be it to the same one
}

var (
	_ fyne.Draggable    = (*slider)(nil)
	_ fyne.Focusable    = (*slider)(nil)
	_ fyne.Scrollable   = (*slider)(nil)
	_ fyne.Disableable  = (*slider)(nil)
	_ desktop.Mouseable = (*slider)(nil)
	_ desktop.Hoverable = (*slider)(nil)
	_ desktop.Keyable   = (*slider)(nil)
)

const (
	knobSize    = 14
	ringSize    = 19
	trackHeight = 3
	tickHeight  = 5
	trackRow    = 20 // height of the part with the track
	stopRow     = 16 // height of the names under it
	markWidth   = 14
	markHeight  = 2
)

func newSlider(stops []string, onChanged func(float64)) *slider {
	s := &slider{stops: stops, onChanged: onChanged, onDone: func() {}, onKey: func(*fyne.KeyEvent) {}, mark: -1}
	s.ExtendBaseWidget(s)
	return s
}

// last is the largest value.
func (s *slider) last() float64 {
	if len(s.stops) > 0 {
		return float64(len(s.stops) - 1)
	}
	return 1
}

// set shows a value without telling anybody.
func (s *slider) set(value float64) {
	if s.value != value {
		s.value = value
		s.Refresh()
	}
}

// setMark marks the stop that is suggested; -1 marks none.
func (s *slider) setMark(stop int) {
	if s.mark != stop {
		s.mark = stop
		s.Refresh()
	}
}

func (s *slider) setDisabled(on bool) {
	if s.disabled != on {
		s.disabled = on
		s.Refresh()
	}
}

// setResting has it wait, in quieter colours, for the user to take its value up.
func (s *slider) setResting(on bool) {
	if s.resting != on {
		s.resting = on
		s.Refresh()
	}
}

// Disable takes it out of use.
func (s *slider) Disable() { s.setDisabled(true) }

// Enable puts it to use.
func (s *slider) Enable() { s.setDisabled(false) }

// Disabled reports whether it is out of use: Tab passes it by.
func (s *slider) Disabled() bool { return s.disabled }

// move goes to the nearest possible value.
func (s *slider) move(value float64) {
	if len(s.stops) > 0 {
		value = math.Round(value)
	} else {
		value = math.Round(value*100) / 100
	}
	value = min(max(value, 0), s.last())
	if s.disabled || value == s.value && !s.resting || math.IsNaN(value) {
		return
	}
	s.resting = false
	s.set(value)
	s.onChanged(value)
}

// step goes one stop, or five hundredths, up or down.
func (s *slider) step(by float64) {
	if len(s.stops) == 0 {
		by *= 0.05
	}
	s.jump(s.value + by)
}

// jump is a move that nothing follows.
func (s *slider) jump(value float64) {
	s.move(value)
	s.onDone()
}

// span is where the track begins and how long it is: the knob stays inside of the widget.
func (s *slider) span() (from, length float32) {
	return knobSize / 2, s.Size().Width - knobSize
}

func (s *slider) at(x float32) {
	from, length := s.span()
	s.move(float64((x-from)/length) * s.last())
}

// MouseDown moves the knob to the pointer.
func (s *slider) MouseDown(e *desktop.MouseEvent) {
	if e.Button == desktop.MouseButtonPrimary {
		s.at(e.Position.X)
	}
}

// MouseUp lets the knob go.
func (s *slider) MouseUp(*desktop.MouseEvent) { s.onDone() }

// Dragged moves the knob with the pointer.
func (s *slider) Dragged(e *fyne.DragEvent) { s.at(e.Position.X) }

// DragEnd lets the knob go.
func (s *slider) DragEnd() { s.onDone() }

// Scrolled steps through the values, but does not wake a resting one: the pointer may be there by chance.
func (s *slider) Scrolled(e *fyne.ScrollEvent) {
	switch {
	case s.resting:
	case e.Scrolled.DY > 0:
		s.step(1)
	case e.Scrolled.DY < 0:
		s.step(-1)
	}
}

// FocusGained shows the ring.
func (s *slider) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost removes the ring.
func (s *slider) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune hands letters on.
func (s *slider) TypedRune(r rune) { s.keys.rune(r) }

// KeyDown hands on that Space is held.
func (s *slider) KeyDown(e *fyne.KeyEvent) { s.keys.press(e, true) }

// KeyUp hands on that Space is let go.
func (s *slider) KeyUp(e *fyne.KeyEvent) { s.keys.press(e, false) }

// TypedKey moves the knob with the arrow keys.
func (s *slider) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyDown:
		s.step(-1)
	case fyne.KeyRight, fyne.KeyUp:
		s.step(1)
	case fyne.KeyHome:
		s.jump(0)
	case fyne.KeyEnd:
		s.jump(s.last())
	default:
		if !s.keys.key(e) {
			s.onKey(e)
		}
	}
}

// MouseIn brightens the knob.
func (s *slider) MouseIn(*desktop.MouseEvent) { s.hovered = true; s.Refresh() }

// MouseMoved does nothing; Fyne wants it.
func (s *slider) MouseMoved(*desktop.MouseEvent) {}

// MouseOut darkens the knob.
func (s *slider) MouseOut() { s.hovered = false; s.Refresh() }

// CreateRenderer is called by Fyne.
func (s *slider) CreateRenderer() fyne.WidgetRenderer {
	r := &sliderRenderer{
		s: s, track: canvas.NewRectangle(greySelected), active: canvas.NewRectangle(greyQuiet),
		knob: canvas.NewCircle(greyText), ring: canvas.NewCircle(color.Transparent), mark: canvas.NewRectangle(greyQuiet),
	}
	r.ring.StrokeColor, r.ring.StrokeWidth = greyQuiet, 1.5
	r.track.CornerRadius, r.active.CornerRadius = trackHeight/2., trackHeight/2.
	for _, stop := range s.stops {
		r.ticks = append(r.ticks, canvas.NewRectangle(greySelected))
		text := canvas.NewText(stop, greyQuiet)
		text.TextSize, text.Alignment = 11, fyne.TextAlignCenter
		r.names = append(r.names, text)
	}
	r.paint()
	return r
}

type sliderRenderer struct {
	s             *slider
	track, active *canvas.Rectangle
	knob          *canvas.Circle
	ring          *canvas.Circle // around the knob while the slider has the keyboard
	ticks         []*canvas.Rectangle
	names         []*canvas.Text
	mark          *canvas.Rectangle
}

func (r *sliderRenderer) Objects() []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	for _, t := range r.ticks {
		objects = append(objects, t)
	}
	for _, n := range r.names {
		objects = append(objects, n)
	}
	return append(objects, r.mark, r.track, r.active, r.knob, r.ring)
}

func (r *sliderRenderer) Destroy() {}

func (r *sliderRenderer) MinSize() fyne.Size {
	if len(r.s.stops) > 0 {
		return fyne.NewSize(160, trackRow+stopRow+markHeight)
	}
	return fyne.NewSize(100, trackRow)
}

func (r *sliderRenderer) Layout(fyne.Size) {
	from, length := r.s.span()
	const middle = trackRow / 2
	r.track.Move(fyne.NewPos(from, middle-trackHeight/2.))
	r.track.Resize(fyne.NewSize(length, trackHeight))
	at := from + length*float32(r.s.value/r.s.last())
	r.active.Move(r.track.Position())
	r.active.Resize(fyne.NewSize(at-from, trackHeight))
	r.knob.Move(fyne.NewPos(at-knobSize/2, middle-knobSize/2))
	r.knob.Resize(fyne.NewSquareSize(knobSize))
	r.ring.Move(fyne.NewPos(at-ringSize/2, middle-ringSize/2))
	r.ring.Resize(fyne.NewSquareSize(ringSize))
	for i, tick := range r.ticks {
		x := from + length*float32(i)/float32(len(r.ticks)-1)
		tick.Move(fyne.NewPos(x-0.5, middle-tickHeight))
		tick.Resize(fyne.NewSize(1, 2*tickHeight))
		r.names[i].Move(fyne.NewPos(x-12, trackRow))
		r.names[i].Resize(fyne.NewSize(24, stopRow))
		if i == r.s.mark {
			r.mark.Move(fyne.NewPos(x-markWidth/2, trackRow+stopRow))
			r.mark.Resize(fyne.NewSize(markWidth, markHeight))
		}
	}
}

// paint sets the colours. A slider of stops has no filled part: a hole of 5 is not more of something than one of 3.
func (r *sliderRenderer) paint() {
	s := r.s
	r.knob.FillColor, r.knob.StrokeColor, r.knob.StrokeWidth = greyText, greyPanel, 2
	r.ring.Hidden = !s.focused || s.disabled
	r.active.Hidden = len(s.stops) > 0
	r.active.FillColor = greyQuiet
	r.mark.Hidden = s.mark < 0
	switch {
	case s.disabled:
		r.knob.FillColor, r.active.FillColor = greySelected, greySelected
	case s.resting && !s.hovered && !s.focused:
		r.knob.FillColor = greyQuiet
	case s.focused, s.hovered:
		r.knob.FillColor = greyBright
	}
	for i, n := range r.names {
		n.Color, n.TextStyle.Bold = greyQuiet, false
		switch {
		case s.disabled:
			n.Color = greyFaint
		case s.resting:
		case i == int(s.value):
			n.Color, n.TextStyle.Bold = greyBright, true
		}
	}
}

func (r *sliderRenderer) Refresh() {
	r.paint()
	r.Layout(r.s.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
