package ui

import (
	"image"
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// curve draws how a training gets on: the loss in each step, faint, and the score on places that are kept out of it,
// bright. The phases count in different units, so that each has a scale of its own, at its side.
type curve struct {
	widget.BaseWidget
	loss, heldOut []app.TrainingPoint
	scales        [2]scale // of the phases
	raster        *canvas.Raster
	buffer        *image.RGBA
}

// scale is the range of values of a phase, ok only if it has any.
type scale struct {
	from, to float64
	ok       bool
}

var curvePhases = [2]string{app.LearningNoise, app.MakingFast}

const (
	curveHeight = 156
	curveAxis   = 30 // width of the numbers at each side
	curveFoot   = 16 // for the names of the phases
	curveInset  = 3  // above and under the lines
)

func newCurve() *curve {
	c := &curve{}
	c.raster = canvas.NewRaster(c.draw)
	c.raster.ScaleMode = canvas.ImageScalePixels
	c.ExtendBaseWidget(c)
	return c
}

// set shows other points, which are in the order of their share.
func (c *curve) set(loss, heldOut []app.TrainingPoint) {
	c.loss, c.heldOut = loss, heldOut
	for i, phase := range curvePhases {
		c.scales[i] = scaleOf(phase, loss, heldOut)
	}
	c.Refresh()
}

// scaleOf covers the values of a phase. Of the loss's first, steep fall only the end is shown: the rest is what matters.
func scaleOf(phase string, lists ...[]app.TrainingPoint) scale {
	var values []float64
	for _, list := range lists {
		for _, p := range list {
			if drawn(p, phase) {
				values = append(values, p.Value)
			}
		}
	}
	if len(values) == 0 {
		return scale{}
	}
	slices.Sort(values)
	const shown = 0.95
	s := scale{values[0], values[int(shown*float64(len(values)-1))], true}
	if middle, least := (s.from+s.to)/2, s.to*0.02; s.to-s.from < least {
		s.from, s.to = middle-least/2, middle+least/2
	}
	return s
}

// drawn reports whether a point belongs to a phase and can be drawn. A score of 0 stands for none.
func drawn(p app.TrainingPoint, phase string) bool {
	return p.Phase == phase && p.Value > 0 && !math.IsInf(p.Value, 0)
}

// height is where a value lies between bottom, 0, and top, 1.
func (s scale) height(v float64) float64 { return min(max((v-s.from)/(s.to-s.from), 0), 1) }

// ends writes the range with as many digits as tell its ends apart.
func (s scale) ends() (from, to string) {
	if !s.ok {
		return "", ""
	}
	digits := min(max(int(math.Ceil(1-math.Log10(s.to-s.from))), 0), 2)
	return decimal(s.from, digits), decimal(s.to, digits)
}

// draw paints the lines into w by h device pixels.
func (c *curve) draw(w, h int) image.Image {
	if c.buffer == nil || c.buffer.Rect.Dx() != w || c.buffer.Rect.Dy() != h {
		c.buffer = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	fill(c.buffer, c.buffer.Rect, greyDeep)
	if w < 8 || h < 8 {
		return c.buffer
	}
	unit := float64(h) / float64(max(c.raster.Size().Height, 1))
	for _, part := range []float64{0.25, 0.5, 0.75} {
		y := int(part * float64(h))
		fill(c.buffer, image.Rect(0, y, w, y+1), greyPanel)
	}
	if !c.scales[0].ok && !c.scales[1].ok {
		return c.buffer
	}
	x := int(math.Round(app.FirstShare * float64(w)))
	fill(c.buffer, image.Rect(x, 0, x+max(int(unit), 1), h), greySelected)
	for i, phase := range curvePhases {
		c.line(c.loss, phase, c.scales[i], greyFaint, 1*unit)
		c.line(c.heldOut, phase, c.scales[i], greyBright, 1.75*unit)
	}
	return c.buffer
}

// line joins the points of a phase.
func (c *curve) line(points []app.TrainingPoint, phase string, s scale, ink color.NRGBA, thick float64) {
	w, h := float64(c.buffer.Rect.Dx()), float64(c.buffer.Rect.Dy())
	inset := curveInset + thick
	at := func(p app.TrainingPoint) (x, y float64) {
		return min(max(p.Share, 0), 1) * w, inset + (1-s.height(p.Value))*(h-2*inset)
	}
	var last *app.TrainingPoint
	for i := range points {
		p := &points[i]
		if !drawn(*p, phase) {
			continue
		}
		x1, y1 := at(*p)
		x0, y0 := x1-1, y1
		if last != nil {
			x0, y0 = at(*last)
		}
		stroke(c.buffer, x0, y0, x1, y1, ink, thick)
		last = p
	}
}

// stroke draws a line that never goes back, column by column, with soft edges.
func stroke(dst *image.RGBA, x0, y0, x1, y1 float64, ink color.NRGBA, thick float64) {
	slope := 0.0
	if x1 > x0 {
		slope = (y1 - y0) / (x1 - x0)
	}
	for x := int(math.Floor(x0)); x <= int(math.Floor(x1)); x++ {
		from, to := min(max(float64(x), x0), x1), min(max(float64(x+1), x0), x1)
		a, b := y0+slope*(from-x0), y0+slope*(to-x0)
		if x1 == x0 {
			a, b = y0, y1
		}
		across := thick / 2 * math.Sqrt(1+min(slope*slope, 4)) // a steep line is cut aslant
		top, bottom := min(a, b)-across, max(a, b)+across
		for y := int(math.Floor(top)); y <= int(math.Floor(bottom)); y++ {
			cover := min(bottom, float64(y+1)) - max(top, float64(y))
			blend(dst, x, y, ink, cover)
		}
	}
}

// blend lays a share of ink over a pixel, if it is one of the picture's.
func blend(dst *image.RGBA, x, y int, ink color.NRGBA, share float64) {
	if !image.Pt(x, y).In(dst.Rect) || share <= 0 {
		return
	}
	pixel := dst.Pix[dst.PixOffset(x, y):]
	for i, v := range [3]uint8{ink.R, ink.G, ink.B} {
		was := float64(pixel[i])
		pixel[i] = uint8(was + (float64(v)-was)*min(share, 1) + 0.5)
	}
}

// CreateRenderer is called by Fyne.
func (c *curve) CreateRenderer() fyne.WidgetRenderer {
	r := &curveRenderer{c: c}
	small := func(align fyne.TextAlign) *canvas.Text {
		t := canvas.NewText("", greyQuiet)
		t.TextSize, t.Alignment = 10, align
		return t
	}
	for i := range curvePhases {
		inner, outer := fyne.TextAlignTrailing, fyne.TextAlignLeading
		if i == 1 {
			inner, outer = outer, inner
		}
		r.most[i], r.least[i], r.names[i] = small(inner), small(inner), small(outer)
	}
	r.empty = small(fyne.TextAlignCenter)
	r.empty.Text = lang.L("The curve begins with the first steps.")
	r.Refresh()
	return r
}

type curveRenderer struct {
	c                  *curve
	most, least, names [2]*canvas.Text
	empty              *canvas.Text
}

func (r *curveRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{r.c.raster, r.empty}
	for i := range curvePhases {
		objects = append(objects, r.most[i], r.least[i], r.names[i])
	}
	return objects
}

func (r *curveRenderer) Destroy() {}

func (r *curveRenderer) MinSize() fyne.Size { return fyne.NewSize(160, curveHeight) }

func (r *curveRenderer) Layout(size fyne.Size) {
	const beside = 5 // between numbers and plot
	plot := size.Height - curveFoot
	line := r.empty.MinSize().Height
	place(r.c.raster, curveAxis, 0, size.Width-2*curveAxis, plot)
	for i, x := range [2]float32{0, size.Width - curveAxis + beside} {
		place(r.most[i], x, -2, curveAxis-beside, line)
		place(r.least[i], x, plot-line+2, curveAxis-beside, line)
		r.names[i].Text = elided(phaseWord(curvePhases[i]), size.Width/2-beside, r.names[i].TextSize)
		place(r.names[i], 0, plot+2, size.Width, line)
	}
	place(r.empty, 0, (plot-line)/2, size.Width, line)
}

func (r *curveRenderer) Refresh() {
	c := r.c
	for i, s := range c.scales {
		r.least[i].Text, r.most[i].Text = s.ends()
		r.names[i].Color = greyFaint
		if s.ok {
			r.names[i].Color = greyQuiet
		}
	}
	r.empty.Hidden = c.scales[0].ok || c.scales[1].ok
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
