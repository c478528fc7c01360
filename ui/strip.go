package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// strip is the column of the photos that were opened together. However many there are, it draws only those that are seen.
type strip struct {
	widget.BaseWidget
	session *app.Session
	onOpen  func(path string)

	offset  float32 // of the first photo's top above the column's
	hovered int     // -1 if none
	current int     // the photo that was marked last
	grabbed bool    // the scroll bar is being dragged
	marks   marks
	focused bool // it has the keyboard
	keys    *keyboard
	onKey   func(*fyne.KeyEvent) // a key of the strip's while it has the keyboard
}

var (
	_ fyne.Tappable     = (*strip)(nil)
	_ fyne.Draggable    = (*strip)(nil)
	_ fyne.Scrollable   = (*strip)(nil)
	_ desktop.Mouseable = (*strip)(nil)
	_ desktop.Hoverable = (*strip)(nil)
)

const (
	stripWidth  = 132
	stripHead   = 28 // the line that counts
	stripRow    = 104
	stripBar    = 10 // width in which the scroll bar can be grasped
	stripScroll = 4  // times what Fyne reports of the wheel
	stripLeast  = 24 // least height of the scroll bar's thumb
)

func newStrip(s *app.Session) *strip {
	p := &strip{
		session: s, onOpen: func(string) {}, onKey: func(*fyne.KeyEvent) {}, hovered: -1, current: -1, marks: marks{anchor: -1},
	}
	p.ExtendBaseWidget(p)
	return p
}

// albumChanged shows another album, or other states of its photos.
func (p *strip) albumChanged() {
	p.follow()
	p.scrollTo(p.offset)
}

// follow brings the current photo into view when it has become another one.
func (p *strip) follow() {
	current := p.session.Current()
	if current == p.current || current < 0 {
		p.current = current
		p.Refresh()
		return
	}
	p.current = current
	p.reveal(current)
}

// reveal brings a photo into view.
func (p *strip) reveal(i int) {
	top := float32(i) * stripRow
	const beside = stripRow / 2 // of the neighbour is seen too
	p.scrollTo(min(max(p.offset, top+stripRow+beside-p.room()), max(top-beside, 0)))
}

// room is the height of the part that scrolls.
func (p *strip) room() float32 { return max(p.Size().Height-stripHead, 0) }

// last is the largest offset.
func (p *strip) last() float32 {
	return max(float32(len(p.session.Album()))*stripRow-p.room(), 0)
}

func (p *strip) scrollTo(offset float32) {
	if offset = min(max(offset, 0), p.last()); offset != p.offset {
		p.offset, p.hovered = offset, -1 // another photo is under the pointer
	}
	from, to := p.seen()
	p.session.WantThumbnails(from, to)
	p.Refresh()
}

// page scrolls by whole heights, or to an end.
func (p *strip) page(by float32) { p.scrollTo(p.offset + by*(p.room()-stripRow/2)) }

// seen is the range of photos that are on the screen.
func (p *strip) seen() (from, to int) {
	if p.room() == 0 {
		return 0, 0
	}
	from = int(p.offset / stripRow)
	return from, min(int((p.offset+p.room())/stripRow)+1, len(p.session.Album()))
}

// at is the photo under a position, -1 if there is none.
func (p *strip) at(pos fyne.Position) int {
	i := int((pos.Y - stripHead + p.offset) / stripRow)
	if pos.Y < stripHead || i >= len(p.session.Album()) {
		return -1
	}
	return i
}

// Resize is told by the layout. The current photo stays in view.
func (p *strip) Resize(size fyne.Size) {
	if size != p.Size() {
		p.BaseWidget.Resize(size)
		p.current = -1
		p.follow()
		p.scrollTo(p.offset)
	}
}

// Tapped opens a photo.
func (p *strip) Tapped(e *fyne.PointEvent) {
	if i := p.at(e.Position); i >= 0 && !p.onBar(e.Position) {
		p.clicked(i, modifiers())
	}
}

// Scrolled moves the column.
func (p *strip) Scrolled(e *fyne.ScrollEvent) {
	p.scrollTo(p.offset - e.Scrolled.DY*stripScroll)
	p.hover(p.at(e.Position))
}

func (p *strip) onBar(pos fyne.Position) bool {
	return p.last() > 0 && pos.X >= p.Size().Width-stripBar && pos.Y >= stripHead
}

// MouseDown grasps the scroll bar.
func (p *strip) MouseDown(e *desktop.MouseEvent) {
	p.keys.release()
	if p.grabbed = e.Button == desktop.MouseButtonPrimary && p.onBar(e.Position); p.grabbed {
		p.drag(e.Position.Y)
	}
}

// MouseUp lets go.
func (p *strip) MouseUp(*desktop.MouseEvent) { p.grabbed = false }

// Dragged moves the column with the scroll bar.
func (p *strip) Dragged(e *fyne.DragEvent) {
	if p.grabbed {
		p.drag(e.Position.Y)
	}
}

// DragEnd lets go.
func (p *strip) DragEnd() { p.grabbed = false }

// drag puts the middle of the scroll bar's thumb at a height.
func (p *strip) drag(y float32) {
	thumb := p.thumb()
	if way := p.room() - thumb; way > 0 {
		p.scrollTo((y - stripHead - thumb/2) / way * p.last())
	}
}

// thumb is the height of the scroll bar's thumb.
func (p *strip) thumb() float32 {
	return max(p.room()*p.room()/max(p.room()+p.last(), 1), stripLeast)
}

// MouseIn begins the hovering.
func (p *strip) MouseIn(e *desktop.MouseEvent) { p.MouseMoved(e) }

// MouseMoved brightens the photo under the pointer.
func (p *strip) MouseMoved(e *desktop.MouseEvent) { p.hover(p.at(e.Position)) }

// MouseOut ends the hovering.
func (p *strip) MouseOut() { p.hover(-1) }

func (p *strip) hover(i int) {
	if p.hovered != i {
		p.hovered = i
		p.Refresh()
	}
}

// count says how many photos are marked, or which of how many is open.
func (p *strip) count() string {
	n := len(p.session.Album())
	if len(p.marks.paths) > 0 {
		return p.markText()
	}
	if p.current < 0 {
		return lang.N("{{.Count}} photos", n, with{"Count": n})
	}
	return ofText(p.current+1, n)
}
