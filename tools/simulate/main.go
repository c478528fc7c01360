// Command simulate turns a clean picture into a noisy camera photo: it is
// darkened, seen through a Bayer mosaic with photon and read noise, demosaiced
// and saved as JPEG or PNG, so that the noise is correlated from pixel to pixel
// as in a real camera's file. The seed makes it repeatable.
//
//	go run ./tools/simulate [-electrons N] [-readout N] [-exposure F] [-size W×H] [-seed N] CLEAN NOISY
package main

import (
	"flag"
	"fmt"
	"image"
	"image/color"
	_ "image/png"
	"log"
	"math"
	"math/rand/v2"

	"github.com/disintegration/imaging"
)

// quality of the JPEG.
const quality = 86

// sensor is the simulated camera at one setting.
type sensor struct {
	exposure  float64 // of the original's light
	electrons float64 // of a full sensel
	readout   float64 // deviation of the read noise, in electrons
	rng       *rand.Rand
}

func main() {
	log.SetFlags(0)
	exposure := flag.Float64("exposure", 0.62, "share of the original's light")
	electrons := flag.Float64("electrons", 150, "electrons of a full sensel: the fewer, the higher the ISO")
	readout := flag.Float64("readout", 3, "deviation of the read noise in electrons")
	seed := flag.Uint64("seed", 0xB11D, "of the noise")
	size := flag.String("size", "", "WIDTHxHEIGHT to fill with the middle of the picture")
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		log.Fatal("name a clean picture and the noisy one to write")
	}
	s := sensor{*exposure, *electrons, *readout, rand.New(rand.NewPCG(*seed, 0))}
	if err := s.convert(flag.Arg(0), flag.Arg(1), *size); err != nil {
		log.Fatal(err)
	}
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
