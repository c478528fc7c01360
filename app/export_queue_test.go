package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blindspot/core/photo"
)

// TestOneFailureStopsNothing: a damaged photo and a network that fails, among others; both are tried again.
func TestOneFailureStopsNothing(t *testing.T) {
	p := newShop(t, 4)
	good, err := os.ReadFile(p.photos[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.photos[1], good[:40], 0o644); err != nil {
		t.Fatal(err)
	}
	p.ask(p.order(0, 1, 2, 3))
	p.becomes("a runs, b waits, c waits, d waits")
	p.let(3)
	p.becomes("a done, b failed, c runs, d waits")
	p.answer(errors.New("the network returned no numbers"))
	p.becomes("a done, b failed, c failed, d runs")
	p.changes = 0
	p.let(3)
	p.becomes("a done, b failed, c failed, d done")
	if sum := p.ExportSummary(); sum.Photos != 4 || sum.Done != 2 || sum.Failed != 2 || sum.Active || sum.Part != 1 || p.changes&ExportsEnded == 0 {
		t.Errorf("the summary is %+v, the end was told: %v", sum, p.changes&ExportsEnded != 0)
	}
	if m := p.Message(); !m.Problem || !strings.Contains(m.Text.String(), "2 of 4 photos") || !strings.Contains(m.Text.String(), "2 failed") {
		t.Errorf("the message is %+v", m)
	}
	for i, want := range map[int]string{1: "b.png", 2: "no numbers"} {
		if e := p.Exports()[i]; !strings.Contains(e.Problem.String(), want) || !strings.HasSuffix(e.Problem.String(), ".") || e.Output != "" {
			t.Errorf("what failed says %+v", e)
		}
	}
	if got := p.results(); got != "a.png d.png" {
		t.Errorf("there are %s", got)
	}
	if err := os.WriteFile(p.photos[1], good, 0o644); err != nil {
		t.Fatal(err)
	}
	p.RetryExports()
	p.becomes("a done, d done, b runs, c waits")
	p.let(6)
	p.becomes("a done, d done, b done, c done")
	if sum := p.ExportSummary(); sum.Photos != 2 || sum.Done != 2 || p.results() != "a.png b.png c.png d.png" || p.Message().Problem {
		t.Errorf("after another try: %+v, %s, %+v", sum, p.results(), p.Message())
	}
	p.ClearExports()
	if got := p.list(); got != "" {
		t.Errorf("cleared, the list is %s", got)
	}
}

func TestPausedQueueGoesOnWhereItWas(t *testing.T) {
	p := newShop(t, 2)
	p.ask(p.order(0, 1))
	p.let(1)
	waitFor(t, "the second step", func() bool { return p.steps.Load() == 2 })
	p.PauseExports(true)
	p.let(1)
	p.becomes("a paused, b waits")
	turn, err := p.queue.Enter(t.Context(), Training) // a paused queue holds up nobody
	if err != nil {
		t.Fatal(err)
	}
	turn.Leave()
	p.PauseExports(false)
	p.becomes("a runs, b waits")
	p.let(1)
	p.becomes("a done, b runs")
	p.PauseExports(true)
	p.CancelExports() // lets the queue go on, too
	p.becomes("a done, b cancelled")
	if p.ExportSummary().Paused || p.ExportState(p.photos[1]) != NotExported || p.results() != "a.png" {
		t.Errorf("after cancelling all: %+v, %s", p.ExportSummary(), p.results())
	}
}

// TestOrderOfTheQueue: it can be changed while photos wait, and what is paused is passed over.
func TestOrderOfTheQueue(t *testing.T) {
	p := newShop(t, 5)
	p.ask(p.order(0, 1, 2, 3, 4))
	p.becomes("a runs, b waits, c waits, d waits, e waits")
	for _, step := range []struct {
		photo int
		move  Move
		want  string
	}{
		{4, MoveFirst, "a runs, e waits, b waits, c waits, d waits"},
		{4, MoveUp, "a runs, e waits, b waits, c waits, d waits"},
		{1, MoveLast, "a runs, e waits, c waits, d waits, b waits"},
		{3, MoveUp, "a runs, e waits, d waits, c waits, b waits"},
		{4, MoveDown, "a runs, d waits, e waits, c waits, b waits"},
		{1, MoveDown, "a runs, d waits, e waits, c waits, b waits"},
		{0, MoveLast, "a runs, d waits, e waits, c waits, b waits"}, // it is under way
	} {
		p.MoveExport(p.id(step.photo), step.move)
		p.becomes(step.want)
	}
	for i, e := range p.Exports() {
		if e.First != (i == 1) || e.Last != (i == 4) {
			t.Errorf("place %d: first %v, last %v", i, e.First, e.Last)
		}
	}
	p.PauseExport(p.id(3))
	p.CancelExport(p.id(4))
	p.PauseExport(p.id(0)) // it begins anew later
	p.becomes("a paused, d paused, e cancelled, c runs, b waits")
	p.let(3)
	p.becomes("a paused, d paused, e cancelled, c done, b runs")
	p.ContinueExport(p.id(0))
	p.RetryExport(p.id(4))
	p.becomes("a waits, d paused, c done, b runs, e waits")
	p.let(9)
	p.becomes("a done, d paused, c done, b done, e done")
	if got := p.results(); got != "a.png b.png c.png e.png" {
		t.Errorf("there are %s", got)
	}
	p.RemoveExport(p.id(3)) // not what is still to be done
	p.RemoveExport(p.id(0))
	p.becomes("d paused, c done, b done, e done")
	p.ContinueExport(p.id(3))
	p.let(3)
	p.becomes("d done, c done, b done, e done")
	p.ask(p.order(0)) // clears away what was done before
	p.becomes("a runs")
	p.let(3)
	p.becomes("a done")
}

// TestSettingsOfTheOrder: each photo's own, the same for all, or what suits each. The gray of a result tells the hole.
func TestSettingsOfTheOrder(t *testing.T) {
	p := newShop(t, 3)
	close(p.step)
	set := func(hole Hole) {
		s := p.Settings()
		s.Hole = hole
		p.SetSettings(s)
	}
	set(7) // of a
	p.Open(p.photos[1])
	p.until("the second photo", func() bool { info, _ := p.Photo(); return info.Path == p.photos[1] })
	set(11) // of b; c was never open
	for _, test := range []struct {
		settings ExportSettings
		want     []uint8
	}{
		{OwnForEach, []uint8{107, 111, 111}},
		{SameForAll, []uint8{111, 111, 111}},
		{SuggestForEach, []uint8{fakeGray(Settings{Mode: Fast, Hole: 1})}},
	} {
		o := p.order(0, 1, 2)
		o.Settings, o.Name = test.settings, fmt.Sprintf("%d {name} {mode} {hole}", test.settings)
		p.export(o)
		for i, e := range p.Exports() {
			saved, err := photo.Open(t.Context(), e.Output)
			if err != nil {
				t.Fatal(err, e.Problem)
			}
			got, want := uint8(saved.Image.Planes[0][0]/257), test.want[min(i, len(test.want)-1)]
			if got != want {
				t.Errorf("settings %d: photo %d has gray %d, want %d", test.settings, i, got, want)
			}
		}
	}
	if got := p.results(); !strings.HasPrefix(got, "0 a tunable 7.png 0 b tunable 11.png 0 c tunable 11.png 1 a tunable 11.png") ||
		!strings.Contains(got, "2 a fast.png") {
		t.Errorf("there are %s", got)
	}
}

// TestModelOfTheOrder: photos keep the model that they were queued with, and one engine serves all of them.
func TestModelOfTheOrder(t *testing.T) {
	p := newShop(t, 3)
	p.ask(p.order(0, 1))
	p.let(1)
	p.ChooseModel(1)
	p.until("the other model", func() bool { return !p.Model().Loading })
	o := p.order(2)
	o.Name = "{name} by {model}"
	p.ask(o)
	p.becomes("a runs, b waits, c waits")
	p.let(5)
	p.becomes("a done, b done, c done")
	if got := p.results(); got != "a.png b.png c by other.png" {
		t.Errorf("there are %s", got)
	}
}

// TestWholeFolderIsQueuedUnread: asking for many photos touches none of them in the asking.
func TestWholeFolderIsQueuedUnread(t *testing.T) {
	p := newShop(t, 1)
	o := p.order(0)
	for i := range 500 {
		o.Photos = append(o.Photos, fmt.Sprintf("/nowhere/%d.png", i))
	}
	p.ask(o)
	if sum := p.ExportSummary(); sum.Photos != 501 || sum.Open != 501 {
		t.Errorf("the summary is %+v", sum)
	}
	close(p.step)
	p.exportsEnd()
	if sum := p.ExportSummary(); sum.Done != 1 || sum.Failed != 500 {
		t.Errorf("the summary is %+v", sum)
	}
}

// TestSameNameForAll: numbers keep photos of one order apart even where files may be replaced.
func TestSameNameForAll(t *testing.T) {
	p := newShop(t, 3)
	close(p.step)
	o := p.order(0, 1, 2)
	o.Name, o.Replace = "result", true
	for range 2 {
		p.export(o)
		if got := p.results(); got != "result-2.png result-3.png result.png" {
			t.Errorf("there are %s", got)
		}
	}
	var outputs []string
	for _, e := range p.Exports() {
		outputs = append(outputs, filepath.Base(e.Output))
	}
	if !slices.Equal(outputs, []string{"result.png", "result-2.png", "result-3.png"}) {
		t.Errorf("the outputs are %v", outputs)
	}
}
