package ui

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// changed brings the window up to date with the session.
func (w *Window) changed(c app.Change) {
	if w.closed || w.status == nil { // the session's first words come before the window is built
		return
	}
	if c&app.PhotoChanged != 0 {
		w.photoChanged()
	}
	if c&(app.AlbumChanged|app.PhotoChanged) != 0 {
		w.showStrip()
	}
	if c&app.ThumbnailsChanged != 0 {
		w.strip.Refresh()
		w.queue.show()
	}
	if c&(app.NoiseChanged|app.SettingsChanged|app.PhotoChanged|app.ModelChanged) != 0 {
		w.panel.showSuggestion()
	}
	if c&(app.NoiseChanged|app.PhotoChanged) != 0 {
		w.panel.noise.show(w.session.Noise())
	}
	if c&app.SettingsChanged != 0 {
		w.panel.showSettings()
		w.showSteps()
	}
	if c&(app.ModelChanged|app.PhotoChanged) != 0 {
		w.panel.showModel()
	}
	if c&app.ModelChanged != 0 {
		w.modelsChanged()
		w.status.showPhoto()
	}
	if c&app.JobsChanged != 0 {
		w.status.showExports()
		w.queue.show()
	}
	if c&app.ExportsEnded != 0 {
		w.exportsEnded()
	}
	if c&app.TrainingChanged != 0 {
		w.trainingChanged()
	}
	if c&app.MessageChanged != 0 {
		w.messageChanged()
	}
	if c&(app.PixelsChanged|app.PhotoChanged|app.ModelChanged|app.SettingsChanged) != 0 {
		w.progressed()
	}
	if c&(app.PixelsChanged|app.PhotoChanged|app.ModelChanged) != 0 {
		w.viewer.repaint()
		w.status.showPixel(w.pixel, w.hovering)
	}
}

// newsLasts is how long good news stays on the photo. Problems stay until they are dismissed.
const newsLasts = 6 * time.Second

func (w *Window) messageChanged() {
	w.status.showMessage()
	m := w.session.Message()
	if m.Text.Empty() || m.Problem {
		return
	}
	w.trace.note("saved", m.Text.String())
	time.AfterFunc(newsLasts, func() {
		w.bridge.run(func() {
			if w.session.Message() == m {
				w.session.DismissMessage()
			}
		})
	})
}

func (w *Window) photoChanged() {
	info, open := w.session.Photo()
	before, after := w.session.Pictures()
	if before != w.viewer.before { // not when only the reading of another photo begins or fails
		if info.Path == w.shown && before != nil { // a glimpse gives way to its photo
			w.viewer.replacePictures(before, after)
		} else {
			w.viewer.setPictures(before, after)
		}
		w.shown = info.Path
		w.resumeView(info.Path)
		w.hover(image.Point{}, false)
	}
	title := "Blindspot"
	if open {
		title = info.Name + " – Blindspot"
		w.empty.Hide()
	} else {
		w.empty.Show()
	}
	w.win.SetTitle(title)
	w.status.showPhoto()
	w.panel.enableExport()
	w.showRecent()
}

// progressed says what the pictures are and how far they have come.
func (w *Window) progressed() {
	p := w.session.Preview()
	text := ""
	switch {
	case !p.Possible && !w.session.Model().Loading:
		text = lang.L("not denoised")
	case p.Waiting > 0:
		text = ofText(p.Total-p.Waiting, p.Total)
	}
	w.viewer.setProgress(text)
	w.viewer.setResult(w.result())
	w.viewer.setRivals(w.rivals())
	w.viewer.setNotice(w.whyNoSensitivity())
	w.viewer.setCompanion(w.session.CompanionPicture())
	if waiting := !p.Possible || p.Total == 0 || p.Waiting > 0; waiting != w.waiting {
		w.waiting = waiting
		if !waiting {
			w.trace.layout(map[string]fyne.CanvasObject{
				"viewer": w.viewer, "hole": w.panel.hole, "mode": w.panel.mode, "luminance": w.panel.luma,
				"colour": w.panel.colour, "strip": w.strip, "compare": w.compare, "zoom": w.zoom,
				"offer": w.training.offers.content,
			})
			w.trace.note("preview", "")
		}
	}
}

// result says what makes the denoised picture, and whether it could be made at other holes.
func (w *Window) result() (name string, holes bool) {
	s := w.session.Settings()
	if s.Mode == app.Tunable {
		return holeName(s.Hole), w.session.Preview().Possible
	}
	return settingsName(s), s.Mode != app.Fast && w.session.Preview().Possible
}

// whyNoSensitivity says why the sensitivity cannot be shown, nothing if it can.
func (w *Window) whyNoSensitivity() string {
	switch {
	case w.session.Settings().Mode == app.Fast:
		return lang.L("Fast has no blind spot to vary. Choose Tunable or Average to see where it matters.")
	case !w.session.Preview().Possible && !w.session.Model().Loading && w.session.Opening() == "":
		return lang.L("Without a model there is no blind spot to vary.")
	}
	return ""
}
