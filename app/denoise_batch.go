package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"blindspot/core/denoise"
	"blindspot/core/photo"
	"blindspot/core/say"
)

// This file denoises many photos one after another: what the command line does, and a folder in the window.

// ParseMode reads "fast", "tunable" or "average".
func ParseMode(name string) (Mode, error) { return denoise.ParseMode(name) }

// ParseHole reads a stop of the slider; the error lists all of them.
func ParseHole(text string) (Hole, error) {
	var names []string
	for _, stop := range Stops() {
		if stop.String() == strings.TrimSpace(text) {
			return stop, nil
		}
		names = append(names, stop.String())
	}
	return 0, fmt.Errorf("there is no hole %q: choose %s", text, strings.Join(names, ", "))
}

// BatchOptions says what to make of a list of photos.
type BatchOptions struct {
	Model    *Model
	Settings Settings
	// Suggest chooses mode and hole for the noise of each photo; those of Settings do not count.
	Suggest bool
	Threads int // 0 for all processors

	Inputs []string // photos, and folders whose photos are meant (not those of folders within)
	// Output is a file for a single photo, or a folder that is made if need be. Empty puts each result beside its photo
	// under a name that ends in -denoised.
	Output    string
	Format    string // "jpg", "png" or "tif", empty for that of the photo; what cannot be written becomes JPEG or PNG
	Depth     int    // bits a sample: 8 or 16, 0 for that of the photo
	Quality   int    // of JPEG, 1..100, 0 for the usual
	Overwrite bool   // replace files that are there; the photos themselves are never replaced
	KeepTimes bool   // give results the times of their photos
}

// BatchResult tells how one photo went.
type BatchResult struct {
	Input   string  `json:"input"`
	Output  string  `json:"output,omitempty"` // the file that was written
	Seconds float64 `json:"seconds,omitempty"`
	// Notes say what of the photo's metadata could not be read or kept.
	Notes []string `json:"notes,omitempty"`
	Err   error    `json:"-"`
	Error string   `json:"error,omitempty"` // Err as a sentence
}

// BatchProgress tells what is going on.
type BatchProgress struct {
	Path        string // of the photo
	Index       int    // its place among the photos, from 0
	Photos      int
	Done, Total int          // tiles of the photo
	Result      *BatchResult // once it has ended, otherwise nil
}

// DenoiseBatch denoises photos. One that fails does not stop the others: its result says why. The error is for what
// stops everything: options that make no sense (ErrUsage), or the context's; results of photos that are done stay good.
func DenoiseBatch(ctx context.Context, o BatchOptions, report func(BatchProgress)) ([]BatchResult, error) {
	b, err := newBatch(o)
	if err != nil {
		return nil, err
	}
	network, err := newEngine(o.Model.model, o.Threads)
	if err != nil {
		return nil, err
	}
	defer network.close()
	if o.Settings.Mode == Fast && !o.Suggest {
		if err := network.fast(); err != nil {
			return nil, usage("%w", err)
		}
	}
	var results []BatchResult
	for i, input := range b.inputs {
		p := BatchProgress{Path: input.path, Index: i, Photos: len(b.inputs)}
		began := time.Now()
		out, notes, err := b.one(ctx, network, input, func(done, total int) {
			p.Done, p.Total = done, total
			report(p)
		})
		if ctx.Err() != nil {
			return results, ctx.Err()
		}
		r := BatchResult{Input: input.path, Output: out, Seconds: time.Since(began).Seconds(), Notes: notes, Err: err}
		if err != nil {
			r.Output, r.Seconds, r.Error = "", 0, Sentence(err).String()
		}
		results = append(results, r)
		p.Result = &r
		report(p)
	}
	return results, nil
}

// batch is a batch with its inputs found.
type batch struct {
	o      BatchOptions
	format photo.Format // 0 for that of the photo
	folder bool         // Output is one
	inputs []batchInput
	taken  map[string]string // output → the input that it was for
}

// batchInput is a photo, or a place where none could be found and why.
type batchInput struct {
	path string
	file os.FileInfo
	err  error
}

