package ui

import (
	"image"
	"math"

	"blindspot/app"
)

// zoomStops are what the wheel steps through, besides Fit.
var zoomStops = []float64{1. / 16, 1. / 12, 1. / 8, 1. / 6, 1. / 4, 1. / 3, 1. / 2, 2. / 3, 1, 1.5, 2, 3, 4, 6, 8}

// lens says which part of the photo lies where on the screen. All lengths on the screen are device pixels; a pane is the
// whole viewer, or either half of it when pictures stand side by side. Positions in a pane count from its top left.
type lens struct {
	photo image.Point // size of the photo, zero if there is none
	pane  image.Point // size of a pane
	fit   bool        // zoom follows the size of the pane
	most  float64     // largest zoom of fit: 1, or 2 on a screen with twice the pixels, so that small photos are not tiny
	zoom  float64     // device pixels per pixel of the photo
	x, y  float64     // point of the photo that lies in the middle of the pane
}

// show starts with a new photo, wholly visible.
func (l *lens) show(photo image.Point) {
	l.photo, l.fit = photo, true
	l.x, l.y = float64(photo.X)/2, float64(photo.Y)/2
	l.settle()
}

// resize tells the size of a pane.
func (l *lens) resize(pane image.Point) {
	l.pane = pane
	l.settle()
}

// fitZoom shows the whole photo, but does not enlarge it beyond the size that it has on an ordinary screen.
func (l *lens) fitZoom() float64 {
	if l.photo.X == 0 || l.photo.Y == 0 {
		return 1
	}
	return min(max(l.most, 1), float64(l.pane.X)/float64(l.photo.X), float64(l.pane.Y)/float64(l.photo.Y))
}

// settle brings zoom and middle into their limits: a photo larger than the pane covers it, a smaller one is centred.
func (l *lens) settle() {
	if l.fit {
		l.zoom = l.fitZoom()
	}
	l.x = settled(l.x, l.photo.X, l.pane.X, l.zoom)
	l.y = settled(l.y, l.photo.Y, l.pane.Y, l.zoom)
}

func settled(at float64, photo, pane int, zoom float64) float64 {
	half := float64(pane) / 2 / zoom
	if 2*half >= float64(photo) {
		return float64(photo) / 2
	}
	return min(max(at, half), float64(photo)-half)
}

// origin is where the photo's top left corner lies in the pane, in whole device pixels, so that at 100 % each pixel of
// the photo is exactly one of the screen.
func (l *lens) origin() image.Point {
	return image.Pt(int(math.Round(float64(l.pane.X)/2-l.x*l.zoom)), int(math.Round(float64(l.pane.Y)/2-l.y*l.zoom)))
}

// pixelAt is the pixel of the photo at a place in the pane; ok is false beside the photo.
func (l *lens) pixelAt(p image.Point) (at image.Point, ok bool) {
	o := l.origin()
	at.X = int(math.Floor((float64(p.X-o.X) + 0.5) / l.zoom))
	at.Y = int(math.Floor((float64(p.Y-o.Y) + 0.5) / l.zoom))
	return at, at.In(image.Rectangle{Max: l.photo})
}

// view is the visible part of the photo.
func (l *lens) view() app.View {
	w, h := float64(l.pane.X)/2/l.zoom, float64(l.pane.Y)/2/l.zoom
	r := image.Rect(int(math.Floor(l.x-w)), int(math.Floor(l.y-h)), int(math.Ceil(l.x+w)), int(math.Ceil(l.y+h)))
	return app.View{Visible: r.Intersect(image.Rectangle{Max: l.photo}), Centre: image.Pt(int(l.x), int(l.y))}
}

// pan moves the picture by device pixels.
func (l *lens) pan(dx, dy float64) {
	l.x -= dx / l.zoom
	l.y -= dy / l.zoom
	l.settle()
}

// setFit shows the whole photo.
func (l *lens) setFit() {
	l.fit = true
	l.settle()
}

// setZoom zooms so that the point of the photo at a place in the pane stays there.
func (l *lens) setZoom(zoom float64, at image.Point) {
	dx, dy := float64(at.X)-float64(l.pane.X)/2, float64(at.Y)-float64(l.pane.Y)/2
	l.x += dx/l.zoom - dx/zoom
	l.y += dy/l.zoom - dy/zoom
	l.zoom, l.fit = zoom, false
	l.settle()
}

// middle is the middle of the pane.
func (l *lens) middle() image.Point { return l.pane.Div(2) }

// step zooms to the next stop, in or out. Fit is a stop too, and the least.
func (l *lens) step(in bool, at image.Point) {
	const same = 1e-6
	fit := l.fitZoom()
	if in {
		for _, stop := range zoomStops {
			if stop > l.zoom+same {
				l.setZoom(stop, at)
				return
			}
		}
		return
	}
	for i := len(zoomStops) - 1; i >= 0; i-- {
		if stop := zoomStops[i]; stop < l.zoom-same && stop > fit+same {
			l.setZoom(stop, at)
			return
		}
	}
	l.setFit()
}
