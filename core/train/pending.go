package train

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// Pending is a training that a checkpoint can go on with.
type Pending struct {
	Phase       string
	Step, Steps int // of this phase
	Photos      int
	Elapsed     time.Duration // worked so far
	Saved       time.Time
	Finished    bool // nothing is left to do but to fetch the model: Run with Resume returns it at once
}

// FindPending looks for a checkpoint in a folder. Without one it returns nil and no error; a damaged one is an error
// that wraps ErrCheckpoint.
func FindPending(dir string) (*Pending, error) {
	s := store{dir}
	st, err := s.load()
	if st == nil || err != nil {
		return nil, err
	}
	p := &Pending{
		Phase: st.Phase, Step: st.Step, Steps: st.Schedule.Steps,
		Photos: st.Fingerprint.Photos, Elapsed: st.Elapsed,
		Finished: st.Done && (st.Phase == PhaseDistil || st.Fingerprint.Job == jobFit),
	}
	if stat, err := os.Stat(s.path()); err == nil {
		p.Saved = stat.ModTime()
	}
	return p, nil
}

// Discard removes the checkpoint of a folder, for a training that is finished or given up, and the folder if
// nothing else is in it.
func Discard(dir string) error {
	s := store{dir}
	var errs []error
	for _, path := range []string{s.path(), s.path() + ".new"} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	_ = os.Remove(dir) // fails when other files are there, as it should
	return errors.Join(errs...)
}
