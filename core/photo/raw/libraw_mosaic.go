//go:build !noraw

package raw

// #include "bridge.h"
import "C"

import (
	"io"
	"slices"
	"unsafe"
)

const (
	xtransFilters = 9   // LibRaw's code for X-Trans
	leafFilters   = 1   // … and for Leaf's 16×16 pattern
	bayerFilters  = 999 // larger ones hold the pattern of 8 by 2 pixels itself
)

// period returns how many columns and rows of a mosaic repeat, 0, 0 if there is
// no mosaic.
func (d *decoder) period() (w, h int) {
	switch filters := d.lr.idata.filters; {
	case filters == 0:
		return 0, 0
	case filters == xtransFilters:
		return 6, 6
	case filters <= bayerFilters:
		return 16, 16
	}
	for _, h := range []int{2, 4} {
		repeats := true
		for y := h; y < 8; y++ {
			for x := range 2 {
				repeats = repeats && d.colour(x, y) == d.colour(x, y-h)
			}
		}
		if repeats {
			return 2, h
		}
	}
	return 2, 8
}

// colour returns the index of the colour at a visible column and row.
func (d *decoder) colour(x, y int) int { return int(C.libraw_COLOR(d.lr, C.int(y), C.int(x))) & 3 }

// colourNames returns one letter per colour: more than three if a mosaic has two
// greens or four colours.
func (d *decoder) colourNames() string {
	names := text(d.lr.idata.cdesc[:])
	colours := min(int(d.lr.idata.colors), 4)
	if colours == 1 {
		return "L"
	}
	w, h := d.period()
	for i := range w * h {
		colours = max(colours, d.colour(i%w, i/w)+1)
	}
	for len(names) < colours {
		names += "?"
	}
	return names[:colours]
}

func (d *decoder) patternName() string {
	w, h := d.period()
	switch {
	case w == 0:
		return "linear"
	case w == 6:
		return "X-Trans"
	case h != 2:
		return "other"
	}
	names := d.colourNames()
	return string([]byte{names[d.colour(0, 0)], names[d.colour(1, 0)], names[d.colour(0, 1)], names[d.colour(1, 1)]})
}

// mosaic decodes the sensor's values and writes the answer and the planes.
func (d *decoder) mosaic(w io.Writer) error {
	info := d.info()
	if d.lr.rawdata.ioparams.fuji_width > 0 || d.lr.color.phase_one_data.format != 0 {
		return &decodeError{failUnsupported, "the mosaic of this kind of sensor cannot be read, only the finished picture"}
	}
	if err := d.unpack(); err != nil {
		return err
	}
	s := &d.lr.rawdata.sizes
	source, err := d.sensor()
	if err != nil {
		return err
	}
	m := &Mosaic{
		W: int(s.width), H: int(s.height), Left: int(s.left_margin), Top: int(s.top_margin), Names: d.colourNames(),
	}
	m.Right, m.Bottom = source.width-m.Left-m.W, source.height-m.Top-m.H
	if m.Right < 0 || m.Bottom < 0 {
		return &decodeError{failBroken, "its picture is larger than its sensor"}
	}
	m.PatternW, m.PatternH = d.period()
	for y := range m.PatternH {
		for x := range m.PatternW {
			m.Pattern = append(m.Pattern, d.colour(x, y))
		}
	}
	d.levels(m)
	source.left, source.top = m.Left, m.Top
	a := answer{Info: info, Mosaic: m, W: m.W, H: m.H, Planes: source.planes, Peak: peakMemory()}
	if err := writeJSON(w, answerSignature, a); err != nil {
		return err
	}
	return writePlanes(w, a, source.band)
}

// sensor returns where LibRaw has put the sensor's values, margins included.
func (d *decoder) sensor() (sensor, error) {
	r := &d.lr.rawdata
	out := sensor{width: int(r.sizes.raw_width), height: int(r.sizes.raw_height)}
	var first unsafe.Pointer
	switch {
	case r.raw_image != nil:
		first, out.step, out.planes = unsafe.Pointer(r.raw_image), 1, 1
	case r.color3_image != nil:
		first, out.step, out.planes = unsafe.Pointer(r.color3_image), 3, 3
	case r.color4_image != nil:
		first, out.step, out.planes = unsafe.Pointer(r.color4_image), 4, min(int(r.iparams.colors), 4)
	default:
		return out, &decodeError{failUnsupported, "its values are not whole numbers"}
	}
	out.stride = int(r.sizes.raw_pitch) / 2
	if out.stride < out.width*out.step {
		out.stride = out.width * out.step
	}
	out.samples = unsafe.Slice((*uint16)(first), out.stride*out.height)
	return out, nil
}

// levels fills in black, white, white balance and colour matrices, as they were
// before developing.
func (d *decoder) levels(m *Mosaic) {
	c := &d.lr.rawdata.color
	for i := range 4 {
		m.Black[i] = float64(c.black) + float64(c.cblack[i])
		m.White[i] = float64(c.maximum)
		if white := float64(c.dng_levels.dng_whitelevel[i]); d.lr.idata.dng_version > 0 && white > 0 {
			m.White[i] = white
		}
		m.AsShot[i], m.Daylight[i] = number(c.cam_mul[i]), number(c.pre_mul[i])
		for j := range 3 {
			m.CameraXYZ[i][j], m.CameraRGB[j][i] = number(c.cam_xyz[i][j]), number(c.rgb_cam[j][i])
		}
	}
	if m.CameraXYZ == [4][3]float64{} {
		m.CameraXYZ = d.matrixOfDNG()
	}
	normalise(&m.AsShot)
	normalise(&m.Daylight)
	h, w := int(c.cblack[4]), int(c.cblack[5])
	if h <= 0 || w <= 0 || h*w > len(c.cblack)-6 || !slices.ContainsFunc(c.cblack[6:6+w*h], func(v C.uint) bool { return v > 0 }) {
		return
	}
	m.BlackW, m.BlackH = w, h
	for _, v := range c.cblack[6 : 6+w*h] {
		m.BlackExtra = append(m.BlackExtra, float64(v))
	}
}

// matrixOfDNG returns the colour matrix that a DNG holds for daylight (D65), or
// the second of two, which is for the bluer light.
func (d *decoder) matrixOfDNG() (m [4][3]float64) {
	const d65 = 21 // EXIF LightSource
	all := &d.lr.rawdata.color.dng_color
	from := &all[1]
	if all[0].illuminant == d65 || from.colormatrix == [4][3]C.float{} {
		from = &all[0]
	}
	for i := range m {
		for j := range m[i] {
			m[i][j] = number(from.colormatrix[i][j])
		}
	}
	return m
}

// normalise makes green 1 and gives a second green that is not told the first
// one's multiplier.
func normalise(m *[4]float64) {
	if m[0] <= 0 || m[1] <= 0 {
		*m = [4]float64{}
		return
	}
	if m[3] <= 0 {
		m[3] = m[1]
	}
	green := m[1]
	for i := range m {
		m[i] /= green
	}
}
