package ui

import (
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// showCrops follows the crops and snapshots.
func (p *runPage) showCrops(state app.TrainingState) {
	pictures := make([]image.Image, len(state.Crops))
	for i, c := range state.Crops {
		pictures[i] = c.Before
	}
	p.thumbs.set(pictures)
	change := slices.IndexFunc(state.Snapshots, func(s app.TrainingSnapshot) bool { return s.Phase == app.MakingFast })
	p.scrubber.set(len(state.Snapshots), max(change, 0), p.viewedIn(state.Snapshots))
	if p.pictures.Visible() != (len(state.Crops) > 0) {
		p.pictures.Hidden = len(state.Crops) == 0
		p.leftSide.Refresh()
	}
	p.track.Hidden = len(state.Snapshots) == 0
	setText(p.waiting, "")
	if len(state.Crops) == 0 && state.Status != app.Failed {
		setText(p.waiting, lang.L("Your photos appear here as soon as the first ones are read."))
	}
	p.showCrop()
}

// viewedIn finds the snapshot that is looked at among others, or what is left near it: they are thinned as they grow.
func (p *runPage) viewedIn(snapshots []app.TrainingSnapshot) int {
	i := slices.IndexFunc(snapshots, func(s app.TrainingSnapshot) bool { return s.Share >= p.viewed.Share })
	if i < 0 {
		return len(snapshots) - 1
	}
	return i
}

// showCrop shows the chosen crop as it was at the chosen moment.
func (p *runPage) showCrop() {
	state := p.session.Training()
	if p.thumbs.chosen >= len(state.Crops) {
		return
	}
	crop := state.Crops[p.thumbs.chosen]
	p.cropPhoto.set(baseName(crop.Photo))
	after := p.session.TrainingCrop(p.scrubber.snapshot(), p.thumbs.chosen)
	progress := ""
	if after == nil {
		after, progress = crop.Before, lang.L("coming soon")
	}
	p.crop.setProgress(progress)
	p.showMoment(state.Snapshots)
	if crop.Before == p.before && after == p.after {
		return
	}
	if crop.Before != p.before {
		p.crop.setPictures(app.PictureOf(crop.Before), app.PictureOf(after))
	} else {
		p.crop.replacePictures(p.crop.before, app.PictureOf(after))
	}
	p.before, p.after = crop.Before, after
}

// showMoment says of when the picture is.
func (p *runPage) showMoment(snapshots []app.TrainingSnapshot) {
	setButton(p.newest, p.scrubber.snapshot() >= 0)
	i := p.scrubber.chosen
	if i < 0 || i >= len(snapshots) {
		setText(p.moment, lang.L("The first result comes in a few seconds."))
		return
	}
	s := snapshots[i]
	p.viewed = s
	text := lang.L("{{.Phase}}, after {{.Time}}", with{"Phase": phaseWord(s.Phase), "Time": stopwatch(s.At)})
	if p.scrubber.snapshot() < 0 {
		text += "  ·  " + lang.L("newest")
	}
	if text != p.moment.Text {
		p.moment.Text = text
		p.leftSide.Refresh()
	}
}

// stopwatch is a short time in minutes and seconds, a long one in hours and minutes.
func stopwatch(d time.Duration) string {
	if d < 10*time.Minute {
		return lang.L("{{.M}}:{{.S}} min", with{"M": int(d.Minutes()), "S": twoDigits(int(d.Seconds()) % 60)})
	}
	return span(d)
}
