//go:build !noraw

package raw

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"blindspot/core/pixel"
	"blindspot/core/say"
)

// Inspect reads what a raw file says about itself without decoding pixels: about
// a millisecond a file, after 30 for starting the first child. A file that passes
// may still be damaged further in.
func Inspect(ctx context.Context, path string) (Info, error) {
	r, err := request(ctx, opInspect, path)
	return r.Info, err
}

// Preview returns the largest embedded JPEG as it is stored. It may lie on its
// side: PreviewOrientation tells how to turn it. The error is ErrNoPreview where
// there is none.
func Preview(ctx context.Context, path string) ([]byte, error) {
	preview, _, err := PreviewInfo(ctx, path)
	return preview, err
}

// PreviewInfo is Preview and Inspect in one go.
func PreviewInfo(ctx context.Context, path string) ([]byte, Info, error) {
	r, err := request(ctx, opPreview, path)
	return r.preview, r.Info, err
}

// Develop makes a picture of a raw file: sRGB (or gray for a monochrome camera)
// with 16 bits a sample, upright. At 24 megapixels Full takes seconds, Half a
// fraction of that. When ctx ends it returns within half a second, whatever the
// decoder is doing.
func Develop(ctx context.Context, path string, q Quality) (*pixel.Image, Info, error) {
	op := opFull
	if q == Half {
		op = opHalf
	}
	r, err := request(ctx, op, path)
	if err != nil {
		return nil, Info{}, err
	}
	if r.Planes != 1 && r.Planes != 3 {
		return nil, Info{}, say.Errorf("%w: it has %d colours after developing", ErrUnsupported, r.Planes)
	}
	return &pixel.Image{W: r.W, H: r.H, C: r.Planes, Planes: r.planes, Depth: 16}, r.Info, nil
}

// ReadMosaic returns what the sensor saw, not turned.
func ReadMosaic(ctx context.Context, path string) (*Mosaic, error) {
	r, err := request(ctx, opMosaic, path)
	if err != nil {
		return nil, err
	}
	if r.Mosaic == nil || r.Planes == 0 {
		return nil, say.Errorf("%w: %w", ErrDied, errNonsense)
	}
	r.Mosaic.Planes, r.Mosaic.Info = r.planes, r.Info
	return r.Mosaic, nil
}

// request checks the file and puts a question to a child.
func request(ctx context.Context, op operation, path string) (reply, error) {
	if err := checkFile(path); err != nil {
		return reply{}, err
	}
	// A kept child need not be in the folder that the program is in now.
	full, err := filepath.Abs(path)
	if err != nil {
		return reply{}, err
	}
	r, err := children.ask(ctx, question{Op: op, Path: []byte(full)})
	if err == nil {
		err = explain(r.answer, op, full)
	}
	if err != nil {
		return reply{}, err
	}
	return r, nil
}

// checkFile refuses what is no ordinary file: LibRaw would wait for a pipe to
// speak.
func checkFile(path string) error {
	stat, err := os.Stat(path)
	var pathError *fs.PathError
	switch {
	case errors.As(err, &pathError):
		return pathError.Err
	case err != nil:
		return err
	case !stat.Mode().IsRegular():
		return say.Errorf("%w: it is not an ordinary file", ErrUnsupported)
	case stat.Size() == 0:
		return say.Errorf("%w: it is empty", ErrTruncated)
	}
	return nil
}

// explain makes an error of an answer. LibRaw says the same of files that end
// too early, are damaged or are no raws, so the file's own directories are asked
// which it is. They also know of missing pixels, which LibRaw may leave black.
func explain(a answer, op operation, path string) error {
	err := a.err()
	decoded := op == opFull || op == opHalf || op == opMosaic
	suspicious := errors.Is(err, ErrCorrupt) || errors.Is(err, ErrUnsupported)
	if !suspicious && (!decoded || err != nil) {
		return err
	}
	f, openError := os.Open(path)
	if openError != nil {
		return err
	}
	defer f.Close()
	stat, statError := f.Stat()
	if statError != nil {
		return err
	}
	switch size := stat.Size(); {
	case err == nil:
		if missesPixels(f, size) {
			return say.Errorf("%w: part of the picture is missing", ErrTruncated)
		}
	case endsEarly(f, size):
		return ErrTruncated
	}
	return err
}
