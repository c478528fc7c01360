package ui

import (
	"fmt"
	"os"

	"fyne.io/fyne/v2"

	"blindspot/app"
)

// Restore begins with what was open the last time. It reports false if there is nothing, or the user does not want it.
func (w *Window) Restore() bool {
	if !w.session.Restore(w.lastTime) {
		return false
	}
	w.trace.begin("opened", w.lastTime.Open)
	w.resume = &w.lastTime
	return true
}

// UseScale has everything in the window drawn larger or smaller. It must come before Fyne starts; a scale in the environment
// comes first.
func UseScale(scale float32) error {
	const variable = "FYNE_SCALE"
	if scale == 1 || os.Getenv(variable) != "" {
		return nil
	}
	if err := os.Setenv(variable, fmt.Sprint(scale)); err != nil {
		return fmt.Errorf("set the size of the window's text: %w", err)
	}
	return nil
}

// startAs gives the window the size that it had, within what a screen may be.
func (w *Window) startAs(s app.WindowState) {
	size := startSize
	if s.Width > 0 && s.Height > 0 {
		size = fyne.NewSize(min(s.Width, maxStart), min(s.Height, maxStart))
	}
	w.win.Resize(size)
	w.stripOff = s.StripOff
}

// maxStart is the longest side that a window begins with: the screen may be a smaller one than the last time.
const maxStart = 4000

// remember tells the session how the window stands.
func (w *Window) remember() {
	size, l := w.win.Canvas().Size(), &w.viewer.lens
	w.session.SetWindow(app.WindowState{
		Width: size.Width, Height: size.Height, StripOff: w.stripOff,
		Fit: l.fit, Zoom: l.zoom, X: l.x, Y: l.y,
	})
}

// resumeView zooms into the photo that was open the last time as it was zoomed then.
func (w *Window) resumeView(path string) {
	last := w.resume
	if last == nil {
		return
	}
	if s := last.Window; path == last.Open && !s.Fit && s.Zoom > 0 {
		w.viewer.resume(s.Zoom, s.X, s.Y)
	}
	if w.session.Opening() == "" { // a glimpse may still give way to a picture of another size
		w.resume = nil
	}
}

// resume shows a part of the photo.
func (v *viewer) resume(zoom, x, y float64) {
	v.lens.fit, v.lens.zoom, v.lens.x, v.lens.y = false, min(max(zoom, zoomStops[0]), zoomStops[len(zoomStops)-1]), x, y
	v.lens.settle()
	v.moved()
}
