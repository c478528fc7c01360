package denoise

import (
	"image"

	"blindspot/core/colour"
	"blindspot/core/pixel"
)

// This file joins tiles and applies the strengths, for the preview and the
// export alike.

// accumulate adds tile's result, weighted, to sum, which shows the part of the
// photo whose top left is at. Tiles must come in the order of Plan.covering.
func (p *Plan) accumulate(sum *pixel.Tile, at image.Point, tile int, result *pixel.Tile) {
	support := p.support(tile)
	area := image.Rectangle{Min: at, Max: at.Add(image.Pt(sum.W, sum.H))}.Intersect(support)
	if area.Empty() {
		return
	}
	across, down := p.x.spans[tile%p.x.count], p.y.spans[tile/p.x.count]
	wx := across.weight[area.Min.X-across.from:][:area.Dx()]
	for c := range sum.C {
		src, dst := result.Plane(c), sum.Plane(c)
		for y := area.Min.Y; y < area.Max.Y; y++ {
			wy := down.weight[y-down.from]
			from := src[(y-support.Min.Y)*result.W+area.Min.X-support.Min.X:][:len(wx)]
			to := dst[(y-at.Y)*sum.W+area.Min.X-at.X:][:len(wx)]
			for x, w := range wx {
				to[x] += wy * w * from[x]
			}
		}
	}
}

// finish applies the strengths to denoised, in place, and writes it to dst with
// its top left at the given point, rounded to dst's depth.
func finish(dst *pixel.Image, at image.Point, noisy, denoised *pixel.Tile, s Settings) {
	colour.Blend(denoised, noisy, denoised, s.Luma, s.Colour)
	dst.Write(denoised, 0, 0, denoised.W, denoised.H, at.X, at.Y)
}
