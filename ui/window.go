package ui

import (
	"context"
	"image"
	"io/fs"
	"slices"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"

	"blindspot/app"
)

// Window is the program's window. All methods belong to Fyne's goroutine.
type Window struct {
	fyne    fyne.App
	win     fyne.Window
	session *app.Session
	bridge  *bridge
	trace   *tracer
	assets  fs.FS
	icon    fyne.Resource

	viewer    *viewer
	panel     *panel
	status    *statusBar
	strip     *strip
	queue     *queueView
	training  training
	centre    *fyne.Container // the photo with the queue under it
	body      *fyne.Container // with the strip, which comes and goes
	compare   *segments
	zoom      *segments
	empty     *fyne.Container // what stands in the viewer's place without a photo
	recent    *fyne.MenuItem
	undo      *fyne.MenuItem
	redo      *fyne.MenuItem
	reset     *fyne.MenuItem
	shelf     *fyne.MenuItem
	queueItem *fyne.MenuItem
	menu      *fyne.MainMenu

	atStart  app.General      // what held when the program started
	lastTime app.LastSession  // what was open then
	resume   *app.LastSession // until its photo is open again, nil if there is none
	keys     *keyboard        // for the drawn controls
	stripOff bool             // the user does not want it
	last     compare          // of those that show the result
	shown    string           // path of the photo in the viewer
	pixel    image.Point      // under the pointer
	hovering bool
	waiting  bool // the network has yet to see visible cells
	dialog   *exportDialog
	models   *modelManager      // that was opened last
	escape   func()             // closes the dialog that is open, nil if there is none
	asking   context.CancelFunc // closes the desktop's file dialog, nil if there is none
	askers   sync.WaitGroup
	away     bool // another program is in front
	closed   bool

	modelFolder string // that models were imported from or exported to last
}

// Options are what a window is made of.
type Options struct {
	App         fyne.App
	Assets      fs.FS // with the sample photo
	Icon        fyne.Resource
	Models      []app.ModelChoice
	Library     *app.Library // for models that are trained
	Preferences app.Preferences
	// PreferencesPath is where they are saved; empty saves nothing.
	PreferencesPath string
	// Last is the last session, LastPath where it is saved; empty saves nothing.
	Last     app.LastSession
	LastPath string
	// Problem is shown as a sentence when the window opens.
	Problem error

	do func(func()) // in place of fyne.Do, for tests; nil in the program
}

// The comparisons and zooms of the two rows of words above the photo.
var (
	comparisons   = []compare{splitView, sideBySide, singleView, removedView, sensitivityView}
	zooms         = []float64{0, 1, 2, 4}
	startSize     = fyne.NewSize(1280, 800)
	toolbarMargin = float32(8)
)

func compareWords() []string {
	return []string{lang.L("Split"), lang.L("Side by side"), lang.L("Single"), lang.L("Removed"), lang.L("Sensitivity")}
}

func zoomWords() []string { return []string{lang.L("Fit"), "100 %", "200 %", "400 %"} }

// New makes the window; Open fills it and Fyne's App.Run shows it.
func New(o Options) (*Window, error) {
	if err := useLanguage(o.Assets, o.Preferences.Language); err != nil {
		o.Problem = err
	}
	o.App.Settings().SetTheme(darkroom{})
	w := &Window{
		fyne: o.App, win: o.App.NewWindow("Blindspot"), bridge: newBridge(), assets: o.Assets, icon: o.Icon, waiting: true,
		atStart: o.Preferences.General, lastTime: o.Last,
	}
	if o.do != nil {
		w.bridge.do = o.do
	}
	w.session = app.NewSession(app.Options{
		Wake: w.bridge.wake, OnChange: w.changed, Models: o.Models, Library: o.Library,
		Preferences: o.Preferences, PreferencesPath: o.PreferencesPath, LastPath: o.LastPath, Threads: o.Preferences.Threads,
	})
	w.bridge.receive = w.session.Receive
	var err error
	if w.trace, err = newTracer(w.traced); err != nil {
		o.Problem = err
	}
	w.build()
	w.win.SetPadded(false)
	w.win.SetContent(w.layout())
	w.win.SetIcon(o.Icon)
	w.buildMenu()
	w.bindKeys()
	w.win.SetOnDropped(w.dropped)
	w.win.SetCloseIntercept(w.Close)
	w.startAs(o.Last.Window)
	w.win.SetMaster()
	w.compareChanged()
	w.changed(app.PhotoChanged | app.SettingsChanged | app.ModelChanged | app.JobsChanged | app.TrainingChanged)
	if o.Problem != nil {
		w.session.Complain(o.Problem)
	}
	if w.session.RestoreExports(o.Last) > 0 {
		w.toggleQueue() // where they can be let go on
	}
	return w, nil
}

