package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"blindspot/app"
)

const evalHelp = `
blindspot-cli eval --noisy DIR --clean DIR [OPTIONS]

Denoises the photos of one folder and compares them with the clean ones of another: PSNR in dB over the 8-bit values
of all channels, and SSIM. Photos belong together by name, whatever their endings. --hole all measures every hole
and their average with one run of the network. --sheet makes a contact sheet to judge by eye: crops of the noisy, the
clean and the denoised photos, of the six pairs that gained least and the two that gained most.`

// allHoles is the value of --hole for every stop and their average.
const allHoles = "all"

func eval(ctx context.Context, p *program, args []string) error {
	f := newFlags("eval", evalHelp)
	d := f.denoising(", or all")
	var o app.EvaluateOptions
	f.StringVar(&o.Noisy, "noisy", "", "`DIR` with the noisy photos")
	f.StringVar(&o.Clean, "clean", "", "`DIR` with the clean photos")
	f.StringVar(&o.SheetPath, "sheet", "", "`FILE.png` for a contact sheet; a file that is there is replaced")
	words, err := f.parse(p, args)
	switch {
	case err != nil:
		return err
	case len(words) > 0:
		return usagef("eval knows no word %q: name the folders with --noisy and --clean", words[0])
	case o.Noisy == "" || o.Clean == "":
		return usagef("name the folders of photos with --noisy and --clean")
	}
	o.AllHoles = d.hole == allHoles
	if o.Model, o.Settings, err = d.settings(p, o.AllHoles); err != nil {
		return err
	}
	o.Suggest = d.suggest
	if o.AllHoles && o.Settings.Mode == app.Fast {
		return usagef("the mode fast has no hole: leave out --mode fast or --hole all")
	}
	o.Threads = d.threads
	e, err := app.Evaluate(ctx, o, func(done, total int, s app.PairScore) {
		if s.Err != nil {
			p.complain(s.Err)
		}
		p.bar.show("measuring", done, total, fmt.Sprintf("%d of %d photos", done, total))
	})
	p.bar.clear()
	switch {
	case e == nil:
		return err
	case d.json:
		err = errors.Join(p.printJSON(evalDocument(e, o, err)), err)
	case len(e.Pairs) > 0:
		err = errors.Join(p.evalTable(e), err)
	}
	if err == nil && e.Failed > 0 {
		return errReported
	}
	return err
}

// evalTable prints a line for each photo and the means.
func (p *program) evalTable(e *app.Evaluation) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	columns := []string{"noisy"}
	for _, v := range e.Variants {
		columns = append(columns, v.String())
	}
	fmt.Fprintf(w, "%s\t\t \n", strings.Join(columns, "\t\t"))
	fmt.Fprintf(w, "%s \n", strings.Repeat("PSNR, dB\tSSIM\t", len(columns)))
	row := func(name string, noisy app.Score, scores []app.Score) {
		for _, s := range append([]app.Score{noisy}, scores...) {
			fmt.Fprintf(w, "%.2f\t%.4f\t", s.PSNR, s.SSIM)
		}
		fmt.Fprintf(w, " %s\n", name)
	}
	for _, pair := range e.Pairs {
		if pair.Err == nil {
			row(pair.Name, pair.Noisy, pair.Scores)
		}
	}
	row(fmt.Sprintf("mean of %d", len(e.Pairs)-e.Failed), e.MeanNoisy, e.Means)
	return w.Flush()
}

// scoreJSON is a score as JSON; null stands for infinite.
type scoreJSON struct {
	PSNR number `json:"psnr"`
	SSIM number `json:"ssim"`
}

// evalRow is a photo, or the mean, as JSON. Scores has all variants by name ("fast", "3", "average"); of a single one the
// figures also stand beside it.
type evalRow struct {
	Name      string               `json:"name,omitempty"`
	NoisyPSNR number               `json:"noisy_psnr"`
	NoisySSIM number               `json:"noisy_ssim"`
	PSNR      *number              `json:"psnr,omitempty"`
	SSIM      *number              `json:"ssim,omitempty"`
	Scores    map[string]scoreJSON `json:"scores"`
}

func newEvalRow(name string, noisy app.Score, variants []app.Variant, scores []app.Score) evalRow {
	r := evalRow{Name: name, NoisyPSNR: number(noisy.PSNR), NoisySSIM: number(noisy.SSIM), Scores: map[string]scoreJSON{}}
	for i, v := range variants {
		s := scoreJSON{number(scores[i].PSNR), number(scores[i].SSIM)}
		key := v.String()
		if v.Mode == app.Tunable && !v.Suggested {
			key = v.Hole.String()
		}
		r.Scores[key] = s
		if len(variants) == 1 {
			r.PSNR, r.SSIM = &s.PSNR, &s.SSIM
		}
	}
	return r
}

func evalDocument(e *app.Evaluation, o app.EvaluateOptions, stopped error) map[string]any {
	rows := []evalRow{}
	failures := []map[string]string{}
	for _, pair := range e.Pairs {
		if pair.Err != nil {
			failures = append(failures, map[string]string{"name": pair.Name, "error": app.Sentence(pair.Err).String()})
			continue
		}
		rows = append(rows, newEvalRow(pair.Name, pair.Noisy, e.Variants, pair.Scores))
	}
	document := map[string]any{
		"model": o.Model.Name, "luma": o.Settings.Luma, "colour": o.Settings.Colour, "texture": o.Settings.Texture,
		"photos": rows, "failures": failures, "stopped": stopped != nil,
		"mean": newEvalRow("", e.MeanNoisy, e.Variants, e.Means),
	}
	switch {
	case o.AllHoles:
		document["mode"], document["hole"] = app.Tunable.String(), allHoles
	case o.Settings.Mode == app.Tunable && !o.Suggest:
		document["mode"], document["hole"] = o.Settings.Mode.String(), int(o.Settings.Hole)
	default:
		document["mode"] = modeName(o.Settings, o.Suggest)
	}
	return document
}
