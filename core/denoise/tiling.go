package denoise

import "math"

// This file decides how large tiles are and how they overlap.

// LongTrainedPatch is the side in pixels of the training patches from which on
// a network counts as long-trained and runs on large tiles. At 256 the zero
// padding of the deepest level (256/32 = 8 pixels wide there) touches half of a
// patch at most, so the network has learned both sights, with padding and
// without. At 128 that level is 4 pixels wide and there is hardly a pixel in a
// patch that the padding does not reach; such a network still wants its patch.
const LongTrainedPatch = 256

// grid is the side in pixels of one pixel of the network's deepest level: five
// pools halve five times. Tiles that start on it are pooled alike, wherever
// they are.
const grid = 32

// Sides of the tiles of a long-trained network. The larger a tile, the less of
// it is halo; the smaller, the sooner the first cell of the preview appears and
// the less memory the teacher's 384 channels take.
const (
	studentTile = 512
	teacherTile = 256
)

// halo and feather of a long-trained network's tiles, in pixels: the outermost
// halo pixels are discarded, over the next feather pixels neighbours fade.
const (
	halo    = 32
	feather = 32
)

// Sides in pixels of a young network's cells, which all need several tiles: the
// smaller the cell, the fewer of them, and the sooner the first is there. The
// tiles are shared by the cells around and run only once.
const (
	youngStudentCell = 128
	youngTeacherCell = 64
)

// tiling says how one axis of any photo is cut. It can be compared.
type tiling struct {
	tile    int  // largest side of a tile
	overlap int  // pixels that neighbours share
	lead    int  // pixels by which the first tile starts before the photo, and the last ends after it at least
	hann    bool // weights under a Hann window over the whole tile, and tiles always of full size
	cell    int  // side of preview cells; 0: see axis.cut
}

// newTiling returns the tiling for a network that was trained on patches of the
// given side. An unknown patch (0) counts as long-trained: published weights are.
func newTiling(patch int, teacher bool) tiling {
	if patch <= 0 || patch >= LongTrainedPatch {
		t := tiling{tile: studentTile, overlap: 2*halo + feather, lead: halo}
		if teacher {
			t.tile = teacherTile
		}
		return t
	}
	return youngTiling(patch, teacher)
}

// youngTiling makes tiles of exactly the patch (in whole pixels of the deepest
// level), overlapping by half or a little more, so that their origins stay on
// the grid. The smallest patch, one pixel deep down, leaves the grid: half overlap matters more.
func youngTiling(patch int, teacher bool) tiling {
	tile := max(patch/grid*grid, grid)
	stride := tile / 2 / grid * grid
	if stride == 0 {
		stride = tile / 2
	}
	side := youngStudentCell
	if teacher {
		side = youngTeacherCell
	}
	cell := (side + stride - 1) / stride * stride
	return tiling{tile: tile, overlap: tile - stride, lead: stride, hann: true, cell: cell}
}

// axis cuts a photo of size pixels.
func (t tiling) axis(size int) axis {
	if size < 1 {
		return axis{}
	}
	tile := t.tile
	stride := tile - t.overlap
	need := size + 2*t.lead // from the first tile's start to the last one's end, at least
	count := 1
	if need > tile {
		count += (need - tile + stride - 1) / stride
	}
	if !t.hann {
		// Spread the photo evenly: tiles as small as this count of them allows.
		for tile > grid && count*(tile-grid)-(count-1)*t.overlap >= need {
			tile -= grid
		}
	}
	a := axis{size: size, tile: tile, first: -t.lead, stride: tile - t.overlap, count: count}
	a.weigh(t.window(tile))
	a.cut(t.cell)
	return a
}

// window returns the weights of a tile's pixels before they are normalised.
// Weights of 0 mark the halo.
func (t tiling) window(tile int) []float64 {
	w := make([]float64, tile)
	for i := range w {
		if t.hann {
			// Sampled between the zeros, so that w[i] + w[i+tile/2] is 1 and none is 0.
			s := math.Sin(math.Pi * (float64(i) + 0.5) / float64(tile))
			w[i] = s * s
			continue
		}
		edge := min(i, tile-1-i) - halo
		if edge >= 0 {
			w[i] = min(1, (float64(edge)+0.5)/feather)
		}
	}
	return w
}
