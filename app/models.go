package app

import (
	"context"
	"slices"
	"sync/atomic"

	"blindspot/core/say"
)

// errNoModel is what a user reads who has no model at all.
var errNoModel = say.Errorf("no model is installed: train one on a folder of your photos, or import one, and choose it here")

// models is the part of a session that knows which model denoises. The usable ones are Options.Models.
type models struct {
	infos    []ModelInfo  // all of the library, once it has been listed
	edits    int          // of the library that are under way
	listings atomic.Int64 // that have begun
	listed   int64        // the newest that has come back

	wish    string // the model that the user chose for this photo, empty for the automatic choice
	chosen  string // the model that denoises or that is being loaded, empty if there is none
	loaded  string // the model that denoises
	loading context.CancelFunc
}

// modelIndex is the place of a model in the list, -1 if it is not there.
func (s *Session) modelIndex(name string) int {
	return slices.IndexFunc(s.options.Models, func(c ModelChoice) bool { return c.Name == name })
}

// Models lists the names of the models to choose from, and which one is chosen, -1 if there is none.
func (s *Session) Models() (names []string, chosen int) {
	for _, m := range s.options.Models {
		names = append(names, m.Name)
	}
	return names, s.modelIndex(s.models.chosen)
}

// ModelState says what the chosen model can do.
type ModelState struct {
	Loading bool
	Ready   bool  // photos can be denoised
	Fast    error // nil if the model has the fast network
	// Textured is set if the fast network shows texture by itself, so that a share of it to keep says nothing.
	Textured bool
}

// Model says what the chosen model can do.
func (s *Session) Model() ModelState {
	state := ModelState{Loading: s.models.loading != nil, Ready: s.network != nil}
	if s.network != nil {
		state.Fast, state.Textured = s.network.fast(), s.network.textured()
	}
	return state
}

// ChooseModel loads the model at index i of Models in the background, for this photo and those that are opened from now
// on. Until it is there, and if it cannot be loaded, the one before it stays.
func (s *Session) ChooseModel(i int) {
	if i >= 0 && i < len(s.options.Models) {
		s.wishModel(s.options.Models[i].Name)
	}
}

// wishModel takes up a choice of the user; an empty name leaves it to the program.
func (s *Session) wishModel(name string) {
	s.models.wish = name
	s.histories.current.model = name
	s.changed(ModelChanged)
	s.pickModel()
}

// pickModel sees to it that the model denoises which the user or, if he left it open, the photo wants.
func (s *Session) pickModel() {
	name := s.models.wish
	if s.modelIndex(name) < 0 {
		name = s.suitable().name
	}
	switch {
	case name == "":
		s.dropModel()
	case name != s.models.chosen || s.network == nil && s.models.loading == nil:
		s.loadModel(name)
	}
}

// loadModel loads a model in the background.
func (s *Session) loadModel(name string) {
	if s.ctx.Err() != nil { // a list that came back when the session was being closed
		return
	}
	m := &s.models
	if m.loading != nil {
		m.loading()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	m.chosen, m.loading = name, cancel
	s.changed(ModelChanged)
	load := s.loader(s.modelIndex(name))
	s.spawn(func() {
		n, err := load(ctx)
		s.mail.post(func() {
			if ctx.Err() != nil { // another model was chosen meanwhile
				if err == nil {
					n.close()
				}
				return
			}
			cancel()
			m.loading = nil
			if err != nil {
				m.chosen = m.loaded
				if m.wish != "" {
					m.wish = m.loaded
					s.histories.current.model = m.wish
				}
				s.fail(err)
				s.changed(ModelChanged)
				return
			}
			s.useNetwork(n)
		})
	})
}

// useNetwork replaces the network that denoises by that of the chosen model.
func (s *Session) useNetwork(n network) {
	old := s.network
	s.network, s.models.loaded = share(n), s.models.chosen
	// The runner must have let go of the old network's list before the network can be closed.
	s.preview.reset()
	if old != nil {
		old.release()
	}
	s.changed(ModelChanged | PixelsChanged)
}

// dropModel leaves the session without a model: the last one was deleted.
func (s *Session) dropModel() {
	m := &s.models
	if m.loading != nil {
		m.loading()
	}
	m.chosen, m.loaded, m.loading = "", "", nil
	if old := s.network; old != nil {
		s.network = nil
		s.preview.reset()
		old.release()
		s.changed(ModelChanged | PixelsChanged)
	}
}

// modelName is the name of the model that denoises, empty if there is none.
func (s *Session) modelName() string { return s.models.loaded }
