package meta

import (
	"bytes"

	"blindspot/core/say"
)

// shrink rebuilds a block that is too large of its tags, without what does not fit: first of all the maker's notes.
func shrink(block []byte, t Target) ([]byte, []say.Text) {
	s, err := openStructure(bytes.NewReader(block), int64(len(block)))
	if err != nil {
		return unreadable(t)
	}
	d := s.draft(func(uint16) bool { return true })
	if t.Done != nil {
		d.main.set(textValue(tagSoftware, t.Done.Software))
	}
	var notes []say.Text
	if d.maker != nil && len(d.bytes()) > t.Max {
		notes = append(notes, say.Textf("the maker's notes of %d kB did not fit and have been left out", (len(d.maker.data)+999)/1000))
		d.maker = nil
	}
	out := d.bytes()
	if len(out) <= t.Max {
		return out, notes
	}
	for len(out) > t.Max {
		if !d.dropLargest() {
			out, _ = CarryEXIF(nil, t)
			return out, []say.Text{say.Textf("the EXIF data did not fit and has been left out")}
		}
		out = d.bytes()
	}
	return out, append(notes, say.Textf("some long EXIF entries did not fit and have been left out"))
}
