package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// CreateRenderer is called by Fyne.
func (p *strip) CreateRenderer() fyne.WidgetRenderer {
	r := &stripRenderer{
		p: p, ground: canvas.NewRectangle(greyPanel), count: quiet("", fyne.TextAlignCenter),
		bar: canvas.NewRectangle(greySelected), frame: newFrame(), rows: container.NewWithoutLayout(),
	}
	r.clip = container.NewClip(r.rows)
	r.bar.CornerRadius = 2
	return r
}

// stripRenderer has as many rows as are seen at once; photo i is shown by row i modulo their number, so that scrolling
// changes only what comes in.
type stripRenderer struct {
	p      *strip
	ground *canvas.Rectangle
	count  *canvas.Text
	rows   *fyne.Container
	clip   *container.Clip
	pool   []*stripRowObjects
	bar    *canvas.Rectangle
	frame  *canvas.Rectangle // around all while the strip has the keyboard
}

func (r *stripRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.clip, r.count, r.bar, r.frame}
}

func (r *stripRenderer) Destroy() {}

func (r *stripRenderer) MinSize() fyne.Size { return fyne.NewSize(stripWidth, stripHead+stripRow) }

func (r *stripRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.frame.Resize(size)
	place(r.count, 0, 7, stripWidth, 16)
	place(r.clip, 0, stripHead, size.Width, r.p.room())
	r.rows.Resize(fyne.NewSize(size.Width, r.p.room()))
	for need := int(r.p.room()/stripRow) + 2; len(r.pool) < need; {
		row := newStripRow()
		r.pool = append(r.pool, row)
		r.rows.Objects = append(r.rows.Objects, row.objects()...)
	}
	r.arrange()
}

// arrange puts the rows where they are seen.
func (r *stripRenderer) arrange() {
	if len(r.pool) == 0 {
		return
	}
	from, to := r.p.seen()
	for i := from; i < from+len(r.pool); i++ {
		if row := r.pool[i%len(r.pool)]; i < to {
			row.show(r.p, i, float32(i)*stripRow-r.p.offset)
		} else {
			row.hide()
		}
	}
	r.frame.Hidden = !r.p.focused
	setText(r.count, r.p.count())
	r.bar.Hidden = r.p.last() == 0
	if !r.bar.Hidden {
		thumb := r.p.thumb()
		y := stripHead + r.p.offset/r.p.last()*(r.p.room()-thumb)
		place(r.bar, r.p.Size().Width-5, y, 3, thumb)
	}
}

func (r *stripRenderer) Refresh() {
	r.arrange()
	canvas.Refresh(r.p)
}
