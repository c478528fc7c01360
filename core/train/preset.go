package train

import (
	"blindspot/core/say"
)

// Preset is a budget with the sizes that suit it.
type Preset struct {
	Name    string
	Minutes float64
	Width   int // for training from scratch; a model to fine-tune brings its own
	Patch   int
	Last    int
}

// Presets returns the budgets that the program offers, shortest first. Narrow networks learn faster in the little time of
// Quick; wide ones end better when there is time. Times are meant for 2 cores; more cores get more steps.
func Presets() []Preset {
	return []Preset{
		{"quick", 10, 16, 64, 96},
		{"good", 60, 32, 64, 128},
		{"overnight", 480, 48, 64, 128},
	}
}

// FindPreset returns the preset of that name.
func FindPreset(name string) (Preset, error) {
	for _, p := range Presets() {
		if p.Name == name {
			return p, nil
		}
	}
	return Preset{}, say.Errorf("there is no training preset %q: it is quick, good or overnight", name)
}

// A model to fine-tune knows large patches already: it goes on with the same ones to the end, because a change costs it more than small
// patches gain, see README.md.
const tuningPatch, tuningBatch = 128, 2

// Apply puts the preset into options, leaving what they already say.
func (p Preset) Apply(o *Options) {
	setDefault(&o.Minutes, p.Minutes)
	if o.From != nil && o.Patch == 0 && o.LastPatch == 0 {
		o.Patch, o.LastPatch = tuningPatch, tuningPatch
		setDefault(&o.Batch, tuningBatch)
	}
	if o.From == nil {
		setDefault(&o.Width, p.Width)
	}
	setDefault(&o.Patch, p.Patch)
	setDefault(&o.LastPatch, max(p.Last, o.Patch))
}
