package train

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"sync"

	"blindspot/core/noise"
	"blindspot/core/photo"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// A photo that training can use.
const (
	minSide = 64 // pixels; a smaller picture would be mostly mirrored border
	// maxPixels bounds what one decoded photo may take: 384 MB at 6 bytes a pixel, and half as much in its decoder. With
	// the network at width 48 (700 MB) and the pool of crops that stays under 1.5 GB.
	maxPixels = 64_000_000
)

// entry is one photo of an album.
type entry struct {
	path string
	info photo.Info
}

func (e entry) pixels() int { return e.info.W * e.info.H }

// album is the training set: the photos, drawn in proportion to their area and decoded when needed.
// Its methods may be called from several goroutines, but get does the decoding of one at a time.
type album struct {
	entries    []entry
	upTo       []float64 // cumulative area as a share of the whole
	channels   int
	cacheBytes int64

	decoding sync.Mutex
	cache    *imageCache

	measuring sync.Mutex
	noise     map[int]*noise.Model // of the photos that were asked for, see noiseOf

	mu      sync.Mutex
	dropped map[int]int // photo → the first visit that must do without it
	notes   []say.Text  // what the user should know and has not been told
}

// openAlbum reads the header of every photo. Those that cannot be used are left out with a note; none left is an error. known
// are the photos of an earlier run: if some of them are gone, they keep their places, so that the others are drawn as before.
func openAlbum(ctx context.Context, paths []string, channels int, cacheBytes int64, known []found) (*album, error) {
	a := &album{
		channels: channels, cacheBytes: cacheBytes,
		cache: newImageCache(cacheBytes), dropped: map[int]int{}, noise: map[int]*noise.Model{},
	}
	files := make([]inspected, len(paths))
	for i, path := range paths {
		files[i].path = path
	}
	inspectAll(ctx, files, nil)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, f := range files {
		if why := unusable(f.info, channels); f.err == nil && why != nil {
			f.err = say.Errorf("%s: %w", f.path, why)
		}
		if f.err != nil {
			a.note(f.err)
			continue
		}
		a.entries = append(a.entries, entry{f.path, f.info})
	}
	if len(a.entries) == 0 && PhotosGone(paths) {
		return nil, ErrPhotosGone
	}
	if len(a.entries) == 0 {
		return nil, say.Errorf("none of the %d photos can be used: %v", len(paths), a.firstNote())
	}
	a.addMissing(known, paths)
	total, sum := 0.0, 0.0
	for _, e := range a.entries {
		total += float64(e.pixels())
	}
	for _, e := range a.entries {
		sum += float64(e.pixels())
		a.upTo = append(a.upTo, sum/total)
	}
	return a, nil
}

// unusable says why training cannot use a photo that can be read, or nil.
func unusable(info photo.Info, channels int) error {
	switch {
	case info.W < minSide || info.H < minSide:
		return say.Errorf("%d×%d pixels are too few to learn from", info.W, info.H)
	case info.W*info.H > maxPixels:
		return say.Errorf("%d megapixels are more than the %d that training can hold",
			info.W*info.H/1_000_000, maxPixels/1_000_000)
	case channels == 1 && info.C != 1:
		return say.Errorf("a colour photo cannot train a network for gray ones")
	}
	return nil
}

func (a *album) note(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.notes = append(a.notes, say.Textf("%v", err))
}

func (a *album) firstNote() say.Text {
	if notes := a.takeNotes(); len(notes) > 0 {
		return notes[0]
	}
	return say.Textf("the list is empty")
}

// takeNotes returns the notes since the last call.
func (a *album) takeNotes() []say.Text {
	a.mu.Lock()
	defer a.mu.Unlock()
	notes := a.notes
	a.notes = nil
	return notes
}

// at is the photo at a share 0..1 of the whole area.
func (a *album) at(share float64) int {
	return min(sort.SearchFloat64s(a.upTo, share), len(a.entries)-1)
}

