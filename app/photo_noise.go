package app

import (
	"context"

	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// photoNoise is what is known of an open photo's noise. It is measured once, in the background, when the photo has been opened; the
// network waits for it, because texture that comes back must be told from noise.
type photoNoise struct {
	known  chan struct{} // closed when the report is there
	report *noise.Report
}

func newPhotoNoise() *photoNoise { return &photoNoise{known: make(chan struct{})} }

// wait returns the report as soon as it is there, or ctx's error.
func (n *photoNoise) wait(ctx context.Context) (*noise.Report, error) {
	select {
	case <-n.known:
		return n.report, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// measureNoise measures the noise of the photo that was opened.
func (s *Session) measureNoise(p *openPhoto) {
	s.spawn(func() {
		report, err := noise.Measure(s.ctx, p.Image, noise.Options{})
		if err != nil {
			return // the session ends: photos have one channel or three
		}
		p.noise.report = report
		close(p.noise.known)
		s.mail.post(func() {
			if s.photo == p {
				s.suggestForNew()
				s.changed(NoiseChanged)
			}
		})
	})
}

// Noise is what was measured of the open photo's noise, nil as long as it is not known.
func (s *Session) Noise() *NoiseReport {
	if r := s.noiseReport(); r != nil {
		return newNoiseReport(r)
	}
	return nil
}

func (s *Session) noiseReport() *noise.Report {
	if s.photo == nil || s.glimpse != nil {
		return nil
	}
	select {
	case <-s.photo.noise.known:
		return s.photo.noise.report
	default:
		return nil
	}
}

// Suggested are the settings that suit the open photo's noise; ok is false while it is not known.
func (s *Session) Suggested() (n Settings, ok bool) {
	r := s.noiseReport()
	if r == nil {
		return n, false
	}
	fast := s.network != nil && s.network.fast() == nil
	return suggestSettings(r, fast), true
}

// ApplySuggested takes up the suggested settings, as a step that can be undone.
func (s *Session) ApplySuggested() {
	if n, ok := s.Suggested(); ok {
		s.EndStep()
		s.SetSettings(n)
		s.EndStep()
	}
}

// suggestSettings chooses mode, hole and strengths for a photo's noise. With what the filters after the network take and bring back, the
// fast network is within a tenth of a decibel of the mean over all holes on weak noise as on strong; measurements are in README.md of
// core/noise.
func suggestSettings(r *noise.Report, fast bool) Settings {
	s := DefaultPreferences().settings()
	s.Mode, s.Hole = Average, Hole(r.Suggested.Inference)
	if fast {
		s.Mode = Fast
	}
	return s
}

// settingsFor returns s, with mode and hole for the photo's noise where they are to be suggested.
func settingsFor(ctx context.Context, n network, im *pixel.Image, s Settings, suggest bool) (Settings, error) {
	if !suggest {
		return s, nil
	}
	r, err := noise.Measure(ctx, im, noise.Options{})
	if err != nil {
		return s, err
	}
	n.useNoise(im, r)
	suggested := suggestSettings(r, n.fast() == nil)
	s.Mode, s.Hole = suggested.Mode, suggested.Hole
	return s, nil
}
