package noise

import (
	"context"

	"blindspot/core/pixel"
)

// Reach is the largest lag that is measured, in pixels.
const Reach = 8

// Map is the correlation of the noise at two pixels: Map[4+dy][4+dx] for a pixel and the one dy rows below and dx columns right of it. The
// centre is 1, and the map is symmetric about it.
type Map [9][9]float64

// lags holds covariances for lags of 0..Reach rows down and −Reach..Reach columns right (index + Reach). The rest follows from symmetry.
type lags [Reach + 1][2*Reach + 1]float64

// at returns the value at any lag, 0 beyond Reach.
func (l *lags) at(dy, dx int) float64 {
	if dy < 0 {
		dy, dx = -dy, -dx
	}
	if dy > Reach || dx > Reach || dx < -Reach {
		return 0
	}
	return l[dy][dx+Reach]
}

// times multiplies all values.
func (l *lags) times(f float64) {
	for dy := range l {
		for dx := range l[dy] {
			l[dy][dx] *= f
		}
	}
}

// plus adds f times other.
func (l *lags) plus(f float64, other *lags) {
	for dy := range l {
		for dx, v := range other[dy] {
			l[dy][dx] += f * v
		}
	}
}

// correlation returns l divided by its centre.
func (l *lags) correlation() lags {
	c := *l
	c.times(1 / l.at(0, 0))
	return c
}

// drawn is the part of l that a map shows.
func (l *lags) drawn() Map {
	var m Map
	for y := range m {
		for x := range m[y] {
			m[y][x] = l.at(y-4, x-4)
		}
	}
	return m
}

// mostPixels bounds pixelsPerSample, whose estimate is worth little beyond.
const mostPixels = 10.0

// pixelsPerSample is the sum of the squared correlations over all lags: so many pixels tell as much about the variance as one would
// without correlation.
func (l *lags) pixelsPerSample() float64 {
	var sum float64
	for dy := -Reach; dy <= Reach; dy++ {
		for dx := -Reach; dx <= Reach; dx++ {
			q := l.at(dy, dx) / l.at(0, 0)
			sum += q * q
		}
	}
	if !(sum < mostPixels) {
		return mostPixels
	}
	return sum
}

// covariances returns the mean covariance at each lag of the given patches of channel c, each less its plane and divided by its
// energy: the noise counts alike in bright and dark patches. Patches are taken in groups of fixed size, so that the sums do not
// depend on the number of workers.
func covariances(ctx context.Context, im *pixel.Image, c int, chosen []window, scale []float64, n int) (lags, error) {
	const group = 32
	parts := make([]lags, (len(chosen)+group-1)/group)
	basis := modes(n)
	err := inParallel(ctx, len(parts), func(part int) {
		patch := make([]float64, n*n)
		for i := part * group; i < min((part+1)*group, len(chosen)); i++ {
			residual(im, c, &chosen[i].sample, n, basis, patch)
			addCovariance(&parts[part], patch, n, 1/scale[i])
		}
	})
	var sum lags
	for i := range parts {
		sum.plus(1/float64(len(chosen)), &parts[i])
	}
	return sum, err
}

// residual fills patch with the samples at s less their plane (mean and both slopes).
func residual(im *pixel.Image, c int, s *sample, n int, basis [lowOrder][]float64, patch []float64) {
	for j := range n {
		for i, v := range im.Planes[c][(s.y+j)*im.W+s.x:][:n] {
			patch[j*n+i] = float64(v)/257 - s.mean
		}
	}
	low := lowModes(patch, n, basis)
	for y := range n {
		for x := range n {
			patch[y*n+x] -= low[0][0]*basis[0][y]*basis[0][x] + low[1][0]*basis[1][y]*basis[0][x] + low[0][1]*basis[0][y]*basis[1][x]
		}
	}
}

// addCovariance adds to sum the mean product of pairs of samples at each lag, times scale.
func addCovariance(sum *lags, patch []float64, n int, scale float64) {
	most := min(Reach, n/2)
	for dy := range most + 1 {
		for dx := -most; dx <= most; dx++ {
			if dy == 0 && dx < 0 {
				continue
			}
			x0, x1 := max(0, -dx), min(n, n-dx)
			var s float64
			for y := range n - dy {
				a := patch[y*n+x0:][:x1-x0]
				b := patch[(y+dy)*n+x0+dx:][:x1-x0]
				for i, v := range a {
					s += v * b[i]
				}
			}
			mean := s * scale / float64((n-dy)*(x1-x0))
			sum[dy][dx+Reach] += mean
			if dy == 0 && dx > 0 {
				sum[0][Reach-dx] += mean
			}
		}
	}
}

// corrections is the number of rounds of unbias: enough for windows of 16 and 32 pixels, few enough not to amplify what is
// uncertain.
const corrections = 8

// unbias undoes what taking the planes away did to covariances. Were c the true covariance, E(c) is what would have been measured:
// P·C·P with the projector P, averaged over pairs. Iterating c ← measured + c − E(c) converges fast, because a plane holds only a small part
// of the noise. Covariance beyond Reach counts as zero.
func unbias(measured lags, n int) lags {
	c := measured
	for range corrections {
		e := expected(&c, n)
		c.plus(1, &measured)
		c.plus(-1, &e)
		trim(&c, n)
	}
	return c
}

// trim clears the lags that patches of side n do not show.
func trim(c *lags, n int) {
	most := min(Reach, n/2)
	for dy := range c {
		for dx := range c[dy] {
			if dy > most || dx-Reach > most || Reach-dx > most {
				c[dy][dx] = 0
			}
		}
	}
}

// expected returns the mean over pairs of P·C·P for the covariance c, where P takes the plane away from an n by n patch.
func expected(c *lags, n int) lags {
	basis := modes(n)
	size := n * n
	var planes [planeModes][]float64 // orthonormal
	for k, m := range [planeModes][2]int{{0, 0}, {1, 0}, {0, 1}} {
		planes[k] = make([]float64, size)
		for y := range n {
			for x := range n {
				planes[k][y*n+x] = basis[m[0]][y] * basis[m[1]][x]
			}
		}
	}
	var smeared [planeModes][]float64 // C·plane
	var inner [planeModes][planeModes]float64
	for k := range planes {
		smeared[k] = applyCovariance(c, planes[k], n)
		for j := range planes {
			for i, v := range smeared[k] {
				inner[j][k] += planes[j][i] * v
			}
		}
	}
	var e lags
	most := min(Reach, n/2)
	for dy := range most + 1 {
		for dx := -most; dx <= most; dx++ {
			var s float64
			x0, x1 := max(0, -dx), min(n, n-dx)
			for y := range n - dy {
				for x := x0; x < x1; x++ {
					p, q := y*n+x, (y+dy)*n+x+dx
					for k := range planes {
						s -= planes[k][p]*smeared[k][q] + smeared[k][p]*planes[k][q]
						for j := range planes {
							s += planes[j][p] * inner[j][k] * planes[k][q]
						}
					}
				}
			}
			e[dy][dx+Reach] = c.at(dy, dx) + s/float64((n-dy)*(x1-x0))
		}
	}
	return e
}

func applyCovariance(c *lags, v []float64, n int) []float64 {
	out := make([]float64, n*n)
	for y := range n {
		for x := range n {
			var s float64
			for j := max(0, y-Reach); j < min(n, y+Reach+1); j++ {
				for i := max(0, x-Reach); i < min(n, x+Reach+1); i++ {
					s += c.at(j-y, i-x) * v[j*n+i]
				}
			}
			out[y*n+x] = s
		}
	}
	return out
}
