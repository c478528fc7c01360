package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// naiveTexture is Texture.Apply in float64, block by block as its comment says.
func naiveTexture(t *Texture, noisy, blind []float32, channels, h, w int) []float64 {
	if t.Shifts != nil {
		shifted := make([]float32, len(noisy))
		for i, v := range noisy {
			curve := t.Shifts[i/(h*w)*t.Bins:][:t.Bins]
			shifted[i] = v - float32(naiveCurve(curve, float64(blind[i])))
		}
		noisy = shifted
	}
	out := naiveLevel(t, noisy, blind, channels, h, w, 3, false)
	if h < 64 || w < 64 {
		return out
	}
	small := *t
	small.Spectra, small.Threshold = nil, t.Coarse
	for i := range t.Spectra {
		small.Spectra = append(small.Spectra, t.Spectra[i/64*64]/64)
	}
	estimate := shrunk(to32(out), channels, h, w)
	grow(out, naiveLevel(&small, shrunk(noisy, channels, h, w), estimate, channels, h/8, w/8, 3, false), estimate, channels, h, w)
	return out
}

// naiveResidue is Residue.Remove for one estimate: the filter of what lies between it and nothing.
func naiveResidue(r *Residue, spectra, estimate []float32, channels, h, w int) []float64 {
	t := &Texture{Bins: r.Bins, Curves: r.Curves, Spectra: spectra[:64*channels], Threshold: r.Threshold}
	out := naiveLevel(t, estimate, nil, channels, h, w, 3, true)
	if h < 64 || w < 64 {
		return out
	}
	t.Spectra = spectra[64*channels:]
	few := shrunk(to32(out), channels, h, w)
	grow(out, naiveLevel(t, few, nil, channels, h/8, w/8, 1, true), few, channels, h, w)
	return out
}

// grow adds the difference of two pictures of means of 8×8 pixels to the picture, linear between their middles.
func grow(out, better []float64, estimate []float32, channels, h, w int) {
	at := func(c, y, x int) float64 {
		i := (c*h/8+y)*w/8 + x
		return better[i] - float64(estimate[i])
	}
	between := func(x, n int) (int, float64) { // the left one of two middles, and how far it is from there to the right one
		u := min(max((float64(x)+0.5)/8-0.5, 0), float64(n-1))
		left := min(int(u), n-2)
		return left, u - float64(left)
	}
	for c := range channels {
		for y := range h {
			for x := range w {
				v, fy := between(y, h/8)
				u, fx := between(x, w/8)
				out[(c*h+y)*w+x] += (1-fy)*((1-fx)*at(c, v, u)+fx*at(c, v, u+1)) + fy*((1-fx)*at(c, v+1, u)+fx*at(c, v+1, u+1))
			}
		}
	}
}

// shrunk are the means of 8×8 pixels.
func shrunk(v []float32, channels, h, w int) []float32 {
	sums := make([]float64, channels*h/8*w/8)
	for c := range channels {
		for y := range h {
			for x := range w {
				sums[(c*h/8+y/8)*w/8+x/8] += float64(v[(c*h+y)*w+x]) / 64
			}
		}
	}
	return to32(sums)
}

