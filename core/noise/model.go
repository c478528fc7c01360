package noise

// Model is what a filter has to know of a photo's noise.
type Model struct {
	// Variance is that of each channel by its brightness, in squared steps of 8 bits, in the bins of a Curve. It includes the rounding of
	// 8-bit photos and is more than 0.
	Variance [][Bins]float64
	// Shift is how far the mean of the noise lies above its median, by brightness like Variance: below 0 where the tone curve bends it.
	Shift [][Bins]float64
	// Spectra are the energies along the Opponent axes (of a gray photo: of its channel) in units of the channels' mean variance; more than 0.
	Spectra []Spectrum
}

// Caution of a model.
const (
	sure     = 0.5  // confidence from which on the level is taken as it was found
	doubt    = 0.15 // share of the variance that is assumed where nothing could be made sure of
	faintest = 1e-3 // least variance, and least part of a spectrum's mean, so that filters may divide
)

// Shares of the energy in the lowest coefficients of brightness, below those of confidence.go: noise with less than the first has finer
// grain than texture, noise with more than the second looks like it.
const grainyShare, smoothShare = 0.3, 0.55

// Grain is how surely the noise can be told from texture by its grain, 0 to 1. Phones' and raw noise is fine; cameras' JPEGs smooth it.
func (m *Model) Grain() float64 { return falling(m.Spectra[0].coarse(), grainyShare, smoothShare) }

// Model returns the model for filters. Where the report is not confident the variance is less than what was found: texture that was
// taken for noise would go, and noise that stays is the smaller harm.
func (r *Report) Model() *Model {
	n := len(r.Channels)
	m := &Model{Variance: make([][Bins]float64, n), Shift: make([][Bins]float64, n), Spectra: make([]Spectrum, n)}
	caution := doubt + (1-doubt)*min(r.Confidence/sure, 1)
	for c := range m.Variance {
		for b, s := range r.Channels[c].Sigma {
			m.Variance[c][b] = max(caution*s*s+r.rounding, faintest)
			m.Shift[c][b] = r.Bend * shift((float64(b)+0.5)*binWidth, s)
		}
	}
	for o := range m.Spectra {
		for i := range m.Spectra[o] {
			m.Spectra[o][i] = 1 // white, if nothing is known
			if r.Spectra != nil {
				m.Spectra[o][i] = max(r.Spectra[o][i], faintest)
			}
		}
	}
	return m
}
