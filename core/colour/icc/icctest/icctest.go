// Package icctest makes small ICC profiles for tests, byte by byte and without
// any colour management library, so that one can be checked against them.
//
// The format is version 2 (ICC.1:2001-04): a header, a table of tags, and for
// matrix profiles three colorants and three curves. Colorants are those of the
// primaries adapted to D50 by Bradford's transform, as everybody computes them.
package icctest

import (
	"encoding/binary"
	"math"
	"slices"
)

// Primaries are the chromaticities x, y of red, green, blue and white.
type Primaries [4][2]float64

// Well-known primaries, all with the white of D65.
var (
	SRGB      = Primaries{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, {0.3127, 0.3290}}
	AdobeRGB  = Primaries{{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, {0.3127, 0.3290}}
	DisplayP3 = Primaries{{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.3127, 0.3290}}
)

// AdobeGamma is 2 + 51/256, the exponent of Adobe RGB (1998).
const AdobeGamma = 563.0 / 256

// RGB returns a matrix profile. curve takes the encoded value 0..1 to the
// linear one, and must rise; 1024 points of it are stored.
func RGB(name string, p Primaries, curve func(float64) float64) []byte {
	m := p.ToD50()
	trc := curveTag(curve)
	return profile("RGB ", name, []tag{
		{"rXYZ", xyzTag(m[0][0], m[1][0], m[2][0])},
		{"gXYZ", xyzTag(m[0][1], m[1][1], m[2][1])},
		{"bXYZ", xyzTag(m[0][2], m[1][2], m[2][2])},
		{"rTRC", trc},
		{"gTRC", trc},
		{"bTRC", trc},
	})
}

// Gray returns a gray profile.
func Gray(name string, curve func(float64) float64) []byte {
	return profile("GRAY", name, []tag{{"kTRC", curveTag(curve)}})
}

// Gamma returns the curve v^g.
func Gamma(g float64) func(float64) float64 {
	return func(v float64) float64 { return math.Pow(v, g) }
}

// SRGBCurve is that of IEC 61966-2-1.
func SRGBCurve(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// SRGBInverse takes a linear value 0..1 to the encoded one.
func SRGBInverse(v float64) float64 {
	if v <= 0.0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// Matrix is 3 by 3, row by row.
type Matrix [3][3]float64

// Mul returns m·o.
func (m Matrix) Mul(o Matrix) (r Matrix) {
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				r[i][j] += m[i][k] * o[k][j]
			}
		}
	}
	return r
}

// Apply returns m·v.
func (m Matrix) Apply(v [3]float64) (r [3]float64) {
	for i := range 3 {
		r[i] = m[i][0]*v[0] + m[i][1]*v[1] + m[i][2]*v[2]
	}
	return r
}

// Inverse returns the inverse of a matrix that has one.
func (m Matrix) Inverse() (r Matrix) {
	minor := func(i, j int) float64 {
		a, b, c, d := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
		return m[a][c]*m[b][d] - m[a][d]*m[b][c]
	}
	det := m[0][0]*minor(0, 0) + m[0][1]*minor(0, 1) + m[0][2]*minor(0, 2)
	for i := range 3 {
		for j := range 3 {
			r[j][i] = minor(i, j) / det
		}
	}
	return r
}

// ToD50 takes linear red, green, blue to XYZ under D50, the connection space of
// ICC profiles.
func (p Primaries) ToD50() Matrix {
	xyz := func(c [2]float64) [3]float64 { return [3]float64{c[0] / c[1], 1, (1 - c[0] - c[1]) / c[1]} }
	var m Matrix
	for j := range 3 {
		v := xyz(p[j])
		for i := range 3 {
			m[i][j] = v[i]
		}
	}
	white := xyz(p[3])
	sums := m.Inverse().Apply(white)
	for i := range 3 {
		for j := range 3 {
			m[i][j] *= sums[j]
		}
	}
	bradford := Matrix{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}
	from, to := bradford.Apply(white), bradford.Apply(d50)
	var gain Matrix
	for i := range 3 {
		gain[i][i] = to[i] / from[i]
	}
	return bradford.Inverse().Mul(gain).Mul(bradford).Mul(m)
}

var d50 = [3]float64{0.9642, 1, 0.8249}

type tag struct {
	name string
	data []byte
}

func profile(space, name string, tags []tag) []byte {
	tags = append([]tag{
		{"desc", descTag(name)},
		{"cprt", append([]byte("text\x00\x00\x00\x00"), "public domain\x00"...)},
		{"wtpt", xyzTag(d50[0], d50[1], d50[2])},
	}, tags...)
	at := 128 + 4 + 12*len(tags)
	var table, data []byte
	table = be32(table, uint32(len(tags)))
	for _, t := range tags {
		table = append(table, t.name...)
		table = be32(be32(table, uint32(at+len(data))), uint32(len(t.data)))
		data = append(data, t.data...)
		data = append(data, make([]byte, -len(data)&3)...)
	}
	head := be32(nil, uint32(at+len(data)))
	head = be32(append(head, 0, 0, 0, 0), 0x02400000) // version 2.4
	head = append(head, "mntr"+space+"XYZ "...)
	for _, v := range []uint16{2020, 1, 1, 0, 0, 0} {
		head = binary.BigEndian.AppendUint16(head, v)
	}
	head = append(head, "acsp"...)
	head = append(head, make([]byte, 68-len(head))...)
	for _, v := range d50 {
		head = be32(head, fixed(v))
	}
	head = append(head, make([]byte, 128-len(head))...)
	return slices.Concat(head, table, data)
}

func be32(b []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(b, v) }

// fixed is v in units of 1/65536.
func fixed(v float64) uint32 { return uint32(int32(math.Round(v * 65536))) }

func xyzTag(x, y, z float64) []byte {
	b := []byte("XYZ \x00\x00\x00\x00")
	for _, v := range [3]float64{x, y, z} {
		b = be32(b, fixed(v))
	}
	return b
}

func curveTag(curve func(float64) float64) []byte {
	const n = 1024
	b := be32([]byte("curv\x00\x00\x00\x00"), n)
	for i := range n {
		b = binary.BigEndian.AppendUint16(b, uint16(math.Round(curve(float64(i)/(n-1))*65535)))
	}
	return b
}

// descTag is a name in ASCII; its Unicode and Macintosh versions are empty.
func descTag(name string) []byte {
	b := be32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)+1))
	b = append(append(b, name...), 0)
	return append(b, make([]byte, 4+4+2+1+67)...)
}
