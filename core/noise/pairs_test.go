package noise

import (
	"cmp"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blindspot/core/pixel"
)

// pair is a noisy photo and the same without noise.
type pair struct {
	name         string
	noisy, clean *pixel.Image
}

// pairs come from the folder that BLINDSPOT_PAIRS names (noisy/X beside clean/X); without it they are simulated.
func pairs(t *testing.T) []pair {
	var list []pair
	if folder := os.Getenv("BLINDSPOT_PAIRS"); folder != "" {
		files, err := filepath.Glob(filepath.Join(folder, "noisy", "*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no pairs in %s: %v", folder, err)
		}
		for _, f := range files {
			list = append(list, pair{filepath.Base(f), load(t, f), load(t, filepath.Join(folder, "clean", filepath.Base(f)))})
		}
		return list
	}
	for i, sigma := range []float64{2, 4, 8, 16} {
		for j, k := range []kernel{white, box(2, 2), newKernel([]float64{1, 2, 1}, []float64{2, 4, 2}, []float64{1, 2, 1})} {
			level := func(v float64) float64 { return sigma * math.Sqrt(0.3+0.7*v/128) }
			list = append(list, pair{
				fmt.Sprintf("simulated %v %d", sigma, j),
				noisy(512, 512, 3, 8, busy(512, 512), level, k, uint64(10*i+j)),
				noisy(512, 512, 3, 8, busy(512, 512), constant(0), white, 0),
			})
		}
	}
	return list
}

func load(t *testing.T, path string) *pixel.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return pixel.FromGo(img)
}

// truth is the noise that a pair shows in areas that are flat in the clean photo, in one channel.
type truth struct {
	variance, patches [Bins]float64
	right, down       [3]float64 // correlation at lags 0..2
}

// coarsest is the side of the blocks whose mean difference counts as a change of exposure, not as noise.
const coarsest = 32

// difference is noisy less clean in channel c, its mean taken from each block.
func (p *pair) difference(c int) []float64 {
	w, h := p.clean.W, p.clean.H
	d := make([]float64, w*h)
	for i, v := range p.noisy.Planes[c] {
		d[i] = (float64(v) - float64(p.clean.Planes[c][i])) / 257
	}
	for by := 0; by < h; by += coarsest {
		for bx := 0; bx < w; bx += coarsest {
			block := func(visit func(i int)) {
				for y := by; y < min(by+coarsest, h); y++ {
					for x := bx; x < min(bx+coarsest, w); x++ {
						visit(y*w + x)
					}
				}
			}
			var sum, n float64
			block(func(i int) { sum += d[i]; n++ })
			block(func(i int) { d[i] -= sum / n })
		}
	}
	return d
}

// truth looks at patches whose texture has less than a tenth of the noise's variance.
func (p *pair) truth(c int) truth {
	const n = 16
	d, w, h := p.difference(c), p.clean.W, p.clean.H
	limit := dot(d, d) / float64(len(d)) / 10
	basis, buffer := modes(n), make([]float64, n*n)
	var t truth
	for y := 0; y+n+2 <= h; y += n {
		for x := 0; x+n+2 <= w; x += n {
			s := look(p.clean, c, x, y, n, basis, buffer)
			if s.clipped || s.total > limit {
				continue
			}
			var right, down [3]float64
			for j := range n {
				for i := range n {
					at := (y+j)*w + x + i
					for lag := range right {
						right[lag] += d[at] * d[at+lag] / (n * n)
						down[lag] += d[at] * d[at+lag*w] / (n * n)
					}
				}
			}
			b := binOf(s.mean)
			t.variance[b] += right[0]
			t.patches[b]++
			for lag := range right {
				t.right[lag] += right[lag] / max(right[0], 1e-9)
				t.down[lag] += down[lag] / max(right[0], 1e-9)
			}
		}
	}
	for b, n := range t.patches {
		t.variance[b] /= max(n, 1)
	}
	for lag := 2; lag >= 0; lag-- {
		t.right[lag] /= t.right[0]
		t.down[lag] /= t.down[0]
	}
	return t
}

