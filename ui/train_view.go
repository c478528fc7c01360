package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// trainer is what the train view needs of the session.
type trainer interface {
	Models() (names []string, chosen int)
	CheckTrainingFolder(dir string)
	TrainingFolderState() app.TrainingFolder
	ChooseGroup(i int, chosen bool)
	TrainingEstimate(app.TrainingPlan) app.TrainingEstimate
	StartTraining(app.TrainingPlan) error
	Training() app.TrainingState
	TrainingCrop(snapshot, crop int) image.Image
	PauseTraining(pause bool)
	FinishTraining()
	DiscardTraining()
	KeepTrainingForLater()
	TrainingResult() (app.TrainingResult, bool)
	DismissTrainingResult()
	UseTrainedModel()
	UnfinishedTrainings() []app.UnfinishedTraining
	ResumeTraining(name string) error
	ForgetTraining(name string) error
}

// trainView is what lies over the photo while the user has to do with a training: choosing, running or done. Which page
// it shows follows from the session.
type trainView struct {
	session trainer
	onClose func()
	turned  func()

	title   *shortLine
	close   *keyButton
	choose  *choosePage
	run     *runPage
	done    *donePage
	page    trainPage
	pages   *fyne.Container
	content *fyne.Container
}

// trainPage is a page of the view.
type trainPage int

const (
	noPage trainPage = iota
	choosing
	running
	done
)

// stage names what the view shows, for the trace.
func (v *trainView) stage() string {
	switch v.page {
	case choosing:
		if v.choose.start.Disabled() {
			return "choosing"
		}
		return "ready"
	case running:
		if v.run.scrubber.count == 0 || v.run.finish.Disabled() {
			return "running"
		}
		return "snapshots"
	case done:
		return "done"
	}
	return ""
}

// trainAsks are the questions of the view that need the window.
type trainAsks struct {
	browse  func()                                        // for a folder
	discard func()                                        // whether to discard, and does it
	forget  func(u app.UnfinishedTraining, forget func()) // whether to forget
	fail    func(error)
	turned  func() // another page is shown
}

func newTrainView(s trainer, asks trainAsks) *trainView {
	v := &trainView{session: s, turned: asks.turned, onClose: func() {}}
	v.title = newShortLine(titleSize, greyText)
	v.close = newKeyButton("", v.key, func() { v.onClose() })
	v.close.Icon, v.close.Importance = theme.CancelIcon(), widget.LowImportance
	v.choose = newChoosePage(s, v.key, asks)
	v.run = newRunPage(s, v.key, asks.discard, asks.fail)
	v.run.crop.keys = &keyboard{
		escape: func() { v.onClose() },
		down: func(e *fyne.KeyEvent, down bool) {
			if e.Name == fyne.KeySpace {
				v.run.crop.hold(down)
			}
		},
	}
	v.done = newDonePage(s, v.key, v.use, v.finished, v.another)
	v.pages = container.NewStack()
	head := container.New(layout.NewCustomPaddedLayout(5, 5, 18, 10), container.New(beside{},
		container.New(layout.NewCustomPaddedLayout(2, 0, 0, 0), v.title), v.close))
	top := container.NewStack(canvas.NewRectangle(greyPanel), head)
	line := canvas.NewRectangle(greyDeep)
	line.SetMinSize(fyne.NewSize(1, 1))
	v.content = container.New(seamless{}, container.New(seamless{}, top, line), v.pages)
	v.content.Hide()
	return v
}

// key closes the view on Escape.
func (v *trainView) key(e *fyne.KeyEvent) bool {
	if e.Name == fyne.KeyEscape {
		v.onClose()
		return true
	}
	return false
}

// typedKey is for keys that no control has.
func (v *trainView) typedKey(e *fyne.KeyEvent) {
	switch {
	case v.page == choosing:
		v.choose.key(e)
	case v.page == done && entered(e):
		v.use()
	default:
		v.key(e)
	}
}

// opened prepares the view for being shown. folder is where to begin.
func (v *trainView) opened(folder string) {
	v.page = noPage
	v.show()
	if v.page == choosing {
		v.choose.opened(folder)
	}
}

// current is the page that the session's state asks for.
func (v *trainView) current() trainPage {
	if v.session.Training().Active {
		return running
	}
	if _, ok := v.session.TrainingResult(); ok {
		return done
	}
	return choosing
}

// show follows the session.
func (v *trainView) show() {
	if page := v.current(); page != v.page {
		v.turn(page)
	}
	switch v.page {
	case choosing:
		v.choose.show()
	case running:
		state := v.session.Training()
		v.title.set(lang.L("Training “{{.Name}}” on {{.Folder}}", with{"Name": state.Name, "Folder": shortened(state.Folder)}))
		v.run.show(state)
	case done:
		result, _ := v.session.TrainingResult()
		v.done.show(result)
	}
}

// turn shows another page.
func (v *trainView) turn(page trainPage) {
	first := v.page == noPage
	v.page = page
	var left, right fyne.CanvasObject
	switch page {
	case choosing:
		v.title.set(lang.L("Train on my folder"))
		left, right = v.choose.left, v.choose.right
		if !first {
			v.choose.opened("")
		}
	case running:
		left, right = v.run.leftSide, v.run.rightSide
	default:
		v.title.set(lang.L("The training has ended"))
		left, right = v.done.leftSide, v.done.rightSide
	}
	v.pages.Objects = []fyne.CanvasObject{container.New(beside{}, left, right)}
	v.pages.Refresh()
	v.turned()
}

// use takes up the new model, and goes back to the photo.
func (v *trainView) use() {
	v.session.UseTrainedModel()
	v.finished()
}

// finished puts the result away.
func (v *trainView) finished() {
	v.session.DismissTrainingResult()
	v.onClose()
}

// another goes on to the next training.
func (v *trainView) another() { v.session.DismissTrainingResult() }
