package noise

import (
	"math"
	"math/rand/v2"

	"blindspot/core/pixel"
)

// scene gives the true brightness, 0..255, of channel c at a pixel.
type scene func(c, x, y int) float64

func flatScene(v float64) scene { return func(_, _, _ int) float64 { return v } }

// gradient runs from 30 to 220 across.
func gradient(w int) scene {
	return func(_, x, _ int) float64 { return 30 + 190*float64(x)/float64(w) }
}

// busy is a scene whose upper half is a gradient and whose lower half is full of edges and fine stripes, stronger than the noise.
func busy(w, h int) scene {
	smooth := gradient(w)
	return func(c, x, y int) float64 {
		v := smooth(c, x, y)
		if y < h/2 {
			return v
		}
		v += 25 * math.Sin(float64(x)*0.9+float64(y)*0.35)
		if (x/11+y/7)%2 == 0 {
			v += 30
		}
		return min(max(v, 25), 230)
	}
}

// kernel is a filter that white noise is passed through, odd by odd, with squares that add up to 1.
type kernel [][]float64

func newKernel(rows ...[]float64) kernel {
	var sum float64
	for _, row := range rows {
		for _, v := range row {
			sum += v * v
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] /= math.Sqrt(sum)
		}
	}
	return rows
}

var white = newKernel([]float64{1})

// box returns a kernel of equal weights.
func box(w, h int) kernel {
	rows := make([][]float64, h)
	for y := range rows {
		rows[y] = make([]float64, w)
		for x := range rows[y] {
			rows[y][x] = 1
		}
	}
	return newKernel(rows...)
}

// correlation is that of white noise passed through k: k's own.
func (k kernel) correlation(dy, dx int) float64 {
	var sum float64
	for y := range k {
		for x := range k[y] {
			if v, u := y+dy, x+dx; v >= 0 && v < len(k) && u >= 0 && u < len(k[0]) {
				sum += k[y][x] * k[v][u]
			}
		}
	}
	return sum
}

// noisy draws a scene with Gaussian noise of the level sigma(brightness), correlated as by k.
func noisy(w, h, channels, depth int, s scene, sigma func(v float64) float64, k kernel, seed uint64) *pixel.Image {
	rng := rand.New(rand.NewPCG(seed, 77))
	im := pixel.New(w, h, channels, depth)
	kh, kw := len(k), len(k[0])
	field := make([]float64, (w+kw)*(h+kh))
	for c := range channels {
		for i := range field {
			field[i] = rng.NormFloat64()
		}
		for y := range h {
			for x := range w {
				var n float64
				for j, row := range k {
					for i, f := range row {
						n += f * field[(y+j)*(w+kw)+x+i]
					}
				}
				v := s(c, x, y)
				im.Planes[c][y*w+x] = quantised(v+sigma(v)*n, depth)
			}
		}
	}
	return im
}

func quantised(v float64, depth int) uint16 {
	v = min(max(v, 0), 255)
	if depth == 8 {
		return uint16(math.Round(v)) * 257
	}
	return uint16(math.Round(v * 257))
}

func constant(sigma float64) func(float64) float64 { return func(float64) float64 { return sigma } }
