package noise

import "math"

// Bins is the number of brightness bins of a curve. They divide 0..256 evenly, so that bin b has its centre at (b+½)·12.8.
const Bins = 20

const binWidth = 256.0 / Bins

// Curve is the noise level as a function of brightness. Between the centres of bins the variance is linear, outside of them it is that
// of the outermost.
type Curve struct {
	Sigma   [Bins]float64 // standard deviation, in steps of 8 bits
	Patches [Bins]float64 // flat patches behind it; 0 where it was carried on from neighbouring bins
	Share   [Bins]float64 // of the photo's unclipped area that has this brightness; the sum is 1, or 0 if nothing was measured
}

// At returns the standard deviation of the noise at a gamma-encoded brightness of 0..255.
func (c *Curve) At(brightness float64) float64 {
	var variance [Bins]float64
	for b, s := range c.Sigma {
		variance[b] = s * s
	}
	return math.Sqrt(interpolate(&variance, brightness))
}

// variance is the mean of the squared levels over the photo's brightnesses.
func (c *Curve) variance() float64 {
	var sum, share float64
	for b, s := range c.Sigma {
		sum += c.Share[b] * s * s
		share += c.Share[b]
	}
	return sum / max(share, 1e-12)
}

// patches is the number of flat patches behind the whole curve.
func (c *Curve) patches() float64 {
	var sum float64
	for _, n := range c.Patches {
		sum += n
	}
	return sum
}

// covered is the share of the area whose brightness has at least a handful of flat patches.
func (c *Curve) covered() float64 {
	var sum float64
	for b, n := range c.Patches {
		if n >= 5 {
			sum += c.Share[b]
		}
	}
	return sum
}

// meanCurve combines curves, each bin weighted by the patches behind it. Where none has any, all count alike.
func meanCurve(curves []Curve) Curve {
	var out Curve
	for b := range Bins {
		var sum, weight float64
		for i := range curves {
			w := curves[i].Patches[b] + 1e-3
			sum += w * curves[i].Sigma[b] * curves[i].Sigma[b]
			weight += w
			out.Patches[b] += curves[i].Patches[b]
			out.Share[b] += curves[i].Share[b] / float64(len(curves))
		}
		out.Sigma[b] = math.Sqrt(sum / weight)
	}
	return out
}

func interpolate(values *[Bins]float64, brightness float64) float64 {
	p := min(max(brightness/binWidth-0.5, 0), Bins-1)
	i := min(int(p), Bins-2)
	f := p - float64(i)
	return values[i]*(1-f) + values[i+1]*f
}

func binOf(brightness float64) int { return min(max(int(brightness/binWidth), 0), Bins-1) }

// What smooth asks for besides nearness to the data: little curvature, and hardly any slope where there are none.
const (
	curvaturePenalty = 0.5
	slopePenalty     = 0.03
)

// smooth returns exp(f) for the curve f that minimises Σ weight·(f − logs)² + curvaturePenalty·Σ (second difference)² +
// slopePenalty·Σ (first difference)². Weights lie in 0..1. Where they are zero the curve runs smoothly, without turning more often than
// it must, from one group of data to the next.
func smooth(logs, weight [Bins]float64) [Bins]float64 {
	var a [Bins][Bins]float64
	var rhs [Bins]float64
	for b, w := range weight {
		a[b][b] += w + 1e-9
		rhs[b] += w * logs[b]
	}
	penalise := func(first int, factors []float64, penalty float64) {
		for i, p := range factors {
			for j, q := range factors {
				a[first+i][first+j] += penalty * p * q
			}
		}
	}
	for b := range Bins - 2 {
		penalise(b, []float64{1, -2, 1}, curvaturePenalty)
	}
	for b := range Bins - 1 {
		penalise(b, []float64{-1, 1}, slopePenalty)
	}
	f := solve(&a, rhs)
	for b := range f {
		f[b] = math.Exp(f[b])
	}
	return f
}

// solve is Gauss's elimination without exchange of rows, which positive definite matrices do not need.
func solve(a *[Bins][Bins]float64, rhs [Bins]float64) [Bins]float64 {
	for p := range Bins {
		for q := p + 1; q < Bins; q++ {
			f := a[q][p] / a[p][p]
			for k := p; k < Bins; k++ {
				a[q][k] -= f * a[p][k]
			}
			rhs[q] -= f * rhs[p]
		}
	}
	for p := Bins - 1; p >= 0; p-- {
		for k := p + 1; k < Bins; k++ {
			rhs[p] -= a[p][k] * rhs[k]
		}
		rhs[p] /= a[p][p]
	}
	return rhs
}
