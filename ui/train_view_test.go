package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"blindspot/app"
	"blindspot/core/say"
)

func TestChoosing(t *testing.T) {
	f := &fakeTrainer{models: []string{"bundled", "My Sony"}}
	v := newView(t, f, fyne.NewSize(1024, 640))
	if v.page != choosing || !v.choose.folder.welcome.Visible() || !v.choose.start.Disabled() {
		t.Error("without a folder there is no welcome, or training can start")
	}
	v.choose.folder.path.SetText("/photos/night")
	v.choose.folder.path.TypedKey(key(fyne.KeyReturn))
	if !slices.Equal(f.asked, []string{"check /photos/night"}) {
		t.Fatalf("Enter in the field asked for %v", f.asked)
	}
	f.folder.Done, f.folder.Total = 12, 52
	v.show()
	p := v.choose.folder
	if !p.lookBox.Visible() || p.looking.Text != "Looking at the photos, 12 of 52…" || !v.choose.start.Disabled() {
		t.Errorf("while looking it says %q", p.looking.Text)
	}
	f.folder = checkedFolder()
	f.estimate = app.TrainingEstimate{StepSeconds: 0.1, Steps: 4000, DistilSteps: 1500, Advice: say.Textf("It will not beat the photo.")}
	v.show()
	if p.lookBox.Visible() || p.warnings.label.Text != "The folder mixes two cameras." || len(p.facts.Objects) != 2 || p.leftOut.button.Text != "1 photo is left out" {
		t.Errorf("of the folder it says %q, %d facts, %q", p.warnings.label.Text, len(p.facts.Objects), p.leftOut.button.Text)
	}
	if v.choose.name.Text != "NIKON D800 ISO 3200" || v.choose.advice.label.Text != "It will not beat the photo." || !v.choose.advice.content.Visible() {
		t.Errorf("name %q, advice %q", v.choose.name.Text, v.choose.advice.label.Text)
	}
	test.Tap(p.checks[1])
	if !f.folder.Groups[1].Chosen || chosenPhotos(f.folder.Groups) != 50 {
		t.Errorf("the groups are %+v", f.folder.Groups)
	}
	f.folder.Groups[0].Chosen, f.folder.Groups[1].Chosen = false, false
	v.show()
	if !v.choose.start.Disabled() {
		t.Error("training can start on no photos")
	}
}

func TestPlan(t *testing.T) {
	f := &fakeTrainer{models: []string{"bundled", "My Sony"}, folder: checkedFolder(), refusal: errRefused}
	v := newView(t, f, fyne.NewSize(1024, 640))
	c := v.choose
	if plan := c.plan(); plan.Preset != "quick" || plan.From != "bundled" || plan.Scratch || plan.Name != "NIKON D800 ISO 3200" {
		t.Errorf("the plan to begin with is %+v", plan)
	}
	c.preset.pick(1)
	c.from.SetSelected("From scratch")
	c.name.SetText("Night")
	f.folder.SuggestedName = "another"
	v.show()
	c.expert.holes.SetText("1, 3 5")
	c.expert.recharge.SetText("25 %")
	c.expert.batch.SetText("4")
	plan := c.plan()
	if plan.Preset != "good" || !plan.Scratch || plan.From != "" || plan.Name != "Night" {
		t.Errorf("the plan is %+v", plan)
	}
	if e := plan.Expert; !slices.Equal(e.Holes, []int{1, 3, 5}) || e.Recharge != 0.25 || e.Batch != 4 || e.Width != 0 {
		t.Errorf("the expert settings are %+v", e)
	}
	c.expert.minutes.SetText("0,2")
	if plan := c.plan(); plan.Preset != "" || plan.Minutes != 0.2 || c.preset.chosen != -1 {
		t.Errorf("with minutes of its own the plan is %+v", plan)
	}
	c.expert.width.SetText("wide")
	if !c.start.Disabled() || !c.problem.content.Visible() {
		t.Error("a width in words is accepted")
	}
	c.expert.width.SetText("")
	c.preset.pick(0)
	if plan := c.plan(); plan.Preset != "quick" || c.expert.minutes.Text != "" {
		t.Errorf("a preset leaves the minutes %q", c.expert.minutes.Text)
	}
	test.Tap(c.start)
	if v.page != choosing || c.problem.label.Text != "A model is called that already: choose another name." {
		t.Errorf("refused, it says %q", c.problem.label.Text)
	}
	f.refusal = nil
	c.name.TypedKey(key(fyne.KeyReturn))
	v.show()
	if f.plan.Name != "Night" || v.page != running || v.title.full != "Training “Night” on photos/night" {
		t.Errorf("started %+v; the view is titled %q", f.plan, v.title.full)
	}
}

