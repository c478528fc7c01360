package photo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"blindspot/core/photo/tiff"
	"blindspot/core/photo/turbo"
	"blindspot/core/say"
)

// Subsampling says at which resolution a JPEG holds colour.
type Subsampling int

// The subsamplings.
const (
	Sub444 Subsampling = iota // full
	Sub420                    // half in both directions: smaller files
)

// SaveOptions says how a photo is written. The zero value takes the format from the file's name, the depth from the photo,
// and a quality of 95.
type SaveOptions struct {
	Format          Format // 0 = from the file's name
	Depth           int    // bits a sample: 8 or 16, 0 = as the photo; JPEG is always 8
	Quality         int    // of JPEG, 1 to 100, 0 = 95
	Progressive     bool   // JPEG that shows coarse first
	Subsampling     Subsampling
	Overwrite       bool  // replace a file of that name
	OverwriteSource bool  // replace even the file that the photo was opened from
	KeepTimes       bool  // give the new file the time of the photo's
	Done            *Edit // what was done to the picture, nil if it is as it was
}

// Save writes p to path with its metadata. The file is first written under a temporary name in the same folder, synced and
// then renamed, so that path is either complete or as it was. The notes say what of the metadata could not be kept, a
// sentence each without capital and full stop.
//
// An existing file is refused with ErrExists unless o.Overwrite is set, and the file that p was opened from, by whatever
// name it goes, with ErrSource unless o.OverwriteSource is set as well. Other errors wrap ErrUnsupported, ErrTooLarge or the
// context's error.
func Save(ctx context.Context, path string, p *Photo, o SaveOptions) (notes []say.Text, err error) {
	if notes, err = save(ctx, path, p, o); err != nil {
		return nil, say.Errorf("save %s: %w", path, err)
	}
	return notes, nil
}

func save(ctx context.Context, path string, p *Photo, o SaveOptions) ([]say.Text, error) {
	o, err := o.complete(path, p)
	if err != nil {
		return nil, err
	}
	if err := checkSize(p.Image.W, p.Image.H); err != nil {
		return nil, err
	}
	if err := checkTarget(path, p, o); err != nil {
		return nil, err
	}
	m, notes := carry(p, o)
	modified := p.Modified
	if !o.KeepTimes {
		modified = time.Time{}
	}
	err = writeFile(ctx, path, o.Overwrite, modified, func(f *os.File) error {
		w := &cancellableWriter{ctx, f}
		switch o.Format {
		case JPEG:
			return encodeJPEG(ctx, w, p.Image, m, o)
		case TIFF:
			return encodeTIFF(ctx, f, p.Image, m, o.Depth)
		}
		return encodePNG(ctx, w, p.Image, m, o.Depth)
	})
	if err != nil {
		return nil, saveError(err)
	}
	return notes, nil
}

// checkTarget refuses what is there already.
func checkTarget(path string, p *Photo, o SaveOptions) error {
	target, err := os.Stat(path)
	if err != nil {
		return nil // not there, or writing will say what is wrong
	}
	if target.IsDir() {
		return say.Errorf("%w: it is a folder", ErrExists)
	}
	// The file itself counts, not its name: links of both kinds lead to it.
	if source, err := os.Stat(p.Path); err == nil && p.Path != "" && os.SameFile(source, target) && !o.OverwriteSource {
		return ErrSource
	}
	if !o.Overwrite {
		return ErrExists
	}
	return nil
}

// saveError sorts the encoders' errors.
func saveError(err error) error {
	for theirs, ours := range map[error]error{
		turbo.ErrUnsupported: ErrUnsupported, turbo.ErrTooLarge: ErrTooLarge,
		tiff.ErrUnsupported: ErrUnsupported, tiff.ErrTooLarge: ErrTooLarge,
	} {
		if errors.Is(err, theirs) {
			return &problem{ours, err}
		}
	}
	return err
}

// complete fills in what was left at zero and refuses what makes no sense.
func (o SaveOptions) complete(path string, p *Photo) (SaveOptions, error) {
	if o.Format == 0 {
		o.Format = formatOf(path)
	}
	if !o.Format.Writable() {
		return o, say.Errorf("%w: the name must end in .jpg, .png or .tif", ErrUnsupported)
	}
	if o.Depth == 0 {
		o.Depth = p.Image.Depth
	}
	if o.Depth != 8 && o.Depth != 16 {
		return o, say.Errorf("%w: a depth of %d bits, where 8 and 16 are possible", ErrUnsupported, o.Depth)
	}
	if o.Quality < 0 || o.Quality > 100 {
		return o, say.Errorf("%w: a quality of %d, where 1 to 100 are possible", ErrUnsupported, o.Quality)
	}
	return o, nil
}

// writeFile lets write fill a temporary file beside path and puts it in place.
// Whatever fails, the temporary file is gone afterwards.
// Unless modified is zero it becomes the file's time.
func writeFile(ctx context.Context, path string, overwrite bool, modified time.Time, write func(*os.File) error) (err error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // replace what a link points to, not the link
	}
	temp, err := createBeside(path)
	if err != nil {
		return plainFileError(err)
	}
	defer func() {
		if err != nil {
			temp.Close()
			os.Remove(temp.Name())
		}
	}()
	if err := write(temp); err != nil {
		return plainFileError(err)
	}
	if err := temp.Sync(); err != nil {
		return plainFileError(err)
	}
	if err := temp.Close(); err != nil {
		return plainFileError(err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !modified.IsZero() {
		if err := os.Chtimes(temp.Name(), modified, modified); err != nil {
			return plainFileError(err)
		}
	}
	if err := place(temp.Name(), path, overwrite); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// place gives the finished file its name. Without overwrite a hard link does
// it, because that fails if the name was taken in the meantime; file systems
// that know no links get a check and a rename.
func place(temp, path string, overwrite bool) error {
	if !overwrite {
		switch err := os.Link(temp, path); {
		case err == nil:
			return os.Remove(temp)
		case errors.Is(err, os.ErrExist):
			return ErrExists
		}
		if _, err := os.Lstat(path); err == nil {
			return ErrExists
		}
	}
	if old, err := os.Stat(path); err == nil {
		if err := os.Chmod(temp, old.Mode().Perm()); err != nil {
			return plainFileError(err)
		}
	}
	return plainFileError(os.Rename(temp, path))
}

// syncFolder makes the new name survive a power cut.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return plainFileError(err)
	}
	defer f.Close()
	// Some file systems and Windows cannot sync a folder; the file is complete.
	_ = f.Sync()
	return nil
}

// createBeside opens a new file under a name nobody else has, in the folder of
// path. Unlike os.CreateTemp it lets the user's umask decide who may read it.
func createBeside(path string) (*os.File, error) {
	for {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".blindspot-%08x.tmp", rand.Uint32()))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, os.ErrExist) {
			return f, err
		}
	}
}

// cancellableWriter fails once the context is done, so that an encoder stops.
type cancellableWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c *cancellableWriter) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}
