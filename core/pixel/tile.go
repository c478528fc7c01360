package pixel

// Tile is a float32 window of a photo: C planes of H rows of W values, one
// after another, gamma-encoded, 0..255 (the network's output may leave that
// range a little).
type Tile struct {
	C, H, W int
	Pix     []float32
}

// NewTile returns a tile of zeros.
func NewTile(c, h, w int) *Tile {
	return &Tile{C: c, H: h, W: w, Pix: make([]float32, c*h*w)}
}

// Plane returns the H*W values of channel c. It shares the tile's memory.
func (t *Tile) Plane(c int) []float32 {
	n := t.H * t.W
	return t.Pix[c*n : (c+1)*n : (c+1)*n]
}

// Read fills t with the window of im whose top left pixel is (x0, y0). The
// window may lie partly or wholly outside: the picture is continued by
// mirroring at its outermost pixels without repeating them (…2 1 0 1 2…), as
// often as needed. Samples become v/257 without rounding. Both must have the
// same number of channels.
func (im *Image) Read(t *Tile, x0, y0 int) {
	// Columns left of inner0 and from inner1 on are mirrored, the rest copied.
	inner0 := min(max(-x0, 0), t.W)
	inner1 := max(min(im.W-x0, t.W), inner0)
	for c := range t.C {
		src, dst := im.Planes[c], t.Plane(c)
		for y := range t.H {
			row := src[mirror(y0+y, im.H)*im.W:][:im.W]
			out := dst[y*t.W:][:t.W]
			for x := range inner0 {
				out[x] = float32(row[mirror(x0+x, im.W)]) / 257
			}
			if inner1 > inner0 {
				inside := row[x0+inner0:][:inner1-inner0]
				for x, v := range inside {
					out[inner0+x] = float32(v) / 257
				}
			}
			for x := inner1; x < t.W; x++ {
				out[x] = float32(row[mirror(x0+x, im.W)]) / 257
			}
		}
	}
}

// mirror maps any coordinate onto 0..n-1 by reflecting at 0 and at n-1.
func mirror(i, n int) int {
	if uint(i) < uint(n) {
		return i
	}
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i %= period
	if i < 0 {
		i += period
	}
	if i >= n {
		i = period - i
	}
	return i
}

// Write puts the w by h part of t with its top left at (sx, sy) into im with
// its top left at (x0, y0). Values are clamped to 0..255 and rounded half up to
// the image's depth: to v*257 of a whole v for 8 bits, to the nearest of 65536
// steps for 16. A value that is not a number is written as 0. What falls outside
// im or t is left out; alpha is not touched.
func (im *Image) Write(t *Tile, sx, sy, w, h, x0, y0 int) {
	// Cut the part to both rectangles, moving both corners together.
	left := max(0, -sx, -x0)
	top := max(0, -sy, -y0)
	right := min(w, t.W-sx, im.W-x0)
	bottom := min(h, t.H-sy, im.H-y0)
	if left >= right {
		return
	}
	quantise := quantise16
	if im.Depth == 8 {
		quantise = quantise8
	}
	for c := range im.C {
		src, dst := t.Plane(c), im.Planes[c]
		for y := top; y < bottom; y++ {
			from := src[(sy+y)*t.W+sx+left:][:right-left]
			quantise(dst[(y0+y)*im.W+x0+left:][:right-left], from)
		}
	}
}

func quantise8(dst []uint16, src []float32) {
	for i, v := range src {
		dst[i] = uint16(clamp255(v)+0.5) * 257
	}
}

func quantise16(dst []uint16, src []float32) {
	for i, v := range src {
		dst[i] = uint16(clamp255(v)*257 + 0.5)
	}
}

// clamp255 also turns NaN, which compares false with everything, into 0.
func clamp255(v float32) float32 {
	if v >= 255 {
		return 255
	}
	if v > 0 {
		return v
	}
	return 0
}
