package app

// historyLimit is how many steps of a photo can be undone.
const historyLimit = 200

// history is what the user did to the settings of one photo, the oldest step first.
type history struct {
	steps []Settings // the first is what there was before
	at    int        // the step that holds now
	model string     // that the user chose, empty for the automatic choice; it is no step
	fresh bool       // the photo has just been opened for the first time
}

// histories keeps the steps, and so the settings, and the model of each photo as long as the session lasts.
type histories struct {
	of      map[string]*history
	current *history // of the open photo
}

func newHistories(first Settings, model string) histories {
	return histories{of: map[string]*history{}, current: &history{steps: []Settings{first}, model: model}}
}

// EndStep ends a step of the user: what has changed in the settings since the last one is undone at once. A slider calls
// it when it is let go.
func (s *Session) EndStep() {
	h := s.histories.current
	if h.steps[h.at] == s.settings {
		return
	}
	h.steps = append(h.steps[:h.at+1], s.settings)
	h.steps = h.steps[max(len(h.steps)-historyLimit-1, 0):]
	h.at = len(h.steps) - 1
}

// Undo goes back by one step, Redo forth again. Where there is none they do nothing.
func (s *Session) Undo() { s.step(-1) }

// Redo takes an Undo back.
func (s *Session) Redo() { s.step(1) }

func (s *Session) step(by int) {
	s.EndStep()
	h := s.histories.current
	if to := h.at + by; to >= 0 && to < len(h.steps) {
		h.at = to
		s.SetSettings(h.steps[to])
	}
}

// ResetSettings returns to the settings of a first start, or those that the user chose for new photos, as a step.
func (s *Session) ResetSettings() {
	s.EndStep()
	s.SetSettings(s.startSettings())
	s.EndStep()
}

// Steps says whether there is something to undo, to redo, and to reset.
func (s *Session) Steps() (undo, redo, reset bool) {
	h := s.histories.current
	pending := h.steps[h.at] != s.settings
	return h.at > 0 || pending, h.at+1 < len(h.steps) && !pending, s.settings != s.startSettings()
}

// turnTo takes up the settings and the model that a photo was left with. A photo that was not open before begins with
// the settings for new ones and the model of now. Who calls it calls pickModel once the photo is there.
func (s *Session) turnTo(path string) {
	s.EndStep()
	h, ok := s.histories.of[path]
	if !ok {
		h = &history{steps: []Settings{s.newPhotoSettings()}, model: s.models.wish, fresh: true}
		s.histories.of[path] = h
	}
	s.histories.current = h
	s.settings, s.models.wish = h.steps[h.at], h.model
}

// settingsOf are the settings that a photo was left with, or else those that it would begin with: suggest says that these
// would be what suits its noise.
func (s *Session) settingsOf(path string) (n Settings, suggest bool) {
	switch h, ok := s.histories.of[path]; {
	case !ok:
		return s.newPhotoSettings(), s.General().NewPhoto == SuggestedSettings
	case h != s.histories.current:
		return h.steps[h.at], false
	}
	return s.settings, false
}

// modelOf is the model that denoises a photo, or would if it were open. It is empty where the program is to choose one.
func (s *Session) modelOf(path string) string {
	name := s.models.wish
	if h, ok := s.histories.of[path]; ok {
		if h == s.histories.current {
			return s.modelName()
		}
		name = h.model
	}
	if s.modelIndex(name) < 0 {
		return ""
	}
	return name
}
