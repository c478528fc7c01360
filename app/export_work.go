package app

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"

	"blindspot/core/noise"
	"blindspot/core/photo"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

// exporter denoises and saves one photo, in a goroutine of its own.
type exporter struct {
	queue    *Queue
	gate     *gate
	order    *exportOrder
	photo    string // its path
	number   int    // in the order
	folder   string
	settings Settings
	suggest  bool // in place of settings, what suits the noise
	model    string
	source   engineSource
	threads  int
	progress func(done, total int)

	// What the session has of the photo if it is open; otherwise it is read.
	open  *photo.Photo
	noise *noise.Report
	warm  []warmCell // all of the photo's, or nil

	engine *exportEngine // of the export before, and then the one for the export after
}

// exportResult tells how an export went.
type exportResult struct {
	path       string
	notes      []Text
	megapixels float64 // 0 if the photo could not be read
	err        error
}

func (x *exporter) run(ctx context.Context) (r exportResult) {
	defer func() {
		if ctx.Err() != nil {
			r.err = ctx.Err()
		}
	}()
	if err := writable(x.folder); err != nil {
		return exportResult{err: err}
	}
	p := x.open
	if p == nil {
		var err error
		if p, err = photo.Open(ctx, x.photo); err != nil {
			return exportResult{err: err}
		}
	}
	r.megapixels = float64(p.Image.W) * float64(p.Image.H) / 1e6
	denoised, err := x.denoise(ctx, p.Image)
	if err != nil {
		return exportResult{megapixels: r.megapixels, err: say.Errorf("export %s: %w", filepath.Base(x.photo), err)}
	}
	out := *p
	out.Image = denoised
	path, notes, err := x.save(ctx, &out)
	return exportResult{path, append(slices.Clone(p.Notes), notes...), r.megapixels, err}
}

// writable makes a folder if need be, and finds out whether files can be made in it: that is to be said before the work.
func writable(folder string) error {
	err := os.MkdirAll(folder, 0o755)
	if err != nil {
		return say.Errorf("make the folder %s: %w", folder, bareError(err))
	}
	f, err := os.CreateTemp(folder, ".blindspot-*")
	if err != nil {
		return say.Errorf("write into the folder %s: %w", folder, bareError(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// save writes the result under a name that is free.
func (x *exporter) save(ctx context.Context, p *photo.Photo) (path string, notes []Text, err error) {
	f := exportFacts{
		photo: x.photo, model: x.model, settings: x.settings, meta: p.Meta, number: x.number, total: x.order.total,
	}
	for n := 1; ; n++ {
		if path, err = x.order.path(f, x.folder, n); err != nil {
			return "", nil, err
		}
		if !x.order.free(path) {
			continue
		}
		notes, err = photo.Save(ctx, path, p, photo.SaveOptions{
			Format: x.order.format, Depth: x.order.Depth, Quality: x.order.Quality, Overwrite: x.order.Replace,
			Done: edit(x.model, x.settings),
		})
		if errors.Is(err, ErrExists) && !x.order.Replace { // it came meanwhile
			continue
		}
		if err == nil {
			x.order.written[path] = true
		}
		return path, notes, err
	}
}

// denoise gives way to previews between two tiles, and rests while the queue is paused.
func (x *exporter) denoise(ctx context.Context, im *pixel.Image) (*pixel.Image, error) {
	if x.warm != nil {
		return x.assemble(ctx, im)
	}
	turn, err := x.queue.Enter(ctx, Exporting)
	if err != nil {
		return nil, err
	}
	defer turn.Leave()
	x.progress(0, 0)
	if x.engine, err = x.source.engine(ctx, x.engine, x.threads); err != nil {
		return nil, err
	}
	if err := x.prepare(ctx, im); err != nil {
		return nil, err
	}
	return x.engine.photo(ctx, im, x.settings, func(done, total int) {
		x.progress(done, total)
		if x.gate.isShut() {
			turn.Leave()
			x.gate.wait(ctx)
			_ = turn.take(ctx) // its error is that of ctx, which ends the denoising by itself
		}
		_ = turn.Yield(ctx)
	})
}

// prepare tells the network what is known of the photo's noise, and chooses the settings for it if that was asked.
func (x *exporter) prepare(ctx context.Context, im *pixel.Image) error {
	if x.suggest && x.noise == nil {
		var err error
		if x.noise, err = noise.Measure(ctx, im, noise.Options{}); err != nil {
			return err
		}
	}
	if x.noise != nil {
		x.engine.useNoise(im, x.noise)
	}
	if x.suggest {
		x.settings = suggestSettings(x.noise, x.engine.fast() == nil)
	}
	if x.settings.Mode == Fast {
		return x.engine.fast()
	}
	return nil
}

// warmCell is a result with its place in the photo.
type warmCell struct {
	at     image.Point
	result cellResult
}

// warm returns the results of all cells of the current mode, nil if one is missing.
func (p *preview) warm() []warmCell {
	cells := make([]warmCell, len(p.cells))
	for i, r := range p.cells {
		result, ok := p.results[p.key(i)]
		if !ok {
			return nil
		}
		cells[i] = warmCell{r.Min, result}
	}
	return cells
}

// assemble puts the photo together from results that the preview has: they are the same, bit for bit.
func (x *exporter) assemble(ctx context.Context, im *pixel.Image) (*pixel.Image, error) {
	out := pixel.New(im.W, im.H, im.C, im.Depth)
	out.Alpha = slices.Clone(im.Alpha)
	for i, c := range x.warm {
		x.gate.wait(ctx)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part, err := c.result.render(x.settings, im)
		if err != nil {
			return nil, err
		}
		paste(out, part, c.at.X, c.at.Y)
		x.progress(i+1, len(x.warm))
	}
	return out, nil
}
