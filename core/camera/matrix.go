package camera

import "math"

type mat3 = [3][3]float64

// srgbToXYZ is linear sRGB (IEC 61966-2-1) to CIE XYZ with D65 white.
var srgbToXYZ = mat3{
	{0.4124564, 0.3575761, 0.1804375},
	{0.2126729, 0.7151522, 0.0721750},
	{0.0193339, 0.1191920, 0.9503041},
}

// cameraFromSRGB returns the matrix from linear sRGB to the sensor's colours,
// its rows scaled to the sum 1 so that white stays white: what a raw converter
// inverts after the white balance.
func (s Sensor) cameraFromSRGB() mat3 {
	m := multiply(s.Matrix, srgbToXYZ)
	for i := range m {
		sum := m[i][0] + m[i][1] + m[i][2]
		for j := range m[i] {
			m[i][j] /= sum
		}
	}
	return m
}

func multiply(a, b mat3) (out mat3) {
	for i := range out {
		for j := range out {
			for k := range out {
				out[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return out
}

func determinant(m mat3) float64 {
	return m[0][0]*(m[1][1]*m[2][2]-m[1][2]*m[2][1]) -
		m[0][1]*(m[1][0]*m[2][2]-m[1][2]*m[2][0]) +
		m[0][2]*(m[1][0]*m[2][1]-m[1][1]*m[2][0])
}

// invert returns the inverse by cofactors and whether there is one.
func invert(m mat3) (out mat3, ok bool) {
	det := determinant(m)
	if !(math.Abs(det) > 1e-9) { // also false for NaN
		return out, false
	}
	for i := range out {
		for j := range out {
			// indices that go round leave the sign of the cofactor right
			a, b := (j+1)%3, (j+2)%3
			c, d := (i+1)%3, (i+2)%3
			out[i][j] = (m[a][c]*m[b][d] - m[a][d]*m[b][c]) / det
		}
	}
	return out, true
}

// single returns m in float32 for the loops over pixels.
func single(m mat3) (out [3][3]float32) {
	for i := range m {
		for j := range m {
			out[i][j] = float32(m[i][j])
		}
	}
	return out
}
