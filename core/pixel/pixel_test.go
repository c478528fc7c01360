package pixel

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// noise returns an image of random samples at its depth's steps.
func noise(w, h, c, depth int, alpha bool) *Image {
	rng := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	im := New(w, h, c, depth)
	if alpha {
		im.Alpha = make([]uint16, w*h)
	}
	for _, p := range append(append([][]uint16{}, im.Planes...), im.Alpha) {
		for i := range p {
			p[i] = uint16(rng.UintN(65536))
			if depth == 8 {
				p[i] = uint16(to8(p[i])) * 257
			}
		}
	}
	return im
}

// TestReadMirrors compares windows in and around small pictures with a walk
// that bounces at the borders step by step.
func TestReadMirrors(t *testing.T) {
	bounce := func(i, n int) int {
		if n == 1 {
			return 0
		}
		at, step := 0, 1
		for range max(i, -i) { // −i and i show the same sample
			if at+step < 0 || at+step >= n {
				step = -step
			}
			at += step
		}
		return at
	}
	for _, size := range []image.Point{{1, 1}, {2, 3}, {7, 5}, {33, 1}} {
		im := noise(size.X, size.Y, 3, 16, false)
		for _, origin := range []image.Point{{0, 0}, {-3, -4}, {2, 1}, {-40, 25}, {100, -100}} {
			tile := NewTile(3, 6, 9)
			im.Read(tile, origin.X, origin.Y)
			for c := range 3 {
				for y := range 6 {
					for x := range 9 {
						at := bounce(origin.Y+y, im.H)*im.W + bounce(origin.X+x, im.W)
						want := float32(im.Planes[c][at]) / 257
						if got := tile.Plane(c)[y*9+x]; got != want {
							t.Fatalf("size %v, window at %v, channel %d, (%d,%d): got %v, want %v", size, origin, c, x, y, got, want)
						}
					}
				}
			}
		}
	}
}

// TestRoundTrip proves that all 65,536 samples survive reading and writing, and
// that 8-bit values arrive as whole numbers.
func TestRoundTrip(t *testing.T) {
	for _, depth := range []int{8, 16} {
		im := New(256, 256, 1, depth)
		for i := range im.Planes[0] {
			v := uint16(i)
			if depth == 8 {
				v = uint16(i%256) * 257
			}
			im.Planes[0][i] = v
		}
		tile := NewTile(1, 256, 256)
		im.Read(tile, 0, 0)
		if depth == 8 && tile.Pix[200] != 200 {
			t.Errorf("8-bit value 200 was read as %v", tile.Pix[200])
		}
		out := New(256, 256, 1, depth)
		out.Write(tile, 0, 0, 256, 256, 0, 0)
		if !out.Equal(im) {
			t.Errorf("depth %d: samples changed", depth)
		}
	}
}

func TestWriteRounds(t *testing.T) {
	nan := float32(math.NaN())
	tests := []struct {
		value         float32
		want8, want16 uint16
	}{
		{-5, 0, 0},
		{0.49, 0, 126},
		{0.5, 257, 129},
		{127.4, 127 * 257, 32742},
		{254.6, 65535, 65432},
		{300, 65535, 65535},
		{float32(math.Inf(1)), 65535, 65535},
		{nan, 0, 0},
	}
	for _, test := range tests {
		tile := NewTile(1, 1, 1)
		tile.Pix[0] = test.value
		for _, depth := range []int{8, 16} {
			im := New(1, 1, 1, depth)
			im.Write(tile, 0, 0, 1, 1, 0, 0)
			want := test.want8
			if depth == 16 {
				want = test.want16
			}
			if got := im.Planes[0][0]; got != want {
				t.Errorf("%v at depth %d: got %d, want %d", test.value, depth, got, want)
			}
		}
	}
}

func TestWriteCutsToBoth(t *testing.T) {
	tile := NewTile(1, 4, 4)
	for i := range tile.Pix {
		tile.Pix[i] = float32(i + 1)
	}
	tests := []struct{ sx, sy, w, h, x0, y0 int }{
		{0, 0, 4, 4, 0, 0},
		{0, 0, 4, 4, -2, -1},
		{1, 2, 3, 2, 4, 4},
		{-1, -1, 9, 9, 0, 0},
		{0, 0, 4, 4, 9, 9},
		{3, 3, 4, 4, -3, 2},
	}
	for _, test := range tests {
		im := New(5, 6, 1, 8)
		im.Write(tile, test.sx, test.sy, test.w, test.h, test.x0, test.y0)
		for y := range im.H {
			for x := range im.W {
				dx, dy := x-test.x0, y-test.y0
				sx, sy := test.sx+dx, test.sy+dy
				var want uint16
				if dx >= 0 && dy >= 0 && dx < test.w && dy < test.h && sx >= 0 && sy >= 0 && sx < 4 && sy < 4 {
					want = uint16(tile.Pix[sy*4+sx]) * 257
				}
				if got := im.Planes[0][y*5+x]; got != want {
					t.Errorf("%+v at (%d,%d): got %d, want %d", test, x, y, got, want)
				}
			}
		}
	}
}

// TestOriented uses the letter F, stored in each way that EXIF numbers, as in
// the drawing of the TIFF 6.0 specification. A dot is paper.
func TestOriented(t *testing.T) {
	stored := map[Orientation]string{
		Upright:     "###|#..|##.|#..|#..",
		MirroredX:   "###|..#|.##|..#|..#",
		Rotated180:  "..#|..#|.##|..#|###",
		MirroredY:   "#..|#..|##.|#..|###",
		Transposed:  "#####|#.#..|#....",
		Rotated90:   "#....|#.#..|#####",
		Transversed: "....#|..#.#|#####",
		Rotated270:  "#####|..#.#|....#",
	}
	upright := letter(stored[Upright])
	for _, o := range Orientations() {
		if got := letter(stored[o]).Oriented(o); !got.Equal(upright) {
			t.Errorf("orientation %d does not stand upright: %v", o, got.Planes[0])
		}
	}
}

func letter(drawing string) *Image {
	lines := strings.Split(drawing, "|")
	im := New(len(lines[0]), len(lines), 1, 8)
	for y, line := range lines {
		for x, r := range line {
			if r == '#' {
				im.Planes[0][y*im.W+x] = 65535
			}
		}
	}
	return im
}

func TestOrientedUndoes(t *testing.T) {
	im := noise(70, 41, 3, 16, true)
	tile := NewTile(3, 41, 70)
	im.Read(tile, 0, 0)
	for _, o := range Orientations() {
		turned := im.Oriented(o)
		if back := turned.Oriented(o.Inverse()); !back.Equal(im) {
			t.Errorf("orientation %d: turning back does not give the picture", o)
		}
		fromImage := NewTile(3, turned.H, turned.W)
		turned.Read(fromImage, 0, 0)
		if got := tile.Oriented(o); fmt.Sprint(got) != fmt.Sprint(fromImage) {
			t.Errorf("orientation %d: tile and image are turned differently", o)
		}
	}
	if got := im.Oriented(0); !got.Equal(im) {
		t.Error("an unknown orientation changed the picture")
	}
}

func TestCloneSharesNothing(t *testing.T) {
	im := noise(3, 3, 3, 8, true)
	kept := noise(3, 3, 3, 8, true)
	copied := im.Clone()
	im.Planes[2][4] ^= 0x0101
	im.Alpha[0] ^= 0x0101
	if !copied.Equal(kept) || im.Equal(kept) {
		t.Error("the copy changed with the original")
	}
}
