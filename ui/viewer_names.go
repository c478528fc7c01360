package ui

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// name is a word on the photo: light on a dark ground, readable on any picture.
type name struct {
	ground *canvas.Rectangle
	text   *canvas.Text
}

const (
	nameMargin = 10 // from the edges of the picture
	nameText   = 12
)

func newName() *name {
	n := &name{ground: canvas.NewRectangle(shade), text: canvas.NewText("", greyBright)}
	n.ground.CornerRadius = 4
	n.text.TextSize = nameText
	return n
}

// set writes the text and returns its size with the ground around it.
func (n *name) set(text string, c color.Color) fyne.Size {
	if n.text.Text != text || n.text.Color != c {
		n.text.Text, n.text.Color = text, c
		n.text.Refresh()
	}
	return n.text.MinSize().Add(fyne.NewSize(16, 6))
}

func (n *name) place(x, y float32, size fyne.Size) {
	n.ground.Move(fyne.NewPos(x, y))
	n.ground.Resize(size)
	n.text.Move(fyne.NewPos(x+8, y+3))
	n.text.Resize(size.Subtract(fyne.NewSize(16, 6)))
	n.show(true)
}

func (n *name) show(on bool) {
	if on {
		n.ground.Show()
		n.text.Show()
	} else {
		n.ground.Hide()
		n.text.Hide()
	}
}

func (n *name) objects() []fyne.CanvasObject { return []fyne.CanvasObject{n.ground, n.text} }

// viewerRenderer lays the names and the divider's handle over the raster.
type viewerRenderer struct {
	v             *viewer
	before, after *name
	left          *chooser // in place of before where it can be exchanged
	notice        *widget.Label
	handle        *canvas.Circle
	arrows        [4]*canvas.Line
	frame         *canvas.Rectangle // around all while the viewer has the keyboard
}

// CreateRenderer is called by Fyne.
func (v *viewer) CreateRenderer() fyne.WidgetRenderer {
	r := &viewerRenderer{v: v, before: newName(), after: newName(), handle: canvas.NewCircle(shade), frame: newFrame()}
	v.over = r
	r.left = newChooser(func() { v.onLeft() })
	r.left.keys = v.keys
	r.notice = widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{})
	r.notice.Wrapping = fyne.TextWrapWord
	r.handle.StrokeColor, r.handle.StrokeWidth = greyBright, 1.5
	for i := range r.arrows {
		r.arrows[i] = canvas.NewLine(greyBright)
		r.arrows[i].StrokeWidth = 1.5
	}
	return r
}

func (r *viewerRenderer) Objects() []fyne.CanvasObject {
	objects := append([]fyne.CanvasObject{r.v.raster}, r.before.objects()...)
	objects = append(objects, r.after.objects()...)
	objects = append(objects, r.left, r.notice, r.handle)
	for _, a := range r.arrows {
		objects = append(objects, a)
	}
	return append(objects, r.frame)
}

func (r *viewerRenderer) Destroy() {}

func (r *viewerRenderer) MinSize() fyne.Size { return fyne.NewSize(320, 240) }

func (r *viewerRenderer) Layout(size fyne.Size) {
	r.v.raster.Resize(size)
	r.frame.Resize(size)
	r.placeHandle()
	r.placeNames(size)
	r.placeNotice(size)
}

func (r *viewerRenderer) Refresh() {
	r.rename()
	r.v.raster.Refresh()
}

// rename brings all that lies over the raster up to date.
func (r *viewerRenderer) rename() {
	r.frame.Hidden = !r.v.focused
	r.placeHandle()
	r.placeNames(r.v.Size())
	r.placeNotice(r.v.Size())
}

