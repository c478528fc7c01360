package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"blindspot/app"
	"blindspot/core/say"
)

// newTrainingWindow is a window whose trainings are fake.
func newTrainingWindow(t *testing.T, f *fakeTrainer) *Window {
	t.Helper()
	w := newWindow(t)
	w.buildTraining(f)
	w.status = newStatusBar(w.session, w.training.entry, w.toggleQueue)
	w.win.SetContent(w.layout())
	w.win.Resize(startSize)
	w.trainingChanged()
	return w
}

func TestTrainViewOverThePhoto(t *testing.T) {
	w := newTrainingWindow(t, &fakeTrainer{folder: checkedFolder()})
	test.Tap(w.panel.train)
	if !w.trainingShown() || w.body.Visible() {
		t.Fatal("the button does not open the view")
	}
	w.typed('Y')
	if w.viewer.mode == sideBySide {
		t.Error("letters reach the photo under the view")
	}
	w.typedKey(key(fyne.KeyEscape))
	if w.trainingShown() || !w.body.Visible() {
		t.Error("Escape does not close the view")
	}
	w.showTraining()
	w.dropped(fyne.Position{}, nil)
	w.Open("/no/such/photo.png")
	if w.trainingShown() {
		t.Error("the view lies over a photo that was just opened")
	}
}

func TestTrainEntryOfTheStatusBar(t *testing.T) {
	f := &fakeTrainer{}
	w := newTrainingWindow(t, f)
	e := w.training.entry
	if e.Visible() {
		t.Error("without a training there is an entry")
	}
	f.state = runningState(16)
	w.trainingChanged()
	if !e.Visible() || e.text.Text != "Training 82 %  ·  about 2 min left" {
		t.Errorf("visible %v, %q", e.Visible(), e.text.Text)
	}
	test.Tap(e)
	if e.Visible() || w.training.view.page != running {
		t.Error("a click on it does not open the view")
	}
	w.leaveTraining()
	f.state, f.result = app.TrainingState{Status: app.Finished, Share: 1}, endedResult(16)
	w.trainingChanged()
	if !e.Visible() || e.text.Text != "The new model is ready – compare" {
		t.Errorf("at the end: visible %v, %q", e.Visible(), e.text.Text)
	}
}

func TestInterruptedTrainingsAreOffered(t *testing.T) {
	f := &fakeTrainer{folder: checkedFolder(), unfinished: []app.UnfinishedTraining{
		{Name: "Night", Share: 0.43}, {Name: "Gone", Share: 0.1, Problem: say.Textf("Its folder is not there: connect the drive.")}, {Name: "Day", Share: 0.7},
	}}
	w := newTrainingWindow(t, f)
	o := w.training.offers
	if !o.content.Visible() || o.label.Text != "The training “Night” was interrupted at 43 %." {
		t.Errorf("offered is %q", o.label.Text)
	}
	o.putOff()
	if o.label.Text != "The training “Gone” was interrupted at 10 %. Its folder is not there: connect the drive." || !o.resume.Disabled() {
		t.Errorf("then %q", o.label.Text)
	}
	o.forgotten()
	test.Tap(o.resume)
	if !slices.Equal(f.asked, []string{"forget Gone", "resume Day"}) || !w.trainingShown() {
		t.Errorf("it did %v", f.asked)
	}
	f.state = runningState(16)
	w.trainingChanged()
	if o.content.Visible() {
		t.Error("another one is offered while a training runs")
	}
}

// answers are the buttons of the question that is open, by their words.
func answers(t *testing.T, w *Window) map[string]*keyButton {
	t.Helper()
	top := w.win.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("nothing is asked")
	}
	found := map[string]*keyButton{}
	for _, o := range test.LaidOutObjects(top) {
		if b, ok := o.(*keyButton); ok {
			found[b.Text] = b
		}
	}
	return found
}

func TestClosingAsksAboutATraining(t *testing.T) {
	f := &fakeTrainer{state: runningState(16)}
	w := newTrainingWindow(t, f)
	w.Close()
	if w.closed || len(answers(t, w)) != 4 || w.win.Canvas().Focused() != answers(t, w)["Keep for later"] {
		t.Fatalf("closed %v, answers %v", w.closed, answers(t, w))
	}
	answers(t, w)["Discard"].TypedKey(key(fyne.KeyEscape))
	w.Close()
	test.Tap(answers(t, w)["Cancel"])
	if w.closed || w.busy() || len(f.asked) != 0 {
		t.Errorf("after Cancel: closed %v, asked %v", w.closed, f.asked)
	}
	w.Close()
	test.Tap(answers(t, w)["Stop and keep best"])
	if w.closed || !w.trainingShown() || !slices.Equal(f.asked, []string{"finish"}) {
		t.Errorf("stopped: closed %v, asked %v", w.closed, f.asked)
	}
	f.state = app.TrainingState{}
	w.trainingChanged()
	if !w.closed {
		t.Error("the window stays open when the model is there")
	}
}

func TestClosingKeepsATraining(t *testing.T) {
	for answer, asked := range map[string]string{"Keep for later": "keep", "Discard": "discard"} {
		f := &fakeTrainer{state: runningState(16)}
		w := newTrainingWindow(t, f)
		w.Close()
		test.Tap(answers(t, w)[answer])
		if !w.closed || !slices.Equal(f.asked, []string{asked}) {
			t.Errorf("%s: closed %v, asked %v", answer, w.closed, f.asked)
		}
	}
}
