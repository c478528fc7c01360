package app

import (
	"image"

	"blindspot/core/colour/icc"
	"blindspot/core/photo"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// screenColours is the way from a photo's colours to those of the screen, nil where they are the same or nobody knows: the
// photo's notes then say why. Only pictures for the eye go this way.
func screenColours(p *photo.Photo) *icc.Transform {
	if p.Meta.ICC == nil {
		return nil
	}
	t, err := icc.ToSRGB(p.Meta.ICC, p.Image.C)
	if err != nil {
		p.Notes = append(p.Notes, say.Textf("%v, so that colours may look wrong", err))
	}
	return t
}

// screenPicture renders a result for the screen: strengths and rounding as in an export, then the colours.
func screenPicture(r cellResult, s Settings, im *pixel.Image, colours *icc.Transform) (*image.RGBA, error) {
	picture, err := r.picture(s, im)
	if err == nil {
		colours.RGBA(picture, picture.Rect)
	}
	return picture, err
}

// notice tells what of a photo could not be read, nothing if all could.
func notice(p *photo.Photo) Message {
	if len(p.Notes) == 0 {
		return Message{}
	}
	return Message{Text: say.Sentence(say.Join(p.Notes, "; ")), Problem: true}
}
