package train

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"blindspot/core/photo"
	"blindspot/core/say"
)

// inspected is a photo with what its header says, or why that cannot be read.
type inspected struct {
	path string
	info photo.Info
	err  error
}

// inspectAll reads the headers of all files that have no error yet, several at a time: reading waits for the disk, and raws
// for the process that reads them. When ctx ends, the rest gets its error. progress, if not nil, is called from several
// goroutines with the number of files done and their total.
func inspectAll(ctx context.Context, files []inspected, progress func(done, total int)) {
	var next, done atomic.Int64
	var workers sync.WaitGroup
	for range min(2*runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(files)); i = next.Add(1) - 1 {
				if f := &files[i]; f.err == nil {
					f.info, f.err = photo.Inspect(ctx, f.path)
					f.info.Meta = f.info.Meta.Bare() // the bytes of a thousand profiles are of no use here
				}
				if n := done.Add(1); progress != nil {
					progress(int(n), len(files))
				}
			}
		})
	}
	workers.Wait()
}

// twin finds an earlier photo with the same bytes. Only files of equal size are read, and most of them only in part: those
// of one camera are often as long as each other.
func (s *scanner) twin(path string) error {
	stat, err := os.Stat(path)
	if err != nil {
		return err
	}
	same := s.sizes[stat.Size()]
	s.sizes[stat.Size()] = append(same, path)
	if len(same) == 0 {
		return nil
	}
	part, err := sample(path, stat.Size())
	if err != nil {
		return err
	}
	for _, other := range same {
		if theirs, err := sample(other, stat.Size()); err != nil || !bytes.Equal(theirs, part) {
			continue
		}
		mine, err := s.digest(path)
		if err != nil {
			return err
		}
		if theirs, err := s.digest(other); err == nil && theirs == mine {
			return say.Errorf("the same file as %s", filepath.Base(other))
		}
	}
	return nil
}

// sample reads a few kilobytes from the beginning, the middle and the end of a file.
func sample(path string, size int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const piece = 4096
	b := make([]byte, 3*piece)
	for i, at := range []int64{0, size/2 - piece/2, size - piece} {
		if _, err := f.ReadAt(b[i*piece:(i+1)*piece], max(at, 0)); err != nil && err != io.EOF {
			return nil, err
		}
	}
	return b, nil
}

// digest reads each file once.
func (s *scanner) digest(path string) ([sha256.Size]byte, error) {
	if sum, known := s.digests[path]; known {
		return sum, nil
	}
	sum, err := digest(path)
	if err == nil {
		s.digests[path] = sum
	}
	return sum, err
}

func digest(path string) ([sha256.Size]byte, error) {
	var sum [sha256.Size]byte
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	h.Sum(sum[:0])
	return sum, nil
}
