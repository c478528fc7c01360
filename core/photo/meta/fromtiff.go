package meta

import (
	"io"

	"blindspot/core/say"
)

// FromTIFF reads the metadata of a TIFF file or of a raw file that is one: an EXIF block made of its descriptive tags, XMP,
// IPTC, image resources and, unless it is a raw, the colour profile. The error is for what has no such structure.
func FromTIFF(r io.ReaderAt, size int64, raw bool) (TIFF, error) {
	s, err := openStructure(r, size)
	if err != nil {
		return TIFF{}, err
	}
	var set TIFF
	keep := describes
	if !raw {
		keep = func(tag uint16) bool { return !isStructural(tag) }
	}
	main, _ := s.directory(s.first)
	d := s.draft(keep)
	if len(d.main)+len(d.exif)+len(d.gps) > 0 {
		if raw { // whatever the camera's own JPEG would have been in, the raw is developed to sRGB
			d.exif.set(d.short(tagColourSpace, 1))
			d.interop = nil
		}
		set.EXIF, set.Notes = d.bytes(), d.notes
	}
	get := func(tag uint16) []byte {
		e, ok := find(main, tag)
		if !ok {
			return nil
		}
		return s.value(e, draftMax)
	}
	set.XMP = plainXMP(get(tagXMP))
	set.IPTC = trimIPTC(get(tagIPTC))
	iptc, rest := SplitResources(get(tagResources))
	set.Resources = rest
	if set.IPTC == nil {
		set.IPTC = iptc
	}
	if !raw {
		set.ICC = get(tagICC)
	}
	set.Facts, set.Orientation = s.facts()
	return set, nil
}

// TIFF is what FromTIFF finds.
type TIFF struct {
	Set
	Facts
	Orientation int        // 0 if the file gives none
	Notes       []say.Text // what could not be carried, a sentence each
}

// Tags that hold other kinds of metadata.
const (
	tagXMP       = 0x02bc
	tagIPTC      = 0x83bb
	tagResources = 0x8649
	tagICC       = 0x8773
)

// isStructural reports whether a tag of a TIFF file says how its pixels are stored, or holds what travels by other ways.
func isStructural(tag uint16) bool {
	switch tag {
	case tagOrientation, 0x011a, 0x011b, 0x011d, 0x0128, 0x0131, tagDateTime, 0x013b, 0x013c, 0x8298, 0x8769:
		return false
	case tagXMP, tagIPTC, tagResources, tagICC, 0x935c: // the last is Photoshop's layers
		return true
	}
	// Up to 0x10d and from 0x111 to 0x215 lie the tags of TIFF 6.0 and its supplements; 0x10d to 0x110 are name,
	// description, maker and model. 0x80a4 and on are tilings and colour separations of prepress.
	return tag < 0x010d || tag >= 0x0111 && tag < 0x0220 || tag >= 0x8000 && tag < 0x8298 || tag == 0x828d || tag == 0x828e
}

// describes reports whether a tag of a raw's first directory says something of the photo and not of the raw.
func describes(tag uint16) bool {
	switch tag {
	case 0x010e, tagMake, tagModel, tagOrientation, 0x011a, 0x011b, 0x0128, tagSoftware, tagDateTime, 0x013b, 0x013c,
		0x4746, 0x4749, 0x8298, // ratings, copyright
		0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f, // what Windows' file manager writes
		0xc614, 0xc615, 0xc62f, 0xc630, 0xc68b: // DNG: names of the camera, its number, the lens, the original's file name
		return true
	}
	return false
}
