package app

import (
	"fmt"
	"strings"
	"unicode"

	"blindspot/core/noise"
	"blindspot/core/say"
	"blindspot/core/train"
)

// facts is what is known of the folder, in plain words.
func (f *folderLook) facts() []Text {
	facts := scanFacts(f.scan)
	if n := len(f.scan.Problems); n > 0 {
		facts = append(facts, say.Textf("%v cannot be used.", countPhotos(n)))
	}
	m := f.typical()
	if m == nil {
		return facts
	}
	n := newNoiseReport(m.report)
	return append(facts, say.Textf("Noise: %v, %.1f of 255, %v (measured in %v).", n.Strength, n.Level, n.Grain(),
		countPhotos(len(f.chosenMeasured()))))
}

const (
	// darkPhoto is the brightness under which a photo has too little above black: noise that is cut off there misleads.
	darkPhoto = 25
	// smoothISO is the sensitivity from which a photo without noise must have been smoothed.
	smoothISO = 800
)

// warnings is what speaks against training on the chosen photos.
func (f *folderLook) warnings() []Text {
	var list []Text
	photos, pixels, chosen, iso := 0, int64(0), 0, 0
	for _, g := range f.groups {
		if g.Chosen {
			photos, pixels, chosen, iso = photos+g.Photos, pixels+g.Pixels, chosen+1, max(iso, g.ISO[0])
		}
	}
	if chosen == 0 {
		return []Text{say.Textf("No group of photos is chosen.")}
	}
	if !enough(photos, pixels) {
		list = append(list, say.Textf("There is little to learn from: %v with %.1f megapixels. Ten or more would be better.",
			countPhotos(photos), float64(pixels)/1e6))
	}
	if chosen > 1 {
		list = append(list, say.Textf("The photos differ in camera or ISO. A model that is trained on one kind is better at it."))
	}
	measured := f.chosenMeasured()
	dark, faint, doubt := 0, 0, 0
	for _, m := range measured {
		if m.brightness < darkPhoto {
			dark++
		}
		if m.report.Strength == noise.None {
			faint++
		}
		if m.report.Confidence < doubtful {
			doubt++
		}
	}
	most := func(n int) bool { return n > 0 && 2*n >= len(measured) }
	if most(dark) {
		list = append(list, say.Textf("%d of %v that were measured are very dark. Their noise is cut off at black and teaches little.", dark, countPhotos(len(measured))))
	}
	switch sigma := f.noise(); {
	case most(faint) && iso >= smoothISO:
		list = append(list, say.Textf("There is hardly any noise for this ISO: the photos have been smoothed already, by the camera or by a program."))
	case most(faint):
		list = append(list, say.Textf("There is hardly any noise to learn: the photos were taken in good light or have been smoothed already."))
	case sigma > 0 && !train.ScratchPays(sigma, train.Presets()[0].Minutes):
		list = append(list, say.Textf("The noise is weak. Go on from an existing model: one that is trained from scratch will hardly beat the photos as they are."))
	}
	if most(doubt) {
		list = append(list, say.Textf("There is little flat area in the photos, so their noise is a rough guess."))
	}
	return list
}

// freeName makes a name for a model that no model and no training has.
func (s *Session) freeName(wish string) string {
	wish = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, wish)
	wish = strings.TrimLeft(strings.TrimSpace(wish), ".")
	if CheckModelName(wish) != nil {
		wish = "My photos"
	}
	library := s.options.Library
	if library == nil {
		return wish
	}
	name := wish
	for n := 2; library.has(name); n++ {
		name = fmt.Sprintf("%s %d", wish, n)
	}
	return name
}
