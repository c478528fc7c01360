package app

import (
	"fmt"
	"image"
	"path/filepath"

	"github.com/disintegration/imaging"

	"blindspot/core/noise"
	"blindspot/core/say"
)

// NoiseReport is what is known of a photo's noise. Levels are standard deviations in steps of 8 bits.
type NoiseReport struct {
	Level        float64           `json:"level"`
	Strength     Text              `json:"strength"`      // in a word
	Right        []float64         `json:"right"`         // correlation with the pixel 0, 1, … 8 to the right
	Down         []float64         `json:"down"`          // and below
	Width        int               `json:"width"`         // pixels over which neighbours are alike
	Map          noise.Map         `json:"map"`           // correlation with the pixels around, the pixel itself in the middle
	ByBrightness [][noise.Bins]num `json:"by_brightness"` // of each channel, from black to white
	Hole         Hole              `json:"hole"`          // to denoise with
	TrainingHole int               `json:"training_hole"` // to train with
	Confidence   float64           `json:"confidence"`    // 0 to 1
}

// num is a figure that is written with two digits behind the point.
type num float64

// MarshalJSON implements json.Marshaler.
func (n num) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%.2f", float64(n)), nil }

// doubtful is the confidence under which a report says so.
const doubtful = 0.3

// strengthWords name the levels for people.
var strengthWords = map[noise.Strength]Text{
	noise.None: say.Textf("hardly any"), noise.Weak: say.Textf("weak"), noise.Medium: say.Textf("medium"), noise.Strong: say.Textf("strong"),
}

func newNoiseReport(r *noise.Report) *NoiseReport {
	n := &NoiseReport{
		Level: r.Sigma, Strength: strengthWords[r.Strength], Right: r.Right[:], Down: r.Down[:], Width: r.Width, Map: r.Correlation,
		Hole: Hole(r.Suggested.Inference), TrainingHole: r.Suggested.Training, Confidence: r.Confidence,
	}
	for _, c := range r.Channels {
		var curve [noise.Bins]num
		for b, s := range c.Sigma {
			curve[b] = num(s)
		}
		n.ByBrightness = append(n.ByBrightness, curve)
	}
	return n
}

// Grain says in a few words how the noise is correlated.
func (n *NoiseReport) Grain() Text {
	switch {
	case n.Width == 0:
		return say.Textf("independent from pixel to pixel")
	case n.Width == 1:
		return say.Textf("neighbouring pixels are alike")
	}
	return say.Textf("alike over %d pixels", n.Width)
}

// Doubt is empty, or says why the figures may be wrong.
func (n *NoiseReport) Doubt() Text {
	if n.Confidence < doubtful {
		return say.Textf("there is little flat area, so this is a rough guess")
	}
	return Text{}
}

// lines are the report in words: name and text.
func (n *NoiseReport) lines() [][]string {
	return [][]string{
		{"noise", fmt.Sprintf("%s, %.1f of 255", n.Strength, n.Level), n.Grain().String(), n.Doubt().String()},
		{"suggested", fmt.Sprintf("hole %v", n.Hole), fmt.Sprintf("hole %d to train with", n.TrainingHole)},
	}
}

// mapScale is the side in pixels of a lag in the picture of a map.
const mapScale = 32

// MapPicture draws the correlation map: the pixel in the middle is white, the lighter another place, the more its noise is like that
// of the pixel.
func (n *NoiseReport) MapPicture() image.Image { return mapPicture(&n.Map) }

func mapPicture(m *noise.Map) image.Image {
	small := noise.Picture(m)
	side := small.Bounds().Dx() * mapScale
	return imaging.Resize(small, side, side, imaging.NearestNeighbor)
}

// WriteMap writes the picture of a photo's map into a folder, as the photo's name with -noise.png, and returns its path. A file that is
// there is replaced.
func (n *NoiseReport) WriteMap(photo, folder string) (string, error) {
	path := filepath.Join(folder, stem(photo)+"-noise.png")
	return path, writePNG(say.Textf("noise map"), path, n.MapPicture())
}
