package ui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// thumbs is a column of small pictures of which one is chosen.
type thumbs struct {
	widget.BaseWidget
	pictures        []image.Image
	chosen, hovered int // hovered is -1 if none
	focused         bool
	onChosen        func(i int) // by the user
	onKey           func(*fyne.KeyEvent)
}

var (
	_ fyne.Tappable     = (*thumbs)(nil)
	_ fyne.Focusable    = (*thumbs)(nil)
	_ desktop.Hoverable = (*thumbs)(nil)
)

const (
	thumbSide = 84
	thumbGap  = 6
)

func newThumbs(onChosen func(int), onKey func(*fyne.KeyEvent)) *thumbs {
	t := &thumbs{hovered: -1, onChosen: onChosen, onKey: onKey}
	t.ExtendBaseWidget(t)
	return t
}

// set shows other pictures; the choice stays if it can.
func (t *thumbs) set(pictures []image.Image) {
	if len(pictures) == len(t.pictures) && (len(pictures) == 0 || pictures[0] == t.pictures[0]) {
		return
	}
	t.pictures = pictures
	if t.chosen >= len(pictures) {
		t.chosen = 0
	}
	t.Refresh()
}

func (t *thumbs) pick(i int) {
	if i >= 0 && i < len(t.pictures) && i != t.chosen {
		t.chosen = i
		t.Refresh()
		t.onChosen(i)
	}
}

func (t *thumbs) at(y float32) int {
	if i := int(y / (thumbSide + thumbGap)); i < len(t.pictures) {
		return i
	}
	return -1
}

// Tapped chooses the picture under the pointer.
func (t *thumbs) Tapped(e *fyne.PointEvent) { t.pick(t.at(e.Position.Y)) }

// FocusGained brightens the frame.
func (t *thumbs) FocusGained() { t.focused = true; t.Refresh() }

// FocusLost darkens the frame.
func (t *thumbs) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune does nothing; Fyne wants it.
func (t *thumbs) TypedRune(rune) {}

// TypedKey goes to the next picture.
func (t *thumbs) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyUp, fyne.KeyLeft:
		t.pick(t.chosen - 1)
	case fyne.KeyDown, fyne.KeyRight:
		t.pick(t.chosen + 1)
	default:
		t.onKey(e)
	}
}

// MouseIn begins the hovering.
func (t *thumbs) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved brightens the picture under the pointer.
func (t *thumbs) MouseMoved(e *desktop.MouseEvent) { t.hover(t.at(e.Position.Y)) }

// MouseOut ends the hovering.
func (t *thumbs) MouseOut() { t.hover(-1) }

func (t *thumbs) hover(i int) {
	if t.hovered != i {
		t.hovered = i
		t.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (t *thumbs) CreateRenderer() fyne.WidgetRenderer {
	r := &thumbsRenderer{t: t}
	r.Refresh()
	return r
}

type thumbsRenderer struct {
	t      *thumbs
	images []*canvas.Image
	frames []*canvas.Rectangle
}

func (r *thumbsRenderer) Objects() []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	for i := range r.images {
		objects = append(objects, r.images[i], r.frames[i])
	}
	return objects
}

func (r *thumbsRenderer) Destroy() {}

func (r *thumbsRenderer) MinSize() fyne.Size {
	return fyne.NewSize(thumbSide, max(float32(len(r.t.pictures))*(thumbSide+thumbGap)-thumbGap, 0))
}

func (r *thumbsRenderer) Layout(fyne.Size) {
	for i := range r.images {
		y := float32(i) * (thumbSide + thumbGap)
		place(r.images[i], 0, y, thumbSide, thumbSide)
		place(r.frames[i], 0, y, thumbSide, thumbSide)
	}
}

func (r *thumbsRenderer) Refresh() {
	t := r.t
	for len(r.images) < len(t.pictures) {
		frame := canvas.NewRectangle(color.Transparent)
		frame.StrokeWidth = 2
		r.images = append(r.images, &canvas.Image{FillMode: canvas.ImageFillContain})
		r.frames = append(r.frames, frame)
	}
	r.images, r.frames = r.images[:len(t.pictures)], r.frames[:len(t.pictures)]
	for i, picture := range t.pictures {
		if r.images[i].Image != picture {
			r.images[i].Image = picture
			r.images[i].Refresh()
		}
		frame := r.frames[i]
		frame.StrokeColor = greyDeep
		switch {
		case i == t.chosen && t.focused:
			frame.StrokeColor = greyBright
		case i == t.chosen:
			frame.StrokeColor = greyText
		case i == t.hovered:
			frame.StrokeColor = greyFaint
		}
		frame.Refresh()
	}
	r.Layout(t.Size())
}
