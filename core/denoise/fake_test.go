package denoise

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"weak"

	"blindspot/core/noise"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/pixel"
)

// fakeNetwork stands for a teacher or student where a test needs to know
// exactly what comes out. Hole k averages over 2k+1 pixels across and down in a
// plus-shaped window with zeros outside of the tile, like the network's padding.
// Then it adds drift times the tile's mean: like a real network it answers a
// little differently in each tile, so a result shows which tiles made it.
type fakeNetwork struct {
	drift float32
	calls atomic.Int64
	seen  atomic.Int64 // pictures
	hook  func(ctx context.Context) error
}

func (f *fakeNetwork) Forward(ctx context.Context, x *tensor.Dense, holes []bsn.Hole) ([]*tensor.Dense, error) {
	f.calls.Add(1)
	f.seen.Add(int64(x.Shape()[0]))
	if f.hook != nil {
		if err := f.hook(ctx); err != nil {
			return nil, err
		}
	}
	h, w := x.Shape()[2], x.Shape()[3]
	in := x.Data().([]float32)
	var out []*tensor.Dense
	for _, k := range holes {
		y := make([]float32, len(in))
		for p := 0; p < len(in); p += h * w {
			f.filter(y[p:p+h*w], in[p:p+h*w], h, w, int(k))
		}
		out = append(out, tensor.New(tensor.WithShape(x.Shape()...), tensor.WithBacking(y)))
	}
	return out, nil
}

func (f *fakeNetwork) filter(out, in []float32, h, w, radius int) {
	mean := float32(0)
	for _, v := range in {
		mean += v
	}
	mean /= float32(h * w)
	for y := range h {
		for x := range w {
			sum := -in[y*w+x]
			for d := -radius; d <= radius; d++ {
				if y+d >= 0 && y+d < h {
					sum += in[(y+d)*w+x]
				}
				if x+d >= 0 && x+d < w {
					sum += in[y*w+x+d]
				}
			}
			out[y*w+x] = sum/float32(4*radius+1) + f.drift*mean
		}
	}
}

// fakeEngine runs two fakes with a drift of 2 %.
func fakeEngine(channels, patch int) (e *Engine, teacher, student *fakeNetwork) {
	teacher, student = &fakeNetwork{drift: 0.02}, &fakeNetwork{drift: 0.02}
	return newEngine(kernel.NewPool(2), teacher, student, channels, patch), teacher, student
}

// randomPhoto is noise around a slope, with every sample a legal one of its depth.
func randomPhoto(seed uint64, w, h, c, depth int) *pixel.Image {
	rng := rand.New(rand.NewPCG(seed, 7))
	im := pixel.New(w, h, c, depth)
	for ch, p := range im.Planes {
		for i := range p {
			v := 60 + 100*float64(i%w)/float64(w) + 20*float64(ch) + 25*rng.NormFloat64()
			v = min(max(v, 0), 255)
			p[i] = uint16(v) * 257
			if depth == 16 {
				p[i] = uint16(v * 257)
			}
		}
	}
	return im
}

// randomAlpha gives a photo a random alpha plane.
func randomAlpha(im *pixel.Image, seed uint64) *pixel.Image {
	rng := rand.New(rand.NewPCG(seed, 8))
	im.Alpha = make([]uint16, im.W*im.H)
	for i := range im.Alpha {
		im.Alpha[i] = uint16(rng.Uint32())
	}
	return im
}

// leave has the engine think that its networks leave nothing of a photo's noise, so that their results stay as they are.
func leave(e *Engine, im *pixel.Image) {
	f := &filters{
		texture: &kernel.Texture{Bins: 2, Threshold: leastThreshold},
		residue: &kernel.Residue{Bins: 2, Threshold: leastThreshold},
		left:    map[bsn.Hole][]float32{},
	}
	for range im.C {
		f.texture.Curves = append(f.texture.Curves, 1, 1)
		for range noise.Block * noise.Block {
			f.texture.Spectra = append(f.texture.Spectra, 1)
			f.left[0] = append(f.left[0], 1e-12, 1e-12)
		}
	}
	f.residue.Curves = f.texture.Curves
	e.measured = measured{photo: weak.Make(im), report: &noise.Report{}, filters: [2]*filters{f, f}}
}

// of makes settings.
func of(m Mode, k bsn.Hole, luma, colour, texture float32) Settings {
	return Settings{Mode: m, Hole: k, Luma: luma, Colour: colour, Texture: texture}
}
