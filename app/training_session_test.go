package app

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"blindspot/core/say"
)

// From the folder to the new model: the way of a user who changes nothing.
func TestTrainOnMyFolder(t *testing.T) {
	c := newSchool(t, nil)
	dir := noisyFolder(t, 3)
	if err := os.WriteFile(filepath.Join(dir, "broken.png"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := c.StartTraining(TrainingPlan{Name: "mine", Minutes: 1}); err == nil {
		t.Error("a training began without a folder")
	}
	c.CheckTrainingFolder(dir)
	c.until("the folder's report", func() bool { return !c.TrainingFolderState().Looking })
	f := c.TrainingFolderState()
	if !f.Problem.Empty() || f.Done != 4 || f.Total != 4 || len(f.Groups) != 1 || f.Groups[0].Photos != 3 || !f.Groups[0].Chosen || len(f.LeftOut) != 1 {
		t.Fatalf("folder: %+v", f)
	}
	if f.SuggestedName != filepath.Base(dir) || f.SuggestedHole != 9 || !strings.Contains(say.Join(f.Facts, " ").String(), "Noise: weak, ") {
		t.Errorf("name %q, hole %d, facts %q", f.SuggestedName, f.SuggestedHole, f.Facts)
	}
	if len(f.Warnings) != 2 || !strings.Contains(f.Warnings[0].String(), "3 photos") || !strings.Contains(f.Warnings[1].String(), "noise is weak") {
		t.Errorf("warnings %q", f.Warnings)
	}

	plan := TrainingPlan{Name: "mine", Minutes: 0.005, From: "soft", Expert: TrainingExpert{Patch: 32, LastPatch: 64, Batch: 1, Threads: 1}}
	c.until("the estimate", func() bool { return c.TrainingEstimate(plan).StepSeconds > 0 })
	if e := c.TrainingEstimate(plan); e.Steps < 1 || e.DistilSteps < 1 || !strings.Contains(e.Advice.String(), "more minutes") {
		t.Errorf("estimate %+v", e)
	}
	if e := c.TrainingEstimate(TrainingPlan{Scratch: true, Preset: "quick"}); !strings.Contains(e.Advice.String(), "will not beat the photos") {
		t.Errorf("from scratch: %q", e.Advice)
	}
	if err := c.StartTraining(TrainingPlan{Name: "soft", Minutes: 1}); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("under a name that is taken: %v", err)
	}
	if err := c.StartTraining(plan); err != nil {
		t.Fatal(err)
	}
	if err := c.StartTraining(TrainingPlan{Name: "other", Minutes: 1}); err == nil || !strings.Contains(err.Error(), "under way") {
		t.Errorf("a second training: %v", err)
	}
	var seen TrainingState
	c.until("the new model", func() bool {
		if s := c.Training(); s.Active {
			seen = s
		}
		_, ok := c.TrainingResult()
		return ok
	})
	if len(seen.Loss) == 0 || len(seen.HeldOut) < 2 || len(seen.Snapshots) < 2 || len(seen.Crops) != trainingCrops || seen.Share != 1 {
		t.Errorf("seen last: %+v", seen)
	}
	r, _ := c.TrainingResult()
	if r.Name != "mine" || r.Old != "soft" || !(r.HeldOutNew > 0 && r.HeldOutNew <= r.HeldOutOld) || len(r.Samples) != comparedSamples {
		t.Fatalf("result: %+v", r)
	}
	for _, s := range r.Samples {
		if size := image.Pt(104, 104); s.Noisy.Bounds().Size() != size || s.Old.Bounds().Size() != size || s.New.Bounds().Size() != size {
			t.Errorf("%s: pictures of %v, %v, %v", s.Photo, s.Noisy.Bounds(), s.Old.Bounds(), s.New.Bounds())
		}
	}
	m, err := c.library.Find("mine")
	if err != nil || !m.HasFast() || m.model.Info.Base != "soft" || c.library.UnfinishedTraining("mine") {
		t.Errorf("the model: %v, %v; left over: %v", m, err, c.library.UnfinishedTraining("mine"))
	}
	c.UseTrainedModel()
	c.until("the model to be used", func() bool { return c.modelName() == "mine" })
	if c.TrainingFolderState().SuggestedName == "mine" {
		t.Error("a taken name is suggested")
	}
	c.DismissTrainingResult()
	if s := c.Training(); s.Status == Finished || s.Active {
		t.Errorf("after all: %+v", s)
	}
}

// Stopped early, a training ends with a model that has its fast network.
func TestFinishTrainingKeepsTheBest(t *testing.T) {
	c := newSchool(t, nil)
	o := tiny(noisyFolder(t, 2))
	o.Steps, o.DistilSteps = 100000, 100
	c.train(o)
	c.reach(LearningNoise, 3)
	c.FinishTraining()
	if s := c.Training(); s.Status != Finishing {
		t.Errorf("status %v", s.Status)
	}
	c.idle()
	m, err := c.library.Find("mine")
	if err != nil || !m.HasFast() || m.model.Info.Steps >= 100000 || m.model.Info.DistilSteps != 1 {
		t.Errorf("model %+v, %v", m, err)
	}
}

// While a training is paused it holds nothing up and does nothing; going on it comes to its end.
func TestPauseTraining(t *testing.T) {
	c := newSchool(t, nil)
	o := tiny(noisyFolder(t, 2))
	o.Steps = 2000
	c.train(o)
	c.reach(LearningNoise, 3)
	c.PauseTraining(true)
	if s := c.Training(); s.Status != Paused {
		t.Errorf("status %v", s.Status)
	}
	turn, err := c.queue.Enter(t.Context(), Training) // once it rests, even a job of no urgency has the queue to itself
	if err != nil {
		t.Fatal(err)
	}
	at := c.Training().Step
	c.PauseTraining(false)
	turn.Leave()
	c.reach(LearningNoise, at+3)
	c.FinishTraining()
	c.idle()
}

// The mains are waited for, unless the user does not want that.
func TestTrainingWaitsForTheMains(t *testing.T) {
	c := newSchool(t, nil)
	supply(t, c.power, "BAT0", map[string]string{"type": "Battery", "status": "Discharging"})
	c.train(tiny(noisyFolder(t, 2)))
	c.until("the training to wait", func() bool { return c.Training().Status == Waiting })
	if s := c.Training(); s.Step != 0 || !strings.Contains(s.Why.String(), "battery") {
		t.Errorf("state %+v", s)
	}
	c.PauseTraining(false)
	c.idle()
	if _, ok := c.TrainingResult(); !ok {
		t.Error("no model")
	}
}

// A training that others keep from working for long says so, and takes it back when they are done.
func TestTrainingWaitsForPreviews(t *testing.T) {
	c := newSchool(t, nil)
	o := tiny(noisyFolder(t, 2))
	o.Steps = 100000
	c.train(o)
	c.reach(LearningNoise, 3)
	turn, err := c.queue.Enter(t.Context(), Previewing)
	if err != nil {
		t.Fatal(err)
	}
	c.until("the training to wait", func() bool { return c.Training().Status == Waiting })
	if why := c.Training().Why.String(); !strings.Contains(why, "being denoised") {
		t.Errorf("it waits because: %s", why)
	}
	turn.Leave()
	c.until("the training to go on", func() bool { return c.Training().Status == Running })
	c.DiscardTraining()
	c.idle()
}

// What is discarded leaves nothing behind.
func TestDiscardTraining(t *testing.T) {
	c := newSchool(t, nil)
	o := tiny(noisyFolder(t, 2))
	o.Steps = 100000
	c.train(o)
	c.reach(LearningNoise, 3)
	c.DiscardTraining()
	c.idle()
	if _, err := os.Stat(c.library.TrainingFolder("mine")); err == nil || slices.Contains(c.library.userModels(), "mine") {
		t.Error("something is left")
	}
	if _, ok := c.TrainingResult(); ok {
		t.Error("it has a result")
	}
}

// Kept for later, also by closing the window, a training is offered again with its past and ends with the same weights as one that
// was left alone.
func TestKeptTrainingIsResumed(t *testing.T) {
	dir := noisyFolder(t, 2)
	whole := newSchool(t, nil)
	whole.train(tiny(dir))
	whole.idle()
	want, err := whole.library.Find("mine")
	if err != nil {
		t.Fatal(err)
	}

	first := newSchool(t, nil)
	first.train(tiny(dir))
	first.reach(LearningNoise, 4)
	first.KeepTrainingForLater()
	first.idle()
	first.until("the training to be offered", func() bool { return len(first.UnfinishedTrainings()) == 1 })
	if err := first.Session.Close(); err != nil {
		t.Fatal(err)
	}
	// The model that it started from may go away meanwhile.
	if err := os.Remove(first.library.ModelPath("soft")); err != nil {
		t.Fatal(err)
	}

	second := newSchool(t, first.library)
	second.until("the training to be offered", func() bool { return len(second.UnfinishedTrainings()) == 1 })
	u := second.UnfinishedTrainings()[0]
	if u.Name != "mine" || u.Folder != dir || !u.Problem.Empty() || u.Share <= 0 || u.Share >= 1 || time.Since(u.Date) > time.Hour {
		t.Errorf("unfinished: %+v", u)
	}
	if err := second.ResumeTraining("other"); err == nil {
		t.Error("an unknown training is resumed")
	}
	if err := second.ResumeTraining("mine"); err != nil {
		t.Fatal(err)
	}
	second.until("its past", func() bool { return len(second.Training().Crops) > 0 })
	s := second.Training()
	if len(s.Loss) == 0 || s.Loss[0].Share > 0.1 || len(s.Snapshots) == 0 || second.TrainingCrop(0, 1) == nil {
		t.Errorf("its past: %d points, %d snapshots", len(s.Loss), len(s.Snapshots))
	}
	second.reach(MakingFast, 2)
	if err := second.Session.Close(); err != nil { // as the window's end does
		t.Fatal(err)
	}

	third := newSchool(t, first.library)
	third.until("the training to be offered", func() bool { return len(third.UnfinishedTrainings()) == 1 })
	if err := third.ResumeTraining("mine"); err != nil {
		t.Fatal(err)
	}
	third.idle()
	got, err := third.library.Find("mine")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.model.Teacher.Flat(), want.model.Teacher.Flat()) || !slices.Equal(got.model.Student.Flat(), want.model.Student.Flat()) {
		t.Error("the weights differ from those of a training that was left alone")
	}
	if r, _ := third.TrainingResult(); r.HeldOutOld == 0 || r.HeldOutNew > r.HeldOutOld || len(third.UnfinishedTrainings()) != 0 {
		t.Errorf("result %+v", r)
	}
}