// naiveLevel is one level of the filter; without a blind estimate it works on the picture itself, whose lowest coefficient may pass whole.
func naiveLevel(t *Texture, noisy, blind []float32, channels, h, w, reach int, whole bool) []float64 {
	guide := blind
	if blind == nil {
		guide, blind = noisy, make([]float32, len(noisy))
	}
	axes := [][]float64{{1}}
	if channels == 3 {
		a, b, c := 1/math.Sqrt(3.0), 1/math.Sqrt(2.0), 1/math.Sqrt(6.0)
		axes = [][]float64{{a, a, a}, {b, 0, -b}, {c, -2 * c, c}}
	}
	out := make([]float64, len(blind))
	for i, v := range blind {
		out[i] = float64(v)
	}
	nx, ny := (w-8)/4+1, (h-8)/4+1
	each := func(visit func(bx, by int)) {
		for by := range ny {
			for bx := range nx {
				visit(bx, by)
			}
		}
	}
	noise := make([]float64, nx*ny)
	each(func(bx, by int) {
		for c := range channels {
			mean := 0.0
			for y := range 8 {
				for x := range 8 {
					mean += float64(guide[(c*h+by*4+y)*w+bx*4+x]) / 64
				}
			}
			noise[by*nx+bx] += naiveCurve(t.Curves[c*t.Bins:][:t.Bins], mean) / float64(channels)
		}
	})
	for o, axis := range axes {
		spectrum := t.Spectra[o*64:][:64]
		all := 0.0
		for _, v := range spectrum {
			all += float64(v)
		}
		blocks := make([][64]float64, nx*ny)
		each(func(bx, by int) {
			var b [64]float64
			for y := range 8 {
				for x := range 8 {
					for c, a := range axis {
						at := (c*h+by*4+y)*w + bx*4 + x
						b[y*8+x] += a * (float64(noisy[at]) - float64(blind[at]))
					}
				}
			}
			blocks[by*nx+bx] = cosineTransform(b, false)
		})
		total, weight := make([]float64, h*w), make([]float64, h*w)
		each(func(bx, by int) {
			var b [64]float64
			kept := 0.02
			for i := range b {
				var r, n float64
				for v := max(by-reach, 0); v <= min(by+reach, ny-1); v++ {
					for u := max(bx-reach, 0); u <= min(bx+reach, nx-1); u++ {
						e := blocks[v*nx+u][i]
						r += e * e / (noise[v*nx+u] * float64(spectrum[i]))
						n++
					}
				}
				q := float64(t.Threshold) * n / r
				gain := max(1-q*q, 0)
				if whole && i == 0 {
					gain = 1
				}
				kept += gain * gain * float64(spectrum[i]) / all
				b[i] = gain * blocks[by*nx+bx][i]
			}
			b = cosineTransform(b, true)
			for y := range 8 {
				for x := range 8 {
					total[(by*4+y)*w+bx*4+x] += b[y*8+x] / kept
					weight[(by*4+y)*w+bx*4+x] += 1 / kept
				}
			}
		})
		for i := range total {
			for c, a := range axis {
				out[c*h*w+i] += a * total[i] / weight[i]
			}
		}
	}
	return out
}

// naiveCurve is a curve at a brightness of 0..255, linear between the middles of its bins.
func naiveCurve(curve []float32, brightness float64) float64 {
	at := min(max(brightness*float64(len(curve))/256-0.5, 0), float64(len(curve)-1))
	i := min(int(at), len(curve)-2)
	low, high := float64(curve[i]), float64(curve[i+1])
	return low + (at-float64(i))*(high-low)
}

// cosineTransform is the orthonormal DCT-II of a block, or its inverse, by the definition.
func cosineTransform(b [64]float64, inverse bool) (out [64]float64) {
	wave := func(u, x int) float64 {
		scale := math.Sqrt(2.0 / 8)
		if u == 0 {
			scale = math.Sqrt(1.0 / 8)
		}
		return scale * math.Cos(math.Pi*(float64(x)+0.5)*float64(u)/8)
	}
	for i := range out {
		for j, v := range b {
			k, at := i, j // coefficient, place
			if inverse {
				k, at = j, i
			}
			out[i] += v * wave(k%8, at%8) * wave(k/8, at/8)
		}
	}
	return out
}

// texturePictures draws a picture with an edge and stripes, with noise, and a smooth blind estimate of it.
func texturePictures(channels, h, w int) (noisy, blind []float32, t *Texture) {
	rng := rand.New(rand.NewPCG(5, uint64(h*w)))
	for c := range channels {
		for y := range h {
			for x := range w {
				v := 40 + 100*float64(x)/float64(w) + 20*float64(c)
				blind = append(blind, float32(v))
				if x > w/2 {
					v += 12 * math.Sin(float64(x+2*y))
				}
				noisy = append(noisy, float32(v+3*rng.NormFloat64()))
			}
		}
	}
	t = &Texture{Bins: 20, Threshold: 1.7, Coarse: 1.3}
	for range channels {
		for b := range t.Bins {
			t.Curves = append(t.Curves, 4+float32(b)/2)
			t.Shifts = append(t.Shifts, float32(b)/8-1)
		}
		for i := range 64 {
			t.Spectra = append(t.Spectra, 2/(1+0.1*float32(i%8+i/8)))
		}
	}
	return noisy, blind, t
}

// Values up to 255 through some hundred operations in float32, and gains whose slope is at most 2 in what they are taken from.
func TestTexture(t *testing.T) {
	for _, set := range sets(t) {
		for _, size := range [][3]int{{1, 8, 8}, {3, 8, 20}, {3, 64, 40}, {1, 64, 96}, {3, 96, 64}} {
			channels, h, w := size[0], size[1], size[2]
			t.Run(fmt.Sprint(set, size), func(t *testing.T) {
				noisy, blind, texture := texturePictures(channels, h, w)
				other := append([]float32(nil), noisy...)
				outs := [][]float32{make([]float32, len(noisy)), make([]float32, len(noisy))}
				if err := texture.Apply(newTestPool(t, set, 2), noisy, [][]float32{blind, other}, outs, channels, h, w); err != nil {
					t.Fatal(err)
				}
				compare(t, "texture", outs[0], naiveTexture(texture, noisy, blind, channels, h, w), 1e-5)
				texture.Shifts = nil
				if err := texture.Apply(newTestPool(t, set, 2), noisy, [][]float32{other}, outs[1:], channels, h, w); err != nil {
					t.Fatal(err)
				}
				compare(t, "of a perfect estimate", outs[1], naiveTexture(texture, noisy, other, channels, h, w), 1e-6)
			})
		}
	}
}

