package train

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// draw returns the random source of one decision. It is a pure function of its arguments: no state is carried from one
// decision to the next, so a resumed training draws what the interrupted one would have drawn.
func draw(seed uint64, purpose string, a, b int) *rand.Rand {
	name := fnv.New64a()
	name.Write([]byte(purpose)) // a hash never fails to take bytes
	return rand.New(rand.NewPCG(mix(seed^name.Sum64()), mix(mix(uint64(a))+uint64(b))))
}

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit changes every output bit.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// golden returns the i-th number in 0..1 of the golden-ratio sequence with a start that depends on seed and purpose. Its
// values spread evenly: among n of them in a row no stretch longer than about 2/n stays empty.
func golden(seed uint64, purpose string, i int) float64 {
	start := draw(seed, purpose, 0, 0).Float64()
	_, part := math.Modf(start + float64(i)/math.Phi)
	return part
}
