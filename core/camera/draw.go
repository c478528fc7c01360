package camera

import (
	"math"
	"math/rand/v2"
)

// Draw returns the settings of a camera that might exist, for the training of a
// model that shall serve all of them. Half of the pictures are processed lightly,
// as by a raw converter; half as by a camera that writes JPEGs.
//
// ISO is drawn evenly in stops: four times of five from 400 to 12,800, else from
// 100 to 25,600; a small sensor a quarter of the time, at a third of that. A
// third of the pictures are underexposed by up to three stops and brightened
// again, which multiplies noise as a higher ISO does.
func Draw(rng *rand.Rand) Settings {
	s := Default()
	s.drawSensor(rng)
	s.drawLight(rng)
	s.LensBlur = between(rng, 0.3, 0.8)
	s.Demosaic = Demosaics()[choice(rng, 0.30, 0.25, 0.45)]
	if choice(rng, 0.5, 0.5) == 0 {
		s.drawConverter(rng)
	} else {
		s.drawCamera(rng)
	}
	if choice(rng, 0.85, 0.15) == 1 {
		s.Scale = between(rng, 0.5, 0.95)
	}
	s.Seed = rng.Uint64()
	return s
}

func (s *Settings) drawSensor(rng *rand.Rand) {
	all := Sensors()
	small := choice(rng, 0.75, 0.25) == 1
	s.Sensor = all[rng.IntN(len(all)-1)]
	if small {
		s.Sensor = all[len(all)-1]
	}
	// Wei et al. (2020) find read noise to scatter about its line by e^0.25.
	s.Sensor.ReadBias += 0.25 * rng.NormFloat64()
	s.Sensor.RowBias += 0.25 * rng.NormFloat64()
	lo, hi := 400.0, 12800.0
	if choice(rng, 0.8, 0.2) == 1 {
		lo, hi = 100, 25600
	}
	s.ISO = lo * math.Pow(hi/lo, rng.Float64())
	if small {
		s.ISO = max(s.ISO/3, 50)
	}
	s.Bits = 12 + 2*choice(rng, 0.3, 0.7)
	s.Pattern = Pattern(rng.IntN(int(XTrans)))
	if choice(rng, 0.93, 0.07) == 1 {
		s.Pattern = XTrans
	}
}

func (s *Settings) drawLight(rng *rand.Rand) {
	s.Exposure = between(rng, -1, 0.2)
	s.Push = between(rng, 0, 0.5)
	if choice(rng, 0.67, 0.33) == 1 {
		under := between(rng, 0.5, 3)
		s.Exposure -= under
		s.Push += under * between(rng, 0.4, 1)
	}
	// Daylight as Brooks et al. (2019, section 3.2) draw it, or lamps.
	s.RedGain, s.BlueGain = between(rng, 1.9, 2.4), between(rng, 1.5, 1.9)
	if choice(rng, 0.7, 0.3) == 1 {
		s.RedGain, s.BlueGain = between(rng, 1.2, 1.6), between(rng, 2.1, 3)
	}
}

// drawConverter: the noise mostly stays as the demosaic left it.
func (s *Settings) drawConverter(rng *rand.Rand) {
	s.Contrast = between(rng, 0, 0.4)
	if choice(rng, 0.6, 0.4) == 1 {
		s.ChromaBlur = between(rng, 0.4, 1.2)
	}
	if choice(rng, 0.75, 0.25) == 1 {
		s.Sharpening, s.SharpenRadius = between(rng, 0.1, 0.3), between(rng, 0.6, 1.2)
	}
	if choice(rng, 0.6, 0.4) == 1 {
		s.Quality = 93 + rng.IntN(7)
	}
}

// drawCamera: colour blurred by some pixels, brightness flattened by what the ISO
// asks for, sharpened and compressed. Photos of cameras (PolyU: Canon, Nikon,
// Sony) show how far it goes: neighbours correlate by 0.65, pixels three apart
// still by 0.26, which no demosaic does.
func (s *Settings) drawCamera(rng *rand.Rand) {
	s.Contrast = between(rng, 0.1, 0.7)
	s.ChromaBlur = between(rng, 0.6, 3)
	if choice(rng, 0.1, 0.9) == 1 {
		s.LumaSmoothing = min(s.Level()*between(rng, 1.5, 4.5), 100)
	}
	if choice(rng, 0.6, 0.4) == 1 {
		s.Sharpening, s.SharpenRadius = between(rng, 0.1, 0.4), between(rng, 0.8, 1.6)
	}
	s.Quality = 91 + rng.IntN(8)
	if choice(rng, 0.8, 0.2) == 1 {
		s.Quality = 80 + rng.IntN(11)
	}
	s.Subsampling = Subsampling(choice(rng, 0.15, 0.5, 0.35))
}

// between draws evenly.
func between(rng *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*rng.Float64() }

// choice returns the index of one of the shares, which sum to 1, as often as it
// says.
func choice(rng *rand.Rand, shares ...float64) int {
	left := rng.Float64()
	for i, share := range shares {
		if left < share {
			return i
		}
		left -= share
	}
	return len(shares) - 1
}
