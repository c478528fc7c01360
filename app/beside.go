package app

import "context"

// beside denoises the open photo with a second model, at the same settings, as long as that is wanted for comparison. Its
// preview works like the session's own, with a network, a plan and a cache of its own; the session's overtakes it at
// every cell. While it is shown the two share the memory that one has otherwise.
type beside struct {
	s       *Session
	model   string             // that is wanted, empty if none is
	network *sharedNetwork     // of that model, nil until it is loaded
	loading context.CancelFunc // nil if it is not being loaded
	problem error              // why it cannot be shown
	picture *Pyramid           // nil until its memory is there
	wishes  int                // counts pictures that were wished for
	preview *preview
}

func newBeside(s *Session) *beside {
	b := &beside{s: s}
	b.preview = &preview{
		s:       s,
		network: func() *sharedNetwork { return b.network },
		target:  func() *Pyramid { return b.picture },
		fail:    func(err error) { b.problem = err },
	}
	b.preview.start(Comparing)
	return b
}

// show denoises with the model of a name from now on; an empty one ends it.
func (b *beside) show(model string) {
	if model == b.model {
		return
	}
	b.close()
	b.model = model
	b.s.setBudgets()
	if model == "" {
		return
	}
	b.renew()
	i := b.s.modelIndex(model)
	if i < 0 {
		b.problem = ErrUnknownModel
		return
	}
	ctx, cancel := context.WithCancel(b.s.ctx)
	b.loading = cancel
	load := b.s.loader(i)
	b.s.spawn(func() {
		n, err := load(ctx)
		b.s.mail.post(func() {
			switch {
			case ctx.Err() == nil:
				cancel()
				b.loading = nil
				b.use(n, err)
			case err == nil: // another model is wanted by now
				n.close()
			}
		})
	})
}

// use takes up the network that has been loaded.
func (b *beside) use(n network, err error) {
	if err != nil {
		b.problem = err
	} else {
		b.network = share(n)
		b.preview.reset()
	}
	b.s.changed(PixelsChanged)
}

// close lets go of network and memory.
func (b *beside) close() {
	if b.loading != nil {
		b.loading()
		b.loading = nil
	}
	old := b.network
	b.model, b.network, b.problem, b.picture = "", nil, nil, nil
	b.wishes++
	b.preview.reset()
	if old != nil {
		old.release()
	}
}

// renew begins another picture, for another photo. Its memory is made ready in the background.
func (b *beside) renew() {
	b.picture, b.problem = nil, nil
	b.wishes++
	b.preview.reset()
	if b.model == "" || b.s.photo == nil {
		return
	}
	wish, before := b.wishes, b.s.photo.before
	b.s.spawn(func() {
		picture := before.overlay()
		b.s.mail.post(func() {
			if b.wishes == wish {
				b.picture = picture
				b.preview.reset()
				b.s.changed(PixelsChanged)
			}
		})
	})
}

// setBudgets shares the memory for results: half goes to the other model while it is shown.
func (s *Session) setBudgets() {
	budget := int64(s.General().CacheMB) << 20
	if s.beside.model != "" {
		budget /= 2
	}
	s.preview.setBudget(budget)
	s.beside.preview.setBudget(budget)
}

// resetPictures forgets all cells: the photo is another one.
func (s *Session) resetPictures() {
	s.preview.reset()
	s.beside.renew()
}

// BesideState says how far the picture of the other model is.
type BesideState struct {
	PreviewState
	Loading bool
	Problem error // why there cannot be one
}

// Beside says how far the picture of the other model is, while there is to be one.
func (s *Session) Beside() BesideState {
	b := s.beside
	state := BesideState{PreviewState: b.preview.state(), Loading: b.loading != nil}
	if b.network == nil || b.preview.failed { // another mode may have helped meanwhile
		state.Problem = b.problem
	}
	return state
}
