package camera

import (
	"context"
	"math"
)

// Develop turns a mosaic into a picture as a raw converter does: black level,
// white balance, demosaic, brightening, colour matrix, tone curve. Its values are
// gamma-encoded, 0..1.
func Develop(ctx context.Context, m *Mosaic, s Settings) (*Frame, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	p, err := balance(ctx, m, s.gains())
	if err != nil {
		return nil, err
	}
	f, err := s.Demosaic.demosaic(ctx, p)
	if err != nil {
		return nil, err
	}
	toSRGB, _ := invert(s.Sensor.cameraFromSRGB()) // check has seen that there is one
	push := math.Exp2(s.Push)
	for i := range toSRGB {
		for j := range toSRGB {
			toSRGB[i][j] *= push
		}
	}
	colours, curve := single(toSRGB), toneCurve(s.Contrast)
	r, g, b := f.Planes[0], f.Planes[1], f.Planes[2]
	return f, eachBand(ctx, f.H, func(y0, y1 int) {
		for i := y0 * f.W; i < y1*f.W; i++ {
			cr, cg, cb := r[i], g[i], b[i]
			r[i] = curve.at(colours[0][0]*cr + colours[0][1]*cg + colours[0][2]*cb)
			g[i] = curve.at(colours[1][0]*cr + colours[1][1]*cg + colours[1][2]*cb)
			b[i] = curve.at(colours[2][0]*cr + colours[2][1]*cg + colours[2][2]*cb)
		}
	})
}

// curve is a tone curve, tabulated over the root of linear light: the root
// spreads the shadows, where the sRGB curve is steep, over many steps.
type curve []float32

// curveSteps keeps linear interpolation within 1e-5 of the exact curve, a fortieth
// of an 8-bit step.
const curveSteps = 4096

// toneCurve is the sRGB curve bent into an S: contrast 0 leaves it, 1 is the full
// smooth step 3v²−2v³ over it, which Brooks et al. (2019, section 3.1) take for a
// camera's tone mapping.
func toneCurve(contrast float64) curve {
	c := make(curve, curveSteps+2)
	for i := range c {
		root := float64(i) / curveSteps
		v := min(encoded(root*root), 1)
		c[i] = float32(v + contrast*(v*v*(3-2*v)-v))
	}
	return c
}

// at returns the encoded value of linear light, clipped to 0..1.
func (c curve) at(light float32) float32 {
	if !(light > 0) {
		return c[0]
	}
	if light >= 1 {
		return c[curveSteps]
	}
	place := float32(math.Sqrt(float64(light))) * curveSteps
	i := int(place)
	return c[i] + (place-float32(i))*(c[i+1]-c[i])
}
