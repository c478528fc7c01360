package photo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"blindspot/core/photo/raw"
	"blindspot/core/photo/tiff"
	"blindspot/core/photo/turbo"
	"blindspot/core/say"
)

// source is a file that is being read. Its reads fail once the context is done, so that a decoder in the middle of a large
// photo stops.
type source struct {
	ctx      context.Context
	path     string
	r        io.ReaderAt
	size     int64
	modified time.Time
}

func (s *source) ReadAt(b []byte, at int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.ReadAt(b, at)
}

// from returns a reader from an offset to the end.
func (s *source) from(at int64) *io.SectionReader { return io.NewSectionReader(s, at, s.size-at) }

// block reads n bytes at an offset, or fails with io.ErrUnexpectedEOF before anything is allocated if they are not there.
func (s *source) block(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at > s.size-n {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, n)
	if got, err := s.ReadAt(b, at); err != nil && int64(got) < n {
		return nil, err
	}
	return b, nil
}

// bytesAt reads a file that is in memory.
func bytesAt(data []byte) io.ReaderAt { return bytes.NewReader(data) }

// wholeMax bounds files that are read into memory before they are decoded.
const wholeMax = 1 << 30

// whole reads all of the file, a piece at a time so that cancelling is noticed.
func (s *source) whole() ([]byte, error) {
	if s.size > wholeMax {
		return nil, say.Errorf("%w: a file of %d MB, and at most %d are read", ErrTooLarge, s.size>>20, wholeMax>>20)
	}
	b := make([]byte, s.size)
	const piece = 4 << 20
	for at := int64(0); at < s.size; at += piece {
		part := b[at:min(at+piece, s.size)]
		if n, err := s.ReadAt(part, at); err != nil && n < len(part) {
			return nil, err
		}
	}
	return b, nil
}

// withSource opens path, hands it to read, and makes one sentence of what fails.
func withSource(ctx context.Context, path string, read func(*source) error) error {
	f, err := os.Open(path)
	if err != nil {
		return about(path, plainFileError(err))
	}
	defer f.Close()
	stat, err := f.Stat()
	switch {
	case err != nil:
		return about(path, plainFileError(err))
	case stat.IsDir():
		return about(path, say.Errorf("%w: it is a folder", ErrUnsupported))
	case !stat.Mode().IsRegular():
		return about(path, say.Errorf("%w: it is not an ordinary file", ErrUnsupported))
	case stat.Size() == 0:
		return about(path, say.Errorf("%w: it is empty", ErrTruncated))
	}
	s := &source{ctx: ctx, path: path, r: f, size: stat.Size(), modified: stat.ModTime()}
	if err := read(s); err != nil {
		return about(path, classify(err))
	}
	return nil
}

// fileError is an error that begins with the name of the file.
type fileError struct {
	error
	reason error
}

func about(path string, reason error) error {
	return &fileError{say.Errorf("open %s: %w", path, reason), reason}
}

func (e *fileError) Unwrap() error { return e.error }

// Reason is an error of Open, Inspect or Preview without the name of the file, for lists that have it already.
func Reason(err error) error {
	var e *fileError
	if errors.As(err, &e) {
		return e.reason
	}
	return err
}

// plainFileError drops the operation and path that package os puts into its errors, because the sentence around it names
// them already.
func plainFileError(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// problem is an error of one of this package's kinds with the words of another package.
type problem struct {
	kind, says error
}

func (p *problem) Error() string   { return p.says.Error() }
func (p *problem) Unwrap() []error { return []error{p.kind, p.says} }

// classify turns the decoders' errors into ours.
func classify(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	for _, kind := range []error{ErrCorrupt, ErrTruncated, ErrUnsupported, ErrTooLarge, ErrDecoderDied} {
		if errors.Is(err, kind) {
			return err
		}
	}
	for theirs, ours := range map[error]error{
		turbo.ErrUnsupported: ErrUnsupported, turbo.ErrTruncated: ErrTruncated,
		turbo.ErrCorrupt: ErrCorrupt, turbo.ErrTooLarge: ErrTooLarge,
		tiff.ErrUnsupported: ErrUnsupported, tiff.ErrTruncated: ErrTruncated,
		tiff.ErrCorrupt: ErrCorrupt, tiff.ErrTooLarge: ErrTooLarge,
		raw.ErrUnsupported: ErrUnsupported, raw.ErrTruncated: ErrTruncated,
		raw.ErrCorrupt: ErrCorrupt, raw.ErrTooLarge: ErrTooLarge, raw.ErrDied: ErrDecoderDied,
	} {
		if errors.Is(err, theirs) {
			return &problem{ours, err}
		}
	}
	if err := classifyGo(err); err != nil {
		return err
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError
	}
	// What is left comes from decompressors inside the decoders.
	return say.Errorf("%w: %w", ErrCorrupt, err)
}
