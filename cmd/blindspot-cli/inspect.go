package main

import (
	"context"

	"blindspot/app"
)

const inspectHelp = `
blindspot-cli inspect [--json] PHOTO|FOLDER…

Tells what photos say about themselves: format, size, depth, colour profile, camera, lens, exposure, date, place, and for
camera raws what the sensor is like. Nothing is changed.`

func inspect(ctx context.Context, p *program, args []string) error {
	f := newFlags("inspect", inspectHelp)
	json := f.Bool("json", false, "print one JSON document")
	inputs, err := f.parse(p, args)
	if err != nil {
		return err
	}
	if len(inputs) == 0 {
		return usagef("name the photos to inspect")
	}
	reports, failed := []app.PhotoReport{}, 0
	stopped := app.InspectPhotos(ctx, inputs, func(r app.PhotoReport) {
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
