package app

import (
	"context"
	"image"
	"slices"
	"sync"

	"github.com/disintegration/imaging"

	"blindspot/core/photo"
)

const (
	// thumbnailSide is the longer side of a thumbnail in pixels: the width of the strip on a screen with twice the pixels.
	thumbnailSide = 240
	// thumbnailLimit bounds how many are kept, at most 230 KB each.
	thumbnailLimit = 160
	// thumbnailWorkers is how many are made at once: each may hold a whole decoded photo.
	thumbnailWorkers = 2
)

// thumbnails makes small pictures of the album's photos, those first that are seen. What is kept belongs to the session's
// goroutine, the list of what is wanted to all.
type thumbnails struct {
	s       *Session
	kept    map[string]image.Image // nil for a photo that has none
	started bool
	from    int // the first place of the album that is seen
	to      int // the one after the last

	mu     sync.Mutex
	wake   *sync.Cond
	wanted []string
	making map[string]bool
	closed bool
}

func newThumbnails(s *Session) *thumbnails {
	t := &thumbnails{s: s, kept: map[string]image.Image{}, making: map[string]bool{}}
	t.wake = sync.NewCond(&t.mu)
	return t
}

// Thumbnail is the small picture of a photo of the album. It is nil with ok while it is not there yet or was dropped, and
// nil without ok if the photo has none. WantThumbnails has it made.
func (s *Session) Thumbnail(path string) (picture image.Image, ok bool) {
	picture, made := s.thumbs.kept[path]
	return picture, !made || picture != nil
}

// WantThumbnails says which part of the album is seen, from the first place to the one after the last. Its thumbnails are
// made first, then those of as many places on both sides.
func (s *Session) WantThumbnails(from, to int) {
	t := s.thumbs
	t.from, t.to = min(max(from, 0), len(s.album)), min(max(to, 0), len(s.album))
	var wanted []string
	around := t.to - t.from
	for i := range 3 * around { // seen, then after, then before
		at := t.from + i
		if i >= 2*around {
			at = t.from - 1 - (i - 2*around)
		}
		if at < 0 || at >= len(s.album) {
			continue
		}
		if _, made := t.kept[s.album[at]]; !made {
			wanted = append(wanted, s.album[at])
		}
	}
	if len(wanted) > 0 && !t.started {
		t.started = true
		for range thumbnailWorkers {
			s.spawn(t.work)
		}
	}
	t.mu.Lock()
	t.wanted = wanted
	t.mu.Unlock()
	t.wake.Broadcast()
}

// forget drops everything: the album is another one.
func (t *thumbnails) forget() {
	t.kept, t.from, t.to = map[string]image.Image{}, 0, 0
	t.mu.Lock()
	t.wanted = nil
	t.mu.Unlock()
}

// close ends the workers.
func (t *thumbnails) close() {
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.wake.Broadcast()
}

func (t *thumbnails) work() {
	for {
		path, ok := t.next()
		if !ok {
			return
		}
		picture := thumbnail(t.s.ctx, path)
		t.s.mail.post(func() { t.made(path, picture) })
	}
}

// next waits for a thumbnail to make; ok is false at the end.
func (t *thumbnails) next() (path string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.closed {
		for _, path := range t.wanted {
			if !t.making[path] {
				t.making[path] = true
				return path, true
			}
		}
		t.wake.Wait()
	}
	return "", false
}

// made takes in a thumbnail. Over the limit, those farthest from what is seen are dropped.
func (t *thumbnails) made(path string, picture image.Image) {
	if slices.Contains(t.s.album, path) {
		t.kept[path] = picture
		t.drop()
	}
	t.mu.Lock()
	t.wanted = slices.DeleteFunc(slices.Clone(t.wanted), func(other string) bool { return other == path })
	delete(t.making, path)
	t.mu.Unlock()
	t.s.changed(ThumbnailsChanged)
}

func (t *thumbnails) drop() {
	if len(t.kept) <= thumbnailLimit {
		return
	}
	distance := func(at int) int { return max(t.from-at, at-t.to+1, 0) }
	farthest, most := "", -1
	for at, path := range t.s.album {
		if _, there := t.kept[path]; there && distance(at) > most {
			farthest, most = path, distance(at)
		}
	}
	delete(t.kept, farthest)
}

// thumbnail returns nil for a photo that cannot be read, or is too large to be decoded for a thumbnail alone.
func thumbnail(ctx context.Context, path string) image.Image {
	info, err := photo.Inspect(ctx, path)
	quick := info.Format == photo.JPEG || info.Format == photo.Raw
	if err != nil || !quick && info.W*info.H > glimpseUpTo {
		return nil
	}
	small, info, err := photo.Preview(ctx, path, 2*thumbnailSide)
	if err != nil {
		return nil
	}
	picture := image.NewRGBA(image.Rect(0, 0, small.W, small.H))
	small.ToRGBA(picture, picture.Rect)
	screenColours(&photo.Photo{Image: small, Meta: info.Meta}).RGBA(picture, picture.Rect)
	return imaging.Fit(picture, thumbnailSide, thumbnailSide, imaging.CatmullRom)
}
