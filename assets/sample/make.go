//go:build ignore

// Makes the sample photo out of a clean one, see README.md in this folder.
package main

import (
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png"
	"log"
	"math"
	"math/rand/v2"
	"os"

	"github.com/disintegration/imaging"
)

const (
	width    = 1000
	height   = 750
	exposure = 0.62   // of the original's light
	electron = 150.0  // electrons of a full sensel: a small sensor at high ISO
	readout  = 3.0    // deviation of the read noise, in electrons
	quality  = 86     // of the JPEG
	seed     = 0xB11D // of the noise
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go run make.go CLEAN.png SAMPLE.jpg")
	}
	clean, err := imaging.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	mosaic := expose(imaging.Fill(clean, width, height, imaging.Center, imaging.Lanczos))
	out, err := os.Create(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	if err := jpeg.Encode(out, demosaic(mosaic), &jpeg.Options{Quality: quality}); err != nil {
		log.Fatal(err)
	}
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
}

// expose returns what the sensels measure: one colour each (RGGB), linear 0..1, with photon and read noise.
func expose(img image.Image) []float64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	mosaic := make([]float64, width*height)
	for i := range mosaic {
		c := color.NRGBAModel.Convert(img.At(i%width, i/width)).(color.NRGBA)
		sample := [3]uint8{c.R, c.G, c.B}[bayer(i%width, i/width)]
		light := linear(float64(sample)/255) * exposure * electron
		mosaic[i] = (light + rng.NormFloat64()*math.Sqrt(light+readout*readout)) / electron
	}
	return mosaic
}

// bayer is the colour of a sensel: 0 red, 1 green, 2 blue.
func bayer(x, y int) int { return x&1 + y&1 }

// demosaic gives each pixel the mean of the neighbouring sensels of each colour.
func demosaic(mosaic []float64) image.Image {
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
