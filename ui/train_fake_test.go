package ui

import (
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"blindspot/app"
	"blindspot/core/say"
)

// fakeTrainer is a session that trains as the test says, and notes what it is asked.
type fakeTrainer struct {
	models     []string
	folder     app.TrainingFolder
	estimate   app.TrainingEstimate
	refusal    error
	state      app.TrainingState
	result     *app.TrainingResult
	unfinished []app.UnfinishedTraining
	after      image.Image

	asked    []string
	plan     app.TrainingPlan // that was started
	snapshot int              // that was asked for last
}

func (f *fakeTrainer) note(what string) { f.asked = append(f.asked, what) }

func (f *fakeTrainer) Models() ([]string, int) { return f.models, 0 }

func (f *fakeTrainer) CheckTrainingFolder(dir string) {
	f.note("check " + dir)
	f.folder = app.TrainingFolder{Folder: dir, Looking: true}
}

func (f *fakeTrainer) TrainingFolderState() app.TrainingFolder { return f.folder }

func (f *fakeTrainer) ChooseGroup(i int, chosen bool) {
	f.note("group")
	f.folder.Groups = slices.Clone(f.folder.Groups)
	f.folder.Groups[i].Chosen = chosen
}

func (f *fakeTrainer) TrainingEstimate(app.TrainingPlan) app.TrainingEstimate { return f.estimate }

func (f *fakeTrainer) StartTraining(p app.TrainingPlan) error {
	if f.refusal == nil {
		f.plan = p
		f.state = app.TrainingState{Active: true, Name: p.Name, Folder: f.folder.Folder, Phase: app.LearningNoise}
	}
	return f.refusal
}

func (f *fakeTrainer) Training() app.TrainingState { return f.state }

func (f *fakeTrainer) TrainingCrop(snapshot, _ int) image.Image {
	f.snapshot = snapshot
	return f.after
}

func (f *fakeTrainer) PauseTraining(pause bool) {
	f.note("pause")
	f.state.Status = app.Running
	if pause {
		f.state.Status = app.Paused
	}
}

func (f *fakeTrainer) FinishTraining()       { f.note("finish") }
func (f *fakeTrainer) DiscardTraining()      { f.note("discard") }
func (f *fakeTrainer) KeepTrainingForLater() { f.note("keep"); f.state = app.TrainingState{} }

func (f *fakeTrainer) TrainingResult() (app.TrainingResult, bool) {
	if f.result == nil {
		return app.TrainingResult{}, false
	}
	return *f.result, true
}

func (f *fakeTrainer) DismissTrainingResult() { f.note("dismiss"); f.result = nil }
func (f *fakeTrainer) UseTrainedModel()       { f.note("use") }

func (f *fakeTrainer) UnfinishedTrainings() []app.UnfinishedTraining { return f.unfinished }

func (f *fakeTrainer) ResumeTraining(name string) error {
	f.note("resume " + name)
	return f.refusal
}

func (f *fakeTrainer) ForgetTraining(name string) error {
	f.note("forget " + name)
	f.unfinished = slices.DeleteFunc(slices.Clone(f.unfinished), func(u app.UnfinishedTraining) bool { return u.Name == name })
	return nil
}

var errRefused = errors.New("a model is called that already: choose another name")

// checkedFolder is a folder of two cameras as the session tells of it.
func checkedFolder() app.TrainingFolder {
	return app.TrainingFolder{
		Folder: "/photos/night", Done: 50, Total: 52,
		Groups: []app.PhotoGroup{
			{Name: say.Textf("NIKON D800, ISO 3200"), Camera: "NIKON D800", ISO: [2]int{3200, 3200}, Photos: 38, Chosen: true},
			{Name: say.Textf("SONY ILCE-7M2, ISO 6400 to 12800"), Camera: "SONY ILCE-7M2", ISO: [2]int{6400, 12800}, Photos: 12},
		},
		Facts:         []app.Text{say.Textf("50 photos to train on, 1,820 megapixels in all."), say.Textf("The noise is strong (12 of 255) and alike over 4 pixels.")},
		Warnings:      []app.Text{say.Textf("The folder mixes two cameras.")},
		LeftOut:       []app.LeftOutPhoto{{Path: "/photos/night/broken.jpg", Reason: say.Textf("the file is damaged")}},
		SuggestedName: "NIKON D800 ISO 3200", SuggestedHole: 11,
	}
}

// square is a picture of soft shapes under noise.
func square(side int, seed uint64, noise float64) image.Image {
	rng := rand.New(rand.NewPCG(seed, 1))
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			v := func(c float64) uint8 {
				s := 120 + 60*math.Sin(float64(x)/(23+float64(seed))+c)*math.Cos(float64(y)/(17+3*float64(seed))) + noise*rng.NormFloat64()
				return uint8(min(max(s, 0), 255))
			}
			img.SetRGBA(x, y, color.RGBA{v(0), v(1), v(2), 255})
		}
	}
	return img
}

// runningState is a training in the middle of its second phase.
func runningState(side int) app.TrainingState {
	s := app.TrainingState{
		Active: true, Name: "NIKON D800 ISO 3200", Folder: "/photos/night", Status: app.Running, Phase: app.MakingFast,
		Step: 412, Steps: 1030, Share: 0.82, Elapsed: 8 * time.Minute, Left: 110 * time.Second,
	}
	for i := range 300 {
		share := 0.82 * float64(i) / 300
		p := app.TrainingPoint{Share: share, Phase: app.LearningNoise, Value: 8 + 6*math.Exp(-share*12) + 0.6*math.Sin(float64(i*i))}
		if share > app.FirstShare {
			p.Phase, p.Value = app.MakingFast, 12+20*math.Exp(-(share-app.FirstShare)*20)+math.Sin(float64(i*i))
		}
		s.Loss = append(s.Loss, p)
		if i%12 == 0 {
			p.Value *= 1.02
			p.Value = math.Round(p.Value*20) / 20
			s.HeldOut = append(s.HeldOut, p)
			s.Snapshots = append(s.Snapshots, app.TrainingSnapshot{Step: i * 10, Phase: p.Phase, Share: share, At: time.Duration(share * 600 * float64(time.Second))})
		}
	}
	for i := range 5 {
		s.Crops = append(s.Crops, app.TrainingCrop{Photo: "/photos/night/DSC_0" + string(rune('1'+i)) + "40.NEF", Before: square(side, uint64(i+1), 28)})
	}
	return s
}

// endedResult is the result of a training that was worth it.
func endedResult(side int) *app.TrainingResult {
	r := &app.TrainingResult{Name: "NIKON D800 ISO 3200", Old: "bundled", HeldOutOld: 6.58, HeldOutNew: 6.31}
	for i := range 3 {
		seed := uint64(i + 1)
		r.Samples = append(r.Samples, app.ComparedSample{
			Photo: "/photos/night/DSC_0" + string(rune('1'+i)) + "40.NEF", Noisy: square(side, seed, 28), Old: square(side, seed, 6), New: square(side, seed, 0),
		})
	}
	return r
}

// newView shows a train view over a fake session.
func newView(t *testing.T, f *fakeTrainer, size fyne.Size) *trainView {
	t.Helper()
	v := newTrainView(f, trainAsks{browse: func() { f.note("browse") }, discard: func() { f.note("ask to discard") }, fail: func(error) { f.note("fail") }, turned: func() {}})
	v.content.Show()
	show(t, v.content, size)
	v.opened("")
	return v
}
