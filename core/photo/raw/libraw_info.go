//go:build !noraw

package raw

// #include "bridge.h"
import "C"

import (
	"math"
	"strings"
	"time"
	"unicode"

	"blindspot/core/pixel"
)

// info collects what the headers said. It must be called before the pixels are
// developed, which changes sizes.
func (d *decoder) info() Info {
	other := &d.lr.other
	info := Info{
		Orientation: orientationOf(int(d.lr.sizes.flip)),
		Camera:      joined(text(d.lr.idata.make[:]), text(d.lr.idata.model[:])),
		ISO:         int(positive(other.iso_speed)),
		Exposure:    positive(other.shutter),
		Aperture:    positive(other.aperture),
		FocalLength: positive(other.focal_len),
		Colours:     int(d.lr.idata.colors),
		Pattern:     d.patternName(),
		Preview:     d.lr.thumbnail.tlength > 0,
		Lens:        d.lens(),
		GPS:         position(&other.parsed_gps),
	}
	if other.timestamp > 0 {
		info.Taken = time.Unix(int64(other.timestamp), 0).UTC()
	}
	info.W, info.H = d.fullSize()
	return info
}

// fullSize returns the size of the developed picture, as LibRaw's
// adjust_sizes_info_only finds it. That itself cannot be called: it makes LibRaw
// refuse to unpack.
func (d *decoder) fullSize() (w, h int) {
	s := &d.lr.sizes
	w, h = int(s.width), int(s.height)
	aspect := float64(s.pixel_aspect)
	switch rotated := int(d.lr.rawdata.ioparams.fuji_width); {
	case rotated > 0:
		w, h = int(float64(rotated-1)/math.Sqrt(0.5)), int(float64(h-rotated+1)/math.Sqrt(0.5))
	case aspect < 0.995 && aspect > 0:
		h = int(float64(h)/aspect + 0.5)
	case aspect > 1.005:
		w = int(float64(w)*aspect + 0.5)
	}
	if s.flip&flipDiagonal != 0 {
		w, h = h, w
	}
	return w, h
}

// LibRaw's flip is a sum of these: mirror left and right, mirror top and bottom,
// and then exchange rows and columns.
const (
	flipX        = 1
	flipY        = 2
	flipDiagonal = 4
)

// orientationOf returns the EXIF orientation of a flip.
func orientationOf(flip int) pixel.Orientation {
	return [8]pixel.Orientation{
		pixel.Upright, pixel.MirroredX, pixel.MirroredY, pixel.Rotated180,
		pixel.Transposed, pixel.Rotated270, pixel.Rotated90, pixel.Transversed,
	}[flip&7]
}

func (d *decoder) lens() string {
	lens := &d.lr.lens
	if name := text(lens.Lens[:]); name != "" {
		return joined(text(lens.LensMake[:]), name)
	}
	return text(lens.makernotes.Lens[:])
}

// position returns the GPS position, nil if there is none.
func position(g *C.libraw_gps_info_t) *GPS {
	degrees := func(v [3]C.float) float64 { return number(v[0]) + number(v[1])/60 + number(v[2])/3600 }
	p := GPS{degrees(g.latitude), degrees(g.longitude), number(g.altitude)}
	if g.gpsparsed == 0 || p.Latitude == 0 && p.Longitude == 0 {
		return nil
	}
	if g.latref == 'S' {
		p.Latitude = -p.Latitude
	}
	if g.longref == 'W' {
		p.Longitude = -p.Longitude
	}
	if g.altref == 1 {
		p.Altitude = -p.Altitude
	}
	return &p
}

// number returns v, and 0 for what is no number: JSON knows none of those.
func number(v C.float) float64 {
	if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return f
	}
	return 0
}

// positive returns v where it is plausible, otherwise 0.
func positive(v C.float) float64 {
	const most = 1e9
	if f := number(v); f > 0 && f < most {
		// Seven digits are what a float32 knows: 1/200 s is 0.005, not 0.004999999888.
		scale := math.Pow(10, 6-math.Floor(math.Log10(f)))
		return math.Round(f*scale) / scale
	}
	return 0
}

// text returns what a C array holds up to its first zero, without control
// characters.
func text(chars []C.char) string {
	var b []byte
	for _, c := range chars {
		if c == 0 {
			break
		}
		b = append(b, byte(c))
	}
	printable := func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}
	return strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(string(b), "?")))
}

// joined puts the maker before a name that does not begin with it.
func joined(maker, name string) string {
	if strings.HasPrefix(strings.ToLower(name), strings.ToLower(maker)) {
		return name
	}
	return strings.TrimSpace(maker + " " + name)
}
