package main

import (
	"context"
	"fmt"
	"time"

	"blindspot/app"
)

const benchHelp = `
blindspot-cli bench [--threads N] [--seconds S] [--json]

Measures the median time of the networks (width 48, random weights) and of the steps of both training phases.
Run it on a computer that does nothing else.`

func bench(ctx context.Context, p *program, args []string) error {
	f := newFlags("bench", benchHelp)
	var threads int
	f.threads(&threads)
	seconds := f.Float64("seconds", 3, "`S`econds for each job, at least three runs are taken")
	json := f.Bool("json", false, "print one JSON document")
	words, err := f.parse(p, args)
	switch {
	case err != nil:
		return err
	case len(words) > 0:
		return usagef("bench knows no word %q", words[0])
	case !(*seconds >= 0 && *seconds <= 3600): // written so that NaN fails
		return usagef("%g seconds are outside 0 to 3600", *seconds)
	}
	if err := checkThreads(threads); err != nil {
		return err
	}
	isa, err := app.InstructionSet()
	if err != nil {
		return err
	}
	threads = app.BenchThreads(threads)
	document := map[string]any{"threads": threads, "isa": isa, "width": app.BenchWidth}
	if !*json {
		p.say("%d threads, %s, width %d", threads, isa, app.BenchWidth)
	}
	o := app.BenchOptions{Threads: threads, Time: time.Duration(*seconds * float64(time.Second))}
	done := 0
	err = app.Bench(ctx, o, func(r app.BenchResult) {
		document[r.Name] = map[string]any{"what": r.What, "median_s": r.Median, "runs": r.Runs}
		if !*json {
			p.say("%-30s %8.1f ms  (%d runs)", r.What, r.Median*1000, r.Runs)
		}
		done++
		p.bar.show("measuring", done, 5, fmt.Sprintf("%d of 5", done))
	})
	if err != nil || !*json {
		return err
	}
	p.bar.clear()
	return p.printJSON(document)
}
