package denoise

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"sync"
	"sync/atomic"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// ErrNoStudent says that a model has no fast network.
var ErrNoStudent = say.Errorf("this model has no fast network yet: choose tunable or average, or finish its training")

var errEmpty = say.Errorf("the photo is empty")

// Engine runs the networks of one model. Cell and Photo may be called by one
// goroutine at a time; plans and cell results may be used by any.
type Engine struct {
	teacher, student network // student is nil when the model has none
	channels         int     // of the networks: 1 or 3
	patch            int
	textured         bool // the student shows texture itself
	pool             *kernel.Pool
	gathered         *gathering // of the photo that the last cell was of
	sumBytes         atomic.Int64
	measured         measured // of the photo whose noise was asked for last
	trunkPasses      func() int64
	release          func()
}

// newEngine makes an engine of any two networks. It closes the pool.
func newEngine(pool *kernel.Pool, teacher, student network, channels, patch int) *Engine {
	e := &Engine{
		teacher: teacher, student: student, channels: channels, patch: patch,
		pool:        pool,
		gathered:    newGathering(gatherBytes),
		trunkPasses: func() int64 { return 0 },
		release:     sync.OnceFunc(pool.Close),
	}
	e.sumBytes.Store(gatherBytes)
	return e
}

// Close ends the engine's threads. The engine must not be used afterwards; plans and results stay good.
func (e *Engine) Close() {
	e.release()
}

// TrunkPasses counts how often the teacher's trunk ran. Moving the slider over cells that are there adds nothing.
func (e *Engine) TrunkPasses() int64 { return e.trunkPasses() }

// LimitSums bounds the memory for cells that have been begun while their
// neighbours were computed, 160 MiB at first. With less of it, a large view runs
// tiles again. It may be called at any time, from any goroutine.
func (e *Engine) LimitSums(bytes int64) { e.sumBytes.Store(bytes) }

// TexturedFast reports whether Fast shows the texture by itself, so that a share of it to keep says nothing.
func (e *Engine) TexturedFast() bool { return e.student != nil && e.textured }

// HasFast reports whether the model has a student.
func (e *Engine) HasFast() bool { return e.student != nil }

// Plan cuts a photo of w×h pixels for the given mode. It is cheap, and equal arguments give equal plans.
func (e *Engine) Plan(w, h int, mode Mode) *Plan {
	return newPlan(w, h, mode, newTiling(e.patch, mode.teacher()))
}

// exportRequest is what the network must give for settings s. The mean over its results is what is saved.
func (e *Engine) exportRequest(s Settings) (request, error) {
	switch s.Mode {
	case Fast:
		if e.student == nil {
			return request{}, ErrNoStudent
		}
		return request{net: e.student, holes: studentHole, each: s.texture(), whole: e.textured && !s.Bare, bare: s.Bare}, nil
	case Tunable:
		return request{net: e.teacher, holes: []bsn.Hole{s.Hole}, each: s.texture(), bare: s.Bare}, nil
	default:
		return request{net: e.teacher, holes: bsn.Stops(), mean: s.texture(), bare: s.Bare}, nil
	}
}

// cellRequest asks for everything that a preview may show, current first.
func (e *Engine) cellRequest(mode Mode, current bsn.Hole) (request, error) {
	if mode == Fast {
		return e.exportRequest(Settings{Mode: Fast, Texture: 1})
	}
	holes := bsn.Stops()
	at := slices.Index(holes, current)
	if at < 0 {
		return request{}, fmt.Errorf("hole %v is not a stop of the slider", current)
	}
	copy(holes[1:at+1], holes[:at])
	holes[0] = current
	return request{net: e.teacher, holes: holes, each: true, mean: true}, nil
}

// check refuses photos that do not fit the plan and plans of another model.
func (e *Engine) check(im *pixel.Image, p *Plan) error {
	if im == nil || im.W < 1 || im.H < 1 {
		return errEmpty
	}
	if im.C != 1 && im.C != 3 {
		return say.Errorf("the photo has %d channels; 1 and 3 can be denoised", im.C)
	}
	if p.size != image.Pt(im.W, im.H) {
		return fmt.Errorf("the plan is for a photo of %v pixels, this one has %d×%d", p.size, im.W, im.H)
	}
	if p.tiling != newTiling(e.patch, p.mode.teacher()) {
		return errors.New("the plan was made for another model")
	}
	return nil
}
