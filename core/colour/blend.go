// Package colour mixes the denoised picture with the noisy one, separately for
// brightness and for colour.
//
// Brightness noise and colour noise look different and are wanted to different
// degrees: colour blotches should mostly go, a little brightness grain may stay.
// The blend runs after the network, so that moving a strength slider costs a few
// additions per pixel and never a pass of the network.
package colour

import "blindspot/core/pixel"

// Luma weights of ITU-R BT.709, section 3.2, applied to gamma-encoded values.
const (
	weightRed   = 0.2126
	weightGreen = 0.7152
	weightBlue  = 0.0722
)

// Blend writes
//
//	dst = noisy + luma·Δl + colour·(Δ − Δl),  Δ = denoised − noisy
//
// where Δl is the BT.709 luma of Δ, added alike to the three channels. Both
// strengths run from 0 (as it was) to 1 (as the network says); with 0 and 0 the
// result is noisy exactly, with 1 and 1 denoised exactly. A picture of one
// channel follows luma alone. dst may be noisy or denoised itself; all three
// must have the same shape of one or three channels.
func Blend(dst, noisy, denoised *pixel.Tile, luma, colour float32) {
	if dst.C == 1 {
		colour = luma
	}
	switch {
	case luma == 0 && colour == 0:
		copy(dst.Pix, noisy.Pix)
	case luma == 1 && colour == 1:
		copy(dst.Pix, denoised.Pix)
	case luma == colour:
		for i, n := range noisy.Pix {
			dst.Pix[i] = n + luma*(denoised.Pix[i]-n)
		}
	default:
		blendRGB(dst, noisy, denoised, luma, colour)
	}
}

func blendRGB(dst, noisy, denoised *pixel.Tile, luma, colour float32) {
	dr, dg, db := dst.Plane(0), dst.Plane(1), dst.Plane(2)
	nr, ng, nb := noisy.Plane(0), noisy.Plane(1), noisy.Plane(2)
	er, eg, eb := denoised.Plane(0), denoised.Plane(1), denoised.Plane(2)
	for i := range dr {
		r, g, b := er[i]-nr[i], eg[i]-ng[i], eb[i]-nb[i]
		// luma·Δl + colour·(Δ − Δl), with the luma part shared by the channels
		shared := (luma - colour) * (weightRed*r + weightGreen*g + weightBlue*b)
		dr[i] = nr[i] + shared + colour*r
		dg[i] = ng[i] + shared + colour*g
		db[i] = nb[i] + shared + colour*b
	}
}
