package kernel

import (
	"runtime"
	"sync"
)

// Work in the background shares the processors with a window that people look at. On systems that know a priority for single threads
// its threads stand back, so that the window, and whatever else the user does, comes first; elsewhere it runs like other work. A thread
// cannot be raised again, so the goroutines that lower it keep it to themselves and it ends with them.

// AtLowPriority calls do on a thread of low priority and returns when it has ended.
func AtLowPriority(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		lowerThread()
		do()
	}()
	<-done
}

// NewLowPool makes a pool whose workers have low priority. The goroutine that runs a layer is one of them and should have it too.
func NewLowPool(threads int) *Pool {
	p := NewPool(threads)
	p.low = &lowWorkers{}
	return p
}

// lowWorkers are the workers of a pool besides the goroutine that calls it.
type lowWorkers struct{ jobs []chan func() }

// run calls work for the workers 1 to n and lets group wait for them.
func (l *lowWorkers) run(n int, work func(worker int), group *sync.WaitGroup) {
	for len(l.jobs) < n {
		jobs := make(chan func(), 1)
		l.jobs = append(l.jobs, jobs)
		go func() {
			runtime.LockOSThread()
			lowerThread()
			for job := range jobs {
				job()
			}
		}()
	}
	group.Add(n)
	for i := range n {
		l.jobs[i] <- func() {
			defer group.Done()
			work(i + 1)
		}
	}
}

// close ends the workers. They come back when there is work.
func (l *lowWorkers) close() {
	for _, jobs := range l.jobs {
		close(jobs)
	}
	l.jobs = nil
}
