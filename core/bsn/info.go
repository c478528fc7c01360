package bsn

import (
	"encoding/json"
	"strconv"

	"blindspot/core/say"
)

// Info is what a model file says about itself beside its weights. All of it is optional in a file that comes from elsewhere.
type Info struct {
	Name    string // as shown in the list of models
	Created string // date and time, RFC 3339
	Licence string // of the weights, as an SPDX name where there is one
	Base    string // name of the model that training started from, empty for training from scratch

	KTrain Hole   // the hole that the teacher was trained with
	Holes  []Hole // the holes that the student learned from

	Patch       int  // side in pixels of the training patches of the last phase; the tile plan of a young model follows it
	Steps       int  // steps of the teacher's training
	DistilSteps int  // steps of the student's training
	Textured    bool // the student shows texture that the teachers cannot guess, so that none need be added to its result

	Photos      int       // photos in the training set
	Cameras     []string  // their cameras
	ISO         []int     // their ISO values, rising
	Correlation []float64 // mean correlation of their noise at lags of 1, 2, 3, … pixels
	// CorrelationMap is the same in two dimensions, row by row, with the pixel itself in the middle: CorrelationSide²
	// values, or none.
	CorrelationMap []float64
	NoiseLevel     float64 // mean standard deviation of their noise, in levels of 255

	// HeldOut is the blind-spot loss of the kept weights on crops that training did not see, in levels of 255; lower is
	// better, but only scores on the same photos compare. HeldOutBase is that of the model that training started from.
	HeldOut, HeldOutBase float64
}

// CorrelationSide is the side of a correlation map: lags of up to 4 pixels each way.
const CorrelationSide = 9

// Versions and units that a model file states.
const (
	formatVersion = 1
	valueScale    = "255" // largest value of a sample
)

// metadata is the info as the texts of a safetensors header. Empty fields are left out.
func (i Info) metadata(c Config) map[string]string {
	m := map[string]string{
		"format_version": strconv.Itoa(formatVersion),
		"value_scale":    valueScale,
		"width":          strconv.Itoa(c.Width),
		"channels":       strconv.Itoa(c.Channels),
	}
	for key, field := range i.fields() {
		// Numbers, texts and lists of them always have a JSON form.
		text, err := json.Marshal(field)
		if err != nil || string(text) == "null" || string(text) == "0" || string(text) == "false" || string(text) == `""` {
			continue
		}
		if s, ok := field.(*string); ok {
			text = []byte(*s)
		}
		m[key] = string(text)
	}
	return m
}

// fields names every field as it is called in the file.
func (i *Info) fields() map[string]any {
	return map[string]any{
		"name": &i.Name, "created": &i.Created, "licence": &i.Licence, "base": &i.Base,
		"k_train": &i.KTrain, "holes": &i.Holes, "patch": &i.Patch,
		"steps": &i.Steps, "distil_steps": &i.DistilSteps, "textured": &i.Textured,
		"photos": &i.Photos, "cameras": &i.Cameras, "iso": &i.ISO, "correlation": &i.Correlation,
		"correlation_map": &i.CorrelationMap, "noise_level": &i.NoiseLevel,
		"held_out": &i.HeldOut, "held_out_base": &i.HeldOutBase,
	}
}

// parseInfo reads the metadata of a model file. Missing entries stay zero; entries that make no sense are errors.
func parseInfo(m map[string]string) (Info, error) {
	var i Info
	if v, ok := m["format_version"]; ok && v != strconv.Itoa(formatVersion) {
		return i, say.Errorf("it has format version %q and this program reads version %d", v, formatVersion)
	}
	if v, ok := m["value_scale"]; ok && v != valueScale {
		return i, say.Errorf("its value scale is %q, want %s", v, valueScale)
	}
	for key, field := range i.fields() {
		text, ok := m[key]
		if !ok {
			continue
		}
		if s, ok := field.(*string); ok {
			*s = text
			continue
		}
		if err := json.Unmarshal([]byte(text), field); err != nil {
			return i, say.Errorf("%w: its entry %s is %.40q", ErrDamaged, key, text)
		}
	}
	return i, i.check()
}

// check refuses numbers that the rest of the program must not meet.
func (i *Info) check() error {
	for _, k := range append([]Hole{i.KTrain}, i.Holes...) {
		if !k.Valid() {
			return say.Errorf("%w: it names a hole of %d", ErrDamaged, int(k))
		}
	}
	for name, n := range map[string]int{"patch": i.Patch, "steps": i.Steps, "distil_steps": i.DistilSteps, "photos": i.Photos} {
		if n < 0 {
			return say.Errorf("%w: its entry %s is negative", ErrDamaged, name)
		}
	}
	if n := len(i.CorrelationMap); n != 0 && n != CorrelationSide*CorrelationSide {
		return say.Errorf("%w: its correlation map has %d values", ErrDamaged, n)
	}
	return nil
}
