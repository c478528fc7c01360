package noise

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	"blindspot/core/pixel"
)

// Block is the side in pixels of the squares whose cosine transform a Spectrum describes.
const Block = 8

// Spectrum is the energy of noise at each coefficient of the orthonormal cosine transform (DCT-II) of blocks of 8×8 pixels, row by row:
// Spectrum[8·v+u] for u half waves across and v down. White noise of variance 1 has 1 everywhere.
type Spectrum [Block * Block]float64

// Opponent lists the axes along which colour noise is described, orthonormal in R, G, B: brightness, red against blue, green against
// both. Demosaicing and colour matrices leave noise of very different level and grain along them.
var Opponent = [3][3]float64{
	{1 / math.Sqrt(3.0), 1 / math.Sqrt(3.0), 1 / math.Sqrt(3.0)},
	{1 / math.Sqrt(2.0), 0, -1 / math.Sqrt(2.0)},
	{1 / math.Sqrt(6.0), -2 / math.Sqrt(6.0), 1 / math.Sqrt(6.0)},
}

// cosines is the matrix of the transform of one row.
var cosines = func() (m [Block][Block]float64) {
	for u := range Block {
		scale := math.Sqrt(2.0 / Block)
		if u == 0 {
			scale = math.Sqrt(1.0 / Block)
		}
		for x := range Block {
			m[u][x] = scale * math.Cos(math.Pi*(float64(x)+0.5)*float64(u)/Block)
		}
	}
	return m
}()

// fewestBlocks is how many blocks a spectrum must come from.
const fewestBlocks = 64

// spectra returns the spectrum along each opponent axis (of a gray picture: of its one channel), in units of the variance that the
// report's curves give for the place, mean of the channels. places are flat windows of the given side. nil if there are too few.
func (r *Report) spectra(ctx context.Context, im *pixel.Image, places []place, side int, rounding float64) ([]Spectrum, error) {
	slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.over, b.over) })
	places = places[:min(len(places), max(int(calmest*float64(len(places))), fewestBlocks))]
	per := (side / Block) * (side / Block)
	if len(places)*per < fewestBlocks {
		return nil, nil
	}
	const group = 32
	parts := make([][]Spectrum, (len(places)+group-1)/group)
	basis := modes(side)
	err := inParallel(ctx, len(parts), func(part int) {
		parts[part] = make([]Spectrum, im.C)
		windows := make([][]float64, im.C)
		for c := range windows {
			windows[c] = make([]float64, side*side)
		}
		for _, p := range places[part*group : min((part+1)*group, len(places))] {
			var variance float64
			for c := range windows {
				residual(im, c, &p.samples[c], side, basis, windows[c])
				s := r.Channels[c].At(p.samples[c].mean)
				variance += (s*s + rounding) / float64(im.C)
			}
			addSpectra(parts[part], windows, side, 1/variance)
		}
	})
	if err != nil {
		return nil, err
	}
	sum := make([]Spectrum, im.C)
	for _, part := range parts {
		for o := range sum {
			for i, v := range part[o] {
				sum[o][i] += v
			}
		}
	}
	var total float64
	for o := range sum {
		sum[o][0] /= meansKept(side)
		for _, v := range sum[o] {
			total += v
		}
	}
	// The windows tell the shape; how much noise there is the curves know better.
	for o := range sum {
		for i := range sum[o] {
			sum[o][i] *= float64(len(sum)*Block*Block) / max(total, 1e-12)
		}
	}
	return sum, nil
}

// meansKept is the share of the energy of the blocks' means that a window still has when its plane is taken away. The plane takes one mean
// of all and, of each of two slopes, what lies between blocks rather than within them.
func meansKept(side int) float64 {
	across := float64(side / Block)
	return 1 - (1+2*(1-1/(across*across)))/(across*across)
}

// mostFlattest and apart say how many places are told, and how many pixels lie between them across or down at least.
const (
	mostFlattest = 8
	apart        = 64
)

// spread returns the middles of the flattest places that are not near each other. places are sorted.
func spread(places []place, side int) []image.Point {
	var list []image.Point
	for _, p := range places {
		at := image.Pt(p.samples[0].x+side/2, p.samples[0].y+side/2)
		near := func(q image.Point) bool { return max(q.X-at.X, at.X-q.X, q.Y-at.Y, at.Y-q.Y) < apart }
		if len(list) < mostFlattest && !slices.ContainsFunc(list, near) {
			list = append(list, at)
		}
	}
	return list
}

// place is a window that is flat in all channels.
type place struct {
	samples []sample // one for each channel
	over    float64  // energy over level, sum of the channels
}

// addSpectra adds the energies of all blocks of a window, times scale.
func addSpectra(sum []Spectrum, windows [][]float64, side int, scale float64) {
	var block [Block * Block]float64
	for by := 0; by+Block <= side; by += Block {
		for bx := 0; bx+Block <= side; bx += Block {
			for o := range sum {
				for y := range Block {
					for x := range Block {
						at := (by+y)*side + bx + x
						if len(windows) == 1 {
							block[y*Block+x] = windows[0][at]
							continue
						}
						var v float64
						for c, w := range windows {
							v += Opponent[o][c] * w[at]
						}
						block[y*Block+x] = v
					}
				}
				transform(&block)
				for i, v := range block {
					sum[o][i] += v * v * scale
				}
			}
		}
	}
}

// transform is the cosine transform of a block, in place.
func transform(b *[Block * Block]float64) {
	var half [Block * Block]float64
	for y := range Block {
		for u := range Block {
			var s float64
			for x, v := range b[y*Block:][:Block] {
				s += cosines[u][x] * v
			}
			half[y*Block+u] = s
		}
	}
	for v := range Block {
		for u := range Block {
			var s float64
			for y := range Block {
				s += cosines[v][y] * half[y*Block+u]
			}
			b[v*Block+u] = s
		}
	}
}
