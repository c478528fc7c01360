//go:build !noraw

package raw

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestCareless runs a program that does not call WorkerMain: it must not start
// itself over and over.
func TestCareless(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), testRole+"=careless", "BLINDSPOT_RAW_TEST_FILE="+photos+"raw/sim_bayer_bliznaca_clean.dng")
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), "does not call raw.WorkerMain") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestChildNeedsBoth starts the program with the argument or the variable alone:
// it must not become a decoder that waits for questions.
func TestChildNeedsBoth(t *testing.T) {
	for _, only := range []string{"argument", "variable"} {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), testRole+"=parent", "BLINDSPOT_RAW_TEST_FILE=/nowhere")
		if only == "argument" {
			cmd.Args = append(cmd.Args, childArgument)
		} else {
			cmd.Env = append(cmd.Env, childVariable+"=1")
		}
		stdin, err := cmd.StdinPipe() // open: a decoder would wait
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.Output()
		stdin.Close()
		if err != nil || !strings.Contains(string(out), "no such file") {
			t.Errorf("with the %s alone: %v: %s", only, err, out)
		}
	}
}

// TestNonsense lets a child answer what it must not.
func TestNonsense(t *testing.T) {
	for _, answer := range []string{"x", "rNOPE\x00\x00\x00\x00", "rBRAW\xff\xff\xff\xff", "rBRAW\x02\x00\x00\x00[]", "r", ""} {
		theirIn, questions, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		answers, theirOut, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		sleeper := exec.Command("sleep", "1000")
		if err := sleeper.Start(); err != nil {
			t.Fatal(err)
		}
		w := &worker{process: sleeper.Process, questions: questions, answers: answers, gone: make(chan struct{})}
		go func() {
			_ = sleeper.Wait()
			w.state = sleeper.ProcessState
			close(w.gone)
		}()
		_, _ = io.WriteString(theirOut, answer)
		theirOut.Close()
		_, _, err = w.ask(t.Context(), question{Op: opInspect, Path: []byte("x")})
		if !errors.Is(err, ErrDied) {
			t.Errorf("%q: %v", answer, err)
		}
		theirIn.Close()
		<-w.gone
	}
}
