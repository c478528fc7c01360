// Package camera simulates a camera, so that networks can be trained and tests be
// written with noise whose clean picture is known.
//
// A clean picture becomes linear light (NewScene). Expose photographs it: less or
// more light, the sensor's own colours under the light's colour, a mosaic of
// colour filters, shot and read noise of a measured sensor at an ISO, rounding to
// code values. Develop makes a picture of the mosaic, as a raw converter does:
// white balance, demosaic, colour matrix, tone curve. A camera then may smooth,
// sharpen, shrink and compress it. Shoot does all of it twice, with and without
// noise, and returns both pictures.
//
// The same settings give the same pictures on any number of cores; the seed alone
// decides the noise. Draw returns the settings of a camera that might exist.
//
// What is not simulated: lenses, hot pixels, banding other than of whole rows,
// and highlights brighter than the picture's own white.
package camera

import (
	"context"
	"errors"
	"fmt"
	"math"

	"blindspot/core/pixel"
)

// Settings are a camera, the light and what is done to the picture.
type Settings struct {
	Sensor  Sensor
	ISO     float64 // 50 to 102,400
	Bits    int     // of the raw file, 10 to 16
	Pattern Pattern

	Exposure          float64 // stops by which the scene's white lies above the sensor's; mostly negative
	Push              float64 // stops by which the picture is brightened afterwards
	RedGain, BlueGain float64 // white balance over green, 1 or more: about 2 and 1.7 by day, 1.4 and 2.6 by lamps

	LensBlur float64 // deviation in pixels of what lens and low-pass filter blur; 0 is none
	Demosaic Demosaic
	Contrast float64 // 0 is the sRGB curve, 1 a strong S over it

	ChromaBlur    float64 // deviation in pixels of the blur of colour; 0 is none
	LumaSmoothing float64 // of 255: differences of brightness up to about this are flattened; 0 is none
	Sharpening    float64 // amount of unsharp masking; 0 is none
	SharpenRadius float64 // its deviation in pixels

	Scale       float64 // size of the picture over the sensor's, 0.1 to 1
	Quality     int     // of the JPEG, 1 to 100; 0 is no JPEG
	Subsampling Subsampling

	Seed uint64 // of the noise
}

// Default returns a plain camera at ISO 1,600: no smoothing, no sharpening, no
// JPEG.
func Default() Settings {
	return Settings{
		Sensor: Sensors()[0], ISO: 1600, Bits: 14, Pattern: RGGB,
		RedGain: 2, BlueGain: 1.7, Demosaic: Malvar, SharpenRadius: 1, Scale: 1,
	}
}

// Shoot photographs the scene and returns the noisy picture and the clean one,
// both with 8 bits a sample and of the same size. The clean one went through the
// same steps without noise, and without the JPEG, which adds errors of its own.
func Shoot(ctx context.Context, scene *Frame, s Settings) (noisy, clean *pixel.Image, err error) {
	// Both see the same light: the lens needs to work once only.
	if scene, err = s.lens(ctx, scene); err != nil {
		return nil, nil, err
	}
	s.LensBlur = 0
	if noisy, err = Photograph(ctx, scene, s, true); err != nil {
		return nil, nil, err
	}
	s.Quality = 0
	if clean, err = Photograph(ctx, scene, s, false); err != nil {
		return nil, nil, err
	}
	return noisy, clean, nil
}

// Photograph makes one of Shoot's pictures: through all steps of s, with or
// without noise.
func Photograph(ctx context.Context, scene *Frame, s Settings, noisy bool) (*pixel.Image, error) {
	scene, err := s.lens(ctx, scene)
	if err != nil {
		return nil, err
	}
	m, err := Expose(ctx, scene, s, noisy)
	if err != nil {
		return nil, err
	}
	f, err := Develop(ctx, m, s)
	if err != nil {
		return nil, err
	}
	if f, err = s.finish(ctx, f); err != nil {
		return nil, err
	}
	if s.Quality > 0 {
		if err := compress(ctx, f, s.Quality, s.Subsampling); err != nil {
			return nil, err
		}
	}
	out := pixel.New(f.W, f.H, 3, 8)
	return out, eachBand(ctx, f.H, func(y0, y1 int) {
		for c, plane := range f.Planes {
			for i := y0 * f.W; i < y1*f.W; i++ {
				out.Planes[c][i] = uint16(rounded(255*unit(plane[i]))) * 257
			}
		}
	})
}

// lens returns the light behind the lens: cameras blur it by about a pixel, so
// that their mosaic does not turn fine detail into false colours.
func (s Settings) lens(ctx context.Context, scene *Frame) (*Frame, error) {
	if err := s.check(); err != nil || s.LensBlur == 0 {
		return scene, err
	}
	out := &Frame{W: scene.W, H: scene.H}
	for c := range out.Planes {
		var err error
		if out.Planes[c], err = gaussian(ctx, scene.Planes[c], scene.W, scene.H, s.LensBlur); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// check returns an error that names the first setting which makes no sense.
func (s Settings) check() error {
	if _, ok := invert(s.Sensor.Matrix); !ok || !(s.Sensor.Gain > 0) || !(s.Sensor.MaxGain > 0) {
		return errors.New("the sensor lacks a gain or an invertible colour matrix")
	}
	ranges := []struct {
		name          string
		value, lo, hi float64
	}{
		{"ISO", s.ISO, 50, 102400},
		{"number of bits", float64(s.Bits), 10, 16},
		{"pattern", float64(s.Pattern), float64(RGGB), float64(XTrans)},
		{"exposure", s.Exposure, -16, 16},
		{"push", s.Push, -16, 16},
		{"red gain", s.RedGain, 1, 16},
		{"blue gain", s.BlueGain, 1, 16},
		{"lens blur", s.LensBlur, 0, 50},
		{"demosaic", float64(s.Demosaic), float64(Bilinear), float64(EdgeDirected)},
		{"contrast", s.Contrast, 0, 1},
		{"chroma blur", s.ChromaBlur, 0, 50},
		{"luma smoothing", s.LumaSmoothing, 0, 255},
		{"sharpening", s.Sharpening, 0, 10},
		{"scale", s.Scale, 0.1, 1},
		{"JPEG quality", float64(s.Quality), 0, 100},
		{"subsampling", float64(s.Subsampling), float64(Sub444), float64(Sub420)},
	}
	for _, r := range ranges {
		if !(r.value >= r.lo && r.value <= r.hi) { // also refuses NaN
			return fmt.Errorf("%s %v is not within %v and %v", r.name, r.value, r.lo, r.hi)
		}
	}
	if s.Sharpening > 0 && !(s.SharpenRadius >= 0.1 && s.SharpenRadius <= 50) {
		return fmt.Errorf("sharpening radius %v is not within 0.1 and 50", s.SharpenRadius)
	}
	return nil
}

// Level returns roughly the deviation, of 255, that the noise of a gray of 18 %
// has in the picture before any smoothing: brightness of green alone, through the
// white balance, the push and the sRGB curve.
func (s Settings) Level() float64 {
	const gray = 0.18
	n := s.Sensor.Noise(s.ISO)
	signal := gray * math.Exp2(s.Exposure)
	shown := min(signal*math.Exp2(s.Push), 1)
	slope := (encoded(shown+1e-4) - encoded(shown)) / 1e-4
	return 255 * slope * math.Exp2(s.Push) * math.Sqrt(n.Variance(signal))
}
