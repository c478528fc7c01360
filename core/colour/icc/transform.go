//go:build !nolcms

package icc

// #cgo pkg-config: lcms2
// #cgo CFLAGS: -O2 -std=gnu11 -Wall
// #include "lcms.h"
import "C"

import (
	"fmt"
	"image"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// Transform takes the colours of one profile to sRGB. Any number of goroutines
// may use it at once. Nil is the transform that changes nothing.
type Transform struct {
	c        *C.bs_icc
	gray     *[256]uint8 // for 8-bit pictures of one channel
	identity bool
}

// ToSRGB makes the transform from a profile, for pictures of 1 or 3 channels.
// It lives until nobody uses it any more. Errors wrap one of the three kinds.
func ToSRGB(profile []byte, channels int) (*Transform, error) {
	if channels != 1 && channels != 3 {
		return nil, say.Errorf("%w: the picture has %d channels", ErrSpace, channels)
	}
	if err := checkSize(profile); err != nil {
		return nil, err
	}
	var reason C.int
	c := C.bs_icc_open(unsafe.Pointer(&profile[0]), C.size_t(len(profile)), C.int(channels), &reason)
	switch reason {
	case C.BS_ICC_DAMAGED:
		return nil, ErrCorrupt
	case C.BS_ICC_SPACE:
		return nil, ErrSpace
	case C.BS_ICC_UNUSABLE:
		return nil, ErrUnsupported
	}
	t := &Transform{c: c}
	runtime.AddCleanup(t, func(c *C.bs_icc) { C.bs_icc_close(c) }, c)
	if channels == 1 {
		t.makeGray()
	}
	t.identity = t.changesNothing()
	return t, nil
}

// IsIdentity reports whether no sample of 8 bits changes by more than 1: there
// is nothing to do then.
func (t *Transform) IsIdentity() bool { return t == nil || t.identity }

// RGBA transforms the part r of a picture for the screen, in place. Colours are
// premultiplied, as image.RGBA has them. A gray picture has three equal
// channels. Large pictures are shared among the processors.
func (t *Transform) RGBA(img *image.RGBA, r image.Rectangle) {
	r = r.Intersect(img.Rect)
	if t.IsIdentity() || r.Empty() {
		return
	}
	const share = 1 << 18 // pixels that are worth a goroutine
	bands := max(1, min(runtime.GOMAXPROCS(0), r.Dx()*r.Dy()/share))
	var all sync.WaitGroup
	for i := range bands {
		band := r
		band.Min.Y, band.Max.Y = r.Min.Y+i*r.Dy()/bands, r.Min.Y+(i+1)*r.Dy()/bands
		if i == bands-1 {
			t.rows(img, band) // by this goroutine
		} else {
			all.Go(func() { t.rows(img, band) })
		}
	}
	all.Wait()
}

func (t *Transform) rows(img *image.RGBA, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := img.Pix[img.PixOffset(r.Min.X, y):][:4*r.Dx()]
		if opaque(row) {
			t.row(row)
			continue
		}
		straighten(row)
		t.row(row)
		premultiply(row)
	}
}

// row transforms pixels that are not premultiplied.
func (t *Transform) row(row []uint8) {
	if t.gray == nil {
		C.bs_icc_rgba8(t.c, (*C.uchar)(&row[0]), C.uint32_t(len(row)/4))
		runtime.KeepAlive(t)
		return
	}
	for ; len(row) >= 4; row = row[4:] {
		v := t.gray[row[0]]
		row[0], row[1], row[2] = v, v, v
	}
}

// Image transforms all samples of im, which must have the transform's number of
// channels, with 16 bits, in place.
func (t *Transform) Image(im *pixel.Image) {
	if t.IsIdentity() {
		return
	}
	t.planes(im.Planes)
}

func (t *Transform) planes(planes [][]uint16) {
	p := [3]*C.uint16_t{}
	for i, plane := range planes {
		p[i] = (*C.uint16_t)(&plane[0])
	}
	C.bs_icc_planes16(t.c, p[0], p[1], p[2], C.size_t(len(planes[0])))
	runtime.KeepAlive(t)
}

func (t *Transform) makeGray() {
	values := make([]uint16, 256)
	for i := range values {
		values[i] = uint16(i) * 257
	}
	t.planes([][]uint16{values})
	t.gray = new([256]uint8)
	for i, v := range values {
		t.gray[i] = uint8((uint32(v) + 128) / 257)
	}
}

// changesNothing tries all grays or a grid of colours.
func (t *Transform) changesNothing() bool {
	var grid []uint8
	if t.gray != nil {
		for v := range 256 {
			grid = append(grid, uint8(v), uint8(v), uint8(v), 255)
		}
	} else {
		for r := 0; r < 256; r += 15 {
			for g := 0; g < 256; g += 15 {
				for b := 0; b < 256; b += 15 {
					grid = append(grid, uint8(r), uint8(g), uint8(b), 255)
				}
			}
		}
	}
	was := append([]uint8(nil), grid...)
	t.row(grid)
	for i := range grid {
		if d := int(grid[i]) - int(was[i]); d < -1 || d > 1 {
			return false
		}
	}
	return true
}

// Inspect reads what a profile says of itself. The error wraps ErrCorrupt.
func Inspect(profile []byte) (Info, error) {
	if err := checkSize(profile); err != nil {
		return Info{}, err
	}
	var c C.bs_icc_info
	if C.bs_icc_describe(unsafe.Pointer(&profile[0]), C.size_t(len(profile)), &c) == 0 {
		return Info{}, ErrCorrupt
	}
	return Info{
		Name:    strings.TrimSpace(C.GoString(&c.name[0])),
		Space:   spaceName(letters(uint32(c.space))),
		Class:   className(letters(uint32(c.purpose))),
		Version: fmt.Sprintf("%.1f", float64(c.version)),
	}, nil
}

// Version names the library, such as "little CMS 2.14".
func Version() string {
	v := int(C.bs_icc_version())
	return fmt.Sprintf("little CMS %d.%d", v/1000, v%1000/10)
}

func letters(v uint32) string {
	return strings.TrimSpace(string([]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}))
}
