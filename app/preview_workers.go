package app

import (
	"context"
	"image"
	"slices"
	"sync"
	"time"

	"blindspot/core/colour/icc"
	"blindspot/core/pixel"
)

// runnerList is what the runner shall take through the network, in this order. It never changes.
type runnerList struct {
	ctx        context.Context
	generation uint64
	network    *sharedNetwork
	plan       plan
	image      *pixel.Image
	colours    *icc.Transform // of the image to the screen's
	noise      *photoNoise
	hole       Hole // to compute first
	layers     []layer
	cells      []int
}

// runner takes cells through the network.
type runner struct {
	s        *Session
	preview  *preview // hears of the results
	priority Priority
	done     chan struct{}

	mu     sync.Mutex
	wake   *sync.Cond
	list   *runnerList
	closed bool
	// posted are cells that are in the mailbox: lists published before the session has seen them still ask for them.
	posted map[postedCell]bool
}

type postedCell struct {
	generation uint64
	cell       int
}

func newRunner(p *preview, priority Priority) *runner {
	r := &runner{s: p.s, preview: p, priority: priority, done: make(chan struct{}), posted: map[postedCell]bool{}}
	r.wake = sync.NewCond(&r.mu)
	go r.loop()
	return r
}

// publish replaces the list. The cell that is under way is finished unless its context is cancelled.
func (r *runner) publish(l *runnerList) {
	r.mu.Lock()
	r.list = l
	r.mu.Unlock()
	r.wake.Signal()
}

// taken says that the session has seen a cell. If the list still asks for it, the session wants it again.
func (r *runner) taken(generation uint64, cell int) {
	r.mu.Lock()
	delete(r.posted, postedCell{generation, cell})
	r.mu.Unlock()
	r.wake.Signal()
}

// close ends the loop; the context of the list must have been cancelled.
func (r *runner) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.wake.Signal()
	<-r.done
}

func (r *runner) loop() {
	defer close(r.done)
	for {
		if _, _, ok := r.next(true); !ok {
			return
		}
		// The turn may take long to come; what to do with it is decided then. It is kept until nothing is left to do: an
		// export that came in between two cells would hold up the second by a whole tile.
		turn, err := r.s.queue.Enter(r.s.ctx, r.priority)
		if err != nil {
			continue
		}
		for turn.Yield(r.s.ctx) == nil {
			list, cell, ok := r.next(false)
			if !ok {
				break
			}
			r.run(list, cell)
		}
		turn.Leave()
	}
}

// next returns the first cell of the list; ok is false when there is none, which can happen only without wait, or when
// the runner is closed.
func (r *runner) next(wait bool) (list *runnerList, cell int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.closed {
		if l := r.list; l != nil && l.ctx.Err() == nil {
			for _, i := range l.cells {
				if !r.posted[postedCell{l.generation, i}] {
					if !wait { // the caller uses the network: it must stay open meanwhile
						l.network.retain()
					}
					return l, i, true
				}
			}
		}
		if !wait {
			return nil, 0, false
		}
		r.wake.Wait()
	}
	return nil, 0, false
}

// run takes one cell through the network and paints it at once, with its companion.
func (r *runner) run(l *runnerList, i int) {
	defer l.network.release()
	report, err := l.noise.wait(l.ctx)
	if err != nil {
		return // the photo is closed
	}
	l.network.useNoise(l.image, report)
	result, err := l.network.cell(l.ctx, l.image, l.plan, i, l.hole)
	if l.ctx.Err() != nil {
		return
	}
	var painted []paintedCell
	if err == nil {
		layers := r.latest(l).layers
		cells := make([]paintCell, len(layers))
		for n := range layers {
			cells[n] = paintCell{i, n, result}
		}
		painted, err = paintAll(cells, layers, l.image, l.colours)
	}
	r.mu.Lock()
	r.posted[postedCell{l.generation, i}] = true
	r.mu.Unlock()
	r.s.mail.post(func() { r.preview.arrived(l.generation, i, result, painted, err) })
}

// latest is the newest list of l's generation: the slider may have moved while the network ran.
func (r *runner) latest(l *runnerList) *runnerList {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list != nil && r.list.generation == l.generation {
		return r.list
	}
	return l
}

// layer is one of the pictures that are painted of each cell.
type layer struct {
	look    look
	version uint64
}

