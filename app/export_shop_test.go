package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// shop is a session whose exports wait at each of their three steps until the test lets them go on.
type shop struct {
	*stage
	network *fakeNetwork
	photos  []string // a.png, b.png …
	folder  string   // for the results
	step    chan error
	steps   atomic.Int32 // that were begun
}

// newShop opens an album of n photos, of which the first is shown.
func newShop(t *testing.T, n int) *shop {
	t.Helper()
	p := &shop{folder: t.TempDir(), step: make(chan error)}
	p.network = &fakeNetwork{before: func(ctx context.Context, what string) error {
		if what != "step" {
			return nil
		}
		p.steps.Add(1)
		select {
		case err := <-p.step:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	p.stage = newStage(t, Options{Models: []ModelChoice{choice("fake", p.network), choice("other", &fakeNetwork{})}})
	p.until("the model", func() bool { return p.Model().Ready })
	folder := t.TempDir()
	for i := range n {
		path := filepath.Join(folder, string(rune('a'+i))+".png")
		if err := os.Rename(photoFile(t, 20, 10), path); err != nil {
			t.Fatal(err)
		}
		p.photos = append(p.photos, path)
	}
	p.OpenAll([]string{folder})
	p.until("the first photo", func() bool { info, ok := p.Photo(); return ok && info.Path == p.photos[0] && len(p.Album()) == n })
	return p
}

// order is one for the photos at some places.
func (p *shop) order(places ...int) ExportOrder {
	o := ExportOrder{Format: "png", Quality: 90, Folder: p.folder, Name: "{name}"}
	for _, i := range places {
		o.Photos = append(o.Photos, p.photos[i])
	}
	return o
}

func (p *shop) ask(o ExportOrder) {
	p.t.Helper()
	if err := p.Export(o); err != nil {
		p.t.Fatal(err)
	}
}

// let gives the photos that run so many steps.
func (p *shop) let(steps int) {
	p.t.Helper()
	for range steps {
		p.answer(nil)
	}
}

// answer ends a step as soon as there is one.
func (p *shop) answer(err error) {
	p.t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		select {
		case p.step <- err:
			return
		case <-p.woken: // the next photo may have to be begun
			p.Receive()
		case <-deadline:
			p.t.Fatalf("no export runs: %s", p.list())
		}
	}
}

// list shows the queue: a letter for each photo, and its state.
func (p *shop) list() string {
	var words []string
	for _, e := range p.Exports() {
		name, _ := SplitEnding(filepath.Base(e.Photo))
		words = append(words, name+" "+[]string{"", "waits", "runs", "paused", "done", "failed", "cancelled"}[e.State])
	}
	return strings.Join(words, ", ")
}

func (p *shop) becomes(want string) {
	p.t.Helper()
	defer func() {
		if p.t.Failed() {
			p.t.Logf("the queue is %s", p.list())
		}
	}()
	p.until(want, func() bool { return p.list() == want })
}

// id of the photo at a place.
func (p *shop) id(place int) int {
	for _, e := range p.Exports() {
		if e.Photo == p.photos[place] {
			return e.ID
		}
	}
	return 0
}

// results lists the files that were made.
func (p *shop) results() string {
	entries, err := os.ReadDir(p.folder)
	if err != nil {
		p.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}
