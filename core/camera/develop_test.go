package camera

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

func TestInvert(t *testing.T) {
	for _, s := range Sensors() {
		m := s.cameraFromSRGB()
		inverse, ok := invert(m)
		if !ok {
			t.Fatalf("%s: no inverse", s.Name)
		}
		product := multiply(m, inverse)
		for i := range product {
			var sum float64
			for j := range product {
				want := 0.0
				if i == j {
					want = 1
				}
				if math.Abs(product[i][j]-want) > 1e-12 {
					t.Errorf("%s: matrix times inverse is %v", s.Name, product)
				}
				sum += m[i][j]
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Errorf("%s: white becomes %v in row %d", s.Name, sum, i)
			}
		}
	}
	if _, ok := invert(mat3{{1, 2, 3}, {2, 4, 6}, {0, 1, 0}}); ok {
		t.Error("a matrix without inverse was inverted")
	}
}

// TestWhiteBalanceInverts: a clean photo of one colour shows this colour, with
// every sensor and light, whether less light is pushed up again or not.
func TestWhiteBalanceInverts(t *testing.T) {
	colours := [][3]float32{{0.2, 0.2, 0.2}, {0.4, 0.15, 0.1}, {0.1, 0.3, 0.12}, {0.1, 0.15, 0.5}}
	for _, sensor := range Sensors() {
		for _, gains := range [][2]float64{{1, 1}, {2.1, 1.7}, {1.3, 2.9}} {
			for _, colour := range colours {
				s := Default()
				s.Sensor, s.RedGain, s.BlueGain, s.Bits = sensor, gains[0], gains[1], 16
				s.Exposure, s.Push = -1, 1
				m, err := Expose(context.Background(), flat(12, 12, colour[0], colour[1], colour[2]), s, false)
				if err != nil {
					t.Fatal(err)
				}
				f, err := Develop(context.Background(), m, s)
				if err != nil {
					t.Fatal(err)
				}
				for c, plane := range f.Planes {
					want := encoded(float64(colour[c]))
					// 16 bits of linear light, doubled and seen through a matrix of entries
					// up to 2: some 1e-4 of the range after the curve.
					if got := float64(plane[5*12+5]); math.Abs(got-want) > 4e-4 {
						t.Errorf("%s, gains %v, %v: channel %d is %v, want %v", sensor.Name, gains, colour, c, got, want)
					}
				}
			}
		}
	}
}

// TestBlownHighlightsAreWhite: where all sensels are full nothing may be magenta.
func TestBlownHighlightsAreWhite(t *testing.T) {
	s := Default()
	s.Exposure = 2
	m, err := Expose(context.Background(), flat(16, 16, 1, 1, 1), s, true)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Develop(context.Background(), m, s)
	if err != nil {
		t.Fatal(err)
	}
	for c, plane := range f.Planes {
		for i, v := range plane {
			if v < 0.999 {
				t.Fatalf("channel %d, pixel %d: %v", c, i, v)
			}
		}
	}
}

func TestToneCurve(t *testing.T) {
	for _, contrast := range []float64{0, 0.4, 1} {
		c := toneCurve(contrast)
		last := float32(-1)
		for i := range 100001 {
			light := float64(i) / 1e5
			v := encoded(light)
			want := (1-contrast)*v + contrast*(3*v*v-2*v*v*v)
			got := c.at(float32(light))
			if math.Abs(float64(got)-want) > 2e-5 {
				t.Fatalf("contrast %v at %v: got %v, want %v", contrast, light, got, want)
			}
			if got < last {
				t.Fatalf("contrast %v: falls at %v", contrast, light)
			}
			last = got
		}
		for _, light := range []float32{-1, float32(math.NaN()), float32(math.Inf(-1))} {
			if c.at(light) != 0 {
				t.Errorf("contrast %v: light %v becomes %v", contrast, light, c.at(light))
			}
		}
		if c.at(7) != 1 {
			t.Errorf("contrast %v: too much light becomes %v", contrast, c.at(7))
		}
	}
}

// TestCurvesInvert: all 16-bit values survive there and back.
func TestCurvesInvert(t *testing.T) {
	for i := range 1 << 16 {
		v := float64(i) / 65535
		if back := encoded(linear(v)); math.Abs(back-v) > 1e-7 {
			t.Fatalf("%v came back as %v", v, back)
		}
	}
}

// TestYCCInverts: brightness and colour differences come back as red, green, blue.
func TestYCCInverts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	f := newFrame(20, 50)
	var want [3][]float32
	for c := range f.Planes {
		for i := range f.Planes[c] {
			f.Planes[c][i] = rng.Float32()
		}
		want[c] = append(want[c], f.Planes[c]...)
	}
	if err := toYCC(context.Background(), f); err != nil {
		t.Fatal(err)
	}
	if err := toRGB(context.Background(), f); err != nil {
		t.Fatal(err)
	}
	for c := range want {
		for i, v := range want[c] {
			if math.Abs(float64(v-f.Planes[c][i])) > 1e-6 {
				t.Fatalf("channel %d: %v came back as %v", c, v, f.Planes[c][i])
			}
		}
	}
}
