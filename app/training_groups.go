package app

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"blindspot/core/bsn"
	"blindspot/core/say"
	"blindspot/core/train"
)

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
			return cmp.Or(cmp.Compare(b.Pixels, a.Pixels), strings.Compare(a.Name.String(), b.Name.String()))
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
func groupName(camera string, iso [2]int) Text {
	name := say.Textf("%s", camera)
	if camera == "" {
		name = say.Textf("Unknown camera")
	}
	switch {
	case iso[1] == 0:
		return name
	case iso[0] == iso[1]:
		return say.Textf("%v, ISO %d", name, iso[0])
	}
	return say.Textf("%v, ISO %d–%d", name, iso[0], iso[1])
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

// hole is the median of the holes that suit those photos whose noise could be measured well; the usual one if there are none.
func (f *folderLook) hole() int {
	var holes []int
	for _, m := range f.chosenMeasured() {
		if m.report.Confidence >= doubtful {
			holes = append(holes, m.report.Suggested.Training)
		}
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
	return strings.Replace(groupName(cameras[0], iso).String(), ",", "", 1)
}
