package main

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"

	"github.com/disintegration/imaging"
)

// The first simulated camera, from before core/camera: darker light, RGGB, normal
// noise, a weighted mean as demosaic, sRGB curve, JPEG. It made the sample photo,
// and its settings stay within reach so that the photo can be made again byte for
// byte; everything else should use core/camera.

// quality of the JPEG.
const quality = 86

// sensor is the simulated camera at one setting.
type sensor struct {
	exposure  float64 // of the original's light
	electrons float64 // of a full sensel
	readout   float64 // deviation of the read noise, in electrons
	rng       *rand.Rand
}

// convert reads the clean picture and writes the noisy one.
func (s sensor) convert(from, to, size string) error {
	clean, err := imaging.Open(from)
	if err != nil {
		return err
	}
	if size != "" {
		var w, h int
		if _, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil || w < 1 || h < 1 {
			return fmt.Errorf("a size is written 1000x750, not %q", size)
		}
		clean = imaging.Fill(clean, w, h, imaging.Center, imaging.Lanczos)
	}
	b := clean.Bounds()
	return imaging.Save(demosaic(s.expose(clean), b.Dx(), b.Dy()), to, imaging.JPEGQuality(quality))
}

// expose returns what the sensels measure: one colour each (RGGB), linear 0..1, with photon and read noise.
func (s sensor) expose(img image.Image) []float64 {
	b := img.Bounds()
	mosaic := make([]float64, b.Dx()*b.Dy())
	for i := range mosaic {
		x, y := i%b.Dx(), i/b.Dx()
		c := color.NRGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
		sample := [3]uint8{c.R, c.G, c.B}[bayer(x, y)]
		light := linear(float64(sample)/255) * s.exposure * s.electrons
		mosaic[i] = (light + s.rng.NormFloat64()*math.Sqrt(light+s.readout*s.readout)) / s.electrons
	}
	return mosaic
}

// bayer is the colour of a sensel: 0 red, 1 green, 2 blue.
func bayer(x, y int) int { return x&1 + y&1 }

// demosaic gives each pixel the mean of the neighbouring sensels of each colour.
func demosaic(mosaic []float64, width, height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			var sum, weight [3]float64
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					px, py := x+dx, y+dy
					if px < 0 || py < 0 || px >= width || py >= height {
						continue
					}
					c := bayer(px, py)
					w := 1 / float64(1+dx*dx+dy*dy)
					if dx == 0 && dy == 0 {
						w = 1e6 // its own colour is known
					}
					sum[c] += w * mosaic[py*width+px]
					weight[c] += w
				}
			}
			var out [3]uint8
			for c := range out {
				out[c] = uint8(math.Round(255 * encoded(sum[c]/weight[c])))
			}
			img.SetRGBA(x, y, color.RGBA{out[0], out[1], out[2], 255})
		}
	}
	return img
}

// linear undoes the sRGB curve (IEC 61966-2-1).
func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// encoded applies the sRGB curve.
func encoded(v float64) float64 {
	v = min(max(v, 0), 1)
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}
