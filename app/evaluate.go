package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"blindspot/core/bsn"
	"blindspot/core/metric"
	"blindspot/core/photo"
	"blindspot/core/pixel"
)

// EvaluateOptions says what to measure.
type EvaluateOptions struct {
	Model        *Model
	Noisy, Clean string // folders of photos that belong together by name, whatever their endings
	Settings     Settings
	// Suggest chooses mode and hole for the noise of each photo; those of Settings do not count.
	Suggest bool
	// AllHoles measures every stop of the slider and their average with one run of the network for each photo, at the
	// strengths of Settings.
	AllHoles bool
	// SheetPath is a PNG for a contact sheet of the pairs, empty for none. A file that is there is replaced.
	SheetPath string
	Threads   int
}

// DefaultHole is the stop of the slider to begin with.
const DefaultHole = bsn.DefaultHole

// Score is how close two pictures are. PSNR is in dB, over the 8-bit values of all channels; infinite for equal ones.
type Score struct{ PSNR, SSIM float64 }

// Variant is a way to denoise: a mode and, for Tunable, its hole.
type Variant struct {
	Mode      Mode
	Hole      Hole
	Suggested bool // what suits each photo instead
}

// String is "fast", "average", "hole 3" or "suggested".
func (v Variant) String() string {
	if v.Suggested {
		return "suggested"
	}
	if v.Mode == Tunable {
		return "hole " + v.Hole.String()
	}
	return v.Mode.String()
}

// PairScore is the outcome for one photo.
type PairScore struct {
	Name  string // without ending
	Noisy Score  // of the noisy photo itself
	// Scores has one entry for each variant of the Evaluation, nil if Err is set.
	Scores []Score
	Err    error
}

// Evaluation is what Evaluate found.
type Evaluation struct {
	Variants  []Variant
	Pairs     []PairScore
	MeanNoisy Score   // over the pairs without an error
	Means     []Score // one for each variant
	Failed    int     // pairs with an error
}

// Evaluate denoises every noisy photo and compares it with its clean partner. A pair that fails does not stop the
// others. report is called after each pair. When ctx ends, the pairs that are done come with its error, and so they do when
// the contact sheet cannot be written.
func Evaluate(ctx context.Context, o EvaluateOptions, report func(done, total int, p PairScore)) (*Evaluation, error) {
	if err := o.Settings.Validate(); err != nil {
		return nil, usage("%w", err)
	}
	if err := o.checkSheet(); err != nil {
		return nil, err
	}
	pairs, err := findPairs(o.Noisy, o.Clean)
	if err != nil {
		return nil, err
	}
	n, err := newEngine(o.Model.model, o.Threads)
	if err != nil {
		return nil, err
	}
	defer n.close()
	e := &Evaluation{Variants: []Variant{{o.Settings.Mode, o.Settings.Hole, o.Suggest}}}
	if o.AllHoles {
		e.Variants = allVariants()
	} else if o.Settings.Mode == Fast && !o.Suggest {
		if err := n.fast(); err != nil {
			return nil, usage("%w", err)
		}
	}
	var sheet sheet
	for i, pair := range pairs {
		score := PairScore{Name: pair.name, Err: pair.err}
		if pair.err == nil {
			score.Err = o.measure(ctx, n, pair, e.Variants, &score, &sheet)
		}
		if ctx.Err() != nil {
			e.average()
			return e, errors.Join(ctx.Err(), sheet.save(o.SheetPath))
		}
		if score.Err != nil {
			score.Scores = nil
			e.Failed++
		}
		e.Pairs = append(e.Pairs, score)
		report(i+1, len(pairs), score)
	}
	e.average()
	return e, sheet.save(o.SheetPath)
}

// allVariants are the stops of the slider and the average.
func allVariants() []Variant {
	var list []Variant
	for _, hole := range Stops() {
		list = append(list, Variant{Mode: Tunable, Hole: hole})
	}
	return append(list, Variant{Mode: Average})
}

// measure fills in the scores of one pair and shows it to the contact sheet.
func (o *EvaluateOptions) measure(ctx context.Context, n network, p pair, variants []Variant, score *PairScore, s *sheet) error {
	noisy, err := photo.Open(ctx, p.noisy)
	if err != nil {
		return err
	}
	clean, err := photo.Open(ctx, p.clean)
	if err != nil {
		return err
	}
	if score.Noisy, err = compare(noisy.Image, clean.Image); err != nil {
		return fmt.Errorf("%s and %s: %w", p.noisy, p.clean, err)
	}
	results, err := o.denoise(ctx, n, noisy.Image, variants)
	if err != nil {
		return fmt.Errorf("denoise %s: %w", p.noisy, err)
	}
	for _, result := range results {
		one, err := compare(result, clean.Image)
		if err != nil {
			return fmt.Errorf("%s and %s: %w", p.noisy, p.clean, err)
		}
		score.Scores = append(score.Scores, one)
	}
	if o.SheetPath != "" {
		s.add(score, variants, noisy.Image, clean.Image, results)
	}
	return nil
}

