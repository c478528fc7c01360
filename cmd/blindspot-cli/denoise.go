package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"blindspot/app"
)

const denoiseHelp = `
blindspot-cli denoise [OPTIONS] PHOTO|FOLDER…

Denoises photos. Each result is saved beside its photo under a name that ends in -denoised, or where -o says.
The photos themselves are never written over, and files that exist only with --overwrite.`

func denoise(ctx context.Context, p *program, args []string) error {
	f := newFlags("denoise", denoiseHelp)
	d := f.denoising("")
	var o app.BatchOptions
	f.StringVar(&o.Output, "o", "", "`FILE|DIR` to save to; a folder keeps the photos' names")
	f.StringVar(&o.Format, "format", "", "`FORMAT` to save in, jpg, png or tif (that of the photo; raw becomes jpg, WebP and BMP png)")
	f.IntVar(&o.Depth, "depth", 0, "`BITS` a sample in png and tif, 8 or 16 (those of the photo)")
	f.IntVar(&o.Quality, "quality", 95, "`Q`uality of JPEG files, 1 to 100")
	f.BoolVar(&o.Overwrite, "overwrite", false, "replace files that exist")
	f.BoolVar(&o.KeepTimes, "keep-times", false, "give the results the times of their photos")
	inputs, err := f.parse(p, args)
	if err != nil {
		return err
	}
	switch {
	case len(inputs) == 0:
		return usagef("name the photos to denoise")
	case f.given("o") && o.Output == "":
		return usagef("the option -o needs a file or a folder")
	case o.Quality < 1:
		return usagef("a quality of %d is outside 1 to 100", o.Quality)
	}
	if o.Model, o.Settings, err = d.settings(p, false); err != nil {
		return err
	}
	o.Suggest = d.suggest
	o.Inputs, o.Threads = inputs, d.threads
	results, err := app.DenoiseBatch(ctx, o, func(s app.BatchProgress) { p.denoiseProgress(s, d.json) })
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return p.denoiseDone(results, o, d.json, err)
}

func (p *program) denoiseProgress(s app.BatchProgress, json bool) {
	if r := s.Result; r != nil {
		if r.Err != nil {
			p.complain(r.Err)
			return
		}
		if !json {
			p.say("%s  %.1f s", r.Output, r.Seconds)
		}
		for _, note := range r.Notes {
			p.complain(fmt.Errorf("%s: %s", r.Input, note))
		}
		return
	}
	before := filepath.Base(s.Path)
	if s.Photos > 1 {
		before = fmt.Sprintf("%d/%d %s", s.Index+1, s.Photos, before)
	}
	p.bar.show(before, s.Done, s.Total, fmt.Sprintf("%d of %d tiles", s.Done, s.Total))
}

// denoiseDone prints the document and turns failed photos into the exit code.
func (p *program) denoiseDone(results []app.BatchResult, o app.BatchOptions, json bool, stopped error) error {
	p.bar.clear()
	failed := 0
	for _, r := range results {
		if r.Err != nil {
			failed++
		}
	}
	if json {
		document := map[string]any{
			"model": o.Model.Name, "mode": modeName(o.Settings, o.Suggest),
			"luma": o.Settings.Luma, "colour": o.Settings.Colour, "texture": o.Settings.Texture,
			"photos": results, "done": len(results) - failed, "failed": failed, "stopped": stopped != nil,
		}
		if o.Settings.Mode == app.Tunable && !o.Suggest {
			document["hole"] = int(o.Settings.Hole)
		}
		if results == nil {
			document["photos"] = []app.BatchResult{}
		}
		if err := p.printJSON(document); err != nil {
			return err
		}
	}
	if stopped != nil {
		return stopped
	}
	if failed > 0 {
		return errReported
	}
	return nil
}
