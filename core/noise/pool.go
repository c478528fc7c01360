package noise

import "math"

// Pool combines the reports of several photos, as of a folder to train on. In each brightness bin photos count by the flat patches
// that they bring; correlations count by confidence. Reports of the largest number of channels give the curves per channel, all give the pooled one.
// Reports that are nil or without confidence are passed over; of none the result is that of a picture in which nothing could be
// measured. The pool is demosaiced if one photo is.
func Pool(reports ...*Report) *Report {
	var used []*Report
	channels := 1
	for _, r := range reports {
		if r != nil && r.Confidence > 0 {
			used = append(used, r)
			channels = max(channels, len(r.Channels))
		}
	}
	if len(used) == 0 {
		return newReport(channels, false)
	}
	out := &Report{Channels: make([]Curve, channels), PerChannel: make([]Map, channels)}
	var all []Curve
	perChannel := make([][]Curve, channels)
	var variance, weight, alike float64
	for _, r := range used {
		n := float64(len(used))
		variance += r.Sigma * r.Sigma / n
		out.Confidence += r.Confidence / n
		out.Flat += r.Flat / n
		out.Demosaiced = out.Demosaiced || r.Demosaiced
		out.addCorrelation(r)
		weight += r.Confidence
		all = append(all, r.Pooled)
		if len(r.Channels) == channels {
			alike += r.Confidence
			for c := range channels {
				perChannel[c] = append(perChannel[c], r.Channels[c])
			}
		}
	}
	out.scaleCorrelation(1/weight, 1/alike)
	for c := range channels {
		out.Channels[c] = meanCurve(perChannel[c])
	}
	out.Pooled = meanCurve(all)
	out.summarise(math.Sqrt(variance))
	return out
}

// addCorrelation adds the correlations of other, weighted by its confidence.
func (r *Report) addCorrelation(other *Report) {
	r.Correlation.plus(other.Confidence, &other.Correlation)
	for lag := range r.Right {
		r.Right[lag] += other.Confidence * other.Right[lag]
		r.Down[lag] += other.Confidence * other.Down[lag]
	}
	if len(other.PerChannel) == len(r.PerChannel) {
		for c := range r.PerChannel {
			r.PerChannel[c].plus(other.Confidence, &other.PerChannel[c])
		}
	}
}

func (r *Report) scaleCorrelation(all, perChannel float64) {
	r.Correlation.times(all)
	for lag := range r.Right {
		r.Right[lag] *= all
		r.Down[lag] *= all
	}
	for c := range r.PerChannel {
		r.PerChannel[c].times(perChannel)
	}
}

func (m *Map) times(f float64) {
	for y := range m {
		for x := range m[y] {
			m[y][x] *= f
		}
	}
}

func (m *Map) plus(f float64, other *Map) {
	for y := range m {
		for x, v := range other[y] {
			m[y][x] += f * v
		}
	}
}