// A plan that was damaged is said in a sentence, and what is left can be forgotten.
func TestDamagedPlans(t *testing.T) {
	c := newSchool(t, nil)
	c.train(tiny(noisyFolder(t, 2)))
	c.reach(LearningNoise, 2)
	c.KeepTrainingForLater()
	c.idle()
	path := filepath.Join(c.library.TrainingFolder("mine"), planName)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty": "", "half": string(good[:len(good)/2]), "another's": strings.Replace(string(good), `"mine"`, `"yours"`, 1),
		"no photos": `{"Options": {"Name": "mine", "Minutes": 1}}`, "endless": `{"Options": {"Name": "mine", "Minutes": -1}}`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if u := c.library.lookAt("mine"); u.plan != nil || !strings.HasPrefix(u.Problem.String(), "Its plan is damaged") || u.Share == 0 {
			t.Errorf("%s: %+v", name, u)
		}
	}
	c.findUnfinished()
	c.until("the damaged training to be listed", func() bool {
		list := c.UnfinishedTrainings()
		return len(list) == 1 && !list[0].Problem.Empty()
	})
	if err := c.ResumeTraining("mine"); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("resumed: %v", err)
	}
	if err := c.ForgetTraining("mine"); err != nil {
		t.Fatal(err)
	}
	c.until("the training to be forgotten", func() bool { return !c.library.UnfinishedTraining("mine") })
}

