package train

import "context"

// queued is how many batches wait ready. Decoding a large photo takes as long as a few steps.
const queued = 4

// prefetcher draws batches ahead of the training, in order, on a goroutine of its own.
type prefetcher struct {
	cancel  context.CancelFunc
	batches chan batch
	done    chan struct{}
}

// batch is the crops of one step, or why there are none.
type batch struct {
	crops
	err error
}

// prefetch starts drawing the batches of the schedule from a step on. The caller must close the prefetcher.
func prefetch(ctx context.Context, c *cropper, s schedule, from int) *prefetcher {
	ctx, cancel := context.WithCancel(ctx)
	p := &prefetcher{cancel: cancel, batches: make(chan batch, queued), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for step := from; step < s.Steps; step++ {
			g := s.at(step)
			b, err := c.batch(ctx, step, g.Patch, g.Batch)
			select {
			case p.batches <- batch{b, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

// next waits for the next batch.
func (p *prefetcher) next(ctx context.Context) (crops, error) {
	select {
	case b := <-p.batches:
		return b.crops, b.err
	case <-ctx.Done():
		return crops{}, ctx.Err()
	}
}

// close stops the goroutine and waits for it.
func (p *prefetcher) close() {
	p.cancel()
	<-p.done
}
