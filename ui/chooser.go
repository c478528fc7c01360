package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// chooser is a name on the photo that can be clicked: what it names can be exchanged. An arrow says so.
type chooser struct {
	widget.BaseWidget
	text     string
	hovered  bool
	focused  bool
	onTapped func()
	keys     *keyboard // for keys that are not its own
}

var (
	_ fyne.Tappable      = (*chooser)(nil)
	_ desktop.Hoverable  = (*chooser)(nil)
	_ desktop.Cursorable = (*chooser)(nil)
	_ fyne.Focusable     = (*chooser)(nil)
)

func newChooser(onTapped func()) *chooser {
	c := &chooser{onTapped: onTapped}
	c.ExtendBaseWidget(c)
	return c
}

// set writes the name.
func (c *chooser) set(text string) {
	if c.text != text {
		c.text = text
		c.Refresh()
	}
}

// Tapped opens the choice.
func (c *chooser) Tapped(*fyne.PointEvent) { c.onTapped() }

// FocusGained shows the frame.
func (c *chooser) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost removes the frame.
func (c *chooser) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune hands letters on.
func (c *chooser) TypedRune(r rune) { c.keys.rune(r) }

// TypedKey opens the choice with Enter.
func (c *chooser) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		c.onTapped()
		return
	}
	c.keys.key(e)
}

// MouseIn brightens the name.
func (c *chooser) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.Refresh() }

// MouseMoved does nothing; Fyne wants it.
func (c *chooser) MouseMoved(*desktop.MouseEvent) {}

// MouseOut darkens the name.
func (c *chooser) MouseOut() { c.hovered = false; c.Refresh() }

// Cursor says that it can be clicked.
func (c *chooser) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer is called by Fyne.
func (c *chooser) CreateRenderer() fyne.WidgetRenderer {
	r := &chooserRenderer{c: c, name: newName()}
	for i := range r.arrow {
		r.arrow[i] = canvas.NewLine(greyBright)
		r.arrow[i].StrokeWidth = 1.5
	}
	r.Refresh()
	return r
}

type chooserRenderer struct {
	c     *chooser
	name  *name
	arrow [2]*canvas.Line
}

const (
	arrowRoom = 16 // at the right of the name
	arrowHalf = 4  // half of the arrow's width
)

func (r *chooserRenderer) Objects() []fyne.CanvasObject {
	return append(r.name.objects(), r.arrow[0], r.arrow[1])
}

func (r *chooserRenderer) Destroy() {}

func (r *chooserRenderer) MinSize() fyne.Size {
	return r.name.set(r.c.text, greyBright).AddWidthHeight(arrowRoom, 0)
}

func (r *chooserRenderer) Layout(size fyne.Size) {
	r.name.place(0, 0, size)
	tip := fyne.NewPos(size.Width-arrowRoom/2-arrowHalf, size.Height/2+2)
	for i, line := range r.arrow {
		line.Position1 = tip
		line.Position2 = tip.AddXY(float32(2*i-1)*arrowHalf, -arrowHalf)
	}
}

func (r *chooserRenderer) Refresh() {
	r.name.ground.FillColor, r.name.ground.StrokeWidth = shade, 0
	if r.c.focused {
		r.name.ground.StrokeColor, r.name.ground.StrokeWidth = greyQuiet, 2
	}
	if r.c.hovered {
		r.name.ground.FillColor = greySelected
	}
	r.name.set(r.c.text, greyBright)
	r.Layout(r.c.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
