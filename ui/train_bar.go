package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// phaseBar shows how far a training is, in one piece for each of its two phases.
type phaseBar struct {
	widget.BaseWidget
	change float64 // where the second phase begins, 0..1
	share  float64 // that is done
}

const (
	phaseBarHeight = 5
	phaseBarGap    = 3
)

func newPhaseBar() *phaseBar {
	b := &phaseBar{change: 0.7}
	b.ExtendBaseWidget(b)
	return b
}

func (b *phaseBar) set(change, share float64) {
	if b.change != change || b.share != share {
		b.change, b.share = change, share
		b.Refresh()
	}
}

// CreateRenderer is called by Fyne.
func (b *phaseBar) CreateRenderer() fyne.WidgetRenderer {
	r := &phaseBarRenderer{b: b}
	for i := range r.grounds {
		r.grounds[i], r.fills[i] = canvas.NewRectangle(greyRaised), canvas.NewRectangle(greyText)
		r.grounds[i].CornerRadius, r.fills[i].CornerRadius = phaseBarHeight/2., phaseBarHeight/2.
	}
	return r
}

type phaseBarRenderer struct {
	b              *phaseBar
	grounds, fills [2]*canvas.Rectangle
}

func (r *phaseBarRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.grounds[0], r.fills[0], r.grounds[1], r.fills[1]}
}

func (r *phaseBarRenderer) Destroy() {}

func (r *phaseBarRenderer) MinSize() fyne.Size { return fyne.NewSize(80, phaseBarHeight) }

func (r *phaseBarRenderer) Layout(size fyne.Size) {
	room := size.Width - phaseBarGap
	first := room * float32(r.b.change)
	x := float32(0)
	for i, part := range [2]struct{ width, done float32 }{
		{first, filled(r.b.share, 0, r.b.change)}, {room - first, filled(r.b.share, r.b.change, 1)},
	} {
		place(r.grounds[i], x, 0, part.width, size.Height)
		place(r.fills[i], x, 0, part.width*part.done, size.Height)
		r.fills[i].Hidden = part.done == 0
		x += part.width + phaseBarGap
	}
}

// filled is how much of the part from..to of the whole is done.
func filled(share, from, to float64) float32 {
	if to <= from {
		return 0
	}
	return float32(min(max((share-from)/(to-from), 0), 1))
}

func (r *phaseBarRenderer) Refresh() {
	r.Layout(r.b.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
