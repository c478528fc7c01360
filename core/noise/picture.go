package noise

import (
	"image"
	"image/color"
	"math"
)

// Picture draws a map, one pixel a lag: black is no correlation, white full, blue negative. Brightness grows with the root of the
// correlation, so that the faint ring around the centre shows. Enlarge it without smoothing.
func Picture(m *Map) image.Image {
	side := len(m)
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for y, row := range m {
		for x, v := range row {
			light := uint8(math.Round(255 * math.Sqrt(min(math.Abs(v), 1))))
			c := color.RGBA{light, light, light, 255}
			if v < 0 {
				c = color.RGBA{light / 4, light / 2, light, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}