func TestRunning(t *testing.T) {
	f := &fakeTrainer{folder: checkedFolder(), state: app.TrainingState{Active: true, Name: "Night", Folder: "/photos/night"}}
	v := newView(t, f, fyne.NewSize(1024, 640))
	r := v.run
	if v.page != running || r.pictures.Visible() || r.waiting.Text == "" || !r.finish.Disabled() || r.discard.Disabled() {
		t.Error("while it gets ready there are pictures, or it can be stopped")
	}
	f.state = runningState(64)
	v.show()
	if !r.pictures.Visible() || r.phase.full != "Making the fast model" || r.share.Text != "82 %" || r.left.Text != "about 2 min left" {
		t.Errorf("it says %q, %q, %q", r.phase.full, r.share.Text, r.left.Text)
	}
	if r.crop.progress == "" || f.snapshot != -1 {
		t.Errorf("without a result it shows snapshot %d as %q", f.snapshot, r.crop.progress)
	}
	f.after = square(64, 9, 0)
	v.show()
	if got := r.crop.after.Level(0).RGBAAt(3, 3); r.crop.progress != "" || got != f.after.At(3, 3) {
		t.Errorf("the result shows %v, want %v", got, f.after.At(3, 3))
	}
	r.scrubber.pick(2)
	if f.snapshot != 2 || r.newest.Disabled() || r.moment.Text != "Learning the noise, after 0:39 min" {
		t.Errorf("back in time it shows snapshot %d, %q", f.snapshot, r.moment.Text)
	}
	f.state.Snapshots = slices.Delete(slices.Clone(f.state.Snapshots), 1, 2)
	v.show()
	if f.snapshot != 1 || r.moment.Text != "Learning the noise, after 0:39 min" {
		t.Errorf("when one before it is dropped it shows snapshot %d, %q", f.snapshot, r.moment.Text)
	}
	r.thumbs.pick(3)
	if got := r.crop.before.Level(0).RGBAAt(3, 3); got != f.state.Crops[3].Before.At(3, 3) || r.cropPhoto.full != "DSC_0440.NEF" {
		t.Errorf("the fourth crop is %v of %q", got, r.cropPhoto.full)
	}
	test.Tap(r.newest)
	test.Tap(r.pause)
	v.show()
	if f.snapshot != -1 || f.state.Status != app.Paused || r.pause.Text != "Continue" || r.left.Text != "" {
		t.Errorf("paused, the button says %q and the time %q", r.pause.Text, r.left.Text)
	}
	test.Tap(r.pause)
	f.state.LeakAlarm = true
	f.state.Notes = []app.Text{say.Textf("one"), say.Textf("two")}
	v.show()
	if f.state.Status != app.Running || !r.alarm.content.Visible() || r.notes.button.Text != "2 notes" {
		t.Errorf("status %v, alarm %v, %q", f.state.Status, r.alarm.content.Visible(), r.notes.button.Text)
	}
	f.asked = nil
	test.Tap(r.finish)
	test.Tap(r.discard)
	if !slices.Equal(f.asked, []string{"finish", "ask to discard"}) {
		t.Errorf("the buttons did %v", f.asked)
	}
}

func TestFailedTraining(t *testing.T) {
	f := &fakeTrainer{state: runningState(64)}
	f.state.Status, f.state.Why = app.Failed, say.Textf("The disk is full: make room, then try again.")
	v := newView(t, f, fyne.NewSize(1024, 640))
	if v.run.doing.Text != f.state.Why.String() || v.run.pause.Text != "Try again" || v.run.finish.Text != "Keep for later" {
		t.Errorf("it says %q; the buttons are %q and %q", v.run.doing.Text, v.run.pause.Text, v.run.finish.Text)
	}
	test.Tap(v.run.pause)
	if !slices.Equal(f.asked, []string{"keep", "resume NIKON D800 ISO 3200"}) {
		t.Errorf("trying again did %v", f.asked)
	}
}

