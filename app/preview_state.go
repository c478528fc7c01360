package app

import "image"

// PreviewState says how far the preview of what is on the screen has come.
type PreviewState struct {
	Total    int  // visible cells
	Shown    int  // of these, such as show the current settings
	Waiting  int  // of these, such as the network has yet to see
	Possible bool // there is a photo and a network that can denoise it
}

// Complete reports whether everything visible shows the current settings.
func (p PreviewState) Complete() bool { return p.Possible && p.Total > 0 && p.Shown == p.Total }

// Preview says how far the preview has come.
func (s *Session) Preview() PreviewState { return s.preview.state() }

func (p *preview) state() PreviewState {
	state := PreviewState{Possible: len(p.cells) > 0 && !p.failed}
	for i := range p.cells {
		if p.visible(i) {
			state.Total++
			if p.fresh(i) {
				state.Shown++
			} else if _, ok := p.results[p.key(i)]; !ok {
				state.Waiting++
			}
		}
	}
	return state
}

// DenoisedAt reports whether the pixel at (x, y) of the denoised picture shows the current settings.
func (s *Session) DenoisedAt(x, y int) bool {
	for i, r := range s.preview.cells {
		if (image.Point{X: x, Y: y}).In(r) {
			return s.preview.shown[i] == s.preview.version
		}
	}
	return false
}

// TrunkPasses counts how often the network has run for the preview since it was loaded.
func (s *Session) TrunkPasses() int64 {
	if s.network == nil {
		return 0
	}
	return s.network.trunkPasses()
}
