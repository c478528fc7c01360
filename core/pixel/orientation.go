package pixel

// Orientation is one of the eight ways to turn and mirror a picture, numbered
// as EXIF does (tag 0x0112): what must be done to the stored pixels so that the
// picture stands upright. The same eight serve training as augmentation.
type Orientation int

// The eight orientations. Rotations are clockwise.
const (
	Upright     Orientation = 1
	MirroredX   Orientation = 2 // left and right exchanged
	Rotated180  Orientation = 3
	MirroredY   Orientation = 4 // top and bottom exchanged
	Transposed  Orientation = 5 // mirrored at the diagonal from top left
	Rotated90   Orientation = 6
	Transversed Orientation = 7 // mirrored at the diagonal from top right
	Rotated270  Orientation = 8
)

// Orientations returns all eight, Upright first.
func Orientations() []Orientation {
	all := make([]Orientation, Rotated270)
	for i := range all {
		all[i] = Orientation(i + 1)
	}
	return all
}

// Valid reports whether o is one of the eight.
func (o Orientation) Valid() bool { return o >= Upright && o <= Rotated270 }

// Swaps reports whether o exchanges width and height.
func (o Orientation) Swaps() bool { return o >= Transposed && o <= Rotated270 }

// Inverse returns the orientation that undoes o.
func (o Orientation) Inverse() Orientation {
	switch o {
	case Rotated90:
		return Rotated270
	case Rotated270:
		return Rotated90
	}
	return o
}

// Oriented returns a copy of im turned and mirrored by o, alpha included. An
// orientation that is none of the eight counts as Upright.
func (im *Image) Oriented(o Orientation) *Image {
	out := *im
	out.W, out.H = o.size(im.W, im.H)
	out.Planes = make([][]uint16, len(im.Planes))
	for i, p := range im.Planes {
		out.Planes[i] = oriented(make([]uint16, len(p)), p, im.W, im.H, o)
	}
	if im.Alpha != nil {
		out.Alpha = oriented(make([]uint16, len(im.Alpha)), im.Alpha, im.W, im.H, o)
	}
	return &out
}

// Oriented returns a copy of t turned and mirrored by o. An orientation that is
// none of the eight counts as Upright.
func (t *Tile) Oriented(o Orientation) *Tile {
	w, h := o.size(t.W, t.H)
	out := NewTile(t.C, h, w)
	for c := range t.C {
		oriented(out.Plane(c), t.Plane(c), t.W, t.H, o)
	}
	return out
}

func (o Orientation) size(w, h int) (int, int) {
	if o.Swaps() {
		return h, w
	}
	return w, h
}

// oriented writes the w by h plane src to dst, turned by o, and returns dst.
// Going one pixel right in the result moves stepX in the source, one row down
// stepY; start is where the result's top left pixel lies.
func oriented[T any](dst, src []T, w, h int, o Orientation) []T {
	var start, stepX, stepY int
	last := w*h - 1
	switch o {
	case MirroredX:
		start, stepX, stepY = w-1, -1, w
	case Rotated180:
		start, stepX, stepY = last, -1, -w
	case MirroredY:
		start, stepX, stepY = last-(w-1), 1, -w
	case Transposed:
		start, stepX, stepY = 0, w, 1
	case Rotated90:
		start, stepX, stepY = last-(w-1), -w, 1
	case Transversed:
		start, stepX, stepY = last, -w, -1
	case Rotated270:
		start, stepX, stepY = w-1, w, -1
	default:
		copy(dst, src)
		return dst
	}
	outW, outH := o.size(w, h)
	// Blocks keep the source lines of a transposition in the cache.
	const block = 32
	for by := 0; by < outH; by += block {
		for bx := 0; bx < outW; bx += block {
			for y := by; y < min(by+block, outH); y++ {
				from := start + y*stepY + bx*stepX
				for x := bx; x < min(bx+block, outW); x++ {
					dst[y*outW+x] = src[from]
					from += stepX
				}
			}
		}
	}
	return dst
}
