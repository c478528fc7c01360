package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"blindspot/app"
)

const modelsHelp = `
blindspot-cli models [--json]

Lists the models that come with the program and those that were trained here: network width, the hole and the patch
of their training, whether they have the fast network, size and date.`

func models(_ context.Context, p *program, args []string) error {
	f := newFlags("models", modelsHelp)
	json := f.Bool("json", false, "print one JSON document")
	words, err := f.parse(p, args)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return usagef("models knows no word %q", words[0])
	}
	list := p.library.Models()
	if *json {
		if list == nil {
			list = []app.ModelInfo{}
		}
		return p.printJSON(map[string]any{"models": list})
	}
	if len(list) == 0 {
		p.say("There are no models yet: train one on a folder of your photos with blindspot-cli train.")
		return nil
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tWIDTH\tHOLE\tPATCH\tFAST\tSIZE\tDATE\tFROM")
	for _, m := range list {
		if !m.Problem.Empty() {
			fmt.Fprintf(w, "%s\t%s\n", m.Name, m.Problem)
			continue
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%.1f MB\t%s\t%s\n", m.Name, m.Width, m.Hole, m.Patch, yes(m.Fast),
			float64(m.Bytes)/1e6, day(m.Date), origin(m.Bundled))
	}
	return w.Flush()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(time.DateOnly)
}

func origin(bundled bool) string {
	if bundled {
		return "the program"
	}
	return "you"
}
