package app

import "image"

// raster is one size of a Pyramid's picture, of opaque RGBA pixels: whole, or in blocks that lie over another picture of its size
// where something differs from that. Of a large photo only what was looked at has been denoised, and the rest is as it was.
type raster struct {
	size   image.Point
	whole  *image.RGBA // nil for one in blocks
	under  *raster     // shows where there is no block; nil is black
	across int         // blocks side by side
	blocks []*image.RGBA
}

// blockSide is the side of a block in pixels.
const blockSide = 256

// over is a raster without blocks.
func over(under *raster, size image.Point) *raster {
	across, down := (size.X+blockSide-1)/blockSide, (size.Y+blockSide-1)/blockSide
	return &raster{size: size, under: under, across: across, blocks: make([]*image.RGBA, across*down)}
}

// row is the pixels from ≤ x < to of row y. They lie in the raster itself, or in buffer, which must have room for them.
func (r *raster) row(y, from, to int, buffer []uint8) []uint8 {
	if r.whole != nil {
		return r.whole.Pix[y*r.whole.Stride+4*from : y*r.whole.Stride+4*to]
	}
	out := buffer[:4*(to-from)]
	for x := from; x < to; {
		next := min(x-x%blockSide+blockSide, to)
		part := out[4*(x-from) : 4*(next-from)]
		switch b := r.blocks[y/blockSide*r.across+x/blockSide]; {
		case b != nil:
			copy(part, b.Pix[b.PixOffset(x%blockSide, y%blockSide):])
		case r.under != nil:
			// Where under lies in blocks too, it fills part itself, and the copy is of part onto itself.
			copy(part, r.under.row(y, x, next, part))
		default:
			clear(part)
		}
		x = next
	}
	return out
}

// set replaces pixels of row y from x on.
func (r *raster) set(y, x int, pixels []uint8) {
	if r.whole != nil {
		copy(r.whole.Pix[y*r.whole.Stride+4*x:], pixels)
		return
	}
	for len(pixels) > 0 {
		n := min(len(pixels), 4*(blockSide-x%blockSide))
		b := r.block(x/blockSide, y/blockSide)
		copy(b.Pix[b.PixOffset(x%blockSide, y%blockSide):], pixels[:n])
		pixels, x = pixels[n:], x+n/4
	}
}

// block returns a block to be changed. A new one shows what was there.
func (r *raster) block(i, j int) *image.RGBA {
	at := j*r.across + i
	if r.blocks[at] == nil {
		x, y := i*blockSide, j*blockSide
		b := image.NewRGBA(image.Rect(0, 0, min(blockSide, r.size.X-x), min(blockSide, r.size.Y-y)))
		if r.under != nil {
			for row := range b.Rect.Dy() {
				line := b.Pix[row*b.Stride:][:b.Stride]
				copy(line, r.under.row(y+row, x, x+b.Rect.Dx(), line))
			}
		}
		r.blocks[at] = b
	}
	return r.blocks[at]
}

// picture is all of it in one piece, a copy of what lies in blocks.
func (r *raster) picture() *image.RGBA {
	if r.whole != nil {
		return r.whole
	}
	p := image.NewRGBA(image.Rectangle{Max: r.size})
	for y := range r.size.Y {
		line := p.Pix[y*p.Stride:][:p.Stride]
		copy(line, r.row(y, 0, r.size.X, line))
	}
	return p
}
