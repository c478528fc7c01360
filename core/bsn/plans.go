package bsn

import "fmt"

// shape is what a network's tensors depend on.
type shape struct {
	n, h, w  int
	training bool
}

// plans keeps the tensors of the last shape used for training and of the last
// used for inference, so that a loop over one shape allocates once.
type plans[P any] struct {
	kept map[bool]keptPlan[P]
}

type keptPlan[P any] struct {
	shape shape
	plan  P
}

func (p *plans[P]) get(s shape, make_ func() P, free func(P)) P {
	if k, ok := p.kept[s.training]; ok {
		if k.shape == s {
			return k.plan
		}
		free(k.plan)
	}
	if p.kept == nil {
		p.kept = map[bool]keptPlan[P]{}
	}
	k := keptPlan[P]{s, make_()}
	p.kept[s.training] = k
	return k.plan
}

// checkParams reports parameters that are not those of the wanted network.
func checkParams(p *Params, want func(Config) *Params) error {
	if err := p.Config().Validate(); err != nil {
		return err
	}
	if p.Config().Width%8 != 0 {
		return fmt.Errorf("network width %d is not a multiple of 8", p.Config().Width)
	}
	w := want(p.Config())
	for _, name := range w.Names() {
		if len(p.Get(name)) != len(w.Get(name)) {
			return fmt.Errorf("parameter %s is missing or misshapen", name)
		}
	}
	return nil
}