// The layers in their order.
const (
	afterLayer = iota
	companionLayer
)

// paintList is what the painter shall render, in this order. Nothing but done changes.
type paintList struct {
	generation uint64
	image      *pixel.Image
	colours    *icc.Transform // of the image to the screen's
	layers     []layer
	cells      []paintCell
	visible    int // so many of them, the first ones, are on the screen

	seen sync.Once
	done chan struct{} // closed when the visible ones have been posted, or will not be
}

// finish says that the visible cells have been posted.
func (l *paintList) finish() { l.seen.Do(func() { close(l.done) }) }

type paintCell struct {
	cell, layer int
	result      cellResult
}

// paintedCell is the picture of a cell for a version of its layer; picture is nil if there is none.
type paintedCell struct {
	cell, layer int
	version     uint64
	picture     *image.RGBA
}

// paintPause is how long pictures are gathered before they are shown. All that is visible at 100 % takes less, and a frame
// for a part of it would only make the rest come later; a photo with hundreds of warm cells follows the slider from its
// centre outwards.
const paintPause = 60 * time.Millisecond

// painter renders warm cells.
type painter struct {
	s       *Session
	preview *preview // hears of the pictures
	done    chan struct{}

	mu     sync.Mutex
	wake   *sync.Cond
	list   *paintList // nil when it has been done
	closed bool
}

func newPainter(of *preview) *painter {
	p := &painter{s: of.s, preview: of, done: make(chan struct{})}
	p.wake = sync.NewCond(&p.mu)
	go p.loop()
	return p
}

func (p *painter) publish(l *paintList) {
	p.mu.Lock()
	p.list = l
	p.mu.Unlock()
	p.wake.Signal()
}

// settle waits until all of the newest list that is visible has been posted, but no longer than the limit.
func (p *painter) settle(limit time.Duration) {
	p.mu.Lock()
	list := p.list
	p.mu.Unlock()
	if list == nil || list.visible == 0 {
		return
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-list.done:
	case <-timer.C:
	}
}

func (p *painter) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.wake.Signal()
	<-p.done
}

func (p *painter) loop() {
	defer close(p.done)
	for {
		p.mu.Lock()
		for p.list == nil && !p.closed {
			p.wake.Wait()
		}
		list, closed := p.list, p.closed
		p.mu.Unlock()
		if closed {
			return
		}
		p.paint(list)
		p.mu.Lock()
		if p.list == list {
			p.list = nil
		}
		p.mu.Unlock()
	}
}

// paint renders the list until it is done or replaced.
func (p *painter) paint(l *paintList) {
	defer l.finish()
	var batch []paintedCell
	shown, done := time.Now(), 0
	for cells := range slices.Chunk(l.cells, painters()) {
		if p.replaced(l) {
			break
		}
		pictures, err := paintAll(cells, l.layers, l.image, l.colours)
		if err != nil {
			p.s.mail.post(func() { p.s.fail(err) })
			return
		}
		batch = append(batch, pictures...)
		last := done < l.visible && done+len(cells) >= l.visible // of the visible ones
		done += len(cells)
		if last || time.Since(shown) > paintPause {
			p.show(l, batch)
			batch, shown = nil, time.Now()
		}
		if last {
			l.finish()
		}
	}
	p.show(l, batch)
}

func (p *painter) show(l *paintList, batch []paintedCell) {
	if len(batch) > 0 {
		p.s.mail.post(func() { p.preview.painted(l.generation, batch) })
	}
}

// replaced reports whether there is something newer to paint. A list of the same layers is as good as this one: it
// differs by what has been painted or has arrived meanwhile.
func (p *painter) replaced(l *paintList) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed || p.list == nil || p.list.generation != l.generation || !slices.Equal(p.list.layers, l.layers)
}

// paintAll renders a few cells at once.
func paintAll(cells []paintCell, layers []layer, im *pixel.Image, colours *icc.Transform) ([]paintedCell, error) {
	pictures := make([]paintedCell, len(cells))
	errs := make([]error, len(cells))
	var all sync.WaitGroup
	for n, c := range cells {
		all.Go(func() {
			l := layers[c.layer]
			pictures[n] = paintedCell{cell: c.cell, layer: c.layer, version: l.version}
			pictures[n].picture, errs[n] = l.look.paint(c.result, im, colours)
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return pictures, nil
}
