//go:build !noraw

package raw

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"time"

	"blindspot/core/say"
)

// How a child is recognised. It takes both, so that neither a file of that name
// nor an inherited variable turns the program into a decoder.
const (
	childArgument = "decode-camera-raw"
	childVariable = "BLINDSPOT_RAW_DECODER"
)

// hooked is set by WorkerMain. A program that does not call it would start
// itself as a whole instead of a child, and that one the next.
var hooked atomic.Bool

// worker is a child process and the parent's ends of its pipes. It is used by
// one question at a time.
type worker struct {
	process   *os.Process
	questions *os.File
	answers   *os.File
	gone      chan struct{} // closed once the child has ended and been reaped
	state     *os.ProcessState
	expiry    *time.Timer // while it is kept for the next question
}

// startWorker starts a child.
func startWorker() (*worker, error) {
	if !hooked.Load() {
		return nil, say.Errorf("%w: this program does not call raw.WorkerMain", ErrDied)
	}
	w := &worker{gone: make(chan struct{})}
	theirIn, questions, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	answers, theirOut, err := os.Pipe()
	if err != nil {
		theirIn.Close()
		questions.Close()
		return nil, err
	}
	w.questions, w.answers = questions, answers
	started := make(chan error, 1)
	go w.run(theirIn, theirOut, started)
	err = <-started
	theirIn.Close()
	theirOut.Close()
	if err != nil {
		w.closePipes()
		return nil, say.Errorf("%w: it could not be started: %w", ErrDied, err)
	}
	return w, nil
}

// run starts the child and stays until it has ended, so that there is never a
// zombie. It keeps its thread to itself, because Linux kills the child when the
// thread that started it ends.
func (w *worker) run(in, out *os.File, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	program, err := ownProgram()
	if err != nil {
		started <- err
		return
	}
	cmd := exec.Command(program, childArgument)
	cmd.Stdin, cmd.Stdout = in, out
	cmd.Env = append(os.Environ(), childVariable+"=1",
		"TZ=UTC0",                 // the camera's clock has no zone
		"OMP_WAIT_POLICY=passive", // idle threads of LibRaw's loops sleep instead of spinning
		// Huge pages: touching a picture's memory for the first time takes as long
		// as a third of the decoding otherwise.
		"GLIBC_TUNABLES=glibc.malloc.hugetlb=1")
	dieWithParent(cmd)
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	w.process = cmd.Process
	started <- nil
	_ = cmd.Wait() // what it says is in the state
	w.state = cmd.ProcessState
	close(w.gone)
}

// reply is an answer with what came behind it.
type reply struct {
	answer
	planes  [][]uint16
	preview []byte
}

// ask puts a question and reads the reply. When ctx ends, the child is killed
// and ask returns at once. The worker may be used again only if err is nil.
// taken is whether the child had read the question before it failed.
func (w *worker) ask(ctx context.Context, q question) (r reply, taken bool, err error) {
	stop := context.AfterFunc(ctx, w.abort)
	r, taken, err = w.exchange(q)
	if !stop() {
		err = ctx.Err()
	}
	if err == nil {
		return r, taken, nil
	}
	w.end()
	if ctx.Err() != nil {
		return reply{}, taken, ctx.Err()
	}
	return reply{}, taken, w.diedOf(err)
}

func (w *worker) exchange(q question) (r reply, taken bool, err error) {
	if err := writeJSON(w.questions, "", q); err != nil {
		return r, false, err
	}
	mark := make([]byte, 1)
	if _, err := io.ReadFull(w.answers, mark); err != nil {
		return r, false, err
	}
	if mark[0] != received {
		return r, true, errNonsense
	}
	if r.answer, err = readAnswer(w.answers, standardLimits()); err != nil {
		return r, true, err
	}
	if r.Planes > 0 {
		r.planes, err = readPlanes(w.answers, r.answer)
	} else if r.Preview > 0 {
		r.preview = make([]byte, r.Preview)
		_, err = io.ReadFull(w.answers, r.preview)
	}
	return r, true, err
}

// abort kills the child and wakes whoever waits at its pipes.
func (w *worker) abort() {
	w.kill()
	past := time.Unix(1, 0)
	_ = w.answers.SetReadDeadline(past) // where pipes know no deadlines, the kill wakes the reader
	_ = w.questions.SetWriteDeadline(past)
}

func (w *worker) kill() { _ = w.process.Kill() } // an error says that it is gone already

// end kills the child, frees the pipes and waits until it is reaped. A child
// that hangs in the kernel, on a lost network drive, is left to run's goroutine.
func (w *worker) end() {
	const patience = 200 * time.Millisecond
	w.kill()
	w.closePipes()
	select {
	case <-w.gone:
	case <-time.After(patience):
	}
}

func (w *worker) closePipes() {
	w.questions.Close()
	w.answers.Close()
}

// diedOf says how the child ended after the exchange with it failed with err.
func (w *worker) diedOf(err error) error {
	if errors.Is(err, errNonsense) {
		return say.Errorf("%w: %w", ErrDied, err)
	}
	select {
	case <-w.gone:
		return say.Errorf("%w (%s)", ErrDied, w.state)
	default:
		return ErrDied
	}
}
