package noise

import (
	"math"
	"math/rand/v2"

	"blindspot/core/pixel"
)

// Draw returns Gaussian noise as the model describes it where a picture is as bright as the given one, noisy or not, in its shape.
// Spectra are met up to the smoothing of a block's window: blocks of 8×8 waves are laid over each other every four pixels.
func (m *Model) Draw(picture *pixel.Tile, rng *rand.Rand) *pixel.Tile {
	out := pixel.NewTile(picture.C, picture.H, picture.W)
	field := make([]float64, picture.H*picture.W)
	for o := range m.Spectra {
		drawField(&m.Spectra[o], picture.H, picture.W, field, rng)
		for c := range picture.C {
			axis := 1.0
			if picture.C == 3 {
				axis = Opponent[o][c]
			}
			plane := out.Plane(c)
			for i, v := range field {
				plane[i] += float32(axis * v)
			}
		}
	}
	m.weigh(picture, out)
	return out
}

// weigh gives noise of variance 1 the level of the picture's brightness, square by square.
func (m *Model) weigh(picture, noise *pixel.Tile) {
	for y0 := 0; y0 < picture.H; y0 += Block {
		for x0 := 0; x0 < picture.W; x0 += Block {
			y1, x1 := min(y0+Block, picture.H), min(x0+Block, picture.W)
			var variance float64
			for c := range picture.C {
				var sum float64
				for y := y0; y < y1; y++ {
					for _, v := range picture.Plane(c)[y*picture.W+x0 : y*picture.W+x1] {
						sum += float64(v)
					}
				}
				variance += interpolate(&m.Variance[c], sum/float64((y1-y0)*(x1-x0))) / float64(picture.C)
			}
			level := float32(math.Sqrt(variance))
			for c := range picture.C {
				for y := y0; y < y1; y++ {
					row := noise.Plane(c)[y*picture.W+x0 : y*picture.W+x1]
					for i := range row {
						row[i] *= level
					}
				}
			}
		}
	}
}

// laps is the window of a block along one side: the squares of two windows half a block apart add up to 1.
var laps = func() (w [Block]float64) {
	for i := range w {
		w[i] = math.Sin(math.Pi * (float64(i) + 0.5) / Block)
	}
	return w
}()

// drawField fills field with noise of the given spectrum.
func drawField(s *Spectrum, h, w int, field []float64, rng *rand.Rand) {
	clear(field)
	var level Spectrum
	for i, v := range s {
		level[i] = math.Sqrt(v)
	}
	for y0 := -Block / 2; y0 < h; y0 += Block / 2 {
		for x0 := -Block / 2; x0 < w; x0 += Block / 2 {
			var b [Block * Block]float64
			for i := range b {
				b[i] = rng.NormFloat64() * level[i]
			}
			invert(&b)
			for y := max(0, -y0); y < min(Block, h-y0); y++ {
				row := field[(y0+y)*w:][:w]
				for x := max(0, -x0); x < min(Block, w-x0); x++ {
					row[x0+x] += laps[y] * laps[x] * b[y*Block+x]
				}
			}
		}
	}
}

// invert is the inverse of transform, in place.
func invert(b *[Block * Block]float64) {
	var half [Block * Block]float64
	for v := range Block {
		row, out := b[v*Block:][:Block], half[v*Block:][:Block]
		for u, value := range row {
			for x := range out {
				out[x] += cosines[u][x] * value
			}
		}
	}
	clear(b[:])
	for v := range Block {
		row := half[v*Block:][:Block]
		for y := range Block {
			out := b[y*Block:][:Block]
			for x, value := range row {
				out[x] += cosines[v][y] * value
			}
		}
	}
}

// Transposed is the model for the picture with its rows and columns exchanged.
func (m *Model) Transposed() *Model {
	t := &Model{Variance: m.Variance, Shift: m.Shift, Spectra: make([]Spectrum, len(m.Spectra))}
	for o := range m.Spectra {
		for i, v := range m.Spectra[o] {
			t.Spectra[o][i%Block*Block+i/Block] = v
		}
	}
	return t
}

// Tables are the variances and shifts channel by channel, and the spectra axis by axis, as kernel.Texture takes them.
func (m *Model) Tables() (variance, shift, spectra []float32) {
	for c := range m.Variance {
		for b, v := range m.Variance[c] {
			variance, shift = append(variance, float32(v)), append(shift, float32(m.Shift[c][b]))
		}
	}
	for o := range m.Spectra {
		for _, v := range m.Spectra[o] {
			spectra = append(spectra, float32(v))
		}
	}
	return variance, shift, spectra
}