// placeHandle puts the handle, a circle with an arrow to either side, on the divider.
func (r *viewerRenderer) placeHandle() {
	shown := r.v.mode == splitView && r.v.before != nil && !r.v.held
	centre := r.v.handleCentre()
	r.handle.Move(centre.SubtractXY(handleSize/2, handleSize/2))
	r.handle.Resize(fyne.NewSquareSize(handleSize))
	r.handle.Hidden = !shown
	r.handle.Refresh()
	const inner, outer, rise = 4, 9, 4.5
	for i, line := range r.arrows {
		side, up := float32(1), float32(rise)
		if i%2 == 1 {
			up = -rise
		}
		if i >= 2 {
			side = -1
		}
		line.Position1 = centre.AddXY(side*outer, 0)
		line.Position2 = centre.AddXY(side*inner, up)
		line.Hidden = !shown
		line.Refresh()
	}
}

// placeNames says which picture is where. In the split a name whose side has become too narrow for it stays, and an
// arrow says where its picture went.
func (r *viewerRenderer) placeNames(size fyne.Size) {
	v := r.v
	r.left.Hide()
	if v.before == nil {
		r.before.show(false)
		r.after.show(false)
		return
	}
	after := v.named(lang.L("After"))
	switch {
	case v.mode == sideBySide:
		r.placeSideNames(size)
	case v.held || (v.mode == singleView && v.original):
		r.before.place(nameMargin, nameMargin, r.before.set(lang.L("Before"), greyBright))
		r.after.show(false)
	case v.mode != splitView:
		r.after.place(nameMargin, nameMargin, r.after.set(v.alone(), greyBright))
		r.before.show(false)
	default:
		r.placeSplitNames(size, after)
	}
}

// placeSideNames names the two sides.
func (r *viewerRenderer) placeSideNames(size fyne.Size) {
	v := r.v
	left, right := v.sideNames()
	r.after.place(size.Width/2+nameMargin, nameMargin, r.after.set(right, greyBright))
	if !v.holes && !v.rivals.any || v.held {
		r.before.place(nameMargin, nameMargin, r.before.set(left, greyBright))
		return
	}
	r.before.show(false)
	r.left.set(left)
	r.left.Move(fyne.NewPos(nameMargin, nameMargin))
	r.left.Resize(r.left.MinSize())
	r.left.Show()
}

// named is the name of a picture with how far it is.
func (v *viewer) named(name string) string {
	if v.progress != "" {
		name += "  ·  " + v.progress
	}
	return name
}

// alone is the name of the picture that has the viewer for itself.
func (v *viewer) alone() string {
	switch {
	case v.mode == removedView:
		return v.named(fmt.Sprintf("%s ×%d", lang.L("Removed"), app.RemovedGain))
	case v.mode == sensitivityView && v.notice != "":
		return lang.L("Sensitivity")
	case v.mode == sensitivityView:
		return v.named(lang.L("Sensitivity"))
	}
	return v.named(lang.L("After"))
}

const noticeWidth = 380

// placeNotice writes the notice into the middle.
func (r *viewerRenderer) placeNotice(size fyne.Size) {
	v := r.v
	if v.mode != sensitivityView || v.before == nil || v.held || v.notice == "" {
		r.notice.Hide()
		return
	}
	if r.notice.Text != v.notice {
		r.notice.SetText(v.notice)
	}
	width := min(noticeWidth, size.Width-2*nameMargin)
	r.notice.Resize(fyne.NewSize(width, r.notice.MinSize().Height)) // its height follows from its width
	height := r.notice.MinSize().Height
	r.notice.Move(fyne.NewPos((size.Width-width)/2, (size.Height-height)/2))
	r.notice.Resize(fyne.NewSize(width, height))
	r.notice.Show()
}

func (r *viewerRenderer) placeSplitNames(size fyne.Size, after string) {
	x := float32(r.v.divider) * size.Width
	left := r.before.set(lang.L("Before"), greyBright)
	if x < left.Width+2*nameMargin {
		left = r.before.set("‹ "+lang.L("Before"), greyQuiet)
	}
	right := r.after.set(after, greyBright)
	if size.Width-x < right.Width+2*nameMargin {
		right = r.after.set(after+" ›", greyQuiet)
	}
	r.before.place(nameMargin, nameMargin, left)
	r.after.place(size.Width-nameMargin-right.Width, nameMargin, right)
}
