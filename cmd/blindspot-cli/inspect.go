package main

import (
	"context"

	"blindspot/app"
)

const inspectHelp = `
blindspot-cli inspect [--json] [--maps DIR] PHOTO|FOLDER…

Tells what photos say about themselves: format, size, depth, colour profile, camera, lens, exposure, date, place, and for
camera raws what the sensor is like. The noise is measured: its level, how it is correlated from pixel to pixel, and the hole
that suits it. Nothing is changed.`

func inspect(ctx context.Context, p *program, args []string) error {
	f := newFlags("inspect", inspectHelp)
	json := f.Bool("json", false, "print one JSON document")
	maps := f.String("maps", "", "`DIR` for pictures of how the noise is correlated, one for each photo")
	inputs, err := f.parse(p, args)
	if err != nil {
		return err
	}
	if len(inputs) == 0 {
		return usagef("name the photos to inspect")
	}
	reports, failed := []app.PhotoReport{}, 0
	stopped := app.InspectPhotos(ctx, inputs, func(r app.PhotoReport) {
		if *maps != "" && r.Noise != nil {
			_, r.Err = r.Noise.WriteMap(r.Path, *maps)
		}
		reports = append(reports, r)
		switch {
		case r.Err != nil:
			failed++
			p.complain(r.Err)
		case !*json:
			for _, line := range r.Lines() {
				p.say("%s", line)
			}
		}
	})
	if *json {
		document := map[string]any{"photos": reports, "done": len(reports) - failed, "failed": failed, "stopped": stopped != nil}
		if err := p.printJSON(document); err != nil {
			return err
		}
	}
	if stopped == nil && failed > 0 {
		return errReported
	}
	return stopped
}
