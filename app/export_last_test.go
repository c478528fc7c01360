package app

import (
	"path/filepath"
	"testing"
)

// TestUnfinishedExportsAreOfferedAgain: those that waited, were paused or under way at the end, but only when the user says so.
func TestUnfinishedExportsAreOfferedAgain(t *testing.T) {
	p := newShop(t, 4)
	p.options.LastPath = filepath.Join(t.TempDir(), "session.json")
	set := p.Settings()
	set.Hole = 7
	p.SetSettings(set)
	o := p.order(0, 1, 2, 3)
	o.Name = "{number} {name} {hole}"
	p.ask(o)
	p.PauseExport(p.id(3))
	p.let(4)
	p.becomes("a done, b runs, c waits, d paused")
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	last, err := LoadLast(p.options.LastPath)
	if err != nil {
		t.Fatal(err)
	}
	last.Exports = append(last.Exports, LastExport{Photo: p.photos[0], Format: "gif", Name: "x", Quality: 90}) // no version writes this

	next := &shop{stage: newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}}), photos: p.photos, folder: p.folder}
	if n := next.RestoreExports(last); n != 3 {
		t.Fatalf("%d exports came back", n)
	}
	next.becomes("b waits, c waits, d waits")
	if sum := next.ExportSummary(); !sum.Paused || sum.Photos != 3 || p.results() != "1 a 7.png" {
		t.Errorf("before the user says so: %+v, %s", sum, p.results())
	}
	next.PauseExports(false)
	next.becomes("b done, c done, d done")
	if got := p.results(); got != "1 a 7.png 2 b 7.png 3 c 7.png 4 d 7.png" {
		t.Errorf("there are %s", got)
	}
}