func newBatch(o BatchOptions) (*batch, error) {
	b := &batch{o: o, taken: map[string]string{}}
	if err := o.Settings.Validate(); err != nil {
		return nil, usage("%w", err)
	}
	if o.Format != "" {
		var err error
		if b.format, err = photo.ParseFormat(o.Format); err != nil {
			return nil, usage("%w", err)
		}
	}
	if o.Depth != 0 && o.Depth != 8 && o.Depth != 16 {
		return nil, usage("a depth of %d bits is neither 8 nor 16", o.Depth)
	}
	if o.Quality < 0 || o.Quality > 100 {
		return nil, usage("a quality of %d is outside 1 to 100", o.Quality)
	}
	for _, path := range o.Inputs {
		b.inputs = append(b.inputs, findPhotos(path)...)
	}
	if len(b.inputs) == 0 {
		return nil, usage("there is no photo to denoise")
	}
	return b, b.checkOutput()
}

// findPhotos returns the photo at path, or those of the folder at path.
func findPhotos(path string) []batchInput {
	stat, err := os.Stat(path)
	if err != nil || !stat.IsDir() {
		return []batchInput{{path, stat, nil}} // photo.Open has the words for a file that is not there
	}
	names, _, err := photosIn(path)
	if err != nil {
		return []batchInput{{path: path, err: err}}
	}
	if len(names) == 0 {
		return []batchInput{{path: path, err: fmt.Errorf("the folder %s holds no photos", path)}}
	}
	var list []batchInput
	for _, name := range names {
		stat, _ := os.Stat(name)
		list = append(list, batchInput{name, stat, nil})
	}
	return list
}

// photosIn lists the photos of a folder by name, without those of folders within it, and counts the other files.
func photosIn(folder string) (photos []string, others int, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, 0, say.Errorf("read the folder %s: %w", folder, bareError(err))
	}
	for _, e := range entries {
		switch {
		case e.IsDir() || strings.HasPrefix(e.Name(), "."):
		case photo.Supported(e.Name()):
			photos = append(photos, filepath.Join(folder, e.Name()))
		default:
			others++
		}
	}
	return photos, others, nil
}

// bareError drops operation and path from an error of package os, for sentences that name them already.
func bareError(err error) error {
	var perr *os.PathError
	if errors.As(err, &perr) {
		return perr.Err
	}
	return err
}

// one denoises one photo and returns where it was saved and what could not be kept.
func (b *batch) one(ctx context.Context, n network, in batchInput, progress func(done, total int)) (string, []string, error) {
	if in.err != nil {
		return "", nil, in.err
	}
	progress(0, 0)
	// What stands in the way of saving is said before the work, not after it.
	if info, err := photo.Inspect(ctx, in.path); err == nil {
		if err := b.claim(b.outputFor(in.path, info.Format), in.path); err != nil {
			return "", nil, err
		}
	}
	p, err := photo.Open(ctx, in.path)
	if err != nil {
		return "", nil, err
	}
	settings, err := settingsFor(ctx, n, p.Image, b.o.Settings, b.o.Suggest)
	if err != nil {
		return "", nil, fmt.Errorf("measure the noise of %s: %w", in.path, err)
	}
	denoised, err := n.photo(ctx, p.Image, settings, progress)
	if err != nil {
		return "", nil, fmt.Errorf("denoise %s: %w", in.path, err)
	}
	out := *p
	out.Image = denoised
	path := b.outputFor(in.path, p.Format)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", nil, fmt.Errorf("make the folder of %s: %w", path, bareError(err))
	}
	format := b.format
	if format == 0 {
		format = formatByName(path, p.Format.OrWritable())
	}
	notes, err := photo.Save(ctx, path, &out, photo.SaveOptions{
		Format: format, Depth: b.o.Depth, Quality: b.o.Quality, Overwrite: b.o.Overwrite, KeepTimes: b.o.KeepTimes,
		Done: edit(b.o.Model.Name, settings),
	})
	return path, plain(append(p.Notes, notes...)), err
}
