package camera

import (
	"context"
	"math"
	"math/rand/v2"
)

// Mosaic is what the sensor delivered: one colour a sensel, in whole code values.
type Mosaic struct {
	W, H    int
	Pattern Pattern
	Pix     []uint16 // W*H code values, row by row
	Black   int      // code value of no light
	White   int      // the highest code value
}

// levels returns black and white of a raw of so many bits. Black lies at a
// thirty-second of the range, as it does in many cameras (512 of 16,383), so that
// the noise of dark sensels is kept on both sides.
func levels(bits int) (black, white int) {
	return 1 << (bits - 5), 1<<bits - 1
}

// Expose photographs the scene: exposure, the camera's colours and its response
// to the light's colour, mosaic, shot, read and row noise, rounding and clipping.
// Without noise only the noise is left out. The noise depends on the settings'
// seed alone.
func Expose(ctx context.Context, scene *Frame, s Settings, noisy bool) (*Mosaic, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	black, white := levels(s.Bits)
	m := &Mosaic{W: scene.W, H: scene.H, Pattern: s.Pattern, Black: black, White: white}
	m.Pix = make([]uint16, m.W*m.H)
	toRaw := s.toRaw()
	noise := s.Sensor.Noise(s.ISO)
	err := eachBand(ctx, m.H, func(y0, y1 int) {
		for y := y0; y < y1; y++ {
			// A generator for each row makes the noise the same on any number of cores.
			rng := rand.New(rand.NewPCG(s.Seed, uint64(y)))
			var row float64
			if noisy {
				row = rng.NormFloat64() * noise.Row
			}
			for x := range m.W {
				i := y*m.W + x
				c := s.Pattern.Colour(x, y)
				light := toRaw[c][0]*float64(scene.Planes[0][i]) +
					toRaw[c][1]*float64(scene.Planes[1][i]) +
					toRaw[c][2]*float64(scene.Planes[2][i])
				light = max(light, 0) // colours outside of the camera's
				if noisy {
					electrons := poisson(rng, light*noise.Full) + row + rng.NormFloat64()*noise.Read
					light = electrons / noise.Full
				}
				m.Pix[i] = quantised(light, black, white)
			}
		}
	})
	return m, err
}

// quantised returns the code value of a share of the raw range.
func quantised(light float64, black, white int) uint16 {
	v := math.Round(float64(black) + light*float64(white-black))
	return uint16(min(max(v, 0), float64(white)))
}

// toRaw takes the scene's linear sRGB to shares of the raw range: the inverse of
// what Develop does, without what it brightens.
func (s Settings) toRaw() mat3 {
	m := s.Sensor.cameraFromSRGB()
	light := math.Exp2(s.Exposure)
	for c, gain := range s.gains() {
		for j := range m[c] {
			m[c][j] *= light / gain
		}
	}
	return m
}

// gains returns what white balance multiplies red, green and blue with.
func (s Settings) gains() [3]float64 { return [3]float64{s.RedGain, 1, s.BlueGain} }
