package train

import (
	"context"
	"image"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"blindspot/core/bsn"
)

// grainy writes photos of a slow wave under noise that is alike over five pixels: white noise, averaged over squares of 5×5.
func grainy(t *testing.T, n int) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	const side, grain, sigma = 256, 5, 15
	for k := range n {
		rng := rand.New(rand.NewPCG(uint64(k), 7))
		im := image.NewNRGBA(image.Rect(0, 0, side, side))
		for c := range 3 {
			white := make([]float64, (side+grain)*(side+grain))
			for i := range white {
				white[i] = sigma * grain * rng.NormFloat64()
			}
			for y := range side {
				for x := range side {
					sum := 0.0
					for dy := range grain {
						for dx := range grain {
							sum += white[(y+dy)*(side+grain)+x+dx] / (grain * grain)
						}
					}
					wave := 120 + 20*math.Sin(float64(x+k)/37)*math.Cos(float64(y)/41)
					im.Pix[im.PixOffset(x, y)+c] = uint8(min(max(math.Round(wave+sum), 0), 255))
				}
			}
		}
		for i := 3; i < len(im.Pix); i += 4 {
			im.Pix[i] = 255
		}
		path := filepath.Join(dir, string(rune('a'+k))+".png")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, im); err != nil {
			t.Fatal(err)
		}
		f.Close()
		paths = append(paths, path)
	}
	return paths
}

// Noise that is alike over five pixels reaches past a hole of 3, where the network learns to rebuild it and the alarm sounds, but not
// past a hole of 9.
func TestLeakAlarmTellsTooSmallAHole(t *testing.T) {
	if longer() == 0 {
		t.Skip("two trainings of 300 steps: set " + longVariable)
	}
	photos := grainy(t, 3)
	for hole, want := range map[bsn.Hole]bool{3: true, 9: false} {
		o := small(photos)
		o.Hole, o.Steps = hole, 600
		o.Patch, o.LastPatch, o.Batch = 32, 32, 4
		var last Progress
		o.Stop = func(string) bool { return last.LeakAlarm || last.Step >= 325 }
		_, err := Fit(context.Background(), o, func(p Progress) {
			if p.Sample != nil {
				last = p
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if last.LeakAlarm != want {
			t.Errorf("hole %d: after %d steps the leak is %.2f, alarm %v", hole, last.Step, last.Leak, last.LeakAlarm)
		}
	}
}
