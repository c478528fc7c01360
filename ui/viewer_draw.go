package ui

import (
	"image"
	"math"
)

// dividerX is the device column at which the denoised half of the split begins.
func (v *viewer) dividerX() int { return int(math.Round(v.divider * float64(v.frame.X))) }

// draw paints one frame of w by h device pixels. Fyne calls it on its own goroutine and copies the result before the
// next call.
func (v *viewer) draw(w, h int) image.Image {
	if v.buffer == nil || v.buffer.Rect.Dx() != w || v.buffer.Rect.Dy() != h {
		v.buffer = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	v.setFrame(image.Pt(w, h)) // rounding may differ by a pixel from what Resize assumed
	fill(v.buffer, v.buffer.Rect, greyPit)
	if v.before != nil {
		v.drawPanes()
	}
	v.onFrame()
	return v.buffer
}

func (v *viewer) drawPanes() {
	whole, origin := v.buffer.Rect, v.lens.origin()
	after := v.after
	if v.held {
		after = v.before
	}
	switch v.mode {
	case sideBySide:
		pane := v.paneSize()
		shift := image.Pt(v.frame.X-pane.X, 0)
		left := image.Rectangle{Max: pane}
		before := v.before
		if v.besideCompanion() && v.companion != nil {
			before = v.companion
		}
		drawPhoto(v.buffer, left, before, origin, v.lens.zoom)
		drawPhoto(v.buffer, left.Add(shift), after, origin.Add(shift), v.lens.zoom)
		fill(v.buffer, image.Rect(pane.X, 0, shift.X, v.frame.Y), greyDeep)
	case splitView:
		if v.held {
			drawPhoto(v.buffer, whole, v.before, origin, v.lens.zoom)
			return
		}
		x := v.dividerX()
		drawPhoto(v.buffer, image.Rect(0, 0, x, v.frame.Y), v.before, origin, v.lens.zoom)
		drawPhoto(v.buffer, image.Rect(x, 0, v.frame.X, v.frame.Y), after, origin, v.lens.zoom)
		v.drawDivider(x)
	case removedView:
		clip := drawPhoto(v.buffer, whole, v.before, origin, v.lens.zoom)
		if !v.held {
			drawRemoved(v.buffer, v.scratchFrame(), clip, v.after, origin, v.lens.zoom)
		}
	case sensitivityView:
		if v.held {
			drawPhoto(v.buffer, whole, v.before, origin, v.lens.zoom)
		} else if v.companion != nil {
			drawPhoto(v.buffer, whole, v.companion, origin, v.lens.zoom)
		}
	default:
		picture := after
		if v.original {
			picture = v.before
		}
		drawPhoto(v.buffer, whole, picture, origin, v.lens.zoom)
	}
}

// scratchFrame is a second frame of the buffer's size.
func (v *viewer) scratchFrame() *image.RGBA {
	if v.scratch == nil || v.scratch.Rect != v.buffer.Rect {
		v.scratch = image.NewRGBA(v.buffer.Rect)
	}
	return v.scratch
}

// drawDivider draws a light line between two dark ones, so that it stands out on any picture.
func (v *viewer) drawDivider(x int) {
	x = min(max(x, 1), v.frame.X-2)
	width := max(int(math.Round(float64(v.scale()))), 1)
	fill(v.buffer, image.Rect(x-2*width/2-width/2, 0, x+width+width/2+1, v.frame.Y), greyPit)
	fill(v.buffer, image.Rect(x-width/2, 0, x-width/2+width, v.frame.Y), greyBright)
}
