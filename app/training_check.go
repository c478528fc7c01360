package app

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"blindspot/core/bsn"
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
	problem     string
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

// toMeasure picks photos that are spread over the groups, the largest group first, and within the groups.
func toMeasure(members [][]train.Found) []photoPlace {
	var list []photoPlace
	total := 0
	for _, photos := range members {
		total += len(photos)
	}
	for g, photos := range members {
		n := min(max(1, measuredPhotos*len(photos)/total), len(photos), measuredPhotos-len(list))
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

// bands are the highest values of ISO whose photos are trained on together: the noise of the next band is about twice as strong.
var bands = []int{0, 400, 1600, 6400}

// groupPhotos groups photos by camera and band of ISO, the group with the most pixels first. If one of several groups holds enough to
// train on, it alone is chosen, otherwise all are.
func groupPhotos(photos []train.Found) ([]PhotoGroup, [][]train.Found) {
	type key struct {
		camera string
		band   int
	}
	byKey := map[key][]train.Found{}
	for _, p := range photos {
		k := key{p.Camera, len(bands)}
		if i, _ := slices.BinarySearch(bands, p.ISO); i < len(bands) {
			k.band = i
		}
		byKey[k] = append(byKey[k], p)
	}
	var groups []PhotoGroup
	var members [][]train.Found
	for k, list := range byKey {
		g := PhotoGroup{Camera: k.camera, Photos: len(list), Chosen: true, ISO: [2]int{list[0].ISO, list[0].ISO}}
		for _, p := range list {
			g.ISO = [2]int{min(g.ISO[0], p.ISO), max(g.ISO[1], p.ISO)}
			g.Pixels += int64(p.W) * int64(p.H)
		}
		g.Name = groupName(g.Camera, g.ISO)
		at, _ := slices.BinarySearchFunc(groups, g, func(a, b PhotoGroup) int {
			return cmp.Or(cmp.Compare(b.Pixels, a.Pixels), strings.Compare(a.Name, b.Name))
		})
		groups, members = slices.Insert(groups, at, g), slices.Insert(members, at, list)
	}
	if len(groups) > 1 && enough(groups[0].Photos, groups[0].Pixels) {
		for i := range groups[1:] {
			groups[1+i].Chosen = false
		}
	}
	return groups, members
}

// groupName names a group by what is known of it.
func groupName(camera string, iso [2]int) string {
	if camera == "" {
		camera = "Unknown camera"
	}
	switch {
	case iso[1] == 0:
		return camera
	case iso[0] == iso[1]:
		return fmt.Sprintf("%s, ISO %d", camera, iso[0])
	}
	return fmt.Sprintf("%s, ISO %d–%d", camera, iso[0], iso[1])
}

// enough reports whether so many photos teach a network what there is to learn.
func enough(photos int, pixels int64) bool { return photos >= 5 && pixels >= 5e6 }

// chosenPaths lists the photos of the chosen groups.
func (f *folderLook) chosenPaths() []string {
	var paths []string
	for i, g := range f.groups {
		for _, p := range f.members[i] {
			if g.Chosen {
				paths = append(paths, p.Path)
			}
		}
	}
	return paths
}

// chosenMeasured are the measured photos of the chosen groups, by rising noise.
func (f *folderLook) chosenMeasured() []measuredPhoto {
	var list []measuredPhoto
	for _, m := range f.measured {
		if f.groups[m.group].Chosen {
			list = append(list, m)
		}
	}
	slices.SortStableFunc(list, func(a, b measuredPhoto) int { return cmp.Compare(a.report.Sigma, b.report.Sigma) })
	return list
}

// typical is the photo of median noise, nil while none is measured.
func (f *folderLook) typical() *measuredPhoto {
	list := f.chosenMeasured()
	if len(list) == 0 {
		return nil
	}
	return &list[len(list)/2]
}

// noise is the median level, 0 while it is not known.
func (f *folderLook) noise() float64 {
	if m := f.typical(); m != nil {
		return m.report.Sigma
	}
	return 0
}

// hole is the median of the holes that suit the photos, those preferred whose noise could be measured well.
func (f *folderLook) hole() int {
	var holes, doubted []int
	for _, m := range f.chosenMeasured() {
		if m.report.Confidence >= doubtful {
			holes = append(holes, m.report.Suggested.Training)
		} else {
			doubted = append(doubted, m.report.Suggested.Training)
		}
	}
	if len(holes) == 0 {
		holes = doubted
	}
	if len(holes) == 0 {
		return int(bsn.DefaultTrainHole)
	}
	slices.Sort(holes)
	return holes[len(holes)/2]
}

// name is made of camera and ISO of the chosen groups, or of the folder's name.
func (f *folderLook) name() string {
	var cameras []string
	var iso [2]int
	for _, g := range f.groups {
		if !g.Chosen {
			continue
		}
		if g.Camera != "" && !slices.Contains(cameras, g.Camera) {
			cameras = append(cameras, g.Camera)
		}
		if iso[0] == 0 || g.ISO[0] > 0 && g.ISO[0] < iso[0] {
			iso[0] = g.ISO[0]
		}
		iso[1] = max(iso[1], g.ISO[1])
	}
	if len(cameras) != 1 {
		return filepath.Base(f.dir)
	}
	return strings.Replace(groupName(cameras[0], iso), ",", "", 1)
}
