package app

import (
	"cmp"
	"context"
	"image"
	"runtime"
	"slices"
)

// preview is the part of a session that denoises what is on the screen. Its fields belong to the session's goroutine.
//
// Two goroutines work for it: the runner takes cells through the network, one at a time, in the order of the list that
// was published last; the painter renders results that are there. Each is told a new list whenever something changes,
// and reports through the session's mailbox with the generation it worked for.
type preview struct {
	s       *Session
	network func() *sharedNetwork // that denoises, nil if there is none
	target  func() *Pyramid       // where cells go, nil if there is no photo
	fail    func(error)           // says why the network cannot denoise this photo
	budget  int64                 // bytes of results that are kept for the sliders; cells beyond it stay on the screen as they are
	sums    int64                 // bytes that the network may keep for cells that it has begun
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
	version   uint64
	companion companion

	results map[resultKey]cellResult
	used    int64 // bytes of results

	view    View
	wanted  []int // cells in or near the view in the order in which they should come
	ordered bool  // wanted is for this plan and view
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

// newPreview makes the preview of the session's own model.
func newPreview(s *Session) *preview {
	p := &preview{s: s, network: func() *sharedNetwork { return s.network }, fail: s.fail}
	p.target = func() *Pyramid {
		if s.photo == nil {
			return nil
		}
		return s.photo.after
	}
	p.start(Previewing)
	return p
}

// start starts the workers.
func (p *preview) start(priority Priority) {
	p.version, p.results = 1, map[resultKey]cellResult{}
	p.runner = newRunner(p, priority)
	p.painter = newPainter(p)
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
	p.limitSums()
	p.restart()
}

// restart begins a new generation with the cells of the current mode.
func (p *preview) restart() {
	p.stop()
	p.generation++
	p.version++
	p.failed = false
	p.plan, p.cells, p.shown, p.ordered = nil, nil, nil, false
	s, network := p.s, p.network()
	if network != nil && p.target() != nil {
		p.ctx, p.cancel = context.WithCancel(s.ctx)
		p.plan = network.plan(s.photo.Image.W, s.photo.Image.H, s.settings.Mode)
		p.cells = p.plan.Cells()
		p.shown = make([]uint64, len(p.cells))
		if s.settings.Mode == Fast {
			if err := network.fast(); err != nil {
				p.failed = true
				p.fail(err)
			}
		}
	}
	p.renewCompanion()
	p.publish()
}

// settingsChanged has all cells painted anew.
func (p *preview) settingsChanged() {
	p.version++
	p.companion.follow(p.s.settings)
	p.publish()
}

// SetView tells the session what the window shows. Visible cells come first, those nearest to the centre before others.
func (s *Session) SetView(v View) {
	for _, p := range []*preview{s.preview, s.beside.preview} {
		if v != p.view {
			p.view, p.ordered = v, false
			p.publish()
		}
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
	run := &runnerList{
		ctx: p.ctx, generation: p.generation, network: p.network(), plan: p.plan, image: s.photo.Image, colours: s.photo.colours,
		noise: s.photo.noise, hole: s.settings.Hole, layers: p.layers(),
	}
	paint := &paintList{
		generation: p.generation, image: s.photo.Image, colours: s.photo.colours, layers: run.layers, done: make(chan struct{}),
	}
	for _, i := range p.order() {
		if r, ok := p.results[p.key(i)]; ok {
			paint.cells = append(paint.cells, p.stale(i, r)...)
			if p.visible(i) {
				paint.visible = len(paint.cells)
			}
		} else if !p.fresh(i) {
			run.cells = append(run.cells, i)
		}
	}
	for _, key := range p.far() {
		if key.family == familyOf(s.settings.Mode) {
			paint.cells = append(paint.cells, p.stale(key.cell, p.results[key])...)
		}
	}
	p.painter.publish(paint)
	p.runner.publish(run)
}

// layers are the pictures to paint: the denoised one and the companion, if there is one.
func (p *preview) layers() []layer {
	list := []layer{{look{settings: p.s.settings}, p.version}}
	if c := &p.companion; c.picture != nil {
		list = append(list, layer{c.look, c.version})
	}
	return list
}

// fresh reports whether all pictures of a cell show the current settings.
func (p *preview) fresh(i int) bool { return p.shown[i] == p.version && p.companion.fresh(i) }

// stale lists the pictures of a warm cell that have to be painted.
func (p *preview) stale(i int, r cellResult) []paintCell {
	var list []paintCell
	if p.shown[i] != p.version {
		list = append(list, paintCell{i, afterLayer, r})
	}
	if !p.companion.fresh(i) {
		list = append(list, paintCell{i, companionLayer, r})
	}
	return list
}

func (p *preview) key(i int) resultKey { return resultKey{familyOf(p.s.settings.Mode), i} }

func (p *preview) visible(i int) bool { return p.cells[i].Overlaps(p.view.Visible) }

// around is the view with as much beside it as a small move may bring to the screen.
func (p *preview) around() image.Rectangle {
	margin := p.view.Visible.Size().Div(2)
	return image.Rectangle{Min: p.view.Visible.Min.Sub(margin), Max: p.view.Visible.Max.Add(margin)}
}

// order is the cells to compute and to paint first: visible ones in the order of the plan, then those around them.
func (p *preview) order() []int {
	if p.ordered {
		return p.wanted
	}
	var beside []int
	p.wanted, p.ordered = nil, true
	for _, i := range p.plan.Visible(p.around(), p.view.Centre) {
		if p.visible(i) {
			p.wanted = append(p.wanted, i)
		} else {
			beside = append(beside, i)
		}
	}
	p.wanted = append(p.wanted, beside...)
	return p.wanted
}

// far lists the results that order does not name, those nearest to the view first, then those of other families.
func (p *preview) far() []resultKey {
	around, family := p.around(), familyOf(p.s.settings.Mode)
	distance := func(key resultKey) int {
		r := p.cells[key.cell]
		d := r.Min.Add(r.Max).Div(2).Sub(p.view.Centre)
		return d.X*d.X + d.Y*d.Y
	}
	var keys, others []resultKey
	for key := range p.results {
		switch {
		case key.family != family:
			others = append(others, key)
		case !p.cells[key.cell].Overlaps(around):
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b resultKey) int {
		return cmp.Or(cmp.Compare(distance(a), distance(b)), cmp.Compare(a.cell, b.cell))
	})
	return append(keys, others...)
}

// arrived takes in a cell that has been through the network, and its pictures for the settings of that moment.
func (p *preview) arrived(generation uint64, i int, r cellResult, painted []paintedCell, err error) {
	// Only after the list without this cell has been published, or the runner would take it from the old one again.
	defer p.runner.taken(generation, i)
	if generation != p.generation {
		return
	}
	if err != nil {
		p.failed = true
		p.publish()
		p.fail(err)
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
	for _, c := range painted {
		p.show(c)
	}
	p.publish()
	if p.visible(i) {
		p.s.changed(PixelsChanged)
	}
}

// painted takes in pictures of warm cells. Those beside the view are no news to anybody.
func (p *preview) painted(generation uint64, cells []paintedCell) {
	if generation != p.generation {
		return
	}
	seen := false
	for _, c := range cells {
		p.show(c)
		seen = seen || p.visible(c.cell)
	}
	if seen {
		p.s.changed(PixelsChanged)
	}
}

// show puts a picture on the screen unless a newer one is there.
func (p *preview) show(c paintedCell) {
	if c.picture == nil {
		return
	}
	target, shown, since := p.target(), p.shown, uint64(0)
	if c.layer == companionLayer {
		target, shown, since = p.companion.picture, p.companion.shown, p.companion.since
	}
	if target != nil && c.version >= since && c.version > shown[c.cell] {
		shown[c.cell] = c.version
		target.put(p.cells[c.cell], c.picture)
	}
	givePicture(c.picture)
}

// setBudget changes how much memory the results may take, those included that the network has begun.
func (p *preview) setBudget(bytes int64) {
	p.sums = bytes / 4
	p.budget = bytes - p.sums
	p.limitSums()
	if len(p.cells) > 0 {
		p.evict(resultKey{cell: -1})
		p.publish()
	}
}

// limitSums tells the network what it may keep.
func (p *preview) limitSums() {
	if n := p.network(); n != nil {
		n.limitSums(p.sums)
	}
}

// evict drops results over the budget: those of the other family first, then those farthest from the view, never keep.
func (p *preview) evict(keep resultKey) {
	if p.used <= p.budget {
		return
	}
	var line []resultKey // the last one goes first
	for _, i := range p.order() {
		line = append(line, p.key(i))
	}
	line = append(line, p.far()...)
	for _, key := range slices.Backward(line) {
		if p.used <= p.budget {
			return
		}
		if r, ok := p.results[key]; ok && key != keep {
			p.used -= r.bytes()
			delete(p.results, key)
		}
	}
}

// painters is how many cells are painted at once.
func painters() int { return min(runtime.GOMAXPROCS(0), 8) }
