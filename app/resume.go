package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"blindspot/core/say"
)

// LastSession is what the program begins with the next time: the photos of the strip with their settings, and the window.
type LastSession struct {
	Photos []LastPhoto `json:"photos,omitempty"` // in the order of the strip
	Open   string      `json:"open,omitempty"`   // path of the photo that was open
	// Exports are photos that were still to be exported.
	Exports []LastExport `json:"exports,omitempty"`
	Window  WindowState  `json:"window"`
}

// LastPhoto is a photo of the last session.
type LastPhoto struct {
	Path     string         `json:"path"`
	Settings *SavedSettings `json:"settings,omitempty"` // nil if it was never opened
	Model    string         `json:"model,omitempty"`    // that the user chose for it, empty for the automatic choice
}

// WindowState is how the window stood. All lengths are the window's own.
type WindowState struct {
	Width    float32 `json:"width,omitempty"` // 0 if nobody knows
	Height   float32 `json:"height,omitempty"`
	StripOff bool    `json:"strip_off,omitempty"`
	Fit      bool    `json:"fit"`            // the whole photo is shown
	Zoom     float64 `json:"zoom,omitempty"` // pixels of the screen per pixel of the photo
	X        float64 `json:"x,omitempty"`    // point of the photo in the middle
	Y        float64 `json:"y,omitempty"`
}

// LastPath is where the last session lies, beside the preferences.
func LastPath(preferences string) string {
	return filepath.Join(filepath.Dir(preferences), "session.json")
}

// LoadLast reads the last session. Without one, and beside an error, it is empty.
func LoadLast(path string) (LastSession, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return LastSession{}, nil
	}
	var last LastSession
	if err == nil {
		err = json.Unmarshal(data, &last)
	}
	if err != nil {
		return LastSession{}, say.Errorf("the last session could not be read and was left aside: %w", err)
	}
	return last, nil
}

// Save writes the session; path never holds half of one.
func (l LastSession) Save(path string) error {
	data, err := json.MarshalIndent(l, "", "\t")
	if err == nil {
		err = writeFile(path, append(data, '\n'))
	}
	if err != nil {
		return say.Errorf("save the session: %w", err)
	}
	return nil
}

// SetWindow remembers how the window stands.
func (s *Session) SetWindow(w WindowState) { s.window = w }

// last is the session as it will be restored.
func (s *Session) last() LastSession {
	s.EndStep()
	l := LastSession{Window: s.window, Exports: s.exports.last()}
	if info, ok := s.Photo(); ok {
		l.Open = info.Path
	}
	for _, path := range s.album {
		p := LastPhoto{Path: path}
		if h, ok := s.histories.of[path]; ok {
			held := Saved(h.steps[h.at])
			p.Settings, p.Model = &held, h.model
		}
		l.Photos = append(l.Photos, p)
	}
	return l
}

// Restore takes up the last session in the background. Photos that are not there any more are left out, which is said in a
// sentence. It reports false if there is nothing to restore, or the user does not want it.
func (s *Session) Restore(last LastSession) bool {
	if len(last.Photos) == 0 || !s.General().Restore {
		return false
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.gathering = cancel
	s.spawn(func() {
		there := slices.DeleteFunc(slices.Clone(last.Photos), func(p LastPhoto) bool {
			stat, err := os.Stat(p.Path)
			return err != nil || stat.IsDir() || ctx.Err() != nil
		})
		s.mail.post(func() {
			if ctx.Err() == nil { // nothing else was asked for meanwhile
				cancel()
				s.restored(last, there)
			}
		})
	})
	return true
}

func (s *Session) restored(last LastSession, there []LastPhoto) {
	var album []string
	for _, p := range there {
		album = append(album, p.Path)
		if p.Settings != nil {
			s.histories.of[p.Path] = &history{steps: []Settings{p.Settings.Settings()}, model: p.Model}
		}
	}
	if len(album) > 0 {
		s.setAlbum(album)
		open := last.Open
		if !slices.Contains(album, open) {
			open = album[0]
		}
		s.Open(open)
	}
	gone := len(last.Photos) - len(there)
	if gone == 0 {
		return
	}
	sentence := Message{
		Text:    say.Textf("%v of the last session could not be found: open them from where they are now.", countPhotos(gone)),
		Problem: true,
	}
	if len(album) == 0 {
		s.say(sentence)
	} else {
		s.leftOut = sentence
	}
}