// What the estimate lacks comes back, and the noise does not: the stripes on the right, the flat left.
func TestTextureTellsStripesFromNoise(t *testing.T) {
	const h, w = 64, 128
	noisy, blind, texture := texturePictures(1, h, w)
	texture.Shifts = nil
	for i := range texture.Curves {
		texture.Curves[i] = 9
	}
	for i := range texture.Spectra {
		texture.Spectra[i] = 1
	}
	out := make([]float32, len(noisy))
	if err := texture.Apply(newTestPool(t, sets(t)[0], 1), noisy, [][]float32{blind}, [][]float32{out}, 1, h, w); err != nil {
		t.Fatal(err)
	}
	root := func(x0, x1 int, a func(i int) float64) float64 {
		sum, n := 0.0, 0.0
		for y := range h {
			for x := x0; x < x1; x++ {
				sum += a(y*w+x) * a(y*w+x)
				n++
			}
		}
		return math.Sqrt(sum / n)
	}
	stripes := func(i int) float64 { return 12 * math.Sin(float64(i%w+2*(i/w))) }
	flat := root(0, w/2-24, func(i int) float64 { return float64(out[i] - blind[i]) })
	striped := root(w/2+24, w, func(i int) float64 { return float64(out[i]-blind[i]) - stripes(i) })
	// The stripes' few coefficients bring their own noise along.
	if flat > 0.5 || striped > 2 {
		t.Errorf("%.2f of a noise of 3 came back where it is flat, and stripes are off by %.2f", flat, striped)
	}
}

// The colour of a large area is kept, though in a block it cannot be told from the noise.
func TestTextureKeepsColours(t *testing.T) {
	const h, w, off = 256, 256, 2
	rng := rand.New(rand.NewPCG(6, 6))
	noisy, blind, out := make([]float32, h*w), make([]float32, h*w), make([]float32, h*w)
	for i := range noisy {
		noisy[i] = float32(100 + 20*rng.NormFloat64())
		blind[i] = 100 + off
	}
	texture := &Texture{Bins: 2, Curves: []float32{400, 400}, Threshold: 3, Coarse: 1.7}
	for range 64 {
		texture.Spectra = append(texture.Spectra, 1)
	}
	if err := texture.Apply(newTestPool(t, sets(t)[0], 1), noisy, [][]float32{blind}, [][]float32{out}, 1, h, w); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := range out {
		sum += float64(out[i]-noisy[i]) / h / w
	}
	if math.Abs(sum) > 0.3 {
		t.Errorf("the area is off by %.2f, and was by %d", sum, off)
	}
}

func TestTextureRefuses(t *testing.T) {
	noisy, blind, good := texturePictures(3, 16, 16)
	for name, spoil := range map[string]func(x *Texture) (channels, h, w int){
		"channels": func(*Texture) (int, int, int) { return 2, 16, 16 },
		"size":     func(*Texture) (int, int, int) { return 3, 16, 12 },
		"step":     func(*Texture) (int, int, int) { return 3, 18, 16 },
		"curves":   func(x *Texture) (int, int, int) { x.Curves = x.Curves[1:]; return 3, 16, 16 },
		"shifts":   func(x *Texture) (int, int, int) { x.Shifts = x.Shifts[1:]; return 3, 16, 16 },
		"spectra":  func(x *Texture) (int, int, int) { x.Spectra = x.Spectra[1:]; return 3, 16, 16 },
	} {
		texture := *good
		channels, h, w := spoil(&texture)
		out := make([]float32, len(noisy))
		if err := texture.Apply(newTestPool(t, sets(t)[0], 1), noisy, [][]float32{blind}, [][]float32{out}, channels, h, w); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkTexture(b *testing.B) {
	noisy, blind, texture := texturePictures(3, 256, 256)
	eachThreads(b, "eight estimates", func(b *testing.B, pool *Pool) {
		var blinds, outs [][]float32
		for range 8 {
			blinds, outs = append(blinds, blind), append(outs, make([]float32, len(blind)))
		}
		for b.Loop() {
			if err := texture.Apply(pool, noisy, blinds, outs, 3, 256, 256); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/8/256/256, "ns/pixel")
	})
}
