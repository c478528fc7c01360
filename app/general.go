package app

import (
	"context"
	"runtime"
	"runtime/debug"
	"slices"

	"blindspot/core/denoise"
	"blindspot/core/say"
)

// General is what the user decides for the whole program, as opposed to one photo. It is part of the preferences.
type General struct {
	Language string  `json:"language,omitempty"` // one of Languages; empty is the system's
	Scale    float32 `json:"scale"`              // of everything in the window, one of Scales
	Restore  bool    `json:"restore"`            // begin with the photos of the last time
	Threads  int     `json:"threads"`            // for the network, 0 for all processors
	CacheMB  int     `json:"cache_mb"`           // memory for results that the sliders need not compute again, one of CacheSizes
	NewPhoto string  `json:"new_photo"`          // what a new photo begins with, one of NewPhotoWays
	// Start are the settings that a new photo begins with where NewPhoto is ChosenSettings.
	Start SavedSettings `json:"start"`
}

// SavedSettings are Settings in a file.
type SavedSettings struct {
	Mode    string  `json:"mode"`
	Hole    int     `json:"hole"`
	Luma    float32 `json:"luminance"`
	Colour  float32 `json:"colour"`
	Texture float32 `json:"texture"`
}

// What a new photo can begin with.
const (
	LastSettings      = "last"      // those of the photo that was open before
	ChosenSettings    = "chosen"    // General.Start
	SuggestedSettings = "suggested" // what suits the photo's noise
)

// NewPhotoWays lists what a new photo can begin with.
func NewPhotoWays() []string { return []string{LastSettings, ChosenSettings, SuggestedSettings} }

// Languages lists those that the window speaks, by their codes.
func Languages() []string { return []string{"en", "de"} }

// Scales lists the sizes of everything in the window.
func Scales() []float32 { return []float32{0.8, 1, 1.25, 1.5, 2} }

// CacheSizes lists the memory that results may take, in MB. A megapixel at all stops takes about 110, and a quarter is for
// results that are on their way.
func CacheSizes() []int { return []int{128, 256, 512, 1024, 2048, 4096} }

// MaxThreads is the number of processors.
func MaxThreads() int { return runtime.NumCPU() }

func defaultGeneral() General {
	return General{
		Scale: 1, Restore: true, CacheMB: 512, NewPhoto: LastSettings,
		Start: Saved(denoise.DefaultSettings(Fast)),
	}
}

// Saved are settings for a file.
func Saved(s Settings) SavedSettings {
	return SavedSettings{Mode: s.Mode.String(), Hole: int(s.Hole), Luma: s.Luma, Colour: s.Colour, Texture: s.Texture}
}

// Settings are those of the file; values that make no sense become the default.
func (p SavedSettings) Settings() Settings {
	s := denoise.DefaultSettings(Fast)
	if mode, err := denoise.ParseMode(p.Mode); err == nil {
		s.Mode = mode
	}
	if slices.Contains(Stops(), Hole(p.Hole)) {
		s.Hole = Hole(p.Hole)
	}
	if strengths := (Settings{Luma: p.Luma, Colour: p.Colour, Texture: p.Texture}); strengths.Validate() == nil {
		s.Luma, s.Colour, s.Texture = p.Luma, p.Colour, p.Texture
	}
	return s
}

// withDefaults replaces values that no version of the program writes.
func (g General) withDefaults() General {
	d := defaultGeneral()
	if !slices.Contains(Languages(), g.Language) {
		g.Language = d.Language
	}
	if !slices.Contains(Scales(), g.Scale) {
		g.Scale = d.Scale
	}
	if !slices.Contains(CacheSizes(), g.CacheMB) {
		g.CacheMB = d.CacheMB
	}
	if !slices.Contains(NewPhotoWays(), g.NewPhoto) {
		g.NewPhoto = d.NewPhoto
	}
	// A file may come from a larger machine.
	g.Threads = min(max(g.Threads, 0), MaxThreads())
	g.Start = Saved(g.Start.Settings())
	return g
}

// garbagePercent is how much of what is in use may be garbage besides: garbageMB where the cache is full and a photo of so many pixels is
// open. Nearly all in use is pixels, which cost nothing to look through; at Go's 100 % a photo of 24 megapixels held a
// gigabyte that nobody needed.
func garbagePercent(cacheMB, pixels int) int {
	inUse := cacheMB + 64 + 11*pixels>>20 // a photo and one picture of it
	return min(max(100*garbageMB/inUse, 4), 25)
}

