package app

import (
	"context"
	"os"
	"slices"
	"strings"

	"blindspot/core/photo"
	"blindspot/core/say"
)

// OpenAll opens photos together: files, and the photos that lie in folders, in the order of their names. The first one is
// opened, and all of them become the album. A single file is opened as by Open.
func (s *Session) OpenAll(paths []string) {
	if s.gathering != nil {
		s.gathering()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.gathering = cancel
	s.spawn(func() {
		album, err := gather(ctx, paths)
		folder, there := folderAmong(paths)
		s.mail.post(func() {
			if ctx.Err() != nil { // others were asked for meanwhile
				return
			}
			cancel()
			s.rememberFolder(folder, there && err == nil)
			switch {
			case err != nil:
				s.fail(err)
			case len(album) == 1:
				s.Open(album[0])
			default:
				s.setAlbum(album)
				s.Open(album[0])
			}
		})
	})
}

// gather lists photos, each once; those of a folder by name, capitals or not, without those of folders within it.
func gather(ctx context.Context, paths []string) ([]string, error) {
	var list []string
	for _, path := range paths {
		path = absolute(path)
		stat, err := os.Stat(path)
		switch {
		case err == nil && stat.IsDir():
			photos, _, err := photosIn(path)
			if err != nil {
				return nil, err
			}
			slices.SortStableFunc(photos, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
			if len(paths) == 1 && len(photos) == 0 {
				return nil, say.Errorf("the folder %s holds no photos", path)
			}
			list = append(list, photos...)
		case len(paths) == 1 || photo.Supported(path): // what is wrong with a single file is said by Open
			list = append(list, path)
		}
	}
	if len(list) == 0 && len(paths) > 0 {
		return nil, say.Errorf("there are no photos among %v", countFiles(len(paths)))
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(path string) bool {
		again := seen[path]
		seen[path] = true
		return again
	}), ctx.Err()
}

func (s *Session) setAlbum(paths []string) {
	s.album = paths
	s.thumbs.forget()
	s.changed(AlbumChanged)
}

// joinAlbum makes an album of its own for a photo that was opened by itself.
func (s *Session) joinAlbum(path string) {
	if !slices.Contains(s.album, path) {
		s.setAlbum([]string{path})
	}
}

// Album lists the paths of the photos that were opened together. It must not be changed.
func (s *Session) Album() []string { return s.album }

// Current is the place in the album of the photo that is open or being opened, -1 if it is not there.
func (s *Session) Current() int {
	path := s.openingFor
	if info, ok := s.Photo(); ok && path == "" {
		path = info.Path
	}
	return slices.Index(s.album, path)
}

// Neighbour is the path of the photo so many places after the one in the album that was asked for last, even if that could
// not be read; empty at the ends.
func (s *Session) Neighbour(by int) string {
	from := slices.Index(s.album, s.asked)
	if from < 0 {
		from = s.Current()
	}
	if to := from + by; from >= 0 && to >= 0 && to < len(s.album) {
		return s.album[to]
	}
	return ""
}

// LeaveAlbum takes photos off the album; their files stay. If the current one is among them, the next that stays is opened, or
// else the one before.
func (s *Session) LeaveAlbum(paths []string) {
	gone := func(path string) bool { return slices.Contains(paths, path) }
	stays := func(path string) bool { return !gone(path) }
	next := ""
	if at := slices.Index(s.album, s.asked); at >= 0 && gone(s.asked) {
		if i := slices.IndexFunc(s.album[at:], stays); i >= 0 {
			next = s.album[at+i]
		} else if rest := slices.DeleteFunc(slices.Clone(s.album[:at]), gone); len(rest) > 0 {
			next = rest[len(rest)-1]
		}
	}
	s.album = slices.DeleteFunc(slices.Clone(s.album), gone)
	for _, path := range paths {
		delete(s.thumbs.kept, path)
	}
	s.changed(AlbumChanged)
	if next != "" {
		s.Open(next)
	}
}
