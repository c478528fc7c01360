package denoise

import (
	"image"
	"math"
	"strings"
	"testing"

	"blindspot/core/bsn"
	"blindspot/core/kernel"
	"blindspot/core/pixel"
)

func TestBadInputIsRefused(t *testing.T) {
	e, _, _ := fakeEngine(3, 64)
	noStudent := newEngine(kernel.NewPool(2), &fakeNetwork{}, nil, 3, 64)
	broken := newEngine(kernel.NewPool(2), &fakeNetwork{drift: float32(math.NaN())}, &fakeNetwork{drift: float32(math.Inf(1))}, 3, 64)
	im := randomPhoto(1, 80, 60, 3, 8)
	photo := func(e *Engine, im *pixel.Image, s Settings) func() error {
		return func() error { _, err := e.Photo(t.Context(), im, s, nil); return err }
	}
	cell := func(e *Engine, p *Plan, i int, k bsn.Hole) func() error {
		return func() error { _, err := e.Cell(t.Context(), im, p, i, k); return err }
	}
	full := DefaultSettings
	result, err := e.Cell(t.Context(), im, e.Plan(80, 60, Tunable), 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, want string
		run        func() error
	}{
		{"no photo", "empty", photo(e, nil, full(Fast))},
		{"no pixels", "empty", photo(e, pixel.New(0, 0, 3, 8), full(Fast))},
		{"two channels", "2 channels", photo(e, pixel.New(9, 9, 2, 8), full(Fast))},
		{"no student", "no fast network", photo(noStudent, im, full(Fast))},
		{"NaN", "not numbers", photo(broken, im, full(Average))},
		{"infinity", "not numbers", photo(broken, im, full(Fast))},
		{"even hole", "hole 4", photo(e, im, of(Tunable, 4, 1, 1, 1))},
		{"unknown mode", "no mode 7", photo(e, im, Settings{Mode: 7})},
		{"strength above 1", "between 0 and 1", photo(e, im, of(Fast, 0, 1.01, 1, 0.6))},
		{"strength not a number", "between 0 and 1", photo(e, im, of(Fast, 0, 1, float32(math.NaN()), 0))},
		{"plan of another size", "the plan is for", cell(e, e.Plan(81, 60, Fast), 0, 3)},
		{"plan of another model", "another model", cell(e, newEngine(kernel.NewPool(2), nil, nil, 3, 128).Plan(80, 60, Fast), 0, 3)},
		{"cell too far", "cell 99", cell(e, e.Plan(80, 60, Fast), 99, 3)},
		{"no stop", "hole 13", cell(e, e.Plan(80, 60, Tunable), 0, 13)},
		{"render another hole", "hole 13", func() error { return result.Render(of(Tunable, 13, 1, 1, 1), im.Clone(), image.Point{}) }},
		{"render another mode", "mode tunable, not for fast", func() error { return result.Render(full(Fast), im.Clone(), image.Point{}) }},
		{"render into gray", "does not fit", func() error { return result.Render(full(Tunable), pixel.New(80, 60, 1, 8), image.Point{}) }},
		{"render into a small tile", "does not fit", func() error { return result.RenderTile(full(Tunable), pixel.NewTile(3, 5, 5)) }},
	} {
		if err := c.run(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestModesHaveNames(t *testing.T) {
	for _, m := range Modes() {
		if got, err := ParseMode(strings.ToUpper(m.String())); err != nil || got != m {
			t.Errorf("%v is read back as %v, %v", m, got, err)
		}
	}
	if _, err := ParseMode("best"); err == nil {
		t.Error(`"best" is a mode`)
	}
}