// A preview gets its turn at the next step.
func TestPreviewOvertakesTheTraining(t *testing.T) {
	c := newSchool(t, nil)
	o := tiny(noisyFolder(t, 2))
	o.Steps = 100000
	c.train(o)
	c.reach(LearningNoise, 2)
	turn, err := c.queue.Enter(t.Context(), Previewing)
	if err != nil {
		t.Fatal(err)
	}
	at := c.Training().Step
	c.Receive()
	if got := c.Training().Step; got != at {
		t.Errorf("the training went on from step %d to %d beside a preview", at, got)
	}
	turn.Leave()
	c.reach(LearningNoise, at+2)
	c.DiscardTraining()
	c.idle()
}

// A drive that is unplugged and comes back is waited for.
func TestTrainingWaitsForItsPhotos(t *testing.T) {
	c := newSchool(t, nil)
	dir := noisyFolder(t, 2)
	away := dir + " away"
	o := tiny(dir)
	if err := os.Rename(dir, away); err != nil {
		t.Fatal(err)
	}
	c.train(o)
	c.until("the training to wait", func() bool { return c.Training().Status == Waiting })
	if why := c.Training().Why; !strings.Contains(why.String(), "drive") {
		t.Errorf("it waits because: %s", why)
	}
	if err := os.Rename(away, dir); err != nil {
		t.Fatal(err)
	}
	c.PauseTraining(false) // has it look at once
	c.idle()
	if _, ok := c.TrainingResult(); !ok {
		t.Error("no model")
	}
}

// A training that fails says why and stays until the user has seen it.
func TestFailedTraining(t *testing.T) {
	c := newSchool(t, nil)
	o := tiny(noisyFolder(t, 2))
	gone := true
	c.launch(newTrainingRun(c.Session, o, func() (*Model, error) {
		if gone {
			return nil, errors.New("the model is gone")
		}
		return c.library.Find("soft")
	}))
	c.until("the failure", func() bool { return c.Training().Status == Failed })
	if s := c.Training(); !s.Active || s.Why.String() != "The model is gone." {
		t.Errorf("state %+v", s)
	}
	if err := c.StartTraining(TrainingPlan{}); err == nil {
		t.Error("another began")
	}
	gone = false
	c.KeepTrainingForLater()
	if err := c.ResumeTraining("mine"); err != nil {
		t.Errorf("the next try: %v", err)
	}
	c.reach(LearningNoise, 1)
	c.DiscardTraining()
	c.idle()
	if _, err := c.library.Train(context.Background(), TrainingOptions{Name: "x", Minutes: 1, Photos: []string{"/no/photo.png"}}, func(TrainingProgress) {}); err == nil {
		t.Error("trained on nothing")
	}
}
