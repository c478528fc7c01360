package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// short is a training of a few seconds.
var short = []string{
	"train", "--photos", "photos", "--name", "new", "--from", "scratch", "--width", "16", "--patch", "32", "--last-patch", "64",
	"--batch", "2", "--steps", "80", "--distil-steps", "80", "--seed", "5", "--checkpoint-every", "20ms",
}

func newTrainingDesk(t *testing.T) *desk {
	d := newDesk(t)
	d.photo("photos/a.png", 120, 100, 1)
	d.photo("photos/b.jpg", 140, 100, 2)
	return d
}

func TestTrain(t *testing.T) {
	d := newTrainingDesk(t)
	d.write("photos/broken.png", "x")
	d.write("photos/notes.txt", "x")
	d.write("photos/copy.png", string(d.read("photos/a.png")))
	args := []string{
		"train", "--photos", "photos", "--name", "new", "--from", "tiny", "--steps", "5", "--distil-steps", "5",
		"--patch", "32", "--last-patch", "32", "--batch", "1", "--hole", "11", "--lr", "1e-4", "--log", "log.jsonl",
	}
	o := d.expect(exitDone, nil, args...)
	for _, word := range []string{"2 photos to train on", "120 × 100 to 140 × 100", "broken.png", "copy.png", "1 file of other kinds", "model tiny"} {
		if !strings.Contains(o.stdout, word) {
			t.Errorf("the report does not say %q:\n%s", word, o.stdout)
		}
	}
	if d.exists("data/blindspot/training/new") {
		t.Error("the checkpoint of a finished training is still there")
	}
	if phases := readLog(t, d); len(phases) == 0 {
		t.Error("the log is empty")
	}
	var list modelList
	d.expect(exitDone, nil, "models", "--json").document(t, &list)
	for _, m := range list.Models {
		if m.Name == "new" && (m.Width != 16 || m.Hole != 11 || !m.Fast) {
			t.Errorf("the new model is %+v", m)
		}
	}
	d.expect(exitDone, nil, "denoise", "photos/a.png", "--model", "new", "-o", "a.png")
	before := d.read("data/blindspot/models/new.safetensors")
	d.expect(exitSome, []string{"new.safetensors", "exists"}, args...)
	if !bytes.Equal(before, d.read("data/blindspot/models/new.safetensors")) {
		t.Error("the model was replaced without being asked")
	}
	d.expect(exitDone, nil, append(args, "--overwrite", "--seed", "9")...)
	if bytes.Equal(before, d.read("data/blindspot/models/new.safetensors")) {
		t.Error("the model was not replaced")
	}
}

func TestTrainByTheClock(t *testing.T) {
	d := newTrainingDesk(t)
	o := d.expect(exitDone, nil, "train", "--photos", "photos", "--name", "timed", "--minutes", "0.05", "--from", "scratch", "--width", "16",
		"--patch", "32", "--last-patch", "32", "--batch", "1")
	if !strings.Contains(o.stdout, "Saved the model timed") {
		t.Error(o.stdout)
	}
}

func TestFoldersThatCannotTrain(t *testing.T) {
	d := newDesk(t)
	for _, name := range []string{"empty", "nothing", "small"} {
		if err := os.Mkdir(d.path(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	d.write("nothing/a.png", "x")
	d.write("file", "x")
	d.photo("small/a.png", 30, 30, 1)
	for folder, word := range map[string]string{
		"empty": "no photos", "nothing": "a.png", "small": "a.png", "file": "not a folder", "file/below": "file/below", "gone": "gone",
	} {
		o := d.expect(exitSome, []string{folder, word}, "train", "--photos", folder, "--name", "x", "--minutes", "1")
		if strings.Count(o.stderr, "\n") != 1 || o.stdout != "" {
			t.Errorf("%s: %q %q", folder, o.stdout, o.stderr)
		}
	}
}

// logLine is what these tests read of a line of the log.
type logLine struct {
	Phase       string
	Step, Steps int
}

func readLog(t *testing.T, d *desk) []logLine {
	t.Helper()
	var list []logLine
	for _, line := range bytes.Split(bytes.TrimSpace(d.read("log.jsonl")), []byte("\n")) {
		var l logLine
		// A killed program may leave its last line half written.
		if err := json.Unmarshal(line, &l); err == nil {
			list = append(list, l)
		}
	}
	return list
}

// interrupt starts a training and ends it with a signal once it has done a number of steps of a phase.
func interrupt(t *testing.T, d *desk, signal syscall.Signal, phase string, step int, args ...string) *exec.Cmd {
	t.Helper()
	cmd := d.command(args...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // its error is the signal
		close(ended)
	}()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(2 * time.Millisecond) {
		select {
		case <-ended:
			t.Fatalf("the training ended before it could be interrupted: %s", output.String())
		default:
		}
		if data, err := os.ReadFile(d.path("log.jsonl")); err == nil && len(data) > 0 {
			if last := readLog(t, d); len(last) > 0 && last[len(last)-1].Phase == phase && last[len(last)-1].Step >= step {
				break
			}
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			<-ended
			t.Fatalf("the training did not reach step %d of %s: %s", step, phase, output.String())
		}
	}
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	<-ended
	if signal == syscall.SIGINT && !strings.Contains(output.String(), "--resume") {
		t.Errorf("a stopped training says %q", output.String())
	}
	return cmd
}

func TestInterruptedTrainingEndsWithTheSameBytes(t *testing.T) {
	d := newTrainingDesk(t)
	d.expect(exitDone, nil, append(short, "-o", "whole.safetensors")...)
	want := d.read("whole.safetensors")

	args := append(short, "-o", "new.safetensors", "--log", "log.jsonl")
	interrupt(t, d, syscall.SIGKILL, "fit", 20, args...)
	if d.exists("new.safetensors") || !d.exists("data/blindspot/training/new") {
		t.Fatal("the killed training left a model or no checkpoint")
	}
	d.expect(exitSome, []string{"new", "unfinished"}, args...)

	resume := append(args, "--resume")
	cmd := interrupt(t, d, syscall.SIGINT, "fit", 50, resume...)
	if cmd.ProcessState.ExitCode() != exitSome {
		t.Errorf("Ctrl-C ends with %v", cmd.ProcessState)
	}
	interrupt(t, d, syscall.SIGKILL, "distil", 20, resume...)
	d.expect(exitSome, []string{"width 16"}, append(resume, "--width", "24")...)
	d.expect(exitDone, nil, append(resume, "--threads", "1")...)

	if !bytes.Equal(want, d.read("new.safetensors")) {
		t.Error("the interrupted training ends with other bytes")
	}
	// Almost nothing was done twice: a checkpoint is at most the time between checkpoints behind, here a few steps.
	last := logLine{Phase: "fit"}
	for _, l := range readLog(t, d) {
		if l.Phase == last.Phase && l.Step < last.Step-10 {
			t.Errorf("step %d of %s came after step %d", l.Step, l.Phase, last.Step)
		}
		last = l
	}
	if d.exists("data/blindspot/training/new") {
		t.Error("the checkpoint of a finished training is still there")
	}
}
