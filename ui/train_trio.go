package ui

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// trio shows a place of a photo three times at 100 %: as it is, and denoised by the old and the new model. The three
// move together when one is dragged.
type trio struct {
	widget.BaseWidget
	pictures []*app.Pyramid // two where there is no old model
	words    []string
	lens     lens
	raster   *canvas.Raster
	buffer   *image.RGBA
}

var _ fyne.Draggable = (*trio)(nil)

const (
	trioGap   = 6 // between pictures
	trioLeast = 150
)

func newTrio(pictures []image.Image, words []string) *trio {
	t := &trio{words: words}
	for _, p := range pictures {
		t.pictures = append(t.pictures, app.PictureOf(p))
	}
	size := t.pictures[0].Size()
	t.lens = lens{photo: size, zoom: 1, x: float64(size.X) / 2, y: float64(size.Y) / 2}
	t.raster = canvas.NewRaster(t.draw)
	t.raster.ScaleMode = canvas.ImageScalePixels
	t.ExtendBaseWidget(t)
	return t
}

// draw paints the pictures into w by h device pixels.
func (t *trio) draw(w, h int) image.Image {
	if t.buffer == nil || t.buffer.Rect.Dx() != w || t.buffer.Rect.Dy() != h {
		t.buffer = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	fill(t.buffer, t.buffer.Rect, greyPit)
	n := len(t.pictures)
	scale := float64(w) / float64(max(t.Size().Width, 1))
	apart := int(math.Round(trioGap * scale))
	pane := image.Pt(max((w-(n-1)*apart)/n, 1), h)
	t.lens.zoom = max(math.Floor(scale), 1)
	t.lens.resize(pane)
	for i, p := range t.pictures {
		shift := image.Pt(i*(pane.X+apart), 0)
		clip := image.Rectangle{Min: shift, Max: shift.Add(pane)}
		drawPhoto(t.buffer, clip, p, t.lens.origin().Add(shift), t.lens.zoom)
	}
	return t.buffer
}

// most is the size at which all of the pictures is seen.
func (t *trio) most() fyne.Size {
	scale := float32(1)
	if c := fyne.CurrentApp().Driver().CanvasForObject(t); c != nil {
		scale = c.Scale()
	}
	unit := max(float32(math.Floor(float64(scale))), 1) / scale
	n := float32(len(t.pictures))
	return fyne.NewSize(n*float32(t.lens.photo.X)*unit+(n-1)*trioGap, float32(t.lens.photo.Y)*unit)
}

// Dragged moves the pictures.
func (t *trio) Dragged(e *fyne.DragEvent) {
	scale := float64(t.buffer.Rect.Dx()) / float64(max(t.Size().Width, 1))
	t.lens.pan(float64(e.Dragged.DX)*scale, float64(e.Dragged.DY)*scale)
	t.raster.Refresh()
}

// DragEnd does nothing; Fyne wants it.
func (t *trio) DragEnd() {}

// CreateRenderer is called by Fyne.
func (t *trio) CreateRenderer() fyne.WidgetRenderer {
	r := &trioRenderer{t: t}
	for range t.words {
		r.names = append(r.names, newName())
	}
	return r
}

type trioRenderer struct {
	t     *trio
	names []*name
}

func (r *trioRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.t.raster}
	for _, n := range r.names {
		objects = append(objects, n.objects()...)
	}
	return objects
}

func (r *trioRenderer) Destroy() {}

func (r *trioRenderer) MinSize() fyne.Size { return fyne.NewSize(3*trioLeast, trioLeast) }

func (r *trioRenderer) Layout(size fyne.Size) {
	r.t.raster.Resize(size)
	n := float32(len(r.names))
	pane := (size.Width - (n-1)*trioGap) / n
	for i, name := range r.names {
		text := elided(r.t.words[i], pane-2*nameMargin-16, name.text.TextSize)
		name.place(float32(i)*(pane+trioGap)+nameMargin, nameMargin, name.set(text, greyBright))
	}
}

func (r *trioRenderer) Refresh() {
	r.Layout(r.t.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
