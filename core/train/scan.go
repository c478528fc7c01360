package train

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"blindspot/core/photo"
	"blindspot/core/say"
)

// Report is what a folder holds for training, file by file.
type Report struct {
	Folder   string
	Photos   []Found   // usable, in order of their paths
	Problems []Problem // photos that cannot be used, in order of their paths
	Others   int       // files that are no photos by their names: sidecars, videos, notes
	Pixels   int       // of all usable photos together
	Cameras  []string  // once each, in alphabetical order
	ISO      []int     // once each, rising
}

// Found is one usable photo.
type Found struct {
	Path    string
	W, H, C int // upright size and channels
	Depth   int // 8 or 16 bits
	Camera  string
	ISO     int // 0 if the file does not say
}

// Problem is one file that training will leave out, and why, a sentence without capital and full stop.
type Problem struct {
	Path   string
	Reason say.Text
}

// Paths lists the usable photos for Options.Photos.
func (r Report) Paths() []string {
	paths := make([]string, len(r.Photos))
	for i, f := range r.Photos {
		paths[i] = f.Path
	}
	return paths
}

// Scan looks at every file of a folder and the folders in it, hidden ones left aside. Photos are read header-first without
// decoding; what cannot be used and what is there twice is reported by name and never stops the rest. An error means that
// the folder itself cannot be read, or that ctx was cancelled. progress, if not nil, is called from several goroutines with
// the number of photos looked at and their total.
func Scan(ctx context.Context, folder string, progress func(done, total int)) (Report, error) {
	s := scanner{report: Report{Folder: folder}, sizes: map[int64][]string{}, digests: map[string][sha256.Size]byte{}}
	info, err := os.Stat(folder)
	if err == nil && !info.IsDir() {
		err = say.Errorf("it is not a folder")
	}
	if err == nil {
		err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil && path == folder {
				return err
			}
			return s.visit(path, d, err, path == folder)
		})
	}
	if ctx.Err() != nil {
		return Report{}, ctx.Err()
	}
	if err != nil {
		return Report{}, say.Errorf("folder %s cannot be read: %w", folder, reason(err))
	}
	inspectAll(ctx, s.files, progress)
	for _, f := range s.files {
		if ctx.Err() != nil {
			return Report{}, ctx.Err()
		}
		s.take(f)
	}
	s.finish()
	return s.report, nil
}

type scanner struct {
	report Report
	files  []inspected        // photos, and what could not be looked at, in order of their paths
	sizes  map[int64][]string // usable photos by the size of their files
	// digests are of the files that had to be read as a whole.
	digests map[string][sha256.Size]byte
}

// visit takes one file or folder in. Its error can only be the order to skip a hidden folder.
func (s *scanner) visit(path string, d fs.DirEntry, err error, root bool) error {
	hidden := !root && strings.HasPrefix(filepath.Base(path), ".")
	switch {
	case err != nil:
		s.files = append(s.files, inspected{path: path, err: err})
	case d.IsDir() && hidden:
		return fs.SkipDir
	case d.IsDir() || hidden:
	case !photo.Supported(path):
		s.report.Others++
	default:
		s.files = append(s.files, inspected{path: path})
	}
	return nil
}

// take takes one photo in.
func (s *scanner) take(f inspected) {
	info, err := f.info, f.err
	if err == nil {
		err = unusable(info, 3)
	}
	if err == nil {
		err = s.twin(f.path)
	}
	if err != nil {
		s.problem(f.path, err)
		return
	}
	s.report.Photos = append(s.report.Photos, Found{
		Path: f.path, W: info.W, H: info.H, C: info.C, Depth: info.Depth,
		Camera: info.Meta.Camera, ISO: info.Meta.ISO,
	})
}

// problem notes a file that cannot be used. The reason does not repeat the path.
func (s *scanner) problem(path string, err error) {
	s.report.Problems = append(s.report.Problems, Problem{path, say.Textf("%v", reason(photo.Reason(err)))})
}

// reason drops operation and path from an error of the file system.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// finish adds up what was found.
func (s *scanner) finish() {
	r := &s.report
	for _, f := range r.Photos {
		r.Pixels += f.W * f.H
		if f.Camera != "" {
			r.Cameras = append(r.Cameras, f.Camera)
		}
		if f.ISO > 0 {
			r.ISO = append(r.ISO, f.ISO)
		}
	}
	slices.Sort(r.Cameras)
	r.Cameras = slices.Compact(r.Cameras)
	slices.Sort(r.ISO)
	r.ISO = slices.Compact(r.ISO)
}
