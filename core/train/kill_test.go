package train

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"

	"blindspot/core/photo/raw"
)

// The test binary runs itself as the training that is killed.
const childVariable = "BLINDSPOT_TRAIN_TEST_CHILD"

// longVariable asks for a longer proof than the usual one: how often a training is killed at least. With it the tests run that
// take a minute.
const longVariable = "BLINDSPOT_TRAIN_KILLS"

// longer is what longVariable asks for, 0 for nothing.
func longer() int {
	n, _ := strconv.Atoi(os.Getenv(longVariable))
	return max(n, 0)
}

// kills is the least number of kills, and the steps of each phase that leave room for them.
func kills() (least, steps int) {
	least = max(longer(), 3)
	return least, max(30, 8*least)
}

func TestMain(m *testing.M) {
	raw.WorkerMain()
	if text := os.Getenv(childVariable); text != "" {
		os.Exit(child(text))
	}
	os.Exit(m.Run())
}

// child trains with the options in text until it is killed, or to the end.
func child(text string) int {
	var photos []string
	if err := json.Unmarshal([]byte(text), &photos); err != nil {
		return 3
	}
	o := killed(photos[1:], photos[0])
	if _, err := Run(context.Background(), o, nil); err != nil {
		return 4
	}
	return 0
}

func killed(photos []string, dir string) Options {
	o := small(photos)
	_, o.Steps = kills()
	o.DistilSteps = o.Steps
	o.Checkpoint, o.Resume, o.CheckpointEvery = dir, true, time.Nanosecond
	return o
}

// Killed without warning at random moments, again and again, a training still ends with the same bits.
func TestKilledTrainingEndsTheSame(t *testing.T) {
	photos := folder(t, 3)
	dir := t.TempDir()
	o := killed(photos, "")
	o.Resume = false
	want := mustRun(t, o, nil)
	text, err := json.Marshal(append([]string{dir}, photos...))
	if err != nil {
		t.Fatal(err)
	}
	phases := map[string]int{}
	least, steps := kills()
	for at := 0; ; {
		reached := runAndKill(t, string(text), dir, at+1+rand.IntN(12), steps)
		p, err := FindPending(dir)
		if err != nil {
			t.Fatal(err) // a kill must never leave a checkpoint that cannot be used
		}
		if p.Finished {
			break
		}
		t.Logf("killed after step %d of %s", p.Step, p.Phase)
		phases[p.Phase]++
		at = reached
	}
	if n := phases[PhaseFit] + phases[PhaseDistil]; n < least || phases[PhaseFit] == 0 || phases[PhaseDistil] == 0 {
		t.Errorf("kills by phase: %v, want %d and some of both", phases, least)
	}
	got := mustRun(t, killed(photos, dir), nil)
	if !slices.Equal(got.Teacher.Flat(), want.Teacher.Flat()) {
		t.Error("the teacher differs")
	}
	if !slices.Equal(got.Student.Flat(), want.Student.Flat()) {
		t.Error("the student differs")
	}
}

// runAndKill starts the training in a process of its own, waits until its checkpoint is that many steps in, both phases
// counted, and kills it a random moment later. Each phase has perPhase steps. It returns how many were saved when it last looked.
func runAndKill(t *testing.T, text, dir string, steps, perPhase int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+text)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	reached := 0
	for deadline := time.Now().Add(time.Minute); reached < steps && len(ended) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("the training does not get on")
			break
		}
		p, err := FindPending(dir)
		if err != nil {
			t.Error(err)
			break
		}
		if p == nil {
			continue
		}
		reached = p.Step
		if p.Phase == PhaseDistil {
			reached += perPhase
		}
	}
	time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Log(err) // it has ended by itself
	}
	<-ended
	return reached
}