const garbageMB = 48

// What the program may take beside the cache before the garbage collector works harder: roomMB, or for larger photos a base and so
// much a pixel, which is the photo and its pictures for the screen.
const (
	roomMB     = 1000
	baseMB     = 500
	pixelBytes = 24
)

// LimitMemory makes the garbage collector work harder before large photos take much more than the results in the cache.
func LimitMemory(cacheMB int) {
	limitMemory(cacheMB, 0)
}

func limitMemory(cacheMB, pixels int) {
	debug.SetGCPercent(garbagePercent(cacheMB, pixels))
	debug.SetMemoryLimit(memoryLimit(cacheMB, pixels))
}

// memoryLimit is the soft limit in bytes with a photo of so many pixels open. A limit below what is in use would have the collector run
// all the time.
func memoryLimit(cacheMB, pixels int) int64 {
	return int64(cacheMB)<<20 + max(roomMB<<20, baseMB<<20+pixelBytes*int64(pixels))
}

// General is what the user decided for the whole program.
func (s *Session) General() General { return s.options.Preferences.General }

// SetGeneral changes that. Language and scale hold from the next start on, everything else at once. The preferences are
// saved in the background.
func (s *Session) SetGeneral(g General) {
	old := s.options.Preferences.General
	g = g.withDefaults()
	if g == old {
		return
	}
	s.options.Preferences.General = g
	s.setBudgets()
	s.limitMemory()
	if g.Threads != old.Threads {
		s.options.Threads = g.Threads
		s.rethread()
	}
	s.changed(SettingsChanged) // what a reset leads to may be something else
	s.savePreferences()
}

// limitMemory follows the cache's size and the open photo's.
func (s *Session) limitMemory() {
	pixels := 0
	if s.photo != nil {
		pixels = s.photo.Image.W * s.photo.Image.H
	}
	limitMemory(s.options.Preferences.CacheMB, pixels)
}

// rethread has the chosen model run on another number of threads.
func (s *Session) rethread() {
	if s.network == nil || s.models.loading != nil {
		return // the loading one is given its threads when it is there
	}
	before, chosen, threads := s.network.retain(), s.models.chosen, s.options.Threads
	s.spawn(func() {
		n, err := before.twin(threads)
		s.mail.post(func() {
			wanted := s.network == before && s.models.chosen == chosen && s.options.Threads == threads && s.ctx.Err() == nil
			before.release()
			switch {
			case err != nil:
				s.fail(say.Errorf("use %v: %w", say.Count(threads, "%d thread", "%d threads"), err))
			case wanted:
				s.useNetwork(n)
			default:
				n.close()
			}
		})
	})
}

// loader loads model i for the number of threads that is wanted now: the list of models knows that of its making.
func (s *Session) loader(i int) func(ctx context.Context) (network, error) {
	load, threads := s.options.Models[i].load, s.options.Threads
	if threads == s.firstThreads {
		return load
	}
	return func(ctx context.Context) (network, error) {
		n, err := load(ctx)
		if err != nil {
			return nil, err
		}
		twin, err := n.twin(threads)
		n.close()
		return twin, err
	}
}

// startSettings are what a reset goes back to: those of a first start, or the ones that the user chose for new photos.
func (s *Session) startSettings() Settings {
	if g := s.General(); g.NewPhoto == ChosenSettings {
		return g.Start.Settings()
	}
	return DefaultPreferences().settings()
}

// newPhotoSettings are what a photo begins with that was not open before. Suggested ones follow when its noise is known.
func (s *Session) newPhotoSettings() Settings {
	if s.General().NewPhoto == ChosenSettings {
		return s.startSettings()
	}
	return s.settings
}

// suggestForNew gives a new photo what suits its noise, if that is wanted, as a step that can be undone. It is called when
// the noise is known, and does nothing if the user has changed something in the meantime.
func (s *Session) suggestForNew() {
	if h := s.histories.current; s.General().NewPhoto == SuggestedSettings && h.fresh && len(h.steps) == 1 && h.steps[0] == s.settings {
		s.ApplySuggested()
	}
	s.histories.current.fresh = false
}
