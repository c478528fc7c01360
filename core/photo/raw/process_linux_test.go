//go:build !noraw

package raw

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"blindspot/core/photo/raw/rawtest"
)

// These tests look into /proc to find the children.

// childrenOf returns the processes whose parent is pid, zombies included, with
// their state letter.
func childrenOf(t *testing.T, pid int) map[int]string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	found := map[int]string{}
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
		if parent, _ := strconv.Atoi(fields[1]); parent == pid {
			child, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			found[child] = fields[0]
		}
	}
	return found
}

// eventually waits until a condition holds; half a minute is for slow machines.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 3000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never happened: %s", what)
}

// processorTime returns the clock ticks that a process has used.
func processorTime(pid int) int {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	return user
}

// slowFile is a raw whose demosaicing takes many seconds: X-Trans, 6 megapixels.
func slowFile(t *testing.T) string {
	const w, h = 3000, 2000
	return writeDNG(t, rawtest.DNG{W: w, H: h, Pattern: "X-Trans", Samples: make([]uint16, w*h), White: 60000})
}

// startDeveloping develops a file in the background and returns when its child
// is deep in C. The channel gives the error.
func startDeveloping(t *testing.T, ctx context.Context, path string) (child int, done <-chan error) {
	t.Helper()
	CloseIdle()
	result := make(chan error, 1)
	go func() {
		_, _, err := Develop(ctx, path, Full)
		result <- err
	}()
	eventually(t, "a busy child", func() bool {
		for pid := range childrenOf(t, os.Getpid()) {
			child = pid
		}
		return child != 0 && processorTime(child) > 20
	})
	return child, result
}

func TestCrash(t *testing.T) {
	path := slowFile(t)
	for _, signal := range []syscall.Signal{syscall.SIGSEGV, syscall.SIGABRT, syscall.SIGKILL, syscall.SIGBUS} {
		child, done := startDeveloping(t, t.Context(), path)
		if err := syscall.Kill(child, signal); err != nil {
			t.Fatal(err)
		}
		err := <-done
		if !errors.Is(err, ErrDied) || !strings.HasPrefix(err.Error(), "the raw decoder stopped unexpectedly (") {
			t.Errorf("%v: %v", signal, err)
		}
		t.Log(err)
		if left := childrenOf(t, os.Getpid()); len(left) > 0 {
			t.Errorf("%v: children left: %v", signal, left)
		}
		if _, err := Inspect(t.Context(), path); err != nil {
			t.Errorf("after %v: %v", signal, err)
		}
	}
}

// TestCancel cancels in the middle of a decode, once while the child is stopped
// and could not help, and before the beginning.
func TestCancel(t *testing.T) {
	path := slowFile(t)
	cancelled := func(cancel func(), done <-chan error) {
		t.Helper()
		began := time.Now()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		t.Logf("returned after %v", time.Since(began).Round(time.Millisecond))
		eventually(t, "no child is left", func() bool { return len(childrenOf(t, os.Getpid())) == 0 })
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, done := startDeveloping(t, ctx, path)
	cancelled(cancel, done)

	ctx, cancel = context.WithCancel(t.Context())
	child, done := startDeveloping(t, ctx, path)
	if err := syscall.Kill(child, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	cancelled(cancel, done)

	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if _, _, err := Develop(ctx, path, Full); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}

// TestCancelAnywhere cancels a quick decode at many moments: at the start of the
// child, while it unpacks, while pixels come through the pipe.
func TestCancelAnywhere(t *testing.T) {
	const w, h = 2400, 1600
	path := writeDNG(t, rawtest.DNG{W: w, H: h, Pattern: "linear", Samples: make([]uint16, 3*w*h), White: 60000})
	for step := range 25 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(step*step)*time.Millisecond)
		im, _, err := Develop(ctx, path, Half)
		cancel()
		if (err == nil) != (im != nil) || err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("step %d: %v", step, err)
		}
	}
	CloseIdle()
	eventually(t, "no child is left", func() bool { return len(childrenOf(t, os.Getpid())) == 0 })
}

// TestDeadKeptChild kills a child that waits for the next question: the question
// goes to a new one.
func TestDeadKeptChild(t *testing.T) {
	path := photos + "raw/sim_bayer_bliznaca_clean.dng"
	CloseIdle()
	for range 3 {
		if _, err := Inspect(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		left := childrenOf(t, os.Getpid())
		if len(left) != 1 {
			t.Fatalf("%d children are kept", len(left))
		}
		for pid := range left {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "the kept child is reaped", func() bool { return len(childrenOf(t, os.Getpid())) == 0 })
	}
}

// TestNothingLeaks asks all kinds of questions, with all kinds of ends, and
// counts what is left: no process, no goroutine, no file.
func TestNothingLeaks(t *testing.T) {
	files := func() int {
		open, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(open)
	}
	good := photos + "raw/sim_bayer_bliznaca_clean.dng"
	bad := filepath.Join(t.TempDir(), "bad.dng")
	writeFile(t, bad, []byte("II*\x00 not a raw at all, whatever its name says; long enough to be looked at"))
	slow := slowFile(t)
	round := func() {
		_, _ = Inspect(t.Context(), good)
		_, _ = Preview(t.Context(), good)
		_, _ = ReadMosaic(t.Context(), good)
		_, _, _ = Develop(t.Context(), good, Half)
		_, _ = Inspect(t.Context(), bad)
		_, _, _ = Develop(t.Context(), bad, Full)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		_, _, _ = Develop(ctx, slow, Full)
		cancel()
		child, done := startDeveloping(t, t.Context(), slow)
		_ = syscall.Kill(child, syscall.SIGSEGV)
		<-done
		CloseIdle()
	}
	round() // the first one may open what stays open
	goroutines, open := runtime.NumGoroutine(), files()
	for range 5 {
		round()
	}
	eventually(t, "no child is left", func() bool { return len(childrenOf(t, os.Getpid())) == 0 })
	eventually(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= goroutines })
	eventually(t, "no file is left", func() bool { return files() <= open })
}

// TestParentDies kills a program in the middle of a decode: its child goes with
// it.
func TestParentDies(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), testRole+"=parent", "BLINDSPOT_RAW_TEST_FILE="+slowFile(t))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	child := 0
	eventually(t, "the program's child is busy", func() bool {
		for pid := range childrenOf(t, cmd.Process.Pid) {
			child = pid
		}
		return child != 0 && processorTime(child) > 20
	})
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	eventually(t, "the child has ended", func() bool {
		data, err := os.ReadFile("/proc/" + strconv.Itoa(child) + "/stat")
		return err != nil || strings.Contains(string(data), ") Z")
	})
}

// TestMemoryLimit lets a process take more than it may: it must not live.
func TestMemoryLimit(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), testRole+"=greedy")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "out of memory") {
		t.Errorf("%v: %.200s", err, out)
	}
}

// TestInterrupt sends a child the signal that a Ctrl-C sends to all processes of
// a terminal: the parent decides, not the child.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	child, done := startDeveloping(t, ctx, slowFile(t))
	if err := syscall.Kill(child, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	before := processorTime(child)
	eventually(t, "the child goes on", func() bool { return processorTime(child) > before+5 })
	cancel()
	<-done
}
