package kernel

// #include "bridge.h"
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Pool runs the items of a layer on a number of workers. Each worker owns a
// scratch buffer that grows to the largest need and stays. A Pool serves one
// layer at a time.
type Pool struct {
	kernels *C.bs_kernels
	scratch []buffer    // one per worker
	sums    buffer      // partial weight gradients, shared
	folded  buffer      // phases of a picture, shared
	low     *lowWorkers // nil for workers of ordinary priority
}

// buffer is a growing piece of C memory.
type buffer struct {
	data *C.float
	size int
}

func (b *buffer) grow(size int) *C.float {
	if size > b.size {
		b.free()
		b.data, b.size = C.bs_alloc(C.size_t(size)), size
	}
	return b.data
}

func (b *buffer) free() {
	if b.data != nil {
		C.bs_free(b.data, C.size_t(b.size))
	}
	b.data, b.size = nil, 0
}

// NewPool makes a pool of the given number of workers; 0 means one per
// processor. Where BLINDSPOT_ISA names a set that is not available, the best
// available one runs; InstructionSet reports the mistake.
func NewPool(threads int) *Pool {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	k := table()
	if k == nil {
		empty := C.char(0)
		k = C.bs_select(&empty)
	}
	p := &Pool{kernels: k, scratch: make([]buffer, threads)}
	runtime.SetFinalizer(p, (*Pool).Close)
	return p
}

// Threads is the number of workers.
func (p *Pool) Threads() int { return len(p.scratch) }

// InstructionSet names the kernels that this pool runs.
func (p *Pool) InstructionSet() string { return C.GoString(p.kernels.name) }

// Close frees the pool's memory. The pool must be idle; it may be used again.
func (p *Pool) Close() {
	for i := range p.scratch {
		p.scratch[i].free()
	}
	if p.low != nil {
		p.low.close()
	}
	p.sums.free()
	p.folded.free()
}

// run calls do for every item. Workers take items in turn; run returns when
// all are done. need is the scratch an item uses, in floats.
func (p *Pool) run(items, need int, do func(item int, scratch *C.float)) {
	var next atomic.Int64
	work := func(worker int) {
		for {
			item := int(next.Add(1)) - 1
			if item >= items {
				return
			}
			do(item, p.scratch[worker].grow(need))
		}
	}
	var group sync.WaitGroup
	others := max(min(len(p.scratch), items)-1, 0)
	if p.low != nil {
		p.low.run(others, work, &group)
	} else {
		for worker := range others {
			group.Go(func() { work(worker + 1) })
		}
	}
	work(0)
	group.Wait()
	runtime.KeepAlive(p)
}

// runShared calls do once for each worker that the number of items can use; do
// takes items until none is left.
func (p *Pool) runShared(items, need int, do func(scratch *C.float)) {
	p.run(min(len(p.scratch), items), need, func(_ int, scratch *C.float) { do(scratch) })
}

// clearFloats zeroes n floats of C memory.
func clearFloats(p *C.float, n int) {
	clear(unsafe.Slice((*float32)(unsafe.Pointer(p)), n))
}

// at is the address of the i-th float.
func at(p *C.float, i int) *C.float {
	return (*C.float)(unsafe.Add(unsafe.Pointer(p), 4*i))
}
