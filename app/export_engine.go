package app

import (
	"context"

	"blindspot/core/say"
)

// exportEngine is a network of an export's own: one that has been overtaken in the middle of a tile must not have its
// buffers changed by the preview. It is kept from one photo to the next.
type exportEngine struct {
	network
	of engineKey
}

// engineKey says what an engine was made from.
type engineKey struct {
	model  string
	shared *sharedNetwork // nil if it was loaded
}

// engineSource is where an export's engine comes from: the session's network, or the list of models if another model is
// chosen by now.
type engineSource struct {
	engineKey
	load func(ctx context.Context) (network, error) // nil if there is no such model any more
}

// engineSource finds a model. The worker must release it.
func (s *Session) engineSource(model string) engineSource {
	if model == s.modelName() && s.network != nil {
		return engineSource{engineKey: engineKey{model, s.network.retain()}}
	}
	source := engineSource{engineKey: engineKey{model: model}}
	if i := s.modelIndex(model); i >= 0 {
		source.load = s.loader(i)
	}
	return source
}

// engine returns the one there is if it is the right one, or makes another in its place.
func (s engineSource) engine(ctx context.Context, there *exportEngine, threads int) (*exportEngine, error) {
	if there != nil {
		if there.of == s.engineKey {
			return there, nil
		}
		there.close()
	}
	var n network
	var err error
	switch {
	case s.shared != nil:
		n, err = s.shared.twin(threads)
	case s.load != nil:
		n, err = s.load(ctx)
	default:
		err = say.Errorf("the model %s is not there any more: choose another one and export again", s.model)
	}
	if err != nil {
		return nil, err
	}
	return &exportEngine{n, s.engineKey}, nil
}

func (s engineSource) release() {
	if s.shared != nil {
		s.shared.release()
	}
}
