// Package train teaches the network the noise of a folder of photos, without clean pictures.
//
// Training has two phases. Fit trains the teacher: it must guess each pixel of a noisy crop from the pixels around a blind
// spot, which cannot tell it the noise, so it learns the picture. Distil trains the student to agree with that teacher at
// all its holes at once. Run does both and returns a model ready for its file. README.md beside this file tells the recipe,
// its sources and the reasons for the defaults.
//
// Rules that everything here keeps:
//
//   - A crop is a pure function of (seed, phase, step, index) and the photos. It does not depend on what happens to be
//     cached, on the number of threads or on the order in which goroutines run.
//   - State changes only between steps. At every step boundary the training may be paused, stopped, saved or killed, and a
//     resumed training ends with the same bits as one that was never interrupted.
//   - A photo that cannot be read is left out and named. It never stops the rest.
//   - Memory is bounded by Options.CacheBytes plus one decoded photo plus the network, whatever the folder's size.
package train

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
)

// Names of the two phases, as in Progress.Phase.
const (
	PhaseFit    = "fit"
	PhaseDistil = "distil"
)

// Jobs that a checkpoint can belong to.
const (
	jobRun    = "run"
	jobFit    = "fit"
	jobDistil = "distil"
)

// Run trains a teacher on the photos, distils a student from it and returns both as one model. report, which may be
// nil, is called every few steps, always on one goroutine: the caller's, unless Options.Background gives the training its own.
//
// When ctx is cancelled, a checkpoint is saved first (if Options.Checkpoint names a folder) and ctx.Err() is returned.
// With Options.Resume the training goes on from the checkpoint in that folder, or begins where there is none.
func Run(ctx context.Context, o Options, report func(Progress)) (*bsn.Model, error) {
	return work(ctx, o, jobRun, report)
}

// Fit trains the teacher only. The model it returns has no student unless Options.From brought one.
func Fit(ctx context.Context, o Options, report func(Progress)) (*bsn.Model, error) {
	return work(ctx, o, jobFit, report)
}

// Distil trains a student for the teacher of Options.From, which stays as it is.
func Distil(ctx context.Context, o Options, report func(Progress)) (*bsn.Model, error) {
	if o.From == nil {
		return nil, errors.New("distillation needs a model to learn from")
	}
	return work(ctx, o, jobDistil, report)
}

// trainer is one training under way.
type trainer struct {
	o      Options // with all defaults filled in
	job    string
	pool   *kernel.Pool
	album  *album
	held   *heldOut
	print  fingerprint
	store  store
	report func(Progress)
	crops  *cropper // of the phase under way
	views  []view
	speed  meter
	given  time.Duration // given away to more urgent work since the start
	saved  time.Time     // of the last checkpoint
	unsure error         // why the last checkpoint could not be written, nil if it was
	seen   lastLook
	pairs  bool // the student learns from pairs too
}

// clock stands still while more urgent work goes first.
func (t *trainer) clock() time.Time { return time.Now().Add(-t.given) }

// giveWay lets more urgent work go first.
func (t *trainer) giveWay(ctx context.Context) error {
	if t.o.Yield == nil {
		return ctx.Err()
	}
	began := time.Now()
	err := t.o.Yield(ctx)
	t.given += time.Since(began)
	return err
}

func work(ctx context.Context, o Options, job string, report func(Progress)) (m *bsn.Model, err error) {
	if o.Background {
		kernel.AtLowPriority(func() { m, err = train(ctx, o, job, report) })
		return m, err
	}
	return train(ctx, o, job, report)
}

func train(ctx context.Context, o Options, job string, report func(Progress)) (*bsn.Model, error) {
	o, err := o.filled(job)
	if err != nil {
		return nil, err
	}
	if report == nil {
		report = func(Progress) {}
	}
	t := &trainer{o: o, job: job, store: store{o.Checkpoint}, report: report}
	t.pool = newPool(o)
	defer t.pool.Close()

	began := t.clock()
	st, err := t.begin(ctx)
	if err != nil {
		return nil, err
	}
	t.report(Progress{Phase: st.Phase, Step: st.Step, Steps: st.Schedule.Steps, Elapsed: st.Elapsed, Notes: t.album.takeNotes()})
	// The held-out crops are chosen after the photos that an earlier run found unreadable are known.
	t.album.restoreDrops(st.Dropped)
	if t.held, err = t.album.holdOut(ctx, o.Seed, o.LastPatch, o.Views > 0); err != nil {
		return nil, err
	}
	t.held.giveWay = t.giveWay
	if o.Views > 0 {
		t.views = t.held.chooseViews(t.album, o.Views)
		t.report(Progress{Phase: st.Phase, Step: st.Step, Steps: st.Schedule.Steps, Elapsed: st.Elapsed, Views: shown(t.views)})
	}
	st.Elapsed += t.clock().Sub(began)
	return t.phases(ctx, st)
}

