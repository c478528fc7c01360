package app

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Left to itself the program denoises a photo with the model of the user's that was trained on photos of the same camera
// at about the same ISO, and with the one that comes with the program where there is none: noise depends on the sensor and
// its amplification more than on anything else.

// isoReach is how far beyond the ISO values of its training a model still fits, as a factor: half a stop.
const isoReach = math.Sqrt2

// AutomaticChoice tells of the choice that the program makes.
type AutomaticChoice struct {
	On     bool   // the choice is left to the program
	Model  string // what it chooses, or would choose, for the photo that is open
	Chosen string // what denoises, or is being loaded
	Fits   bool   // that model was trained for this camera and ISO
	Own    bool   // there are models of the user's at all
	Camera string // of the photo, empty if there is none or it does not say
	ISO    int    // of the photo
	// LeastISO and MostISO are those of the model's training, 0 where it does not know.
	LeastISO, MostISO int
}

// Automatic tells of the choice that the program makes or would make.
func (s *Session) Automatic() AutomaticChoice {
	best := s.suitable()
	c := AutomaticChoice{On: s.modelIndex(s.models.wish) < 0, Model: best.name, Chosen: s.models.chosen, Fits: best.fits}
	if photo, ok := s.Photo(); ok {
		c.Camera, c.ISO = photo.Camera, photo.ISO
	}
	for _, m := range s.options.Models {
		c.Own = c.Own || m.info.Path != ""
		if m.Name == best.name && len(m.info.ISO) > 0 {
			c.LeastISO, c.MostISO = slices.Min(m.info.ISO), slices.Max(m.info.ISO)
		}
	}
	return c
}

// ChooseAutomatic leaves the choice of the model to the program, for this photo and those that are opened from now on.
func (s *Session) ChooseAutomatic() { s.wishModel("") }

// match says how well a model suits a photo.
type match struct {
	name string
	fits bool

	distance float64 // in stops from the nearest ISO that the model knows
	cameras  int
	made     int64 // when, seconds
}

// suitable is the model that suits the open photo.
func (s *Session) suitable() match {
	photo, _ := s.Photo()
	return s.suitableFor(photo.Camera, photo.ISO, s.settings.Mode)
}

// suitableFor is the model that suits a photo: the nearest in ISO of the user's models that fit, of these the one for
// the fewest cameras, of these the newest. Without such a one it is the first of the list; its name is empty if there is none.
func (s *Session) suitableFor(camera string, iso int, mode Mode) match {
	var fitting []match
	for _, m := range s.options.Models {
		// A model without the fast network would leave the photo as it is.
		if fit, ok := m.info.suits(camera, iso); ok && (m.info.Fast || mode != Fast) {
			fitting = append(fitting, fit)
		}
	}
	switch {
	case len(fitting) > 0:
		return slices.MinFunc(fitting, func(a, b match) int {
			return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.cameras, b.cameras), cmp.Compare(b.made, a.made))
		})
	case len(s.options.Models) > 0:
		return match{name: s.options.Models[0].Name}
	}
	return match{}
}

// suits says whether a model of the user's was trained for photos like this one. Where photo or model do not know their
// ISO the camera alone counts.
func (i *ModelInfo) suits(camera string, iso int) (match, bool) {
	same := func(other string) bool { return strings.EqualFold(strings.TrimSpace(other), strings.TrimSpace(camera)) }
	if i.Path == "" || camera == "" || !slices.ContainsFunc(i.Cameras, same) {
		return match{}, false
	}
	m := match{name: i.Name, fits: true, cameras: len(i.Cameras), made: i.Date.Unix()}
	if iso <= 0 || len(i.ISO) == 0 {
		return m, true
	}
	least, most := float64(slices.Min(i.ISO)), float64(slices.Max(i.ISO))
	v := float64(iso)
	m.distance = math.Inf(1)
	for _, known := range i.ISO {
		m.distance = min(m.distance, math.Abs(math.Log2(v/float64(known))))
	}
	return m, v >= least/isoReach && v <= most*isoReach
}