// errNoPhotos: nothing is left to train on.
var errNoPhotos = say.Errorf("none of the photos can be read any more")

// draw picks the photo of a visit, a random one in proportion to area that is not dropped for it. Visits in a row spread
// evenly over the photos. The choice is a pure function of its arguments and of which photos cannot be decoded.
func (a *album) draw(seed uint64, purpose string, visit int) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	gone := func(i int) bool { from, ok := a.dropped[i]; return ok && visit >= from }
	i := a.at(golden(seed, purpose, visit))
	rng := draw(seed, purpose+" again", visit, 0)
	for try := 0; gone(i) && try < 64; try++ {
		i = a.at(rng.Float64())
	}
	for try := 0; gone(i) && try < len(a.entries); try++ {
		i = (i + 1) % len(a.entries)
	}
	if gone(i) {
		return 0, errNoPhotos
	}
	return i, nil
}

// get decodes a photo, or takes it from the cache. The image has the album's channels and must not be changed.
func (a *album) get(ctx context.Context, i int) (*pixel.Image, error) {
	a.decoding.Lock()
	defer a.decoding.Unlock()
	if im := a.cache.get(i); im != nil {
		return im, nil
	}
	e := a.entries[i]
	a.cache.makeRoom(int64(e.pixels()) * int64(e.info.C) * 2)
	p, err := photo.Open(ctx, e.path)
	if err != nil {
		return nil, err
	}
	im := p.Image
	if im.W != e.info.W || im.H != e.info.H {
		return nil, say.Errorf("%s: the photo changed its size since training began", e.path)
	}
	im.Alpha = nil
	switch {
	case im.C == a.channels:
	case im.C == 1: // gray in a network for colour: the same plane three times, sharing its memory
		gray := im.Planes[0]
		im = &pixel.Image{W: im.W, H: im.H, C: 3, Planes: [][]uint16{gray, gray, gray}, Depth: im.Depth}
	default:
		return nil, say.Errorf("%s: it has %d channels, not %d", e.path, im.C, a.channels)
	}
	a.cache.put(i, im)
	collect(imageBytes(im)) // what the decoder used is garbage now
	return im, nil
}

// drop leaves a photo out from a visit on and notes why. Visits may find out in any order: the earliest counts.
func (a *album) drop(i, visit int, why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	from, known := a.dropped[i]
	if !known {
		a.notes = append(a.notes, say.Textf("left out: %v", why))
	}
	if !known || visit < from {
		a.dropped[i] = visit
	}
}

// dropped is a photo that could not be decoded, as a checkpoint keeps it.
type drop struct{ Photo, Visit int }

func (a *album) drops() []drop {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []drop
	for i, visit := range a.dropped {
		list = append(list, drop{i, visit})
	}
	slices.SortFunc(list, func(x, y drop) int { return x.Photo - y.Photo })
	return list
}

func (a *album) restoreDrops(list []drop) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, d := range list {
		if d.Photo >= 0 && d.Photo < len(a.entries) {
			a.dropped[d.Photo] = d.Visit
		}
	}
}

// usable is the number of photos that training uses.
func (a *album) usable() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.entries) - len(a.dropped)
}

// cameras lists the cameras of the photos once each, in alphabetical order.
func (a *album) cameras() []string {
	var list []string
	for _, e := range a.entries {
		if e.info.Meta.Camera != "" {
			list = append(list, e.info.Meta.Camera)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// isos lists the ISO values of the photos once each, rising.
func (a *album) isos() []int {
	var list []int
	for _, e := range a.entries {
		if e.info.Meta.ISO > 0 {
			list = append(list, e.info.Meta.ISO)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// names lists the photos by name, size and channels: what makes two training sets the same.
func (a *album) names() []string {
	list := make([]string, len(a.entries))
	for i, e := range a.entries {
		list[i] = fmt.Sprintf("%s %d×%d×%d", filepath.Base(e.path), e.info.W, e.info.H, e.info.C)
	}
	return list
}
