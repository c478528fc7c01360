package camera

import (
	"context"
	"math"
	"slices"
)

// finish does what a camera does to its picture before it is compressed:
// smoothing, sharpening and making it smaller. f is changed; the result may be
// another frame.
func (s Settings) finish(ctx context.Context, f *Frame) (*Frame, error) {
	if s.ChromaBlur > 0 || s.LumaSmoothing > 0 || s.Sharpening > 0 {
		if err := s.smoothAndSharpen(ctx, f); err != nil {
			return nil, err
		}
	}
	if s.Scale == 1 {
		return f, nil
	}
	w, h := scaledSide(f.W, s.Scale), scaledSide(f.H, s.Scale)
	out := &Frame{W: w, H: h}
	for c := range out.Planes {
		var err error
		if out.Planes[c], err = resample(ctx, f.Planes[c], f.W, f.H, w, h); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// smoothAndSharpen works on brightness and colour apart, as cameras do: colour
// noise is blurred away, brightness noise flattened a little, and what is left of
// brightness sharpened.
func (s Settings) smoothAndSharpen(ctx context.Context, f *Frame) error {
	if err := toYCC(ctx, f); err != nil {
		return err
	}
	if s.ChromaBlur > 0 {
		for c := 1; c < 3; c++ {
			blurred, err := gaussian(ctx, f.Planes[c], f.W, f.H, s.ChromaBlur)
			if err != nil {
				return err
			}
			f.Planes[c] = blurred
		}
	}
	if s.LumaSmoothing > 0 {
		smoothed, err := bilateral(ctx, f.Planes[0], f.W, f.H, float32(s.LumaSmoothing/255))
		if err != nil {
			return err
		}
		f.Planes[0] = smoothed
	}
	if s.Sharpening > 0 {
		blurred, err := gaussian(ctx, f.Planes[0], f.W, f.H, s.SharpenRadius)
		if err != nil {
			return err
		}
		amount := float32(s.Sharpening)
		for i, v := range f.Planes[0] {
			f.Planes[0][i] = v + amount*(v-blurred[i])
		}
	}
	return toRGB(ctx, f)
}

// gaussian blurs a plane with the given deviation in pixels, the border repeated.
func gaussian(ctx context.Context, plane []float32, w, h int, sigma float64) ([]float32, error) {
	if sigma < 0.01 { // nothing of a neighbour arrives, and squares of tiny numbers vanish
		return slices.Clone(plane), nil
	}
	reach := max(1, int(math.Ceil(3*sigma)))
	kernel := make([]float32, 2*reach+1)
	var sum float64
	for i := range kernel {
		d := float64(i-reach) / sigma
		sum += math.Exp(-d * d / 2)
	}
	for i := range kernel {
		d := float64(i-reach) / sigma
		kernel[i] = float32(math.Exp(-d*d/2) / sum)
	}
	half, out := make([]float32, len(plane)), make([]float32, len(plane))
	err := eachBand(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := plane[y*w:][:w]
			for x := range row {
				var v float32
				for j, weight := range kernel {
					v += weight * row[min(max(x+j-reach, 0), w-1)]
				}
				half[y*w+x] = v
			}
		}
	})
	if err != nil {
		return nil, err
	}
	err = eachBand(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			row := out[y*w:][:w]
			for j, weight := range kernel {
				from := half[min(max(y+j-reach, 0), h-1)*w:][:w]
				for x, v := range from {
					row[x] += weight * v
				}
			}
		}
	})
	return out, err
}

// bilateral flattens a plane within windows of 5×5: neighbours count the less the
// further their value lies from the pixel's, level being the deviation of that
// weight (Tomasi, Manduchi: "Bilateral filtering for gray and color images", 1998).
func bilateral(ctx context.Context, plane []float32, w, h int, level float32) ([]float32, error) {
	const steps = 64 // of the weight's table, which ends at four deviations
	var table [steps + 1]float32
	for i := range steps {
		d := 4 * float64(i) / steps
		table[i] = float32(math.Exp(-d * d / 2))
	}
	out := make([]float32, len(plane))
	scale := steps / (4 * level)
	return out, eachBand(ctx, h, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			top, bottom := max(y-2, 0), min(y+2, h-1)
			for x := range w {
				left, right := max(x-2, 0), min(x+2, w-1)
				centre := plane[y*w+x]
				var sum, weights float32
				for ny := top; ny <= bottom; ny++ {
					for _, v := range plane[ny*w+left : ny*w+right+1] {
						weight := table[min(int(abs(v-centre)*scale), steps)]
						sum += weight * v
						weights += weight
					}
				}
				out[y*w+x] = sum / weights // at least the pixel itself
			}
		}
	})
}

// toYCC replaces red, green and blue by brightness and two colour differences as
// JPEG defines them (ITU-T T.871), the latter around 0.
func toYCC(ctx context.Context, f *Frame) error {
	return eachBand(ctx, f.H, func(y0, y1 int) {
		for i := y0 * f.W; i < y1*f.W; i++ {
			r, g, b := f.Planes[0][i], f.Planes[1][i], f.Planes[2][i]
			y := 0.299*r + 0.587*g + 0.114*b
			f.Planes[0][i], f.Planes[1][i], f.Planes[2][i] = y, (b-y)/1.772, (r-y)/1.402
		}
	})
}

// toRGB undoes toYCC and clips to 0..1.
func toRGB(ctx context.Context, f *Frame) error {
	return eachBand(ctx, f.H, func(y0, y1 int) {
		for i := y0 * f.W; i < y1*f.W; i++ {
			y, cb, cr := f.Planes[0][i], f.Planes[1][i], f.Planes[2][i]
			r, b := y+1.402*cr, y+1.772*cb
			g := (y - 0.299*r - 0.114*b) / 0.587
			f.Planes[0][i], f.Planes[1][i], f.Planes[2][i] = unit(r), unit(g), unit(b)
		}
	})
}

// unit clips to 0..1.
func unit(v float32) float32 { return min(max(v, 0), 1) }