func compare(a, b *pixel.Image) (s Score, err error) {
	if s.PSNR, err = metric.PSNR(a, b); err != nil {
		return s, err
	}
	s.SSIM, err = metric.SSIM(a, b)
	return s, err
}

// denoise makes the picture of every variant. All holes and their average come from one run of the network.
func (o *EvaluateOptions) denoise(ctx context.Context, n network, im *pixel.Image, variants []Variant) ([]*pixel.Image, error) {
	if len(variants) == 1 {
		s, err := settingsFor(ctx, n, im, o.Settings, o.Suggest)
		if err != nil {
			return nil, err
		}
		out, err := n.photo(ctx, im, s, nil)
		return []*pixel.Image{out}, err
	}
	out := make([]*pixel.Image, len(variants))
	for v := range out {
		out[v] = pixel.New(im.W, im.H, im.C, im.Depth)
	}
	plan := n.plan(im.W, im.H, Tunable)
	for i, rect := range plan.Cells() {
		cell, err := n.cell(ctx, im, plan, i, bsn.DefaultHole)
		if err != nil {
			return nil, err
		}
		for v, variant := range variants {
			s := o.Settings
			s.Mode, s.Hole = variant.Mode, variant.Hole
			part, err := cell.render(s, im)
			if err != nil {
				return nil, err
			}
			paste(out[v], part, rect.Min.X, rect.Min.Y)
		}
	}
	return out, nil
}

// paste copies the samples of part into im with its top left at (x0, y0).
func paste(im, part *pixel.Image, x0, y0 int) {
	for c, plane := range part.Planes {
		for y := range part.H {
			copy(im.Planes[c][(y0+y)*im.W+x0:][:part.W], plane[y*part.W:])
		}
	}
}

// average computes the means over the pairs that could be measured.
func (e *Evaluation) average() {
	e.Means = make([]Score, len(e.Variants))
	good := float64(len(e.Pairs) - e.Failed)
	if good == 0 {
		e.MeanNoisy = Score{math.NaN(), math.NaN()}
		for v := range e.Means {
			e.Means[v] = e.MeanNoisy
		}
		return
	}
	add := func(sum *Score, s Score) {
		sum.PSNR += s.PSNR / good
		sum.SSIM += s.SSIM / good
	}
	for _, p := range e.Pairs {
		if p.Err != nil {
			continue
		}
		add(&e.MeanNoisy, p.Noisy)
		for v, s := range p.Scores {
			add(&e.Means[v], s)
		}
	}
}

// pair is a noisy photo and its clean partner, or why there is none.
type pair struct {
	name, noisy, clean string
	err                error
}

// findPairs matches the photos of two folders by name: the same name first, else the same name but for the ending.
func findPairs(noisy, clean string) ([]pair, error) {
	left, _, err := photosIn(noisy)
	if err != nil {
		return nil, err
	}
	right, _, err := photosIn(clean)
	if err != nil {
		return nil, err
	}
	if sameFile(noisy, clean) {
		return nil, usage("the noisy and the clean photos must lie in two folders")
	}
	var pairs []pair
	matched := 0
	for _, path := range left {
		p := pair{name: stem(path), noisy: path}
		p.clean, p.err = partner(path, right)
		if p.err == nil {
			matched++
		}
		pairs = append(pairs, p)
	}
	if matched == 0 {
		return nil, fmt.Errorf("no photo of %s has a partner of the same name in %s", noisy, clean)
	}
	return pairs, nil
}

func stem(path string) string { return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) }

// partner finds the clean photo that belongs to a noisy one.
func partner(noisy string, clean []string) (string, error) {
	var similar []string
	for _, path := range clean {
		if filepath.Base(path) == filepath.Base(noisy) {
			return path, nil
		}
		if stem(path) == stem(noisy) {
			similar = append(similar, path)
		}
	}
	switch len(similar) {
	case 0:
		return "", fmt.Errorf("%s has no clean partner of the same name", noisy)
	case 1:
		return similar[0], nil
	}
	return "", fmt.Errorf("%s could belong to %s", noisy, strings.Join(slices.Sorted(slices.Values(similar)), " or "))
}
