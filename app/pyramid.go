package app

import (
	"image"
	"image/color"
	"image/draw"
	"sync"
)

// smallestLevel is the side in pixels under which a pyramid needs no further level.
const smallestLevel = 64

// Pyramid is an 8-bit picture for the screen, at full size and halved again and again, so that a whole photo can be drawn
// into a window without skipping pixels: skipped pixels make noise look stronger than it is. It serves the eye only;
// what is saved never passes through it.
//
// It belongs to the goroutine that draws.
type Pyramid struct {
	levels []*raster
}

// piecewise is the number of levels, the largest, of which an overlay keeps only what differs.
const piecewise = 2

// newPyramid builds all levels above full, which it keeps. Full's top left must be at 0, 0.
func newPyramid(full *image.RGBA) *Pyramid {
	p := &Pyramid{levels: []*raster{{size: full.Rect.Size(), whole: full}}}
	for size := full.Rect.Size(); max(size.X, size.Y) > smallestLevel; {
		size = image.Pt((size.X+1)/2, (size.Y+1)/2)
		p.levels = append(p.levels, &raster{size: size, whole: image.NewRGBA(image.Rectangle{Max: size})})
	}
	p.update(full.Rect)
	return p
}

// PictureOf is a pyramid of a picture of any kind, such as a training's crop.
func PictureOf(img image.Image) *Pyramid {
	full := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(full, full.Rect, img, img.Bounds().Min, draw.Src)
	return newPyramid(full)
}

// overlay returns a pyramid that shows what p does until something is put into it. p must not change.
func (p *Pyramid) overlay() *Pyramid {
	c := &Pyramid{levels: make([]*raster, len(p.levels))}
	for i, level := range p.levels {
		c.levels[i] = over(level, level.size)
		if i >= piecewise {
			c.levels[i] = &raster{size: level.size, whole: c.levels[i].picture()}
		}
	}
	return c
}

// blank returns a black pyramid of p's size.
func (p *Pyramid) blank() *Pyramid {
	c := &Pyramid{levels: make([]*raster, len(p.levels))}
	for i, level := range p.levels {
		c.levels[i] = over(nil, level.size)
	}
	return c
}

// Size is that of the picture in pixels.
func (p *Pyramid) Size() image.Point { return p.levels[0].size }

// Levels is the number of sizes.
func (p *Pyramid) Levels() int { return len(p.levels) }

// LevelSize is the size of the picture halved i times, sides rounded up.
func (p *Pyramid) LevelSize(i int) image.Point { return p.levels[i].size }

// Row is the pixels from ≤ x < to in row y of the picture halved i times, four bytes each. They must not be changed. They may
// lie in buffer, which must have room for them.
func (p *Pyramid) Row(i, y, from, to int, buffer []uint8) []uint8 {
	return p.levels[i].row(y, from, to, buffer)
}

// At is one pixel of the picture.
func (p *Pyramid) At(x, y int) color.RGBA {
	var buffer [4]uint8
	c := p.levels[0].row(y, x, x+1, buffer[:])
	return color.RGBA{R: c[0], G: c[1], B: c[2], A: c[3]}
}

// Level returns the picture halved i times in one piece. It must not be changed, and does not follow changes. To draw, Row is
// faster.
func (p *Pyramid) Level(i int) *image.RGBA { return p.levels[i].picture() }

// put replaces the part r of the picture by tile, whose top left is at 0, 0.
func (p *Pyramid) put(r image.Rectangle, tile *image.RGBA) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		p.levels[0].set(y, r.Min.X, tile.Pix[tile.PixOffset(0, y-r.Min.Y):][:4*r.Dx()])
	}
	p.update(r)
}

// update brings the levels above the changed part r of the full picture up to date.
func (p *Pyramid) update(r image.Rectangle) {
	for i := 1; i < len(p.levels); i++ {
		r = image.Rect(r.Min.X/2, r.Min.Y/2, (r.Max.X+1)/2, (r.Max.Y+1)/2)
		halve(p.levels[i], p.levels[i-1], r)
	}
}

// halve sets the part r of dst to the means of two by two pixels of src. At an odd edge the last pixel counts twice.
func halve(dst, src *raster, r image.Rectangle) {
	from, to := 2*r.Min.X, min(2*r.Max.X, src.size.X)
	buffers := make([]uint8, 2*4*(to-from)+4*r.Dx())
	first, second, out := buffers[:4*(to-from)], buffers[4*(to-from):2*4*(to-from)], buffers[2*4*(to-from):]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		upper := src.row(2*y, from, to, first)
		lower := upper
		if 2*y+1 < src.size.Y {
			lower = src.row(2*y+1, from, to, second)
		}
		for x := range r.Dx() {
			left, right := 8*x, 8*x+4
			if right >= len(upper) {
				right = left
			}
			for c := range 4 {
				sum := int(upper[left+c]) + int(upper[right+c]) + int(lower[left+c]) + int(lower[right+c])
				out[4*x+c] = uint8((sum + 2) / 4)
			}
		}
		dst.set(y, r.Min.X, out)
	}
}

// pictures are those of cells that have been put into a pyramid.
var pictures sync.Pool

// takePicture returns a picture of any content.
func takePicture(w, h int) *image.RGBA {
	if p, ok := pictures.Get().(*image.RGBA); ok && cap(p.Pix) >= 4*w*h {
		*p = image.RGBA{Pix: p.Pix[:4*w*h], Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
		return p
	}
	return image.NewRGBA(image.Rect(0, 0, w, h))
}

// givePicture takes one back that nobody uses any more.
func givePicture(p *image.RGBA) { pictures.Put(p) }
