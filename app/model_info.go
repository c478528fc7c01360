package app

import (
	"context"
	"image"
	"io/fs"
	"os"
	"path"
	"time"

	"blindspot/core/bsn"
	"blindspot/core/noise"
)

// ModelInfo describes a model of the library.
type ModelInfo struct {
	Name     string    `json:"name"`
	Path     string    `json:"path,omitempty"` // of a user's model
	Bundled  bool      `json:"bundled"`
	Width    int       `json:"width,omitempty"`
	Channels int       `json:"channels,omitempty"`
	Hole     int       `json:"hole"`              // that it was trained with
	Patch    int       `json:"patch,omitempty"`   // side in pixels of its last training patches
	Fast     bool      `json:"fast"`              // it has the fast network
	Bytes    int64     `json:"bytes"`             // size of the file
	Date     time.Time `json:"date,omitzero"`     // it was made
	Licence  string    `json:"licence,omitempty"` // of its weights
	Base     string    `json:"base,omitempty"`    // model that its training started from

	Photos      int      `json:"photos,omitempty"` // that it was trained on
	Cameras     []string `json:"cameras,omitempty"`
	ISO         []int    `json:"iso,omitempty"`          // rising
	Steps       int      `json:"steps,omitempty"`        // of learning the noise
	DistilSteps int      `json:"distil_steps,omitempty"` // of making the fast network

	NoiseLevel     float64   `json:"noise_level,omitempty"` // of its photos, in steps of 8 bits
	Correlation    []float64 `json:"correlation,omitempty"` // of their noise with the pixel 1, 2, 3, … further
	CorrelationMap []float64 `json:"correlation_map,omitempty"`
	HeldOut        float64   `json:"held_out,omitempty"`      // see bsn.Info
	HeldOutBase    float64   `json:"held_out_base,omitempty"` // of the model that it started from

	Problem Text `json:"problem,omitzero"` // why it cannot be used, one sentence
}

// describe says what a model of the library says of itself. It reads no weights.
func (l *Library) describe(name string, bundled bool) ModelInfo {
	info := ModelInfo{Name: name, Bundled: bundled}
	var s bsn.Summary
	var err error
	if info.Bundled {
		if stat, err := fs.Stat(l.bundled, path.Join(BundledModels, name+modelEnding)); err == nil {
			info.Bytes = stat.Size()
		}
		s, err = readBundled(l, name, bsn.ReadSummary)
	} else {
		info.Path = l.ModelPath(name)
		if stat, err := os.Stat(info.Path); err == nil {
			info.Bytes, info.Date = stat.Size(), stat.ModTime().UTC().Truncate(time.Second)
		}
		s, err = bsn.OpenSummary(info.Path)
	}
	if err != nil {
		info.Problem = Sentence(err)
		return info
	}
	info.Width, info.Channels = s.Config.Width, s.Config.Channels
	info.Hole, info.Patch, info.Fast = int(s.Info.KTrain), s.Info.Patch, s.Student
	info.Base, info.Licence = s.Info.Base, s.Info.Licence
	info.Photos, info.Cameras, info.ISO = s.Info.Photos, s.Info.Cameras, s.Info.ISO
	info.Steps, info.DistilSteps = s.Info.Steps, s.Info.DistilSteps
	info.NoiseLevel, info.Correlation, info.CorrelationMap = s.Info.NoiseLevel, s.Info.Correlation, s.Info.CorrelationMap
	info.HeldOut, info.HeldOutBase = s.Info.HeldOut, s.Info.HeldOutBase
	if made, err := time.Parse(time.RFC3339, s.Info.Created); err == nil {
		info.Date = made
	}
	return info
}

// MapPicture draws the correlation of the noise that the model was trained on, as NoiseReport.MapPicture does; nil if
// the model does not know it.
func (i *ModelInfo) MapPicture() image.Image {
	var m noise.Map
	if len(i.CorrelationMap) != len(m)*len(m) {
		return nil
	}
	for y := range m {
		copy(m[y][:], i.CorrelationMap[y*len(m):])
	}
	return mapPicture(&m)
}

// ModelChoice is an entry of the list of models.
type ModelChoice struct {
	Name string
	info ModelInfo
	load func(ctx context.Context) (network, error)
}

// Choices are the usable models as the window offers them, to run on the given number of threads, 0 for all processors.
func (l *Library) Choices(threads int) []ModelChoice { return l.choose(l.Models(), threads) }

// choose makes choices of the usable ones of the library's models.
func (l *Library) choose(infos []ModelInfo, threads int) []ModelChoice {
	var list []ModelChoice
	for _, info := range infos {
		if !info.Problem.Empty() {
			continue
		}
		list = append(list, ModelChoice{Name: info.Name, info: info, load: func(context.Context) (network, error) {
			m, err := l.load(info.Name)
			if err != nil {
				return nil, err
			}
			return newEngine(m, threads)
		}})
	}
	return list
}