func TestDone(t *testing.T) {
	f := &fakeTrainer{result: endedResult(64)}
	closed := 0
	v := newView(t, f, fyne.NewSize(1024, 640))
	v.onClose = func() { closed++ }
	if v.page != done || len(v.done.rows.Objects) != 6 || v.done.title.full != "“NIKON D800 ISO 3200” is ready" {
		t.Fatalf("it is titled %q, with %d rows", v.done.title.full, len(v.done.rows.Objects))
	}
	test.Tap(v.done.use)
	if !slices.Equal(f.asked, []string{"use", "dismiss"}) || closed != 1 {
		t.Errorf("using it did %v and closed %d times", f.asked, closed)
	}
	f.result = &app.TrainingResult{Name: "alone"}
	v.show()
	if len(v.done.rows.Objects) != 0 || !v.done.empty.Visible() {
		t.Error("there is something to compare a single model with")
	}
	test.Tap(v.done.again)
	v.show()
	if v.page != choosing {
		t.Errorf("to train another leads to page %d", v.page)
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		was, is float64
		begins  string
	}{
		{6, 5.9, "It does better than “old”"},
		{6, 6.1, "“old” does better"},
		{6, 6.001, "It does as well as “old”"},
		{0, 6, "On places of your photos"},
		{0, 0, "The model is in your list"},
	} {
		if got := verdict(app.TrainingResult{Name: "new", Old: "old", HeldOutOld: c.was, HeldOutNew: c.is}); !strings.HasPrefix(got, c.begins) {
			t.Errorf("from %v to %v it says %q", c.was, c.is, got)
		}
	}
}

// focusables goes through all controls as Tab does.
func focusables(w fyne.Window) []fyne.Focusable {
	var list []fyne.Focusable
	w.Canvas().Unfocus()
	for {
		w.Canvas().FocusNext()
		if f := w.Canvas().Focused(); f == nil || slices.Contains(list, f) {
			return list
		}
		list = append(list, w.Canvas().Focused())
	}
}

// Every control of every page is reached by Tab from the left to the right, and Escape closes the view from each.
func TestKeysOfTheTrainView(t *testing.T) {
	f := &fakeTrainer{models: []string{"bundled"}, folder: checkedFolder()}
	v := newTrainView(f, trainAsks{turned: func() {}})
	v.content.Show()
	w := show(t, v.content, fyne.NewSize(1280, 760))
	for _, page := range []struct {
		name string
		set  func()
		want []fyne.Focusable
	}{
		{"choosing", func() {}, []fyne.Focusable{
			v.close, v.choose.folder.path, v.choose.folder.browse, nil, nil, v.choose.folder.leftOut.button,
			v.choose.preset, v.choose.from, v.choose.name, v.choose.expert.fold.button, v.choose.start,
		}},
		{"running", func() { f.state, f.after = runningState(32), square(32, 1, 0) }, []fyne.Focusable{
			v.close, v.run.thumbs, v.run.crop, v.run.scrubber, v.run.finish, v.run.pause, v.run.discard,
		}},
		{"done", func() { f.state, f.result = app.TrainingState{}, endedResult(32) }, []fyne.Focusable{
			v.close, v.done.use, v.done.close, v.done.again,
		}},
	} {
		page.set()
		v.opened("")
		got := focusables(w)
		for i, c := range v.choose.folder.checks {
			if page.name == "choosing" {
				page.want[3+i] = c
			}
		}
		if !slices.Equal(got, page.want) {
			t.Errorf("%s: Tab goes through %T, want %T", page.name, got, page.want)
		}
		for _, c := range got {
			closed := false
			v.onClose = func() { closed = true }
			c.TypedKey(key(fyne.KeyEscape))
			if !closed {
				t.Errorf("%s: Escape in %T does not close the view", page.name, c)
			}
		}
	}
}

func TestSpansOfTime(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "", 20 * time.Second: "less than a minute left", 89 * time.Second: "about 1 min left", 19 * time.Minute: "about 19 min left",
		33 * time.Minute: "about 35 min left", 60 * time.Minute: "about 1 h left", 7*time.Hour + 34*time.Minute: "about 7 h 30 min left",
	} {
		if got := timeLeft(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	now := time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)
	if a, b := clock(now.Add(time.Hour), now), clock(now.Add(8*time.Hour), now); a != "23:00" || b != "tomorrow at 06:00" {
		t.Errorf("the training ends %q and %q", a, b)
	}
}

// What is folded away is opened by a key, and the next Tab goes on from there.
func TestFoldKeepsTheKeyboard(t *testing.T) {
	f := &fakeTrainer{folder: checkedFolder()}
	v := newTrainView(f, trainAsks{turned: func() {}})
	v.content.Show()
	w := show(t, v.content, fyne.NewSize(1280, 760))
	v.opened("")
	w.Canvas().Focus(v.choose.expert.fold.button)
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeySpace, fyne.KeyEnter} {
		v.choose.expert.fold.button.TypedKey(key(k))
	}
	w.Canvas().FocusNext()
	if w.Canvas().Focused() != v.choose.expert.minutes || !v.choose.expert.minutes.Visible() {
		t.Errorf("the keyboard went to %T", w.Canvas().Focused())
	}
}
