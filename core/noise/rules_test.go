package noise

import (
	"image/color"
	"math"
	"testing"
)

// tail returns correlations that fall from first to last over the given lags and are zero beyond.
func tail(values ...float64) [Reach + 1]float64 {
	t := [Reach + 1]float64{1}
	copy(t[1:], values)
	return t
}

func TestSuggest(t *testing.T) {
	tests := []struct {
		name                string
		sigma               float64
		right, down         [Reach + 1]float64
		demosaiced          bool
		training, inference int
	}{
		{"white scan", 10, tail(), tail(), false, 1, 1},
		{"nearly white scan", 10, tail(0.1), tail(-0.07), false, 3, 1},
		{"correlated monochrome", 10, tail(0.5, 0.1), tail(0.5), false, 9, 3},
		{"photo whose noise looks white", 10, tail(), tail(), true, 9, 1},
		{"phone", 18, tail(0.45, 0.05), tail(0.45, 0.06), true, 9, 3},
		{"camera JPEG", 4, tail(0.7, 0.35, 0.17, 0.12), tail(0.65, 0.25), true, 9, 3},
		{"faint", 1, tail(0.7, 0.35, 0.17), tail(0.65, 0.25), true, 9, 1},
		{"coarse", 6, tail(0.8, 0.6, 0.4, 0.3, 0.2), tail(0.8, 0.6, 0.4), true, 9, 5},
		{"blotches", 6, tail(0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1), tail(0.9, 0.7, 0.6), true, 15, 7},
		{"one direction only", 6, tail(0.5), tail(0.6, 0.4, 0.3, 0.2, 0.2, 0.2), true, 13, 3},
		{"widest", 6, tail(0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.2), tail(0.9, 0.7, 0.6), true, 17, 7},
		{"nothing known", 0, tail(), tail(), true, 9, 1},
	}
	for _, test := range tests {
		got := Suggest(test.sigma, test.right, test.down, test.demosaiced)
		if want := (Suggestion{test.training, test.inference}); got != want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, want)
		}
	}
}

func TestWidthStopsAtAGap(t *testing.T) {
	if got := WidthOf(tail(0.5, 0.2, 0.1, 0.4), tail(0.5)); got != 2 {
		t.Errorf("got %d, want 2", got)
	}
}

func TestStrength(t *testing.T) {
	for sigma, want := range map[float64]Strength{0: None, 0.79: None, 0.8: Weak, 4.9: Weak, 5: Medium, 12: Strong, 60: Strong} {
		if got := StrengthOf(sigma); got != want {
			t.Errorf("%v: got %d, want %d", sigma, got, want)
		}
	}
}

func TestPicture(t *testing.T) {
	m := Map{}
	m[4][4], m[4][5], m[3][4] = 1, 0.25, -0.25
	img := Picture(&m)
	if b := img.Bounds(); b.Dx() != 9 || b.Dy() != 9 {
		t.Fatalf("size %v", b)
	}
	for at, want := range map[[2]int]color.RGBA{
		{4, 4}: {255, 255, 255, 255},
		{5, 4}: {128, 128, 128, 255}, // columns run right
		{4, 3}: {32, 64, 128, 255},
		{0, 0}: {0, 0, 0, 255},
	} {
		if got := img.At(at[0], at[1]); got != want {
			t.Errorf("%v: got %v, want %v", at, got, want)
		}
	}
}

