package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// meter is a thin bar that fills from the left.
type meter struct {
	widget.BaseWidget
	part float64 // 0..1
}

const meterHeight = 4

func newMeter() *meter {
	m := &meter{}
	m.ExtendBaseWidget(m)
	return m
}

// set shows a part of the whole.
func (m *meter) set(part float64) {
	if m.part != part {
		m.part = part
		m.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (m *meter) CreateRenderer() fyne.WidgetRenderer {
	r := &meterRenderer{m: m, track: canvas.NewRectangle(greyHover), done: canvas.NewRectangle(greyText)}
	r.track.CornerRadius, r.done.CornerRadius = meterHeight/2, meterHeight/2
	return r
}

type meterRenderer struct {
	m           *meter
	track, done *canvas.Rectangle
}

func (r *meterRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.track, r.done} }

func (r *meterRenderer) Destroy() {}

func (r *meterRenderer) MinSize() fyne.Size { return fyne.NewSize(40, meterHeight) }

// Layout puts the bar into the middle of the height.
func (r *meterRenderer) Layout(size fyne.Size) {
	y := (size.Height - meterHeight) / 2
	place(r.track, 0, y, size.Width, meterHeight)
	place(r.done, 0, y, size.Width*float32(min(max(r.m.part, 0), 1)), meterHeight)
}

func (r *meterRenderer) Refresh() {
	r.Layout(r.m.Size())
	canvas.Refresh(r.m)
}
