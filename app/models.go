package app

import (
	"context"
	"errors"
)

// errNoModel is what a user reads who has no model at all.
var errNoModel = errors.New("no model is installed: train one on a folder of your photos, or import one, and choose it here")

// Models lists the names of the models to choose from, and which one is chosen, -1 if there is none.
func (s *Session) Models() (names []string, chosen int) {
	for _, m := range s.options.Models {
		names = append(names, m.Name)
	}
	return names, s.choice
}

// ModelState says what the chosen model can do.
type ModelState struct {
	Loading bool
	Ready   bool  // photos can be denoised
	Fast    error // nil if the model has the fast network
}

// Model says what the chosen model can do.
func (s *Session) Model() ModelState {
	state := ModelState{Loading: s.loading, Ready: s.network != nil}
	if s.network != nil {
		state.Fast = s.network.fast()
	}
	return state
}

// ChooseModel loads the model at index i of Models in the background. Until it is there, and if it cannot be loaded, the
// one before it stays.
func (s *Session) ChooseModel(i int) {
	if i < 0 || i >= len(s.options.Models) || (i == s.choice && s.network != nil && !s.loading) {
		return
	}
	if s.loadStop != nil {
		s.loadStop()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	before := s.choice
	s.choice, s.loading, s.loadStop = i, true, cancel
	s.changed(ModelChanged)
	load := s.loader(i)
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
			s.loading, s.loadStop = false, nil
			if err != nil {
				s.choice = before
				s.fail(err)
				s.changed(ModelChanged)
				return
			}
			s.useNetwork(n)
		})
	})
}

// useNetwork replaces the network that denoises.
func (s *Session) useNetwork(n network) {
	old := s.network
	s.network = share(n)
	s.options.Preferences.Model = s.options.Models[s.choice].Name
	// The runner must have let go of the old network's list before the network can be closed.
	s.preview.reset()
	if old != nil {
		old.release()
	}
	s.changed(ModelChanged | PixelsChanged)
}

// modelName is the name of the model that denoises, empty if there is none.
func (s *Session) modelName() string {
	if s.network == nil {
		return ""
	}
	return s.options.Preferences.Model
}
