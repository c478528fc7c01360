package noise

import (
	"context"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"blindspot/core/pixel"
)

// lowOrder is the number of polynomials per direction that patches are split by; products of degrees i and j count as low modes if
// i+j < lowOrder.
const lowOrder = 4

// Modes among the low ones: the plane (mean and two slopes), and what lies between it and the fine part.
const (
	planeModes  = 3
	middleModes = 7
)

// clippedShare is the share of samples at black or white from which on a patch says nothing about noise. Some are allowed: in the
// shadows of a very noisy photo nearly all patches have them, and clipping lowers the noise that is really there.
const clippedShare = 0.25

// clippedDepth is half a step of 8 bits: samples nearer to black or white count as clipped.
const clippedDepth = 128

// sample is what one channel of one patch tells.
type sample struct {
	x, y     int
	mean     float64 // 0..255
	fine     float64 // mean energy of the modes above the low ones, in squared steps of 8 bits
	total    float64 // mean energy of all but the plane
	middle   float64 // mean energy of the middle modes
	clipped  bool
	constant bool // all samples equal
}

// grid is the plan of where patches lie.
type grid struct {
	n       int // side of a patch in pixels
	stride  int
	columns int
	rows    int
}

// planGrid chooses patches of 16 pixels, or of 8 in pictures too small for them, at most limit of them. They overlap by half where
// the picture is small. There is none in pictures smaller than 8 pixels.
func planGrid(w, h, limit int) grid {
	g := grid{n: 16}
	if min(w, h) < 48 {
		g.n = 8
	}
	if min(w, h) < g.n {
		return grid{n: g.n}
	}
	g.stride = g.n / 2
	for {
		g.columns, g.rows = (w-g.n)/g.stride+1, (h-g.n)/g.stride+1
		if g.columns*g.rows <= limit {
			return g
		}
		g.stride++
	}
}

// modes holds the orthonormal polynomials of degrees 0 to lowOrder−1 over n samples (Gram's). The first two make a plane, which shading
// follows better than cosines.
func modes(n int) [lowOrder][]float64 {
	var m [lowOrder][]float64
	for k := range m {
		m[k] = make([]float64, n)
		for i := range m[k] {
			m[k][i] = math.Pow((2*float64(i)+1)/float64(n)-1, float64(k))
		}
		for range 2 { // the second time for what rounding left
			for _, lower := range m[:k] {
				subtract(m[k], lower, dot(m[k], lower))
			}
		}
		length := math.Sqrt(dot(m[k], m[k]))
		for i := range m[k] {
			m[k][i] /= length
		}
	}
	return m
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func subtract(a, b []float64, factor float64) {
	for i, v := range b {
		a[i] -= factor * v
	}
}

// survey measures all patches of the grid in every channel: result[c][row*columns+column].
func survey(ctx context.Context, im *pixel.Image, g grid) ([][]sample, error) {
	all := make([][]sample, im.C)
	for c := range all {
		all[c] = make([]sample, g.columns*g.rows)
	}
	basis := modes(g.n)
	err := inParallel(ctx, g.rows, func(row int) {
		buffer := make([]float64, g.n*g.n)
		for c := range all {
			for column := range g.columns {
				x, y := column*g.stride, row*g.stride
				all[c][row*g.columns+column] = look(im, c, x, y, g.n, basis, buffer)
			}
		}
	})
	return all, err
}

// look measures the n by n patch at (x, y) of channel c.
func look(im *pixel.Image, c, x, y, n int, basis [lowOrder][]float64, buffer []float64) sample {
	s := sample{x: x, y: y, constant: true}
	first := im.Planes[c][y*im.W+x]
	clipped := 0
	for j := range n {
		row := im.Planes[c][(y+j)*im.W+x:][:n]
		out := buffer[j*n:][:n]
		for i, v := range row {
			if v < clippedDepth || v > math.MaxUint16-clippedDepth {
				clipped++
			}
			if v != first {
				s.constant = false
			}
			// Against the first sample, so that the energies below are small numbers.
			out[i] = float64(int(v)-int(first)) / 257
		}
	}
	var total float64
	for _, v := range buffer {
		total += v * v
	}
	low := lowModes(buffer, n, basis)
	var plane, middle float64
	for i := range lowOrder {
		for j := range lowOrder - i {
			energy := low[i][j] * low[i][j]
			if i+j < 2 {
				plane += energy
			} else {
				middle += energy
			}
		}
	}
	s.mean = float64(first)/257 + low[0][0]/float64(n)
	s.total = max(0, total-plane) / float64(n*n-planeModes)
	s.middle = middle / middleModes
	s.fine = max(0, total-plane-middle) / float64(n*n-planeModes-middleModes)
	s.clipped = float64(clipped) > clippedShare*float64(n*n)
	return s
}

// lowModes returns the coefficients of the products of polynomials [vertical][horizontal] with degrees whose sum is below lowOrder; the others are zero.
func lowModes(patch []float64, n int, basis [lowOrder][]float64) (low [lowOrder][lowOrder]float64) {
	for y := range n {
		row := patch[y*n:][:n]
		var across [lowOrder]float64
		b0, b1, b2, b3 := basis[0][:n], basis[1][:n], basis[2][:n], basis[3][:n]
		for x, v := range row {
			across[0] += v * b0[x]
			across[1] += v * b1[x]
			across[2] += v * b2[x]
			across[3] += v * b3[x]
		}
		for i := range lowOrder {
			for j := range lowOrder - i {
				low[i][j] += basis[i][y] * across[j]
			}
		}
	}
	return low
}

// valid reports whether the patch can tell about noise.
func (s *sample) valid() bool { return !s.clipped && !s.constant }

// inParallel calls work for 0..n-1 on all cores and waits. It stops early and returns the context's error when that is done.
func inParallel(ctx context.Context, n int, work func(i int)) error {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}
