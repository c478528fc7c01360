package train

import (
	"cmp"
	"os"
	"slices"

	"blindspot/core/say"
)

// Photos that go away while a training is under way or rests. One that was deleted is left out like one that is damaged. When
// all are gone, a drive was unplugged or a folder renamed: leaving them all out would spoil the training, so it stops instead
// and can be resumed when they are back.

// ErrPhotosGone: none of the photos is where it was. The checkpoint is as it was before anything was missed.
var ErrPhotosGone = say.Errorf("the photos are no longer where they were: connect their drive or put the folder back")

// found is a photo of the album as a checkpoint keeps it.
type found struct {
	Path    string
	W, H, C int
	Camera  string `json:",omitempty"`
	ISO     int    `json:",omitempty"`
}

// found lists the photos for the checkpoint.
func (a *album) found() []found {
	list := make([]found, len(a.entries))
	for i, e := range a.entries {
		list[i] = found{e.path, e.info.W, e.info.H, e.info.C, e.info.Meta.Camera, e.info.Meta.ISO}
	}
	return list
}

// addMissing gives photos that are known from an earlier run and can no longer be read their places back. Those that are there
// and were not asked for make it another training, as the fingerprint tells; so does a folder of which none is left.
func (a *album) addMissing(known []found, asked []string) {
	byPath := func(e entry, path string) int { return cmp.Compare(e.path, path) }
	var missing []entry
	for _, f := range known {
		if _, there := slices.BinarySearchFunc(a.entries, f.Path, byPath); there {
			continue
		}
		if _, err := os.Stat(f.Path); err == nil && !slices.Contains(asked, f.Path) {
			return
		}
		e := entry{path: f.Path}
		e.info.W, e.info.H, e.info.C = f.W, f.H, f.C
		e.info.Meta.Camera, e.info.Meta.ISO = f.Camera, f.ISO
		missing = append(missing, e)
	}
	if len(missing) == len(known) {
		return
	}
	a.entries = append(a.entries, missing...)
	slices.SortFunc(a.entries, func(x, y entry) int { return cmp.Compare(x.path, y.path) })
}

// gone reports whether photo i is missing because all are.
func (a *album) gone(i int) bool {
	paths := []string{a.entries[i].path}
	for _, e := range a.entries {
		paths = append(paths, e.path)
	}
	return PhotosGone(paths)
}

// PhotosGone reports whether none of the photos can be found. It looks for the first and for a few others.
func PhotosGone(paths []string) bool {
	const looks = 16
	for k := range min(looks, len(paths)) {
		if _, err := os.Stat(paths[k*len(paths)/min(looks, len(paths))]); err == nil {
			return false
		}
	}
	return true
}
