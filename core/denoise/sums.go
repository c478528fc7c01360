package denoise

import (
	"errors"
	"image"
	"math"

	"blindspot/core/colour"
	"blindspot/core/pixel"
)

// This file adds up the results of tiles, for the preview and the export alike.
//
// Sums are kept in whole units of 2⁻¹⁷ of a level. Whole numbers give the same
// sum in any order, float32 does not; so tiles may run in whatever order suits
// the view, and each is forgotten as soon as it has been added where it counts.
// A unit is a five-hundredth of the finest step of a 16-bit photo.

const (
	unit = 1 << 17
	// ceiling is where results are cut off, far outside of 0..255: seven stops of
	// it still fit in 32 bits, so that the export can add up the mean at once.
	ceiling = 2047
)

// errNotFinite is what a network with damaged weights brings about.
var errNotFinite = errors.New("the network returned values that are not numbers: the model is damaged or was trained badly")

// bound cuts values off at the ceiling, in place.
func bound(values []float32) error {
	for i, v := range values {
		if v >= -ceiling && v <= ceiling {
			continue
		}
		if v-v != 0 { // infinities and NaN
			return errNotFinite
		}
		values[i] = min(max(v, -ceiling), ceiling)
	}
	return nil
}

// add adds tile's result, planes of the tile's full size, weighted, to the same
// planes of sum, which shows the part of the photo in rect.
func (p *Plan) add(sum []int32, rect image.Rectangle, tile int, result []float32) {
	support, window := p.support(tile), p.window(tile)
	area := rect.Intersect(support)
	if area.Empty() {
		return
	}
	across, down := p.x.spans[tile%p.x.count], p.y.spans[tile/p.x.count]
	wx := across.weight[area.Min.X-across.from:][:area.Dx()]
	plane := window.Dx() * window.Dy()
	for c := range len(sum) / (rect.Dx() * rect.Dy()) {
		src, dst := result[c*plane:][:plane], sum[c*rect.Dx()*rect.Dy():]
		for y := area.Min.Y; y < area.Max.Y; y++ {
			wy := unit * down.weight[y-down.from]
			from := src[(y-window.Min.Y)*window.Dx()+area.Min.X-window.Min.X:][:len(wx)]
			to := dst[(y-rect.Min.Y)*rect.Dx()+area.Min.X-rect.Min.X:][:len(wx)]
			for x, w := range wx {
				to[x] += int32(wy*w*from[x] + 0.5) // rounds; what lies under 0 ends up to a unit too high
			}
		}
	}
}

// A finished value is a whole number of steps above the floor. Sixteen bits hold
// what a cell remembers in half the memory of float32, and the export rounds in
// the same way, so that both agree. A step is 4/3 of the finest one of a 16-bit
// photo, far below its noise.
const (
	steps = 192 // in a level of 255
	floor = -32 // what lies under it, or over 309, is cut off: it is black or white after all
)

// packed are finished values.
type packed []uint16

// pack is the mean of some results from the sum of their sums.
func pack(sum int64, results int) uint16 {
	v := (float64(sum)/float64(unit*results)-floor)*steps + 0.5
	return uint16(min(max(v, 0), math.MaxUint16))
}

// unpack is a finished value, 0..255 and a little beyond.
func unpack(v uint16) float32 { return float32(v)*(1./steps) + floor }

// unpack writes all values to dst.
func (p packed) unpack(dst []float32) {
	for i, v := range p {
		dst[i] = unpack(v)
	}
}

// mixed is unpack between two results: share 0 gives blind, 1 restored.
func mixed(dst []float32, blind, restored packed, share float32) {
	switch share {
	case 0:
		blind.unpack(dst)
	case 1:
		restored.unpack(dst)
	default:
		for i, v := range blind {
			b := unpack(v)
			dst[i] = b + share*(unpack(restored[i])-b)
		}
	}
}

// finish applies the strengths to denoised, in place, and writes it to dst with
// its top left at the given point, rounded to dst's depth.
func finish(dst *pixel.Image, at image.Point, noisy, denoised *pixel.Tile, s Settings) {
	colour.Blend(denoised, noisy, denoised, s.Luma, s.Colour)
	dst.Write(denoised, 0, 0, denoised.W, denoised.H, at.X, at.Y)
}