// TestPool: a dark and a bright photo together know both ends of the curve, and a gray scan adds to the pooled one alone.
func TestPool(t *testing.T) {
	dark := measure(t, noisy(256, 256, 3, 8, flatScene(45), constant(4), box(3, 3), 1), Options{})
	bright := measure(t, noisy(256, 256, 3, 8, flatScene(200), constant(9), box(3, 3), 2), Options{})
	gray := measure(t, noisy(256, 256, 1, 8, flatScene(120), constant(6), white, 3), Options{})
	p := Pool(dark, nil, bright, gray, newReport(3, true))
	for c := range p.Channels {
		if off(p.Channels[c].At(45), 4) > 0.07 || off(p.Channels[c].At(200), 9) > 0.07 {
			t.Errorf("channel %d: %.2f and %.2f, want 4 and 9", c, p.Channels[c].At(45), p.Channels[c].At(200))
		}
		if off(p.PerChannel[c][4][5], 2.0/3) > 0.1 {
			t.Errorf("channel %d: correlation %.2f, want 0.67", c, p.PerChannel[c][4][5])
		}
	}
	if got := p.Pooled.At(120); off(got, 6) > 0.1 {
		t.Errorf("pooled at 120: %.2f, want 6", got)
	}
	if want := math.Sqrt((16 + 81 + 36) / 3.0); off(p.Sigma, want) > 0.06 {
		t.Errorf("level %.2f, want %.2f", p.Sigma, want)
	}
	if want := 4.0 / 9; math.Abs(p.Right[1]-want) > 0.04 || p.Correlation[4][4] < 0.999 {
		t.Errorf("correlation %.2f, centre %v, want %.2f and 1", p.Right[1], p.Correlation[4][4], want)
	}
	if !p.Demosaiced || p.Suggested.Training != 9 {
		t.Errorf("suggested %+v", p.Suggested)
	}
	if none := Pool(); none.Confidence != 0 || none.Sigma != 0 || none.Correlation[4][4] != 1 {
		t.Errorf("of nothing: %+v", none)
	}
}

// TestExpected compares with the product P·C·P written out.
func TestExpected(t *testing.T) {
	const n = 8
	k := newKernel([]float64{1, 2, 1}, []float64{0, 3, 1})
	var c lags
	for dy := range c {
		for dx := range c[dy] {
			c[dy][dx] = k.correlation(dy, dx-Reach)
		}
	}
	basis := modes(n)
	project := func(m [][]float64) { // takes the planes out of all columns
		for col := range m[0] {
			v := make([]float64, n*n)
			for i := range m {
				v[i] = m[i][col]
			}
			low := lowModes(v, n, basis)
			for i := range m {
				y, x := i/n, i%n
				m[i][col] -= low[0][0]*basis[0][y]*basis[0][x] + low[1][0]*basis[1][y]*basis[0][x] + low[0][1]*basis[0][y]*basis[1][x]
			}
		}
	}
	m := make([][]float64, n*n)
	for p := range m {
		m[p] = make([]float64, n*n)
		for q := range m[p] {
			m[p][q] = c.at(q/n-p/n, q%n-p%n)
		}
	}
	project(m)
	for p := range m {
		for q := range p {
			m[p][q], m[q][p] = m[q][p], m[p][q]
		}
	}
	project(m)
	got := expected(&c, n)
	for dy := 0; dy <= n/2; dy++ {
		for dx := -n / 2; dx <= n/2; dx++ {
			var sum, count float64
			for p := range m {
				y, x := p/n+dy, p%n+dx
				if y < n && x >= 0 && x < n {
					sum += m[p][y*n+x]
					count++
				}
			}
			if want := sum / count; math.Abs(got[dy][dx+Reach]-want) > 1e-12 {
				t.Errorf("lag %d, %d: got %v, want %v", dy, dx, got[dy][dx+Reach], want)
			}
		}
	}
}

// TestUnbias: what the planes of patches of 16 pixels took is given back to 2 %.
func TestUnbias(t *testing.T) {
	k := newKernel([]float64{1, 2, 1}, []float64{0, 3, 1})
	var c lags
	for dy := range c {
		for dx := range c[dy] {
			c[dy][dx] = k.correlation(dy, dx-Reach)
		}
	}
	measured := expected(&c, 16)
	back := unbias(measured, 16)
	for _, lag := range [][2]int{{0, 0}, {0, 1}, {1, 0}, {1, -1}, {0, 4}} {
		got, want := back.at(lag[0], lag[1]), c.at(lag[0], lag[1])
		if math.Abs(got-want) > 0.02 || math.Abs(got-want) >= math.Abs(measured.at(lag[0], lag[1])-want) {
			t.Errorf("lag %v: %.3f became %.3f, want %.3f", lag, measured.at(lag[0], lag[1]), got, want)
		}
	}
}
