// Package rawtest writes small DNG files for tests and benchmarks: Bayer, X-Trans
// and linear, of any size and orientation, uncompressed, with or without a
// preview, camera data and a position. The layout follows Adobe's DNG
// specification 1.4; nothing of it is meant for photographs.
package rawtest

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
)

// DNG describes a file.
type DNG struct {
	W, H int // of the sensor

	// Pattern is the four letters of a Bayer pattern such as "RGGB", "X-Trans",
	// "linear" for three samples a pixel, or "gray" for one without a mosaic.
	Pattern string
	Samples []uint16 // row by row; three a pixel if linear

	// Active is the visible area within the sensor: top, left, bottom, right. All
	// zero stands for the whole.
	Active       [4]int
	Black, White int
	BlackAt      [4]int     // added to Black at the places of a 2×2 block, if not all zero
	Neutral      [3]float64 // camera colours of white; zero stands for 1, 1, 1
	Matrix       [9]float64 // XYZ to camera colours; zero stands for linear sRGB

	Orientation           int // EXIF; 0 stands for 1
	Make, Model, Lens     string
	ISO                   int
	Exposure              [2]uint32 // seconds: numerator, denominator
	Aperture, FocalLength float64
	Taken                 string // "2024:05:17 18:30:05"
	Latitude, Longitude   float64
	Altitude              float64 // written with the position, if that is not 0, 0
	Preview               []byte  // JPEG
}

// XTrans is the pattern of the X-Trans files written here: 0 red, 1 green, 2
// blue.
const XTrans = "121101" + "010212" + "121101" + "101121" + "212010" + "101121"

// xyzToLinear takes XYZ (D65) to linear sRGB (IEC 61966-2-1).
var xyzToLinear = [9]float64{3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570}

// Bytes returns the file.
func (d DNG) Bytes() []byte {
	samplesPerPixel := 1
	if d.Pattern == "linear" {
		samplesPerPixel = 3
	}
	if len(d.Samples) != d.W*d.H*samplesPerPixel {
		panic(fmt.Sprintf("rawtest: %d samples for %d×%d pixels of %d", len(d.Samples), d.W, d.H, samplesPerPixel))
	}
	var f file
	f.WriteString("II*\x00\x00\x00\x00\x00")
	pixels := f.data(func() {
		buffer := make([]byte, 0, 2*len(d.Samples))
		for _, v := range d.Samples {
			buffer = binary.LittleEndian.AppendUint16(buffer, v)
		}
		f.Write(buffer)
	})
	main := d.mainFolder(pixels, samplesPerPixel)
	if len(d.Preview) > 0 {
		main = append(main, long(330, f.previewFolder(d.Preview)))
	}
	main = append(main, long(34665, f.folder(d.exif())))
	if d.Latitude != 0 || d.Longitude != 0 {
		main = append(main, long(34853, f.folder(d.position())))
	}
	at := f.folder(main)
	out := f.Bytes()
	binary.LittleEndian.PutUint32(out[4:], at)
	return out
}

func (d DNG) mainFolder(pixels uint32, samplesPerPixel int) []entry {
	black := []int{d.Black}
	repeat := []int{1, 1}
	if d.BlackAt != [4]int{} {
		repeat, black = []int{2, 2}, nil
		for _, v := range d.BlackAt {
			black = append(black, d.Black+v)
		}
	}
	orientation := max(d.Orientation, 1)
	bits := make([]int, samplesPerPixel)
	white := make([]uint32, samplesPerPixel)
	for i := range bits {
		bits[i], white[i] = 16, uint32(d.White)
	}
	if samplesPerPixel > 1 { // one level per sample
		black = []int{d.Black, d.Black, d.Black}
	}
	neutral, matrix := d.Neutral, d.Matrix
	if neutral == [3]float64{} {
		neutral = [3]float64{1, 1, 1}
	}
	if matrix == [9]float64{} {
		matrix = xyzToLinear
	}
	name := cmp.Or(d.Model, "Test camera")
	folder := []entry{
		long(254, 0), long(256, uint32(d.W)), long(257, uint32(d.H)), short(258, bits...), short(259, 1),
		ascii(271, d.Make), ascii(272, name), long(273, pixels), short(274, orientation), short(277, samplesPerPixel),
		long(278, uint32(d.H)), long(279, uint32(2*len(d.Samples))), short(284, 1),
		bytesOf(50706, 1, 4, 0, 0), bytesOf(50707, 1, 1, 0, 0), ascii(50708, strings.TrimSpace(d.Make+" "+name)),
		short(50714, black...), long(50717, white...),
		signed(50721, matrix[:]), rational(50728, neutral[:]), short(50778, 21),
	}
	if samplesPerPixel == 1 {
		folder = append(folder, short(50713, repeat...))
	}
	if a := d.Active; a != [4]int{} {
		folder = append(folder, long(50829, uint32(a[0]), uint32(a[1]), uint32(a[2]), uint32(a[3])))
	}
	return append(folder, d.mosaicEntries()...)
}

// mosaicEntries describe the colour filters.
func (d DNG) mosaicEntries() []entry {
	const mosaic, linear = 32803, 34892
	switch d.Pattern {
	case "linear", "gray":
		return []entry{short(262, linear)}
	case "X-Trans":
		var colours []byte
		for _, c := range XTrans {
			colours = append(colours, byte(c-'0'))
		}
		return []entry{short(262, mosaic), short(33421, 6, 6), bytesOf(33422, colours...), bytesOf(50710, 0, 1, 2), short(50711, 1)}
	}
	var colours []byte
	for _, c := range d.Pattern {
		colours = append(colours, byte(strings.IndexRune("RGB", c)))
	}
	return []entry{short(262, mosaic), short(33421, 2, 2), bytesOf(33422, colours...), bytesOf(50710, 0, 1, 2), short(50711, 1)}
}