// Show puts the window on the screen.
func (w *Window) Show() { w.win.Show() }

// Open opens a photo.
func (w *Window) Open(path string) {
	w.leaveTraining()
	w.trace.begin("opened", path)
	w.session.Open(path)
}

// OpenAll opens photos, and the photos of folders, together.
func (w *Window) OpenAll(paths []string) {
	if len(paths) > 0 {
		w.leaveTraining()
		w.trace.begin("opened", paths[0])
		w.session.OpenAll(paths)
	}
}

// OpenSample opens the sample photo.
func (w *Window) OpenSample() {
	w.trace.begin("opened", "sample")
	w.session.OpenSample(w.assets)
}

// Close stops everything that runs, saves the preferences and ends the program. It must not be called after Fyne's loop
// has ended.
func (w *Window) Close() {
	if !w.askClose() {
		w.quit()
	}
}

func (w *Window) quit() {
	if w.Stop() {
		w.fyne.Quit()
	}
}

// Stop ends the work of the window without ending the program; it reports false when that has been done before.
func (w *Window) Stop() bool {
	if w.closed {
		return false
	}
	w.closed = true
	w.remember()
	w.bridge.close()
	w.stopAsking()
	if err := w.session.Close(); err != nil {
		fyne.LogError("The settings could not be saved", err)
	}
	w.trace.close()
	return true
}

func (w *Window) build() {
	w.viewer = newViewer(compare(w.session.Preferences().Compare))
	w.buildTraining(w.session)
	w.status = newStatusBar(w.session, w.training.entry, w.toggleQueue)
	w.strip = newStrip(w.session)
	w.strip.onOpen = w.Open
	w.strip.Hide()
	w.queue = newQueueView(w)
	w.panel = newPanel(w.session, w.showExport, w.showTraining)
	w.panel.release = w.releaseKeys
	w.panel.library = w.showModels
	w.panel.changed = w.trace.begin
	w.keys = &keyboard{typed: w.typed, down: w.space, escape: w.releaseKeys, back: w.releaseKeys}
	w.viewer.keys, w.strip.keys, w.strip.onKey = w.keys, w.keys, w.typedKey
	w.panel.setKeys(w.keys)
	w.viewer.onView = w.viewed
	w.viewer.onHover = w.hover
	w.viewer.onZoom = w.zoomed
	w.viewer.onFrame = w.trace.frame
	w.viewer.onDrag = w.trace.begin
	w.viewer.onLeft = w.chooseLeft
	w.last = w.viewer.mode
	if w.last == removedView || w.last == sensitivityView {
		w.last = splitView
	}
	w.compare = newSegments(compareWords(), func(i int) { w.setCompare(comparisons[i]) })
	w.zoom = newSegments(zoomWords(), func(i int) { w.viewer.zoomTo(zooms[i]) })
	for _, row := range []*segments{w.compare, w.zoom} {
		row.keys, row.onTapped = w.keys, w.releaseKeys
	}
}

