package ui

import "fyne.io/fyne/v2"

// Fyne's own layouts leave a margin between their parts; around a photo it would show as stripes.

// seamless puts the second object under the first one.
type seamless struct{}

// Layout gives the first object its least height and the second one the rest.
func (seamless) Layout(o []fyne.CanvasObject, size fyne.Size) {
	top := o[0].MinSize().Height
	place(o[0], 0, 0, size.Width, top)
	place(o[1], 0, top, size.Width, size.Height-top)
}

// MinSize is that of both together.
func (seamless) MinSize(o []fyne.CanvasObject) fyne.Size { return stacked(o) }

// above gives the second object, at the bottom, its least height.
type above struct{}

// Layout gives the second object its least height and the first one the rest.
func (above) Layout(o []fyne.CanvasObject, size fyne.Size) {
	bottom := o[1].MinSize().Height
	place(o[0], 0, 0, size.Width, size.Height-bottom)
	place(o[1], 0, size.Height-bottom, size.Width, bottom)
}

// MinSize is that of both together.
func (above) MinSize(o []fyne.CanvasObject) fyne.Size { return stacked(o) }

// beside puts the second object, with its least width, at the right of the first one.
type beside struct{}

const besideSeam = 1

// Layout gives the second object its least width and the first one the rest.
func (beside) Layout(o []fyne.CanvasObject, size fyne.Size) {
	right := o[1].MinSize().Width
	place(o[0], 0, 0, size.Width-right-besideSeam, size.Height)
	place(o[1], size.Width-right, 0, right, size.Height)
}

// MinSize is that of both together.
func (beside) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+b.Width+besideSeam, max(a.Height, b.Height))
}

// shelf puts the first object, with its least width, at the left of the second one while it is visible.
type shelf struct{}

// Layout gives the first object its least width and the second one the rest.
func (shelf) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left := float32(0)
	if o[0].Visible() {
		left = o[0].MinSize().Width + besideSeam
		place(o[0], 0, 0, left-besideSeam, size.Height)
	}
	place(o[1], left, 0, size.Width-left, size.Height)
}

// MinSize is that of both together.
func (shelf) MinSize(o []fyne.CanvasObject) fyne.Size {
	if !o[0].Visible() {
		return o[1].MinSize()
	}
	return beside{}.MinSize(o)
}

// drawer puts the second object, with its least height, under the first one while it is visible.
type drawer struct{}

// Layout gives the second object its least height and the first one the rest.
func (drawer) Layout(o []fyne.CanvasObject, size fyne.Size) {
	if o[1].Visible() {
		above{}.Layout(o, size)
	} else {
		place(o[0], 0, 0, size.Width, size.Height)
	}
}

// MinSize is that of the first object: the drawer comes and goes without changing the window.
func (drawer) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

// yielding puts the first object at the left and the second at the right, which gives way where both do not fit.
type yielding struct{}

const yieldingGap = 16

// Layout gives both their least width, and the first one less where there is not even that.
func (yielding) Layout(o []fyne.CanvasObject, size fyne.Size) {
	a, b := o[0].MinSize(), o[1].MinSize()
	place(o[0], 0, 0, min(a.Width, size.Width), size.Height)
	place(o[1], size.Width-b.Width, 0, b.Width, size.Height)
	if a.Width+yieldingGap+b.Width > size.Width {
		o[1].Hide()
	} else {
		o[1].Show()
	}
}

// MinSize is that of the first object.
func (yielding) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

// modest shows one object only where there is room for it, and asks for none.
type modest struct{}

// Layout gives the object all the space, or hides it.
func (modest) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	if o[0].MinSize().Width > size.Width {
		o[0].Hide()
	} else {
		o[0].Show()
	}
}

// MinSize is no wider than nothing.
func (modest) MinSize(o []fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, o[0].MinSize().Height) }

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

func stacked(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}
