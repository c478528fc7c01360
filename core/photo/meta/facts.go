package meta

import (
	"bytes"
	"math"
	"strings"
	"time"
)

// Facts are what the program shows of a photo. What is unknown stays zero.
type Facts struct {
	Camera      string // maker and model, the maker once
	Lens        string
	ISO         int
	Exposure    float64   // seconds
	Aperture    float64   // f-number
	FocalLength float64   // millimetres, of this lens and not of a 35 mm camera
	Taken       time.Time // in UTC if Zoned is false: the camera's clock, whatever it showed
	Zoned       bool      // the zone of Taken is known
	GPS         *GPS
	Software    string // that wrote the file
}

// GPS is a place.
type GPS struct {
	Latitude, Longitude float64  // degrees, north and east positive
	Altitude            *float64 // metres above the sea, nil if unknown
}

// Tags that are read, set or treated in a way of their own.
const (
	tagImageWidth    = 0x0100
	tagImageLength   = 0x0101
	tagMake          = 0x010f
	tagModel         = 0x0110
	tagStripOffsets  = 0x0111
	tagOrientation   = 0x0112
	tagStripBytes    = 0x0117
	tagSoftware      = 0x0131
	tagDateTime      = 0x0132
	tagThumbnail     = 0x0201
	tagThumbnailSize = 0x0202
	tagExposureTime  = 0x829a
	tagFNumber       = 0x829d
	tagEXIF          = 0x8769
	tagGPS           = 0x8825
	tagISO           = 0x8827
	tagSensitivity   = 0x8831 // standard output sensitivity, where ISO does not fit 16 bits
	tagExposureIndex = 0x8832 // recommended exposure index, the same for other makers
	tagEXIFVersion   = 0x9000
	tagTaken         = 0x9003
	tagTakenZone     = 0x9011
	tagFocalLength   = 0x920a
	tagMakerNote     = 0x927c
	tagColourSpace   = 0xa001
	tagPixelWidth    = 0xa002
	tagPixelHeight   = 0xa003
	tagInterop       = 0xa005
	tagLensModel     = 0xa434
)

// Tags of the GPS directory.
const (
	gpsVersion      = 0
	gpsLatitudeRef  = 1
	gpsLatitude     = 2
	gpsLongitudeRef = 3
	gpsLongitude    = 4
	gpsAltitudeRef  = 5
	gpsAltitude     = 6
)

// Read returns what an EXIF block says, and the orientation it gives, 0 if it gives none. A bad entry counts as absent:
// cameras write many. The error is for what is no EXIF at all.
func Read(exif []byte) (Facts, int, error) {
	s, err := openStructure(bytes.NewReader(exif), int64(len(exif)))
	if err != nil {
		return Facts{}, 0, err
	}
	facts, orientation := s.facts()
	return facts, orientation, nil
}

func (s *structure) facts() (Facts, int) {
	main, _ := s.directory(s.first)
	exif := s.follow(main, tagEXIF)
	// TIFF/EP, and with it some raws, keeps the EXIF tags in the first directory.
	all := append(exif[:len(exif):len(exif)], main...)
	get := func(tag uint16) entry { e, _ := find(all, tag); return e }
	f := Facts{
		Camera:      cameraName(s.text(get(tagMake)), s.text(get(tagModel))),
		Lens:        s.text(get(tagLensModel)),
		Exposure:    s.rational(get(tagExposureTime), 0),
		Aperture:    s.rational(get(tagFNumber), 0),
		FocalLength: s.rational(get(tagFocalLength), 0),
		Software:    s.text(get(tagSoftware)),
		GPS:         s.gps(s.follow(main, tagGPS)),
	}
	// 65,535 in the 16-bit tag says that the true value is in one of the others.
	iso := s.number(get(tagISO))
	if iso == 0 || iso == 0xffff {
		iso = max(s.number(get(tagSensitivity)), s.number(get(tagExposureIndex)), iso)
	}
	if iso < 1<<24 {
		f.ISO = int(iso)
	}
	date := s.text(get(tagTaken))
	if date == "" {
		date = s.text(get(tagDateTime))
	}
	f.Taken, f.Zoned = parseDate(date, s.text(get(tagTakenZone)))
	orientation := 0
	// Only where it could be set as well does it count.
	if e, ok := find(main, tagOrientation); ok && e.at == e.field {
		orientation = int(s.number(e))
	}
	return f, orientation
}

// parseDate reads EXIF's date. Cameras whose clock was never set write zeros or spaces.
func parseDate(date, zone string) (taken time.Time, zoned bool) {
	const layout = "2006:01:02 15:04:05"
	if t, err := time.Parse(layout+"-07:00", date+zone); err == nil {
		return t, true
	}
	t, err := time.Parse(layout, date)
	if err != nil {
		return time.Time{}, false
	}
	return t, false
}

// cameraName joins maker and model without saying the maker twice.
func cameraName(maker, model string) string {
	brand, _, _ := strings.Cut(maker, " ")
	if model == "" || strings.HasPrefix(strings.ToLower(model), strings.ToLower(brand)) {
		return strings.TrimSpace(model)
	}
	return strings.TrimSpace(brand + " " + model)
}

// text returns an ASCII entry up to its first zero, "" if it is none or too long for a name.
func (s *structure) text(e entry) string {
	const longest = 256
	b := s.value(e, longest)
	if e.kind != typeASCII {
		return ""
	}
	value, _, _ := bytes.Cut(b, []byte{0})
	return strings.TrimSpace(strings.ToValidUTF8(string(value), "?"))
}

// gps reads a place, nil if there is none.
func (s *structure) gps(entries []entry) *GPS {
	get := func(tag uint16) entry { e, _ := find(entries, tag); return e }
	latitude, ok := s.degrees(get(gpsLatitude), get(gpsLatitudeRef), "S", 90)
	longitude, also := s.degrees(get(gpsLongitude), get(gpsLongitudeRef), "W", 180)
	if !ok || !also {
		return nil
	}
	g := &GPS{Latitude: latitude, Longitude: longitude}
	if e := get(gpsAltitude); e.size == 8 {
		altitude := s.rational(e, 0)
		if s.number(get(gpsAltitudeRef)) == 1 {
			altitude = -altitude
		}
		g.Altitude = &altitude
	}
	return g
}

// degrees reads three rationals: degrees, minutes, seconds.
func (s *structure) degrees(e, ref entry, negative string, most float64) (float64, bool) {
	if e.kind != typeRational || e.count != 3 || e.size == 0 {
		return 0, false
	}
	d := s.rational(e, 0) + s.rational(e, 1)/60 + s.rational(e, 2)/3600
	if math.IsNaN(d) || d > most {
		return 0, false
	}
	if strings.EqualFold(s.text(ref), negative) {
		d = -d
	}
	return d, true
}
