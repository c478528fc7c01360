package app

import (
	"cmp"
	"context"
	"image"
	"runtime"
	"slices"
)

// cacheBudget bounds the memory of the results that are kept for the slider: about 5 megapixels at all stops. Cells
// beyond it stay on the screen as they are and go through the network again when a setting changes.
const cacheBudget = 512 << 20

// preview is the part of a session that denoises what is on the screen. Its fields belong to the session's goroutine.
//
// Two goroutines work for it: the runner takes cells through the network, one at a time, in the order of the list that
// was published last; the painter renders results that are there. Each is told a new list whenever something changes,
// and reports through the session's mailbox with the generation it worked for.
type preview struct {
	s       *Session
	budget  int64
	runner  *runner
	painter *painter

	// generation counts photos, networks and families of modes. What comes back for an older one is dropped.
	generation uint64
	cancel     context.CancelFunc // of the work for this generation
	ctx        context.Context
	plan       plan
	cells      []image.Rectangle
	shown      []uint64 // per cell the version that is on the screen, 0 for the noisy photo

	// version counts settings. It goes on over generations.
	version uint64

	results map[resultKey]cellResult
	used    int64 // bytes of results

	view View
	// failed is set when the network cannot denoise this photo; asking again would fail again.
	failed bool
}

// resultKey names a result; it is valid as long as photo and network stay.
type resultKey struct {
	family family
	cell   int
}

// View is the part of the photo that the window shows.
type View struct {
	Visible image.Rectangle // in pixels of the photo
	Centre  image.Point     // where cells should arrive first
}

func newPreview(s *Session) *preview {
	p := &preview{s: s, budget: cacheBudget, version: 1, results: map[resultKey]cellResult{}}
	p.runner = newRunner(s)
	p.painter = newPainter(s)
	return p
}

func (p *preview) close() {
	p.stop()
	p.runner.close()
	p.painter.close()
}

func (p *preview) stop() {
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
}

// reset forgets all results: the photo or the network is another one.
func (p *preview) reset() {
	p.results, p.used, p.failed = map[resultKey]cellResult{}, 0, false
	p.restart()
}

// restart begins a new generation with the cells of the current mode.
func (p *preview) restart() {
	p.stop()
	p.generation++
	p.version++
	p.failed = false
	p.plan, p.cells, p.shown = nil, nil, nil
	s := p.s
	if s.photo != nil && s.network != nil {
		p.ctx, p.cancel = context.WithCancel(s.ctx)
		p.plan = s.network.plan(s.photo.Image.W, s.photo.Image.H, s.settings.Mode)
		p.cells = p.plan.Cells()
		p.shown = make([]uint64, len(p.cells))
		if s.settings.Mode == Fast {
			if err := s.network.fast(); err != nil {
				p.failed = true
				s.fail(err)
			}
		}
	}
	p.publish()
}

// settingsChanged has all cells painted anew.
func (p *preview) settingsChanged() {
	p.version++
	p.publish()
}

// SetView tells the session what the window shows. Visible cells come first, those nearest to the centre before others.
func (s *Session) SetView(v View) {
	if v != s.preview.view {
		s.preview.view = v
		s.preview.publish()
	}
}

// publish gives the workers their lists.
func (p *preview) publish() {
	if len(p.cells) == 0 || p.failed {
		p.runner.publish(nil)
		p.painter.publish(nil)
		return
	}
	s := p.s
	order := p.order()
	run := &runnerList{
		ctx: p.ctx, generation: p.generation, network: s.network, plan: p.plan, image: s.photo.Image,
		settings: s.settings, version: p.version,
	}
	paint := &paintList{generation: p.generation, version: p.version, image: s.photo.Image, settings: s.settings}
	for _, i := range order {
		if p.shown[i] == p.version {
			continue
		}
		if r, ok := p.results[p.key(i)]; ok {
			paint.cells = append(paint.cells, paintCell{i, r})
		} else if p.near(i) {
			run.cells = append(run.cells, i)
		}
	}
	p.painter.publish(paint)
	p.runner.publish(run)
}

func (p *preview) key(i int) resultKey { return resultKey{familyOf(p.s.settings.Mode), i} }

// near reports whether cell i is on the screen or close enough that it will be after a small move.
func (p *preview) near(i int) bool {
	margin := p.view.Visible.Size().Div(2)
	around := image.Rectangle{Min: p.view.Visible.Min.Sub(margin), Max: p.view.Visible.Max.Add(margin)}
	return p.cells[i].Overlaps(around)
}

// order sorts all cells: visible ones first, then by the distance of their middle from the centre of the view.
func (p *preview) order() []int {
	type place struct {
		cell, distance int
		hidden         bool
	}
	places := make([]place, len(p.cells))
	for i, r := range p.cells {
		d := r.Min.Add(r.Max).Div(2).Sub(p.view.Centre)
		places[i] = place{cell: i, distance: d.X*d.X + d.Y*d.Y, hidden: !r.Overlaps(p.view.Visible)}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.hidden != b.hidden {
			if b.hidden {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.cell, b.cell))
	})
	order := make([]int, len(places))
	for i, at := range places {
		order[i] = at.cell
	}
	return order
}

// arrived takes in a cell that has been through the network, and its picture for the settings of that moment.
func (p *preview) arrived(generation uint64, i int, r cellResult, painted paintedCell, err error) {
	// Only after the list without this cell has been published, or the runner would take it from the old one again.
	defer p.runner.taken(generation, i)
	if generation != p.generation {
		return
	}
	if err != nil {
		p.failed = true
		p.publish()
		p.s.fail(err)
		p.s.changed(PixelsChanged)
		return
	}
	key := p.key(i)
	if old, ok := p.results[key]; ok {
		p.used -= old.bytes()
	}
	p.results[key] = r
	p.used += r.bytes()
	p.evict(key)
	p.show(painted)
	p.publish()
	p.s.changed(PixelsChanged)
}

// painted takes in pictures of warm cells.
func (p *preview) painted(generation uint64, cells []paintedCell) {
	if generation != p.generation {
		return
	}
	for _, c := range cells {
		p.show(c)
	}
	p.s.changed(PixelsChanged)
}

// show puts a picture on the screen unless a newer one is there.
func (p *preview) show(c paintedCell) {
	if c.picture != nil && c.version > p.shown[c.cell] {
		p.shown[c.cell] = c.version
		p.s.photo.after.put(p.cells[c.cell], c.picture)
	}
	if c.picture != nil {
		givePicture(c.picture)
	}
}

// evict drops results over the budget: those of the other family first, then those farthest from the view, never keep.
func (p *preview) evict(keep resultKey) {
	if p.used <= p.budget {
		return
	}
	var victims []resultKey
	for key := range p.results {
		if key.family != keep.family {
			victims = append(victims, key)
		}
	}
	order := p.order()
	slices.Reverse(order)
	for _, i := range order {
		if key := p.key(i); key != keep {
			victims = append(victims, key)
		}
	}
	for _, key := range victims {
		if p.used <= p.budget {
			return
		}
		if r, ok := p.results[key]; ok {
			p.used -= r.bytes()
			delete(p.results, key)
		}
	}
}

// painters is how many cells are painted at once.
func painters() int { return min(runtime.GOMAXPROCS(0), 8) }
