package metric

import (
	"fmt"
	"math"

	"blindspot/core/pixel"
)

// The window and the constants of Wang, Bovik, Sheikh, Simoncelli: "Image
// quality assessment: from error visibility to structural similarity", IEEE
// Transactions on Image Processing 13 (2004), section III.
const (
	windowSide  = 11
	windowSigma = 1.5
	stability1  = (0.01 * 255) * (0.01 * 255)
	stability2  = (0.03 * 255) * (0.03 * 255)
)

// SSIM returns the mean structural similarity, 1 for equal pictures: a Gaussian
// window of 11×11 with σ 1.5 wherever it fits wholly into the picture, 8-bit
// values, the mean over pixels and then over channels. Transparency is ignored.
// The error wraps ErrShape; both sides must be at least 11 pixels.
func SSIM(a, b *pixel.Image) (float64, error) {
	if err := sameShape(a, b); err != nil {
		return 0, err
	}
	if a.W < windowSide || a.H < windowSide {
		return 0, fmt.Errorf("%w: SSIM needs at least %d pixels a side", ErrShape, windowSide)
	}
	var sum float64
	for c := range a.C {
		sum += ssimPlane(a.Planes[c], b.Planes[c], a.W, a.H)
	}
	return sum / float64(a.C), nil
}

// moments are the weighted sums under the window: Σx, Σy, Σx², Σy², Σxy.
type moments [5]float64

// ssimPlane filters row by row, down the columns first, so that it needs the
// memory of a few rows only.
func ssimPlane(a, b []uint16, w, h int) float64 {
	weights := gaussian()
	columns := make([]moments, w)
	var sum float64
	for y := range h - windowSide + 1 {
		clear(columns)
		for k, weight := range weights {
			addRow(columns, a[(y+k)*w:][:w], b[(y+k)*w:][:w], weight)
		}
		for x := range w - windowSide + 1 {
			var m moments
			for k, weight := range weights {
				for i, v := range columns[x+k] {
					m[i] += weight * v
				}
			}
			sum += m.similarity()
		}
	}
	return sum / float64((w-windowSide+1)*(h-windowSide+1))
}

func addRow(columns []moments, a, b []uint16, weight float64) {
	for x := range columns {
		va, vb := float64(to8(a[x])), float64(to8(b[x]))
		m := &columns[x]
		m[0] += weight * va
		m[1] += weight * vb
		m[2] += weight * va * va
		m[3] += weight * vb * vb
		m[4] += weight * va * vb
	}
}

// similarity is formula 13 of the paper.
func (m moments) similarity() float64 {
	meanA, meanB := m[0], m[1]
	varA, varB, cov := m[2]-meanA*meanA, m[3]-meanB*meanB, m[4]-meanA*meanB
	return (2*meanA*meanB + stability1) * (2*cov + stability2) /
		((meanA*meanA + meanB*meanB + stability1) * (varA + varB + stability2))
}

// gaussian returns the window of one direction, its sum 1.
func gaussian() [windowSide]float64 {
	var w [windowSide]float64
	var sum float64
	for i := range w {
		d := float64(i - windowSide/2)
		w[i] = math.Exp(-d * d / (2 * windowSigma * windowSigma))
		sum += w[i]
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}
