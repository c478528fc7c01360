package camera

import (
	"context"
	"math"
	"testing"
)

// TestGaussianAgainstReference sums the bell over both directions at once.
func TestGaussianAgainstReference(t *testing.T) {
	const w, h, sigma = 19, 40, 1.3
	plane := busy(w, h).Planes[0]
	got, err := gaussian(context.Background(), plane, w, h, sigma)
	if err != nil {
		t.Fatal(err)
	}
	for y := range h {
		for x := range w {
			var sum, weights float64
			for dy := -4; dy <= 4; dy++ { // three deviations, rounded up
				for dx := -4; dx <= 4; dx++ {
					weight := math.Exp(-float64(dx*dx+dy*dy) / (2 * sigma * sigma))
					sum += weight * float64(plane[min(max(y+dy, 0), h-1)*w+min(max(x+dx, 0), w-1)])
					weights += weight
				}
			}
			if math.Abs(sum/weights-float64(got[y*w+x])) > 1e-6 {
				t.Fatalf("(%d,%d): got %v, want %v", x, y, got[y*w+x], sum/weights)
			}
		}
	}
}

// TestBilateral: what is small is flattened, an edge far above the level stays
// where it was, and a level above everything gives the plain mean of 5×5.
func TestBilateral(t *testing.T) {
	const w, h = 40, 40
	plane := make([]float32, w*h)
	for i := range plane {
		plane[i] = 0.2 + 0.01*float32((i*7919)%13-6)/6
		if i%w >= w/2 {
			plane[i] += 0.6
		}
	}
	fine, err := bilateral(context.Background(), plane, w, h, 0.02)
	if err != nil {
		t.Fatal(err)
	}
	var before, after float64
	for y := 2; y < h-2; y++ {
		for x := range w {
			i, middle := y*w+x, 0.2
			if x >= w/2 {
				middle = 0.8
			}
			before += math.Pow(float64(plane[i])-middle, 2)
			after += math.Pow(float64(fine[i])-middle, 2)
			if math.Abs(float64(fine[i])-middle) > 0.0101 {
				t.Fatalf("(%d,%d): the edge was blurred to %v", x, y, fine[i])
			}
		}
	}
	if after > before/4 {
		t.Errorf("flattened by %.2f only", math.Sqrt(after/before))
	}
	flatMean, err := bilateral(context.Background(), plane, w, h, 1e4)
	if err != nil {
		t.Fatal(err)
	}
	for y := 2; y < h-2; y++ {
		for x := 2; x < w-2; x++ {
			var sum float64
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					sum += float64(plane[(y+dy)*w+x+dx])
				}
			}
			if math.Abs(sum/25-float64(flatMean[y*w+x])) > 1e-6 {
				t.Fatalf("(%d,%d): got %v, want the mean %v", x, y, flatMean[y*w+x], sum/25)
			}
		}
	}
}

// TestSharpening: an unsharp mask adds a share of what a blur takes away.
func TestSharpening(t *testing.T) {
	s := Default()
	s.Sharpening, s.SharpenRadius = 0.5, 1.1
	f, before := newFrame(30, 30), newFrame(30, 30)
	for i := range 900 { // gray, so that the result is not clipped and all channels agree
		v := float32(0.4 + 0.2*math.Sin(float64(i%30)/3)*math.Cos(float64(i/30)/4))
		for c := range f.Planes {
			f.Planes[c][i], before.Planes[c][i] = v, v
		}
	}
	blurred, err := gaussian(context.Background(), before.Planes[0], 30, 30, 1.1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.finish(context.Background(), f); err != nil {
		t.Fatal(err)
	}
	for c := range f.Planes {
		for i, v := range f.Planes[c] {
			want := 1.5*before.Planes[0][i] - 0.5*blurred[i]
			if abs(v-want) > 1e-5 {
				t.Fatalf("channel %d, pixel %d: got %v, want %v", c, i, v, want)
			}
		}
	}
}

// TestResample: constants stay, sizes are rounded, the same size changes nothing,
// ramps stay ramps, and fine stripes vanish instead of turning into broad ones.
func TestResample(t *testing.T) {
	const w, h = 48, 40
	plane := busy(w, h).Planes[1]
	same, err := resample(context.Background(), plane, w, h, w, h)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range same {
		if abs(v-plane[i]) > 1e-6 {
			t.Fatalf("pixel %d moved from %v to %v at the same size", i, plane[i], v)
		}
	}
	for _, factor := range []float64{0.3, 0.5, 0.77, 1.6, 2} {
		tw, th := scaledSide(w, factor), scaledSide(h, factor)
		ramp, stripes := make([]float32, w*h), make([]float32, w*h)
		for i := range ramp {
			ramp[i] = float32(i%w)*0.01 + float32(i/w)*0.02
			stripes[i] = float32(i % 2)
		}
		got, err := resample(context.Background(), ramp, w, h, tw, th)
		if err != nil {
			t.Fatal(err)
		}
		reach := int(2/min(factor, 1)*factor) + 2 // how far borders show
		for y := reach; y < th-reach; y++ {
			for x := reach; x < tw-reach; x++ {
				sx, sy := (float64(x)+0.5)*w/float64(tw)-0.5, (float64(y)+0.5)*h/float64(th)-0.5
				// Cubic weights reproduce ramps exactly when making larger; stretched and
				// normalised again they do almost.
				if want := sx*0.01 + sy*0.02; math.Abs(float64(got[y*tw+x])-want) > 2e-3 {
					t.Fatalf("factor %v at (%d,%d): got %v, want %v", factor, x, y, got[y*tw+x], want)
				}
			}
		}
		if factor > 0.5 {
			continue
		}
		gone, err := resample(context.Background(), stripes, w, h, tw, th)
		if err != nil {
			t.Fatal(err)
		}
		for y := 2; y < th-2; y++ {
			for x := 2; x < tw-2; x++ {
				if abs(gone[y*tw+x]-0.5) > 0.1 {
					t.Fatalf("factor %v: stripes left %v at (%d,%d)", factor, gone[y*tw+x], x, y)
				}
			}
		}
	}
}
