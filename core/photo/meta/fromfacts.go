package meta

import (
	"encoding/binary"
	"math"
	"strings"
)

// FromFacts makes an EXIF block of what is known of a photo whose file has no such block.
func FromFacts(f Facts) []byte {
	d := &draft{order: binary.LittleEndian}
	if f.Camera != "" {
		maker, _, _ := strings.Cut(f.Camera, " ")
		d.main.set(textValue(tagMake, maker))
		d.main.set(textValue(tagModel, f.Camera))
	}
	if f.Lens != "" {
		d.exif.set(textValue(tagLensModel, f.Lens))
	}
	if f.ISO > 0 {
		d.exif.set(d.short(tagISO, min(f.ISO, 0xffff)))
	}
	if f.ISO >= 0xffff {
		d.exif.set(d.long(tagExposureIndex, f.ISO))
	}
	d.fraction(tagExposureTime, f.Exposure)
	d.fraction(tagFNumber, f.Aperture)
	d.fraction(tagFocalLength, f.FocalLength)
	if !f.Taken.IsZero() {
		date := textValue(tagTaken, f.Taken.Format("2006:01:02 15:04:05"))
		d.exif.set(date)
		date.tag = tagDateTime
		d.main.set(date)
		if f.Zoned {
			d.exif.set(textValue(tagTakenZone, f.Taken.Format("-07:00")))
		}
	}
	if f.GPS != nil {
		d.place(*f.GPS)
	}
	d.main.set(d.short(tagOrientation, 1))
	d.exif.set(value{tagEXIFVersion, typeUndefined, 4, []byte("0232")})
	return d.bytes()
}

// fraction writes a positive number: 1/n for exposures shorter than a second, otherwise thousandths.
func (d *draft) fraction(tag uint16, v float64) {
	switch {
	case !(v > 0) || v > 4e6:
	case v < 1 && math.Abs(1/v-math.Round(1/v)) < 0.01/v:
		d.exif.set(d.rational(tag, 1, uint32(min(math.Round(1/v), math.MaxUint32))))
	default:
		d.exif.set(d.rational(tag, uint32(math.Round(v*1000)), 1000))
	}
}

func (d *draft) place(g GPS) {
	d.gps.set(value{gpsVersion, typeByte, 4, []byte{2, 3, 0, 0}})
	side := func(tag uint16, v float64, positive, negative string) {
		if v < 0 {
			positive = negative
		}
		d.gps.set(textValue(tag, positive))
	}
	side(gpsLatitudeRef, g.Latitude, "N", "S")
	side(gpsLongitudeRef, g.Longitude, "E", "W")
	d.gps.set(d.degrees(gpsLatitude, g.Latitude))
	d.gps.set(d.degrees(gpsLongitude, g.Longitude))
	if g.Altitude != nil && math.Abs(*g.Altitude) < 1e6 {
		below := byte(0)
		if *g.Altitude < 0 {
			below = 1
		}
		d.gps.set(value{gpsAltitudeRef, typeByte, 1, []byte{below}})
		d.gps.set(d.rational(gpsAltitude, uint32(math.Round(math.Abs(*g.Altitude)*100)), 100))
	}
}

// degrees writes degrees, minutes and seconds, the last to the centimetre.
func (d *draft) degrees(tag uint16, v float64) value {
	const parts = 1e4
	seconds := uint64(math.Round(min(math.Abs(v), 360) * 3600 * parts))
	minute := uint64(60 * parts)
	return d.rational(tag, uint32(seconds/(60*minute)), 1, uint32(seconds/minute%60), 1, uint32(seconds%minute), parts)
}
