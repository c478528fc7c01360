package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// marks are the photos of the strip that are to be exported or to leave it together.
type marks struct {
	paths  map[string]bool
	anchor int // where a range begins
	end    int // where it ends
}

// markedPhotos lists the marked photos in the order of the strip.
func (p *strip) markedPhotos() []string {
	var list []string
	for _, path := range p.session.Album() {
		if p.marks.paths[path] {
			list = append(list, path)
		}
	}
	return list
}

// unmark removes all marks; it reports whether there were any.
func (p *strip) unmark() bool {
	any := len(p.marks.paths) > 0
	p.marks = marks{anchor: -1}
	p.Refresh()
	return any
}

// markAll marks all photos.
func (p *strip) markAll() {
	p.marks.anchor = 0
	p.markTo(len(p.session.Album()) - 1)
}

// toggleMark marks a photo, or unmarks it.
func (p *strip) toggleMark(i int) {
	path := p.session.Album()[i]
	if p.marks.paths == nil {
		p.marks.paths = map[string]bool{}
	}
	if p.marks.paths[path] {
		delete(p.marks.paths, path)
	} else {
		p.marks.paths[path] = true
	}
	p.marks.anchor, p.marks.end = i, i
	p.Refresh()
}

// markTo marks the photos from the anchor, or the current photo, to another one and no others.
func (p *strip) markTo(i int) {
	if p.marks.anchor < 0 {
		p.marks.anchor = max(p.current, 0)
	}
	p.marks.end, p.marks.paths = i, map[string]bool{}
	for at := min(i, p.marks.anchor); at <= max(i, p.marks.anchor); at++ {
		p.marks.paths[p.session.Album()[at]] = true
	}
	p.Refresh()
}

// extend moves the end of the range of marks, as Shift and an arrow do.
func (p *strip) extend(by int) {
	if len(p.session.Album()) == 0 {
		return
	}
	if p.marks.anchor < 0 {
		p.marks.anchor = max(p.current, 0)
		p.marks.end = p.marks.anchor
	}
	end := min(max(p.marks.end+by, 0), len(p.session.Album())-1)
	p.markTo(end)
	p.reveal(end)
}

// clicked does what a click on a photo means with the keys that are held.
func (p *strip) clicked(i int, keys fyne.KeyModifier) {
	switch {
	case keys&fyne.KeyModifierShortcutDefault != 0:
		p.toggleMark(i)
	case keys&fyne.KeyModifierShift != 0:
		p.markTo(i)
	default:
		p.unmark()
		p.onOpen(p.session.Album()[i])
	}
}

// markText counts the marked photos.
func (p *strip) markText() string {
	return lang.L("{{.Count}} marked", with{"Count": len(p.marks.paths)})
}

// stepStrip goes to another photo, or marks up to it while Shift is held.
func (w *Window) stepStrip(by int) {
	if modifiers()&fyne.KeyModifierShift != 0 {
		w.strip.extend(by)
		return
	}
	w.strip.unmark()
	w.openNeighbour(by)
}

// dismiss does what Escape means outside of dialogs: the marks go first, then the message, then the drawer.
func (w *Window) dismiss() {
	switch {
	case w.strip.unmark():
	case !w.session.Message().Text.Empty():
		w.session.DismissMessage()
	case w.queue.content.Visible():
		w.toggleQueue()
	}
}

// leaveStrip takes the marked photos off the strip. Their files stay.
func (w *Window) leaveStrip() {
	if marked := w.strip.markedPhotos(); len(marked) > 0 {
		w.strip.unmark()
		w.session.LeaveAlbum(marked)
	}
}
