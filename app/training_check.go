package app

import (
	"context"
	"slices"
	"time"

	"blindspot/core/noise"
	"blindspot/core/photo"
	"blindspot/core/pixel"
	"blindspot/core/train"
)

// folderLook is what is known of the folder to train on. It belongs to the session's goroutine.
type folderLook struct {
	dir         string
	cancel      context.CancelFunc
	looking     bool
	done, total int
	problem     Text
	scan        train.Report
	groups      []PhotoGroup
	members     [][]train.Found // of the groups
	measured    []measuredPhoto
}

// measuredPhoto is what the pixels of a photo say.
type measuredPhoto struct {
	group      int
	brightness float64 // mean, 0 to 255
	report     *noise.Report
}

// measuredPhotos is how many photos are decoded and measured: a few tell what noise there is, and all would take minutes.
const measuredPhotos = 6

// CheckTrainingFolder begins to look at a folder in the background, instead of one before it.
func (s *Session) CheckTrainingFolder(dir string) {
	s.LeaveTrainingFolder()
	ctx, cancel := context.WithCancel(s.ctx)
	f := &folderLook{dir: absolute(dir), cancel: cancel, looking: true}
	s.trainings.folder = f
	s.changed(TrainingChanged)
	// news changes f on the session's goroutine, unless another folder has been chosen.
	news := func(change func()) {
		s.mail.post(func() {
			if ctx.Err() == nil {
				change()
				s.changed(TrainingChanged)
			}
		})
	}
	s.spawn(func() {
		scan, err := train.Scan(ctx, f.dir, f.progress(news))
		if err == nil {
			err = usableScan(scan)
		}
		news(func() {
			f.scan, f.total = scan, len(scan.Photos)+len(scan.Problems)
			f.done = f.total
			if err != nil {
				f.looking, f.problem = false, Sentence(err)
			}
		})
		if err != nil {
			return
		}
		groups, members := groupPhotos(scan.Photos)
		news(func() { f.groups, f.members = groups, members })
		for _, at := range toMeasure(members) {
			if m, err := measurePhoto(ctx, members[at.group][at.photo].Path); err == nil {
				m.group = at.group
				news(func() { f.measured = append(f.measured, m) })
			} // the training will leave it out and say why
		}
		news(func() { f.looking = false })
	})
}

// progress tells how many photos have been looked at, a few times a second.
func (f *folderLook) progress(news func(func())) func(done, total int) {
	throttle := newThrottle(100 * time.Millisecond)
	return func(done, total int) {
		if done == total || throttle.due() {
			news(func() { f.done, f.total = max(f.done, done), total })
		}
	}
}

// LeaveTrainingFolder forgets the folder.
func (s *Session) LeaveTrainingFolder() {
	if f := s.trainings.folder; f != nil {
		f.cancel()
		s.trainings.folder = nil
		s.changed(TrainingChanged)
	}
}

// TrainingFolderState is what is known of the folder.
func (s *Session) TrainingFolderState() TrainingFolder {
	f := s.trainings.folder
	if f == nil {
		return TrainingFolder{}
	}
	state := TrainingFolder{
		Folder: f.dir, Looking: f.looking, Done: f.done, Total: f.total, Problem: f.problem,
		Groups: slices.Clone(f.groups), SuggestedHole: f.hole(),
	}
	for _, p := range f.scan.Problems {
		state.LeftOut = append(state.LeftOut, LeftOutPhoto(p))
	}
	if len(f.groups) > 0 {
		state.Facts, state.Warnings = f.facts(), f.warnings()
		state.SuggestedName = s.freeName(f.name())
	}
	return state
}

// ChooseGroup says whether the photos of a group are trained on.
func (s *Session) ChooseGroup(i int, chosen bool) {
	if f := s.trainings.folder; f != nil && i >= 0 && i < len(f.groups) {
		f.groups[i].Chosen = chosen
		s.changed(TrainingChanged)
	}
}

// photoPlace is a photo of a group.
type photoPlace struct{ group, photo int }

// toMeasure picks photos: half of them or more from the largest group, and one each from the next; spread within the groups.
func toMeasure(members [][]train.Found) []photoPlace {
	var list []photoPlace
	for g, photos := range members {
		n := 1
		if g == 0 {
			n = measuredPhotos - min(len(members)-1, measuredPhotos/2)
		}
		n = min(n, len(photos), measuredPhotos-len(list))
		for k := range n {
			list = append(list, photoPlace{g, (2*k + 1) * len(photos) / (2 * n)})
		}
	}
	return list
}

// measurePhoto decodes a photo and measures it.
func measurePhoto(ctx context.Context, path string) (measuredPhoto, error) {
	p, err := photo.Open(ctx, path)
	if err != nil {
		return measuredPhoto{}, err
	}
	report, err := noise.Measure(ctx, p.Image, noise.Options{})
	return measuredPhoto{brightness: brightness(p.Image), report: report}, err
}

// brightness is the mean of a photo's values, 0 to 255, by every 97th of them.
func brightness(im *pixel.Image) float64 {
	const stride = 97
	sum, n := 0.0, 0
	for _, plane := range im.Planes {
		for i := 0; i < len(plane); i += stride {
			sum += float64(plane[i]) / 257
			n++
		}
	}
	return sum / float64(max(n, 1))
}
