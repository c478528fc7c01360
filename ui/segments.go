package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// segments is a row of words of which one is chosen. Each word has the room that it needs; what is left over, or missing, is
// shared equally.
type segments struct {
	widget.BaseWidget
	words    []string
	widths   []float32 // the least of each word
	disabled []bool
	chosen   int // -1 if none
	hovered  int // -1 if none
	focused  bool
	keys     *keyboard            // for keys that are not its own
	onChosen func(i int)          // by the user, not by choose
	onTapped func()               // after a choice by the mouse: the keyboard goes back
	onKey    func(*fyne.KeyEvent) // other keys than its own, where somebody wants them
}

var (
	_ fyne.Tappable     = (*segments)(nil)
	_ fyne.Focusable    = (*segments)(nil)
	_ desktop.Hoverable = (*segments)(nil)
	_ fyne.Disableable  = (*segments)(nil)
	_ desktop.Keyable   = (*segments)(nil)
)

const (
	segmentHeight = 28
	segmentText   = 12.5
	segmentMargin = 11 // at both sides of a word
	segmentTight  = 3  // the same where there is too little room
)

func newSegments(words []string, onChosen func(int)) *segments {
	s := &segments{
		words: words, disabled: make([]bool, len(words)), hovered: -1,
		onChosen: onChosen, onTapped: func() {}, onKey: func(*fyne.KeyEvent) {},
	}
	for _, word := range words {
		s.widths = append(s.widths, fyne.MeasureText(word, segmentText, fyne.TextStyle{}).Width+2*segmentMargin)
	}
	s.ExtendBaseWidget(s)
	return s
}

// choose shows a choice without telling anybody.
func (s *segments) choose(i int) {
	if s.chosen != i {
		s.chosen = i
		s.Refresh()
	}
}

func (s *segments) disable(i int, on bool) {
	if s.disabled[i] != on {
		s.disabled[i] = on
		s.Refresh()
	}
}

// Disable takes all words out of use.
func (s *segments) Disable() { s.disableAll(true) }

// Enable puts all words to use.
func (s *segments) Enable() { s.disableAll(false) }

func (s *segments) disableAll(on bool) {
	for i := range s.disabled {
		s.disable(i, on)
	}
}

// Disabled reports whether no word can be chosen: Tab passes it by.
func (s *segments) Disabled() bool { return !slices.Contains(s.disabled, false) }

// pick is what the user does.
func (s *segments) pick(i int) {
	if i >= 0 && i < len(s.words) && !s.disabled[i] {
		s.choose(i)
		s.onChosen(i)
	}
}

// least is the width that all words need.
func (s *segments) least() float32 {
	sum := float32(0)
	for _, w := range s.widths {
		sum += w
	}
	return sum
}

// edge is where word i begins; that of the number of words is the end.
func (s *segments) edge(i int) float32 {
	spare := max((s.Size().Width-s.least())/float32(len(s.words)), 2*(segmentTight-segmentMargin))
	x := float32(0)
	for _, w := range s.widths[:i] {
		x += w + spare
	}
	return x
}

func (s *segments) at(x float32) int {
	for i := range s.words[1:] {
		if x < s.edge(i+1) {
			return i
		}
	}
	return len(s.words) - 1
}

// Tapped picks the word under the pointer.
func (s *segments) Tapped(e *fyne.PointEvent) {
	s.pick(s.at(e.Position.X))
	s.onTapped()
}

// FocusGained shows the frame.
func (s *segments) FocusGained() { s.focused = true; s.Refresh() }

// FocusLost removes the frame.
func (s *segments) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune hands letters on.
func (s *segments) TypedRune(r rune) { s.keys.rune(r) }

// KeyDown hands on that Space is held.
func (s *segments) KeyDown(e *fyne.KeyEvent) { s.keys.press(e, true) }

// KeyUp hands on that Space is let go.
func (s *segments) KeyUp(e *fyne.KeyEvent) { s.keys.press(e, false) }

// TypedKey goes to the next word that can be chosen.
func (s *segments) TypedKey(e *fyne.KeyEvent) {
	by := 0
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		by = -1
	case fyne.KeyRight, fyne.KeyDown:
		by = 1
	default:
		if !s.keys.key(e) {
			s.onKey(e)
		}
		return
	}
	for i := s.chosen + by; i >= 0 && i < len(s.words); i += by {
		if !s.disabled[i] {
			s.pick(i)
			return
		}
	}
}

// MouseIn begins the hovering.
func (s *segments) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }

// MouseMoved brightens the word under the pointer.
func (s *segments) MouseMoved(e *desktop.MouseEvent) { s.hover(s.at(e.Position.X)) }

// MouseOut ends the hovering.
func (s *segments) MouseOut() { s.hover(-1) }

func (s *segments) hover(i int) {
	if s.hovered != i {
		s.hovered = i
		s.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (s *segments) CreateRenderer() fyne.WidgetRenderer {
	r := &segmentsRenderer{s: s, ground: canvas.NewRectangle(greyRaised)}
	r.ground.CornerRadius = 4
	for _, word := range s.words {
		cell := canvas.NewRectangle(greyRaised)
		cell.CornerRadius = 4
		text := canvas.NewText(word, greyText)
		text.TextSize, text.Alignment = segmentText, fyne.TextAlignCenter
		r.cells, r.texts = append(r.cells, cell), append(r.texts, text)
	}
	r.paint()
	return r
}

type segmentsRenderer struct {
	s      *segments
	ground *canvas.Rectangle
	cells  []*canvas.Rectangle
	texts  []*canvas.Text
}

func (r *segmentsRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.ground}
	for i := range r.cells {
		objects = append(objects, r.cells[i], r.texts[i])
	}
	return objects
}

func (r *segmentsRenderer) Destroy() {}

func (r *segmentsRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.s.least(), segmentHeight)
}

func (r *segmentsRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	for i := range r.cells {
		x := r.s.edge(i)
		width := r.s.edge(i+1) - x
		r.cells[i].Move(fyne.NewPos(x+2, 2))
		r.cells[i].Resize(fyne.NewSize(width-4, size.Height-4))
		height := r.texts[i].MinSize().Height
		r.texts[i].Move(fyne.NewPos(x, (size.Height-height)/2))
		r.texts[i].Resize(fyne.NewSize(width, height))
	}
}

func (r *segmentsRenderer) paint() {
	for i := range r.cells {
		cell, text := r.cells[i], r.texts[i]
		cell.FillColor, cell.StrokeWidth, text.Color = greyRaised, 0, greyQuiet
		switch {
		case i == r.s.chosen:
			cell.FillColor, text.Color = greySelected, greyBright
			if r.s.focused {
				cell.StrokeColor, cell.StrokeWidth = greyQuiet, 1
			}
		case r.s.disabled[i]:
			text.Color = greyFaint
		case i == r.s.hovered:
			cell.FillColor, text.Color = greyHover, greyText
		}
	}
}

func (r *segmentsRenderer) Refresh() {
	r.paint()
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