func newPool(o Options) *kernel.Pool {
	if o.Background {
		return kernel.NewLowPool(o.Threads)
	}
	return kernel.NewPool(o.Threads)
}

// phases runs what is left of the job.
func (t *trainer) phases(ctx context.Context, st *state) (*bsn.Model, error) {
	if st.Phase == PhaseFit {
		if err := t.fit(ctx, st); err != nil {
			return nil, err
		}
		if t.job == jobFit {
			return t.told(ctx, st)
		}
		st = st.distillation(t.o)
		t.seen = lastLook{}
		runtime.GC() // lets go of the teacher's activations, some 600 MB at width 48, before the student's are made
		t.report(Progress{Phase: st.Phase, Elapsed: st.Elapsed})
	}
	if err := t.distil(ctx, st); err != nil {
		return nil, err
	}
	return t.told(ctx, st)
}

// begin opens the album and returns the state to go on from: the checkpoint's or a fresh one.
func (t *trainer) begin(ctx context.Context) (st *state, err error) {
	var known []found
	if t.o.Resume {
		if st, err = t.store.load(); err != nil {
			return nil, err
		}
		if st != nil {
			known = st.Photos
		}
	}
	if t.album, err = openAlbum(ctx, t.o.Photos, t.o.Channels, t.o.CacheBytes/2, known); err != nil {
		return nil, err
	}
	t.print = t.o.fingerprint(t.job, t.album)
	if st != nil {
		return st, st.Fingerprint.check(t.print, t.store.path())
	}
	st = newFit(t.o)
	if t.job == jobDistil {
		st = st.distillation(t.o)
		st.FitSteps = t.o.From.Info.Steps
	}
	st.Fingerprint, st.Photos = t.print, t.album.found()
	return st, nil
}

// model puts the trained weights and their story together.
func (t *trainer) model(st *state) *bsn.Model {
	m := &bsn.Model{Config: t.o.config(), Info: bsn.Info{
		Name: t.o.Name, Licence: t.o.Licence,
		KTrain: t.o.Hole, Holes: t.o.Holes,
		Steps: st.FitSteps, Photos: t.album.usable(),
		Cameras: t.album.cameras(), ISO: t.album.isos(),
	}}
	if !t.o.Created.IsZero() {
		m.Info.Created = t.o.Created.UTC().Format(time.RFC3339)
	}
	if t.o.From != nil {
		m.Info.Base = t.o.From.Info.Name
	}
	m.Info.Patch = st.bestPatch(t.o)
	if st.Phase == PhaseFit {
		m.Teacher, m.Info.Steps = st.best, st.Step
		if t.o.From != nil && t.o.From.Student != nil {
			m.Student, m.Info.Textured = t.o.From.Student.Clone(), t.o.From.Info.Textured
			m.Info.Patch = smallerPatch(m.Info.Patch, t.o.From.Info.Patch)
		}
		return m
	}
	m.Teacher, m.Info.DistilSteps = st.teacher, st.Step
	// A student that was stopped before it learned anything would only spoil pictures: none is the honest answer.
	if st.BestStep > 0 || (t.o.From != nil && t.o.From.Student != nil) {
		m.Student = st.best
		if st.blend != nil {
			m.Student = st.blend
		}
		m.Info.Textured = t.pairs
		if st.BestStep == 0 {
			m.Info.Textured = t.o.From.Info.Textured
		}
		m.Info.Patch = smallerPatch(m.Info.Patch, st.TeacherPatch)
	} else {
		m.Info.Patch = st.TeacherPatch
	}
	return m
}

// errStopped ends a phase early, keeping its best snapshot.
var errStopped = errors.New("stopped")

// refuse makes the error for options that cannot work.
func refuse(format string, args ...any) error {
	return fmt.Errorf("train: "+format, args...)
}
