package ui

import (
	"image"
	"image/color"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"blindspot/app"
)

// stripRowObjects is what one photo of the strip is drawn with.
type stripRowObjects struct {
	path   string // of the photo that it shows
	ground *canvas.Rectangle
	empty  *canvas.Image // in place of a thumbnail that there is not
	photo  *canvas.Image
	name   *canvas.Text
	disc   *canvas.Circle // behind the badge
	badge  *canvas.Image
	mark   *canvas.Rectangle // the frame of a marked photo
	state  app.ExportState
}

const (
	rowMargin  = 8 // beside a thumbnail
	photoWidth = stripWidth - 2*rowMargin
	photoHigh  = 74
	nameSize   = 11
	badgeSize  = 20
)

func newStripRow() *stripRowObjects {
	r := &stripRowObjects{
		ground: canvas.NewRectangle(greyPanel), empty: canvas.NewImageFromResource(nil), photo: &canvas.Image{},
		name: quiet("", fyne.TextAlignCenter), disc: canvas.NewCircle(shade), badge: canvas.NewImageFromResource(nil),
		mark: canvas.NewRectangle(nil),
	}
	r.ground.CornerRadius, r.mark.CornerRadius = 4, 4
	r.mark.StrokeColor, r.mark.StrokeWidth = greyBright, 1.5
	r.name.TextSize = nameSize
	for _, i := range []*canvas.Image{r.empty, r.photo, r.badge} {
		i.FillMode = canvas.ImageFillContain
	}
	r.empty.Translucency = 0.7
	return r
}

func (r *stripRowObjects) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.empty, r.photo, r.name, r.disc, r.badge, r.mark}
}

func (r *stripRowObjects) hide() {
	for _, o := range r.objects() {
		o.Hide()
	}
}

// show draws photo i of the strip at a height. Only what is new of it is drawn again: pictures are costly.
func (r *stripRowObjects) show(p *strip, i int, y float32) {
	path := p.session.Album()[i]
	r.place(y)
	r.mark.Hidden = !p.marks.paths[path]
	switch i {
	case p.current:
		r.paint(path, greySelected, greyBright)
	case p.hovered:
		r.paint(path, greyHover, greyText)
	default:
		r.paint(path, greyPanel, greyQuiet)
	}
	r.ground.Show()
	r.name.Show()
	r.showPhoto(p.session.Thumbnail(path))
	r.showState(p.session.ExportState(path))
}

func (r *stripRowObjects) paint(path string, ground, text color.Color) {
	if r.path == path && r.ground.FillColor == ground {
		return
	}
	if r.path != path {
		r.path = path
		r.name.Text = elided(filepath.Base(path), photoWidth, nameSize)
	}
	r.ground.FillColor, r.name.Color = ground, text
	r.ground.Refresh()
	r.name.Refresh()
}

// showPhoto shows a thumbnail, a sign that it is to come, or one that there is none.
func (r *stripRowObjects) showPhoto(picture image.Image, ok bool) {
	sign := theme.FileImageIcon()
	if !ok {
		sign = theme.BrokenImageIcon()
	}
	if r.empty.Resource == nil || r.empty.Resource.Name() != sign.Name() {
		r.empty.Resource = sign
		r.empty.Refresh()
	}
	if r.photo.Image != picture {
		r.photo.Image = picture
		r.photo.Refresh()
	}
	r.empty.Hidden, r.photo.Hidden = picture != nil, picture == nil
}

// showState shows how far the photo's export is.
func (r *stripRowObjects) showState(state app.ExportState) {
	if r.state != state {
		r.state = state
		r.badge.Resource = badgeOf(state)
		r.badge.Refresh()
	}
	r.disc.Hidden, r.badge.Hidden = state == app.NotExported, state == app.NotExported
}

// badgeOf is the sign of a state, nil for none.
func badgeOf(state app.ExportState) fyne.Resource {
	return map[app.ExportState]fyne.Resource{
		app.ExportQueued: theme.HistoryIcon(), app.ExportRunning: theme.MediaPlayIcon(), app.ExportPaused: theme.MediaPauseIcon(),
		app.ExportDone: theme.ConfirmIcon(), app.ExportFailed: theme.NewErrorThemedResource(theme.ErrorIcon()),
		app.ExportCancelled: theme.CancelIcon(),
	}[state]
}

func (r *stripRowObjects) place(y float32) {
	place(r.mark, 4, y+1, stripWidth-8, stripRow-2)
	place(r.ground, 4, y+1, stripWidth-8, stripRow-2)
	place(r.photo, rowMargin, y+6, photoWidth, photoHigh)
	place(r.empty, (stripWidth-32)/2, y+6+(photoHigh-32)/2, 32, 32)
	place(r.name, rowMargin, y+6+photoHigh+3, photoWidth, 16)
	x, top := float32(stripWidth-rowMargin-badgeSize-2), y+8
	place(r.disc, x, top, badgeSize, badgeSize)
	place(r.badge, x+3, top+3, badgeSize-6, badgeSize-6)
}

// elided shortens a name in its middle, so that the number at its end stays.
func elided(name string, width, size float32) string {
	fits := func(s string) bool { return fyne.MeasureText(s, size, fyne.TextStyle{}).Width <= width }
	if fits(name) {
		return name
	}
	runes := []rune(name)
	for keep := len(runes) - 1; keep > 1; keep-- {
		first := keep / 2
		if short := string(runes[:first]) + "…" + string(runes[len(runes)-(keep-first):]); fits(short) {
			return short
		}
	}
	return "…"
}
