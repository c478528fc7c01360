//go:build !noraw

package raw

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
)

// ownProgram names the running program's file, even if an update has replaced it
// meanwhile.
func ownProgram() (string, error) { return "/proc/self/exe", nil }

// dieWithParent makes the kernel kill the child with the program, however that
// ends.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// prepareChild forbids core dumps and makes this process the first that the
// kernel ends when memory runs out, rather than the window.
func prepareChild() {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("800"), 0)
}

// limitMemory lets this process allocate at most so many more bytes than it has
// now. RLIMIT_DATA counts what can be written (heap, private mappings); the
// address space as a whole, RLIMIT_AS, would count the reservations of Go and of
// the C library as well, which differ with the number of processors.
func limitMemory(more int64) {
	const perThread = 32 << 20 // a stack and the buffers of one of LibRaw's threads
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return
	}
	fields := bytes.Fields(statm)
	if len(fields) < 6 {
		return
	}
	pages, err := strconv.ParseInt(string(fields[5]), 10, 64)
	if err != nil {
		return
	}
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_DATA, &limit) != nil {
		return
	}
	want := pages*int64(os.Getpagesize()) + more + int64(runtime.NumCPU())*perThread
	limit.Cur = min(limit.Max, uint64(want))
	_ = syscall.Setrlimit(syscall.RLIMIT_DATA, &limit)
}

// peakMemory returns the most bytes that this process had resident. What
// getrusage tells would include the parent's at the time of the start.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kilobytes, _ := strconv.ParseInt(string(fields[0]), 10, 64)
	return kilobytes << 10
}
