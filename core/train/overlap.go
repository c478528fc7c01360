package train

import (
	"context"
	"image"
	"math"
	"slices"

	"blindspot/core/pixel"
)

// denoise is the view as the network sees it in patches of a side that it knows: they overlap by half and are joined under a
// window that is 0 at their borders, where a young network is at its worst.
func (v view) denoise(ctx context.Context, p pupil, patch int, rest func(ctx context.Context) error) (*pixel.Tile, error) {
	n := v.Noisy
	patch = min(patch, n.W)
	var places []image.Point
	for _, y := range overlapping(n.W, patch) {
		for _, x := range overlapping(n.W, patch) {
			places = append(places, image.Pt(x, y))
		}
	}
	sum, window := newWindowed(n, patch), hann(patch)
	for some := range slices.Chunk(places, max(1, viewBatch/(patch*patch))) {
		if err := rest(ctx); err != nil {
			return nil, err
		}
		results, err := p.show(ctx, dense(cutPatches(n, patch, some), len(some), n.C, patch, patch))
		if err != nil {
			return nil, err
		}
		for _, result := range results {
			sum.add(floats(result), some, window)
		}
	}
	return sum.mean(), nil
}

// viewBatch is how many pixels are denoised at a time, about as many as a step trains on, so that no more memory is needed.
const viewBatch = 8 * 64 * 64

// overlapping is where patches begin along a side, evenly spread and half a patch apart at most.
func overlapping(side, patch int) []int {
	n := (2*(side-patch)+patch-1)/patch + 1
	list := make([]int, n)
	for i := range list {
		if n > 1 {
			list[i] = i * (side - patch) / (n - 1)
		}
	}
	return list
}

// hann is a window of n weights that are never quite 0.
func hann(n int) []float32 {
	w := make([]float32, n)
	for i := range w {
		w[i] = float32(0.5-0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(n))) + 1e-4
	}
	return w
}

// cutPatches are the patches of a tile as the network takes them.
func cutPatches(t *pixel.Tile, patch int, places []image.Point) []float32 {
	var list []float32
	for _, at := range places {
		for c := range t.C {
			for y := range patch {
				list = append(list, t.Plane(c)[(at.Y+y)*t.W+at.X:][:patch]...)
			}
		}
	}
	return list
}

// windowed adds up patches under a window.
type windowed struct {
	sum    *pixel.Tile
	weight []float32
	patch  int
}

func newWindowed(like *pixel.Tile, patch int) *windowed {
	return &windowed{pixel.NewTile(like.C, like.H, like.W), make([]float32, like.H*like.W), patch}
}

// add adds patches (n×C×P×P) at their places.
func (w *windowed) add(values []float32, places []image.Point, window []float32) {
	for n, at := range places {
		for y := range w.patch {
			row := (at.Y+y)*w.sum.W + at.X
			for x := range w.patch {
				weight := window[x] * window[y]
				w.weight[row+x] += weight
				for c := range w.sum.C {
					w.sum.Plane(c)[row+x] += weight * values[((n*w.sum.C+c)*w.patch+y)*w.patch+x]
				}
			}
		}
	}
}

// mean is the weighted mean at each pixel.
func (w *windowed) mean() *pixel.Tile {
	for c := range w.sum.C {
		for i, weight := range w.weight {
			w.sum.Plane(c)[i] /= weight
		}
	}
	return w.sum
}