func (w *Window) layout() fyne.CanvasObject {
	title := canvas.NewText(lang.L("Drop photos or a folder here, or press Ctrl+O"), greyText)
	title.TextSize, title.Alignment = 16, fyne.TextAlignCenter
	w.empty = container.NewCenter(container.NewVBox(title, quiet(lang.L("Camera raw, JPEG, PNG, TIFF, WebP and BMP"), fyne.TextAlignCenter)))
	tools := container.New(layout.NewCustomPaddedLayout(toolbarMargin, toolbarMargin, 12, 12),
		container.New(yielding{}, w.compare, w.zoom))
	top := container.NewStack(canvas.NewRectangle(greyPanel), tools)
	picture := container.NewStack(canvas.NewRectangle(greyPit), w.viewer, w.empty,
		container.NewBorder(nil, container.New(layout.NewCustomPaddedVBoxLayout(0), w.training.offers.content, w.status.messageBox), nil, nil))
	w.centre = container.New(drawer{}, picture, w.queue.content)
	w.body = container.New(shelf{}, w.strip, container.New(beside{}, container.New(seamless{}, top, w.centre), w.panel.content))
	return container.New(above{}, container.NewStack(w.body, w.training.view.content), w.status.content)
}

// hover follows the pointer over the photo.
func (w *Window) hover(at image.Point, ok bool) {
	w.pixel, w.hovering = at, ok
	w.status.showPixel(at, ok)
}

// releaseKeys takes the keyboard from a control, so that Space and the letters reach the viewer.
func (w *Window) releaseKeys() { w.win.Canvas().Unfocus() }

func (w *Window) setCompare(c compare) {
	w.viewer.setCompare(c)
	w.compareChanged()
}

// compareChanged has the pictures made that the comparison needs, and remembers it.
func (w *Window) compareChanged() {
	c := w.viewer.mode
	if c != removedView && c != sensitivityView {
		w.last = c
	}
	companion := app.Companion{}
	switch c {
	case sensitivityView:
		companion.Kind = app.Sensitivity
	case sideBySide:
		companion = w.viewer.left
	}
	w.session.SetCompare(string(c))
	w.session.SetCompanion(companion)
}

// zoomed follows the viewer's zoom and comparison.
func (w *Window) zoomed() {
	w.status.showZoom(&w.viewer.lens)
	w.remember()
	w.compare.choose(slices.Index(comparisons, w.viewer.mode))
	chosen := slices.Index(zooms, w.viewer.lens.zoom)
	if w.viewer.lens.fit {
		chosen = 0
	}
	w.zoom.choose(chosen)
}

// traced is what the tracer asks.
func (w *Window) traced() traceState {
	p := w.session.Preview()
	return traceState{
		picture: w.viewer.before != nil, done: p.Complete() && w.session.Opening() == "", trunkPasses: w.session.TrunkPasses(), cells: p.Total, waiting: p.Waiting,
	}
}

// dropped opens all files and folders that are dropped on the window, and takes models among them into the library.
func (w *Window) dropped(_ fyne.Position, uris []fyne.URI) {
	var paths, models []string
	for _, u := range uris {
		switch {
		case u.Scheme() != "file":
		case isModel(u.Path()):
			models = append(models, u.Path())
		default:
			paths = append(paths, u.Path())
		}
	}
	w.importDropped(models)
	if !w.droppedOnTraining(paths) {
		w.OpenAll(paths)
	}
}

// openNeighbour opens the photo so many places further in the strip.
func (w *Window) openNeighbour(by int) {
	if path := w.session.Neighbour(by); path != "" {
		w.Open(path)
	}
}

// toggleStrip hides the strip, and shows it again.
func (w *Window) toggleStrip() {
	w.stripOff = !w.stripOff
	w.showStrip()
}

// showStrip shows the strip while there is more than one photo.
func (w *Window) showStrip() {
	several := len(w.session.Album()) > 1
	if w.shelf.Checked != !w.stripOff || w.shelf.Disabled != !several {
		w.shelf.Checked, w.shelf.Disabled = !w.stripOff, !several
		w.menu.Refresh()
	}
	if shown := several && !w.stripOff; shown != w.strip.Visible() {
		w.strip.Hidden = !shown
		w.body.Refresh()
	}
	w.strip.albumChanged()
}
