package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"blindspot/core/bsn"
	"blindspot/core/denoise"
	"blindspot/core/say"
)

// The window knows the program only through this package; these are the few words of the science that it must speak.
type (
	// Mode is Fast, Tunable or Average.
	Mode = denoise.Mode
	// Hole is a stop of the blind-spot slider.
	Hole = bsn.Hole
	// Settings is what the user chooses for a photo.
	Settings = denoise.Settings
)

// The modes, see denoise.Mode.
const (
	Fast    = denoise.Fast
	Tunable = denoise.Tunable
	Average = denoise.Average
)

// Stops returns the holes of the slider in rising order.
func Stops() []Hole { return bsn.Stops() }

// comparisons are the ways in which the viewer puts pictures beside each other.
var comparisons = []string{"split", "side", "single", "removed", "sensitivity"}

// Preferences is what the program remembers from one start to the next.
type Preferences struct {
	Mode    string   `json:"mode"`
	Hole    int      `json:"hole"`
	Luma    float32  `json:"luminance"`
	Colour  float32  `json:"colour"`
	Texture float32  `json:"texture"`
	Model   string   `json:"model,omitempty"`   // name in the library, empty for the automatic choice
	Compare string   `json:"compare"`           // how the viewer compares, one of the comparisons
	Format  string   `json:"format"`            // of the last export, one of Formats
	Quality int      `json:"quality"`           // of the last JPEG export, 1..100
	Depth   int      `json:"depth"`             // of the last export: 8 or 16 bits, 0 for that of the photo
	Name    string   `json:"name"`              // of the last export, with fields, see ExportFields
	Folder  string   `json:"folder,omitempty"`  // of the last export
	Recent  []string `json:"recent,omitempty"`  // photos, the last one first
	Folders []string `json:"folders,omitempty"` // of photos, the last one first
	General
}

// DefaultPreferences is what the program starts with for the first time.
func DefaultPreferences() Preferences {
	return Preferences{
		Mode: Fast.String(), Hole: int(bsn.DefaultHole), Luma: 1, Colour: 1, Texture: 1,
		Compare: "split", Format: "jpeg", Quality: 95, Name: defaultName, General: defaultGeneral(),
	}
}

// settings are the preferences as settings of a photo; values that make no sense become the default.
func (p Preferences) settings() Settings {
	return SavedSettings{Mode: p.Mode, Hole: p.Hole, Luma: p.Luma, Colour: p.Colour, Texture: p.Texture}.Settings()
}

// withDefaults replaces values that no version of the program writes.
func (p Preferences) withDefaults() Preferences {
	d := DefaultPreferences()
	if !slices.Contains(comparisons, p.Compare) {
		p.Compare = d.Compare
	}
	if names, _ := Formats(); !slices.Contains(names, p.Format) {
		p.Format = d.Format
	}
	if p.Quality < 1 || p.Quality > 100 {
		p.Quality = d.Quality
	}
	if p.Depth != 8 && p.Depth != 16 {
		p.Depth = 0
	}
	if CheckExportName(p.Name) != nil {
		p.Name = d.Name
	}
	p.Recent = p.Recent[:min(len(p.Recent), recentLimit)]
	p.Folders = p.Folders[:min(len(p.Folders), recentLimit)]
	p.General = p.General.withDefaults()
	return p
}

// PreferencesPath is where the preferences lie: blindspot/settings.json in the user's configuration directory.
func PreferencesPath() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", say.Errorf("find the configuration directory: %w", err)
	}
	return filepath.Join(dir, "blindspot", "settings.json"), nil
}

// LoadPreferences reads the preferences. A missing file is the first start; a damaged one is an error beside the
// defaults, which are always usable.
func LoadPreferences(path string) (Preferences, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return DefaultPreferences(), nil
	}
	if err != nil {
		return DefaultPreferences(), say.Errorf("read the settings: %w", err)
	}
	p := DefaultPreferences()
	if err := json.Unmarshal(data, &p); err != nil {
		return DefaultPreferences(), say.Errorf("the settings in %s are damaged and were left aside: %w", path, err)
	}
	return p.withDefaults(), nil
}

// Save writes the preferences; path never holds half of them.
func (p Preferences) Save(path string) error {
	data, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return say.Errorf("save the settings: %w", err)
	}
	if err := writeFile(path, append(data, '\n')); err != nil {
		return say.Errorf("save the settings: %w", err)
	}
	return nil
}
