package app

import (
	"context"
	"errors"
	"image"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"blindspot/core/noise"
	"blindspot/core/photo"
	"blindspot/core/pixel"
)

// fakeSide is the side of the fake network's cells.
const fakeSide = 50

// fakeNetwork paints each cell in one gray that says the hole, and notes what it is asked.
type fakeNetwork struct {
	noFast error
	// before is called in each cell and in each step of photo, with the network's turn held; nil does nothing.
	before func(ctx context.Context, what string) error

	mu     sync.Mutex
	cells  []int
	told   *noise.Report
	sums   int64
	closed bool
	twins  int
}

type fakePlan []image.Rectangle

func (p fakePlan) Cells() []image.Rectangle { return p }

func (f *fakeNetwork) plan(w, h int, _ Mode) plan {
	var p fakePlan
	for y := 0; y < h; y += fakeSide {
		for x := 0; x < w; x += fakeSide {
			p = append(p, image.Rect(x, y, min(x+fakeSide, w), min(y+fakeSide, h)))
		}
	}
	return p
}

func (f *fakeNetwork) visit(ctx context.Context, what string) error {
	if f.before != nil {
		return f.before(ctx, what)
	}
	return nil
}

func (f *fakeNetwork) cell(ctx context.Context, _ *pixel.Image, p plan, i int, _ Hole) (cellResult, error) {
	if err := f.visit(ctx, "cell"); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, errors.New("the network was closed while it was used")
	}
	f.cells = append(f.cells, i)
	return fakeCell{p.Cells()[i].Size()}, nil
}

func (f *fakeNetwork) photo(ctx context.Context, im *pixel.Image, s Settings, progress func(done, total int)) (*pixel.Image, error) {
	const steps = 3
	for i := range steps {
		progress(i, steps)
		if err := f.visit(ctx, "step"); err != nil {
			return nil, err
		}
	}
	return fakeCell{image.Pt(im.W, im.H)}.render(s, im)
}

func (f *fakeNetwork) useNoise(_ *pixel.Image, r *noise.Report) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = r
}

// noise is what was said last of a photo's noise.
func (f *fakeNetwork) noise() *noise.Report {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.told
}

func (f *fakeNetwork) twin(int) (network, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.twins++
	return &fakeNetwork{before: f.before}, nil
}

func (f *fakeNetwork) limitSums(bytes int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sums = bytes
}

func (f *fakeNetwork) fast() error { return f.noFast }

func (f *fakeNetwork) textured() bool { return false }

func (f *fakeNetwork) trunkPasses() int64 { return int64(len(f.order())) }

func (f *fakeNetwork) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
}

// order is the cells that were computed, in their order.
func (f *fakeNetwork) order() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.cells)
}

type fakeCell struct{ size image.Point }

// fakeGray is what a fake cell looks like.
func fakeGray(s Settings) uint8 { return uint8(100*int(s.Mode) + int(s.Hole)) }

func (c fakeCell) render(s Settings, im *pixel.Image) (*pixel.Image, error) {
	out := pixel.New(c.size.X, c.size.Y, im.C, im.Depth)
	for _, plane := range out.Planes {
		for i := range plane {
			plane[i] = uint16(fakeGray(s)) * 257
		}
	}
	return out, nil
}

func (c fakeCell) picture(s Settings, im *pixel.Image) (*image.RGBA, error) {
	rendered, err := c.render(s, im)
	if err != nil {
		return nil, err
	}
	p := takePicture(c.size.X, c.size.Y)
	rendered.ToRGBA(p, p.Rect)
	return p, nil
}

// fakeSpread is the gray of all fake cells' sensitivity.
const fakeSpread = 77

func (c fakeCell) spread() *image.RGBA {
	p := takePicture(c.size.X, c.size.Y)
	for i := range p.Pix {
		p.Pix[i] = fakeSpread
	}
	return p
}

func (c fakeCell) bytes() int64 { return int64(c.size.X * c.size.Y) }

// choice offers a network under a name.
func choice(name string, n network) ModelChoice {
	return ModelChoice{Name: name, load: func(context.Context) (network, error) { return n, nil }}
}

// stage is a session with a stand-in for the window.
type stage struct {
	*Session
	t       *testing.T
	woken   chan struct{}
	changes Change
}

func newStage(t *testing.T, o Options) *stage {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	b := &stage{t: t, woken: make(chan struct{}, 1)}
	o.Wake = func() {
		select {
		case b.woken <- struct{}{}:
		default:
		}
	}
	o.OnChange = func(c Change) { b.changes |= c }
	if o.Preferences.Mode == "" {
		o.Preferences = DefaultPreferences()
		o.Preferences.Mode = Tunable.String() // most tests are about holes
	}
	b.Session = NewSession(o)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// patience is how long a test waits for what must come: only what hangs takes that long. Trainings give way to all other work, such as
// the tests of other packages.
const patience = 4 * time.Minute

// until takes in results until the condition holds.
func (b *stage) until(what string, holds func() bool) {
	b.t.Helper()
	for deadline := time.After(patience); !holds(); {
		select {
		case <-b.woken:
			b.Receive()
		case <-deadline:
			b.t.Fatalf("waited in vain for %s; message: %q", what, b.Message().Text)
		}
	}
}

// open opens a photo, and shows all of it with the middle of interest at centre.
func (b *stage) open(path string, centre image.Point) {
	b.t.Helper()
	b.Open(path)
	b.until("the photo", func() bool {
		info, ok := b.Photo()
		return ok && info.Path == path
	})
	info, _ := b.Photo()
	b.SetView(View{Visible: image.Rectangle{Max: info.Size}, Centre: centre})
}

func (b *stage) complete() {
	b.t.Helper()
	b.until("the preview", func() bool { return b.Preview().Complete() })
}

// after is the gray at a place of the denoised picture.
func (b *stage) after(x, y int) uint8 {
	_, after := b.Pictures()
	return after.Level(0).RGBAAt(x, y).R
}

// noisyGray is the value of all photos that photoFile makes: none that a fake cell has.
const noisyGray = 250

// photoFile writes an even gray photo.
func photoFile(t *testing.T, w, h int) string {
	t.Helper()
	im := pixel.New(w, h, 3, 8)
	for _, plane := range im.Planes {
		for i := range plane {
			plane[i] = noisyGray * 257
		}
	}
	path := filepath.Join(t.TempDir(), "photo.png")
	if _, err := photo.Save(t.Context(), path, &photo.Photo{Image: im}, photo.SaveOptions{}); err != nil {
		t.Fatal(err)
	}
	return path
}
