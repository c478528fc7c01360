package app

import (
	"image"

	"blindspot/core/colour/icc"
	"blindspot/core/pixel"
)

// CompanionKind says what a companion shows.
type CompanionKind int

// The companions of a photo.
const (
	NoCompanion CompanionKind = iota
	Sensitivity               // how much the result depends on the hole
	OtherHole                 // the result at another hole
	OtherModel                // the result of another model
)

// Companion is one more picture of the photo besides the noisy and the denoised one. It is made only while it is wanted.
// All but that of another model come from results that the slider needs anyway, and only in the modes of the teacher:
// Fast has no holes.
type Companion struct {
	Kind  CompanionKind
	Hole  Hole   // of OtherHole
	Model string // of OtherModel, its name
}

// sensitivityGain makes the spread of the stops, in levels of 255, visible: a difference of a quarter is white.
const sensitivityGain = 4

// look says what of a result is painted.
type look struct {
	kind     CompanionKind // NoCompanion for the denoised picture
	settings Settings      // zero where they do not matter
}

// lookOf is how a companion is painted beside a picture of the given settings.
func (c Companion) lookOf(s Settings) look {
	if c.Kind != OtherHole {
		return look{kind: c.Kind}
	}
	s.Mode, s.Hole = Tunable, c.Hole
	return look{OtherHole, s}
}

// paint renders a result for the screen.
func (l look) paint(r cellResult, im *pixel.Image, colours *icc.Transform) (*image.RGBA, error) {
	if l.kind == Sensitivity {
		return r.spread(), nil
	}
	return screenPicture(r, l.settings, im, colours)
}

// spread paints how far the stops of the slider lie apart, in gray.
func (c engineCell) spread() *image.RGBA {
	tile := c.Spread()
	picture := takePicture(tile.W, tile.H)
	for i, v := range tile.Pix {
		gray := uint8(min(v*sensitivityGain+0.5, 255))
		out := picture.Pix[4*i:][:4]
		out[0], out[1], out[2], out[3] = gray, gray, gray, 255
	}
	return picture
}

// companion is the part of a preview that paints the companion. Its fields belong to the session's goroutine.
type companion struct {
	want    Companion
	look    look
	picture *Pyramid // nil while it is not wanted, not possible, or its memory is not there yet
	shown   []uint64 // per cell the version that is on the picture
	version uint64   // counts looks
	since   uint64   // version with which the picture began: older ones were of another picture
}

// SetCompanion says which companion is wanted from now on.
func (s *Session) SetCompanion(want Companion) {
	c := &s.preview.companion
	if want.Kind != OtherModel {
		want.Model = ""
	}
	if want == c.want {
		return
	}
	same := want.Kind == c.want.Kind && c.picture != nil
	c.want = want
	s.beside.show(want.Model)
	if same {
		c.follow(s.settings)
	} else {
		s.preview.renewCompanion()
	}
	s.preview.publish()
	s.changed(PixelsChanged)
}

// CompanionPicture is the companion as far as it has come, nil while there is none. A part of it that has not arrived is
// black, or the noisy photo where another hole or model is shown. It changes in place.
func (s *Session) CompanionPicture() *Pyramid {
	if s.preview.companion.want.Kind == OtherModel {
		return s.beside.picture
	}
	return s.preview.companion.picture
}

// follow takes over new settings.
func (c *companion) follow(s Settings) {
	if l := c.want.lookOf(s); l != c.look {
		c.look = l
		c.version++
	}
}

// fresh reports whether a cell needs no painting.
func (c *companion) fresh(cell int) bool { return c.picture == nil || c.shown[cell] == c.version }

// renewCompanion begins the companion anew. The memory of its picture is made ready in the background: for a large photo
// that takes long enough to be felt.
func (p *preview) renewCompanion() {
	c := &p.companion
	c.picture, c.shown = nil, nil
	c.version++
	c.since, c.look = c.version, c.want.lookOf(p.s.settings)
	if c.want.Kind == NoCompanion || c.want.Kind == OtherModel || len(p.cells) == 0 || p.failed || familyOf(p.s.settings.Mode) != teacherFamily {
		return
	}
	kind, since, before := c.want.Kind, c.since, p.s.photo.before
	p.s.spawn(func() {
		var picture *Pyramid
		if kind == OtherHole {
			picture = before.overlay()
		} else {
			picture = before.blank()
		}
		p.s.mail.post(func() {
			if c.since == since {
				c.picture, c.shown = picture, make([]uint64, len(p.cells))
				p.publish()
				p.s.changed(PixelsChanged)
			}
		})
	})
}