// verdict compares a report with the truth.
type verdict struct {
	name                string
	level, truth, shape float64    // levels over flat areas; deviation of the curve's shape, as a share
	covered             float64    // share of the picture that is flat
	lags, trueLags      [4]float64 // right 1 and 2, down 1 and 2
	confidence          float64
	all                 float64 // level of the difference everywhere, texture included
}

// fewest patches that make the truth of a bin.
const fewest = 8

func judge(p pair, r *Report) verdict {
	v := verdict{name: p.name, confidence: r.Confidence}
	channels := float64(p.clean.C)
	var estimated, actual, patches float64
	type point struct{ log, weight float64 }
	var points []point
	for c := range p.clean.C {
		t := p.truth(c)
		d := p.difference(c)
		v.all += dot(d, d) / float64(len(d)) / channels
		for b, n := range t.patches {
			if n < fewest {
				continue
			}
			s := max(r.Channels[c].Sigma[b], 1e-3)
			estimated += n * s * s
			actual += n * t.variance[b]
			patches += n
			points = append(points, point{math.Log(s * s / t.variance[b]), n})
		}
		for i, lag := range []float64{t.right[1], t.right[2], t.down[1], t.down[2]} {
			v.trueLags[i] += lag / channels
		}
	}
	v.lags = [4]float64{r.Right[1], r.Right[2], r.Down[1], r.Down[2]}
	v.level, v.truth, v.all = math.Sqrt(estimated/patches), math.Sqrt(actual/patches), math.Sqrt(v.all)
	v.covered = patches / channels / float64(p.clean.W*p.clean.H/256)
	for _, q := range points {
		e := (q.log - math.Log(estimated/actual)) / 2
		v.shape += q.weight * e * e / patches
	}
	v.shape = math.Sqrt(v.shape)
	return v
}

func (v verdict) ratio() float64 { return v.level / v.truth }

// rare is the share of flat area under which a pair has no truth to compare with.
const rare = 0.02

// TestPairs asks for what the noise model is used for: on pairs with some flat area (a fiftieth of the picture) three quarters of the levels within 12 %, all
// within 40 %; the correlation of neighbours within 0.15. Simulated pairs have to be within 10 %.
func TestPairs(t *testing.T) {
	var list []verdict
	for _, p := range pairs(t) {
		v := judge(p, measure(t, p.noisy, Options{}))
		t.Logf("%-28.28s level %5.2f, true %5.2f (everywhere %5.2f), ratio %.2f, shape ±%.2f, correlation %.2f, true %.2f, flat %.2f, confidence %.2f",
			v.name, v.level, v.truth, v.all, v.ratio(), v.shape, v.lags, v.trueLags, v.covered, v.confidence)
		if v.covered < rare {
			continue
		}
		most := 0.4
		if strings.HasPrefix(v.name, "simulated") {
			most = 0.1
		}
		if !(off(v.level, v.truth) < most) {
			t.Errorf("%s: level %.2f, true %.2f", v.name, v.level, v.truth)
		}
		for _, i := range []int{0, 2} {
			if !(math.Abs(v.lags[i]-v.trueLags[i]) < 0.15) {
				t.Errorf("%s: correlation %.2f, true %.2f", v.name, v.lags, v.trueLags)
			}
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b verdict) int { return cmp.Compare(off(a.level, a.truth), off(b.level, b.truth)) })
	within := func(most float64) (n int) {
		for _, v := range list {
			if off(v.level, v.truth) <= most {
				n++
			}
		}
		return n
	}
	t.Logf("%d pairs with flat areas: %d within 10 %%, %d within 20 %%, %d within 30 %%", len(list), within(0.1), within(0.2), within(0.3))
	for _, v := range list[max(0, len(list)-5):] {
		t.Logf("worst: %s %.2f", v.name, v.ratio())
	}
	if len(list) == 0 || 4*within(0.12) < 3*len(list) {
		t.Errorf("only %d of %d levels within 12 %%", within(0.12), len(list))
	}
}
