package camera

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// band is how many rows a worker takes at a time: few enough that a cancelled
// context is noticed at once, and a multiple of 16, so that blocks of a JPEG
// stay whole.
const band = 32

// eachBand calls do for bands of the rows 0..height-1 on all cores and waits for
// them. Bands do not depend on the number of cores, so that results cannot.
func eachBand(ctx context.Context, height int, do func(y0, y1 int)) error {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (height+band-1)/band) {
		workers.Go(func() {
			for ctx.Err() == nil {
				y0 := int(next.Add(band)) - band
				if y0 >= height {
					return
				}
				do(y0, min(y0+band, height))
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}
