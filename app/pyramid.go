package app

import (
	"image"
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
	levels []*image.RGBA
}

// newPyramid builds all levels above full, which it keeps. Full's top left must be at 0, 0.
func newPyramid(full *image.RGBA) *Pyramid {
	p := &Pyramid{levels: []*image.RGBA{full}}
	for size := full.Rect.Size(); max(size.X, size.Y) > smallestLevel; {
		size = image.Pt((size.X+1)/2, (size.Y+1)/2)
		p.levels = append(p.levels, image.NewRGBA(image.Rectangle{Max: size}))
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

// clone returns a copy that shares no memory with p.
func (p *Pyramid) clone() *Pyramid {
	c := &Pyramid{levels: make([]*image.RGBA, len(p.levels))}
	for i, level := range p.levels {
		c.levels[i] = image.NewRGBA(level.Rect)
		copy(c.levels[i].Pix, level.Pix)
	}
	return c
}

// Levels is the number of sizes.
func (p *Pyramid) Levels() int { return len(p.levels) }

// Level returns the picture halved i times, sides rounded up. It must not be changed.
func (p *Pyramid) Level(i int) *image.RGBA { return p.levels[i] }

// put replaces the part r of the picture by tile, whose top left is at 0, 0.
func (p *Pyramid) put(r image.Rectangle, tile *image.RGBA) {
	full := p.levels[0]
	for y := r.Min.Y; y < r.Max.Y; y++ {
		copy(full.Pix[full.PixOffset(r.Min.X, y):full.PixOffset(r.Max.X-1, y)+4], tile.Pix[tile.PixOffset(0, y-r.Min.Y):])
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
func halve(dst, src *image.RGBA, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		upper := src.Pix[2*y*src.Stride:][:src.Stride]
		lower := upper
		if 2*y+1 < src.Rect.Dy() {
			lower = src.Pix[(2*y+1)*src.Stride:][:src.Stride]
		}
		out := dst.Pix[y*dst.Stride:][:dst.Stride]
		for x := r.Min.X; x < r.Max.X; x++ {
			left, right := 8*x, 8*x+4
			if right >= src.Stride {
				right = left
			}
			for c := range 4 {
				sum := int(upper[left+c]) + int(upper[right+c]) + int(lower[left+c]) + int(lower[right+c])
				out[4*x+c] = uint8((sum + 2) / 4)
			}
		}
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
