//go:build !noraw

package raw

import (
	"io"
	"math"
	"sync"
)

// writePlanes writes the planes that a announces. band fills the rows from y on
// of all planes at once.
func writePlanes(w io.Writer, a answer, band func(dst [][]uint16, y, rows int)) error {
	dst := make([][]uint16, a.Planes)
	for i := range dst {
		dst[i] = make([]uint16, bandRows*a.W)
	}
	for y := 0; y < a.H; y += bandRows {
		rows := min(bandRows, a.H-y)
		band(dst, y, rows)
		for _, p := range dst {
			if _, err := w.Write(asBytes(p[:rows*a.W])); err != nil {
				return err
			}
		}
	}
	return nil
}

// picture is what LibRaw has developed: linear, four samples a pixel, as stored.
// Taking it from there, instead of from the copy that LibRaw can make, saves 6
// bytes a pixel.
type picture struct {
	samples [][4]uint16
	W, H    int // as stored
	planes  int
	flip    int
}

// band applies the sRGB curve and the flip to rows of the upright picture.
func (p picture) band(dst [][]uint16, y, rows int) {
	curve := sRGBCurve()
	outW, stepX, stepY, start := p.W, 1, p.W, 0
	if p.flip&flipX != 0 {
		start += p.W - 1
	}
	if p.flip&flipY != 0 {
		start += (p.H - 1) * p.W
	}
	if p.flip&flipX != 0 {
		stepX = -stepX
	}
	if p.flip&flipY != 0 {
		stepY = -stepY
	}
	across := p.flip&flipDiagonal != 0
	if across {
		outW, stepX, stepY = p.H, stepY, stepX
	}
	put := func(x, row, from int) {
		s := &p.samples[from]
		for c, plane := range dst {
			plane[row*outW+x] = curve[s[c]]
		}
	}
	if across { // a column of the source at a time would miss the cache at every pixel
		for x := range outW {
			for row := range rows {
				put(x, row, start+x*stepX+(y+row)*stepY)
			}
		}
		return
	}
	for row := range rows {
		for x := range outW {
			put(x, row, start+x*stepX+(y+row)*stepY)
		}
	}
}

// sRGBCurve maps linear samples to encoded ones (IEC 61966-2-1).
var sRGBCurve = sync.OnceValue(func() *[65536]uint16 {
	var curve [65536]uint16
	for i := range curve {
		v := float64(i) / 65535
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
		curve[i] = uint16(math.Round(v * 65535))
	}
	return &curve
})

// sensor is what LibRaw has unpacked: step samples a pixel, of which the first
// are the planes, with margins around the visible area.
type sensor struct {
	samples              []uint16
	width, height        int
	step, stride, planes int
	left, top            int
}

// band copies rows of the visible area.
func (s sensor) band(dst [][]uint16, y, rows int) {
	w := len(dst[0]) / bandRows
	for row := range rows {
		line := s.samples[(s.top+y+row)*s.stride+s.left*s.step:][:w*s.step]
		for c, plane := range dst {
			out := plane[row*w:][:w]
			for x := range out {
				out[x] = line[x*s.step+c]
			}
		}
	}
}
