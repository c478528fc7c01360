package bsn

import (
	"math"
	"math/rand/v2"
	"strings"
)

// negativeSlope is the slope of LeakyReLU below zero, in every layer that has one.
const negativeSlope = 0.1

// InitKaiming draws all weights from Kaiming's normal distribution (He et al. 2015, equation 14, fan-in): deviation
// gain/√(in·kh·kw) with gain √(2/(1+0.1²)) for layers that end in LeakyReLU(0.1) and 1 for the teacher's linear last
// layer. Biases become 0. The same random source gives the same weights.
func (p *Params) InitKaiming(rng *rand.Rand) {
	for _, s := range p.specs {
		values := p.Get(s.name)
		if strings.HasSuffix(s.name, ".bias") {
			clear(values)
			continue
		}
		gain := math.Sqrt(2 / (1 + negativeSlope*negativeSlope))
		if s.name == "nin_C.weight" {
			gain = 1
		}
		deviation := gain / math.Sqrt(float64(elements(s.shape[1:])))
		for i := range values {
			values[i] = float32(deviation * rng.NormFloat64())
		}
	}
}