func (d DNG) exif() []entry {
	folder := []entry{{36864, 7, 4, []byte("0230")}}
	if d.Exposure[1] != 0 {
		folder = append(folder, entry{33434, 5, 1, words(d.Exposure[0], d.Exposure[1])})
	}
	if d.Aperture != 0 {
		folder = append(folder, rational(33437, []float64{d.Aperture}))
	}
	if d.ISO != 0 {
		folder = append(folder, short(34855, d.ISO))
	}
	if d.Taken != "" {
		folder = append(folder, ascii(36867, d.Taken))
	}
	if d.FocalLength != 0 {
		folder = append(folder, rational(37386, []float64{d.FocalLength}))
	}
	if d.Lens != "" {
		folder = append(folder, ascii(42036, d.Lens))
	}
	return folder
}

func (d DNG) position() []entry {
	degrees := func(v float64) []float64 {
		v = math.Abs(v)
		minutes := math.Mod(v, 1) * 60
		return []float64{math.Floor(v), math.Floor(minutes), math.Mod(minutes, 1) * 60}
	}
	letter := func(v float64, letters string) string {
		if v < 0 {
			return letters[1:]
		}
		return letters[:1]
	}
	below := byte(0)
	if d.Altitude < 0 {
		below = 1
	}
	return []entry{
		bytesOf(0, 2, 3, 0, 0), ascii(1, letter(d.Latitude, "NS")), rational(2, degrees(d.Latitude)),
		ascii(3, letter(d.Longitude, "EW")), rational(4, degrees(d.Longitude)),
		bytesOf(5, below), rational(6, []float64{math.Abs(d.Altitude)}),
	}
}

// file is a TIFF under construction.
type file struct{ bytes.Buffer }

// entry is a directory entry with its value.
type entry struct {
	tag, kind uint16
	count     uint32
	value     []byte
}

// data writes something at an even place and returns where it is.
func (f *file) data(write func()) uint32 {
	if f.Len()%2 != 0 {
		f.WriteByte(0)
	}
	at := uint32(f.Len())
	write()
	return at
}

// folder writes a directory, its longer values before it, and returns its place.
func (f *file) folder(entries []entry) uint32 {
	sorted := append([]entry(nil), entries...)
	for i := range sorted { // short lists: insertion
		for j := i; j > 0 && sorted[j].tag < sorted[j-1].tag; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	for i, e := range sorted {
		if len(e.value) > 4 {
			sorted[i].value = words(f.data(func() { f.Write(e.value) }))
		}
	}
	return f.data(func() {
		out := binary.LittleEndian.AppendUint16(nil, uint16(len(sorted)))
		for _, e := range sorted {
			out = binary.LittleEndian.AppendUint16(out, e.tag)
			out = binary.LittleEndian.AppendUint16(out, e.kind)
			out = binary.LittleEndian.AppendUint32(out, e.count)
			var field [4]byte
			copy(field[:], e.value)
			out = append(out, field[:]...)
		}
		f.Write(append(out, 0, 0, 0, 0))
	})
}

func (f *file) previewFolder(jpeg []byte) uint32 {
	at := f.data(func() { f.Write(jpeg) })
	w, h := jpegSize(jpeg)
	return f.folder([]entry{
		long(254, 1), long(256, uint32(w)), long(257, uint32(h)), short(258, 8, 8, 8), short(259, 7), short(262, 6),
		long(273, at), short(277, 3), long(278, uint32(h)), long(279, uint32(len(jpeg))), short(284, 1),
	})
}

// jpegSize returns the size that a JPEG's frame header tells.
func jpegSize(jpeg []byte) (w, h int) {
	for at := 2; at+9 <= len(jpeg); at += 2 + int(binary.BigEndian.Uint16(jpeg[at+2:])) {
		if jpeg[at+1] == 0xc0 || jpeg[at+1] == 0xc2 {
			return int(binary.BigEndian.Uint16(jpeg[at+7:])), int(binary.BigEndian.Uint16(jpeg[at+5:]))
		}
	}
	return 0, 0
}

func words(v ...uint32) []byte {
	var out []byte
	for _, x := range v {
		out = binary.LittleEndian.AppendUint32(out, x)
	}
	return out
}

func long(tag uint16, v ...uint32) entry { return entry{tag, 4, uint32(len(v)), words(v...)} }

func short(tag uint16, v ...int) entry {
	var out []byte
	for _, x := range v {
		out = binary.LittleEndian.AppendUint16(out, uint16(x))
	}
	return entry{tag, 3, uint32(len(v)), out}
}

func ascii(tag uint16, s string) entry {
	return entry{tag, 2, uint32(len(s) + 1), append([]byte(s), 0)}
}

func bytesOf(tag uint16, v ...byte) entry { return entry{tag, 1, uint32(len(v)), v} }

// fraction is the denominator of rational values.
const fraction = 1_000_000

func rational(tag uint16, v []float64) entry {
	var out []byte
	for _, x := range v {
		out = append(out, words(uint32(math.Round(x*fraction)), fraction)...)
	}
	return entry{tag, 5, uint32(len(v)), out}
}

func signed(tag uint16, v []float64) entry {
	e := rational(tag, nil)
	for _, x := range v {
		e.value = append(e.value, words(uint32(int32(math.Round(x*fraction))), fraction)...)
	}
	return entry{tag, 10, uint32(len(v)), e.value}
}
