package camera

import "math"

// rawRange is the range of code values of a 14-bit sensor, in which the
// published gains and read noises below are given.
const rawRange = 16383

// Sensor is what was measured of a camera's sensor. All noise is told at ISO 100
// and follows the gain from there.
type Sensor struct {
	Name string

	// Gain is the gain at ISO 100 in code values (of 14 bits) per electron; it is
	// proportional to ISO. The sensor is full at rawRange/Gain electrons.
	Gain float64

	// The deviation of the read noise in code values of 14 bits is
	// exp(ReadBias + ReadSlope·ln(gain)), of the noise common to a row
	// exp(RowBias + RowSlope·ln(gain)). Beyond the gain MaxGain cameras multiply
	// numbers instead of voltages: noise in electrons stays as it is there.
	ReadSlope, ReadBias float64
	RowSlope, RowBias   float64 // a RowSlope of 0 means no row noise
	MaxGain             float64

	// Matrix takes CIE XYZ (D65) to the camera's red, green and blue.
	Matrix [3][3]float64
}

// Sensors returns the sensors that Draw chooses from.
//
// The gains and the lines of read and row noise of the first four are those that
// Wei, Fu, Yang, Huang: "A Physics-Based Noise Formation Model for Extreme
// Low-Light Raw Denoising" (CVPR 2020, section 4, Gaussian read noise and row
// noise) measured and published with their code (lowest gain = ISO 100, highest
// = the end of the calibrated range). The D800 follows Claff's table of read
// noise (photonstophotos.net, "D800 Read Noise", 2012: 0.86 electrons per code
// value at ISO 400 and 4.2 electrons from ISO 800 up). The 5D Mark II's class is
// the 5D Mark III's 67,684 electrons at ISO 100 (magiclantern.fm, topic 10111)
// with the 70D's read noise, of the same maker and generation of converters.
// The small sensor is the line of Brooks, Mildenhall, Xue, Chen, Sharlet,
// Barron: "Unprocessing Images for Learned Raw Denoising" (CVPR 2019, section
// 3.1): ln(read variance) = 2.18·ln(shot) + 1.20 with the variance per signal
// "shot" = 1/electrons up to 0.012; at 4,000 electrons that is ISO 4,800.
//
// The matrices are Adobe's, as LibRaw and dcraw carry them.
func Sensors() []Sensor {
	return []Sensor{
		{
			Name: "Sony A7S II", Gain: 0.0939, MaxGain: 6.01,
			ReadSlope: 0.5407, ReadBias: 1.2182, RowSlope: 0.5275, RowBias: -0.5917,
			Matrix: matrix(5838, -1430, -246, -3497, 11477, 2297, -748, 1885, 5778),
		},
		{
			Name: "Nikon D850", Gain: 0.4150, MaxGain: 26.56,
			ReadSlope: 0.5635, ReadBias: 0.7994, RowSlope: 0.4483, RowBias: -1.7977,
			Matrix: matrix(10405, -3755, -1270, -5461, 13787, 1793, -1040, 2015, 6785),
		},
		{
			Name: "Canon EOS 70D", Gain: 0.4075, MaxGain: 26.08,
			ReadSlope: 0.5681, ReadBias: 1.9983, RowSlope: 0.7292, RowBias: -0.9371,
			Matrix: matrix(7034, -804, -1014, -4420, 12564, 2058, -851, 1994, 5758),
		},
		{
			Name: "Canon EOS 700D", Gain: 0.4476, MaxGain: 28.65,
			ReadSlope: 0.6525, ReadBias: 2.0799, RowSlope: 0.6221, RowBias: -0.7756,
			Matrix: matrix(6602, -841, -939, -4472, 12458, 2247, -975, 2039, 6148),
		},
		{
			Name: "Nikon D800", Gain: 0.2907, MaxGain: 7.44,
			ReadSlope: 1, ReadBias: math.Log(4.2),
			Matrix: matrix(7866, -2108, -555, -4869, 12483, 2681, -1176, 2069, 7501),
		},
		{
			Name: "Canon EOS 5D Mark II", Gain: 0.2420, MaxGain: 15.5,
			ReadSlope: 0.5681, ReadBias: 1.9983, RowSlope: 0.7292, RowBias: -0.9371,
			Matrix: matrix(4716, 603, -830, -7798, 15474, 2480, -1496, 1937, 6651),
		},
		{
			Name: smallSensor, Gain: rawRange / 4000.0, MaxGain: rawRange * 0.012,
			// half of 1.20 + 2.18·ln(shot), with shot = gain/rawRange, in code values
			ReadSlope: 1.09, ReadBias: 0.60 - 0.09*math.Log(rawRange),
			Matrix: matrix(8458, -2451, -855, -4597, 12447, 2407, -1475, 2482, 6526),
		},
	}
}

// smallSensor is the name of the phone in Sensors.
const smallSensor = "small sensor"

// matrix divides by 10,000, the unit of these tables.
func matrix(v ...float64) (m [3][3]float64) {
	for i := range m {
		for j := range m {
			m[i][j] = v[3*i+j] / 10000
		}
	}
	return m
}

// Noise is a sensor's noise at one ISO, in electrons.
type Noise struct {
	Full float64 // electrons that fill the range of the raw file
	Read float64 // deviation of the read noise
	Row  float64 // deviation of what a row's sensels have in common
}

// Variance returns that of a raw sample whose expectation is signal, both as
// shares of the raw range (full = 1): shot noise follows the signal, read and row
// noise do not. A straight line; quantisation is left out.
func (n Noise) Variance(signal float64) float64 {
	return signal/n.Full + (n.Read*n.Read+n.Row*n.Row)/(n.Full*n.Full)
}

// Noise returns the sensor's noise at an ISO.
func (s Sensor) Noise(iso float64) Noise {
	gain := s.Gain * iso / 100
	analogue := min(gain, s.MaxGain)
	n := Noise{
		Full: rawRange / gain,
		Read: math.Exp(s.ReadBias+s.ReadSlope*math.Log(analogue)) / analogue,
	}
	if s.RowSlope != 0 {
		n.Row = math.Exp(s.RowBias+s.RowSlope*math.Log(analogue)) / analogue
	}
	return n
}
