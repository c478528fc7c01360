package app

import (
	"cmp"
	"context"
	"errors"
	"image"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"blindspot/core/colour/icc"
	"blindspot/core/photo"
)

// Change says what about a session is new. Several are joined by |.
type Change uint

// What can change.
const (
	PhotoChanged      Change = 1 << iota // another photo, or none
	PixelsChanged                        // visible cells of the denoised picture, and their progress
	SettingsChanged                      // mode, hole or strength; the pixels follow
	ModelChanged                         // the model or the list of models
	JobsChanged                          // the queue of exports
	MessageChanged                       // Message
	AlbumChanged                         // the photos of the album, and the states of their exports
	ThumbnailsChanged                    // small pictures have arrived
	NoiseChanged                         // what is known of the photo's noise
	TrainingChanged                      // the folder to train on, the training under way, its result, unfinished ones
	ExportsEnded                         // nothing is left to export; ExportSummary says how it went
)

// Options are what a session is made of.
type Options struct {
	// Wake is called from any goroutine when work has come back; it must see to it that Receive is called soon by the
	// goroutine that owns the session. It must not call it itself.
	Wake func()
	// OnChange is called by the owner's goroutine, in a method of the session or in Receive.
	OnChange func(Change)
	// Queue is shared with everything else that works hard. Nil makes one.
	Queue *Queue
	// Preferences are what the last session left, PreferencesPath where Close saves them; empty saves nothing.
	Preferences     Preferences
	PreferencesPath string
	// LastPath is where the session is saved, for Restore; empty saves nothing.
	LastPath string
	// Models lists the models to choose from. The first is the one for a user who never chose.
	Models []ModelChoice
	// Library is where trained models go; without one nothing can be trained.
	Library *Library
	// PowerSupplies is the folder in which the system describes them, for trainings to wait for the mains; empty is the usual one.
	PowerSupplies string
	// Threads is for the network; 0 takes all processors.
	Threads int
}

// Session is one open window's state: the photo, the settings, the denoised preview, and the exports that run. Every
// method is called by one goroutine, that of the window; none blocks. Heavy work happens in goroutines that are given
// copies of values and whose results come back through Receive, where those that are no longer wanted are dropped.
type Session struct {
	options Options
	mail    mailbox
	queue   *Queue
	ctx     context.Context
	cancel  context.CancelFunc
	workers sync.WaitGroup

	photo      *openPhoto
	opening    context.CancelFunc // of the photo that is being opened, nil if none
	openingFor string             // its path
	glimpse    *glimpse           // what there is of it to see, nil if nothing; photo is nil then
	kept       *openPhoto         // the photo that was open before the glimpse

	settings  Settings
	histories histories
	models    models
	network   *sharedNetwork // nil until loaded

	album     []string           // photos that were opened together
	gathering context.CancelFunc // of the album that is being listed, nil if none
	asked     string             // the photo that was asked for last
	thumbs    *thumbnails

	preview   *preview
	beside    *beside
	exports   *exportQueue
	trash     []*DeletedModel // the last one can be brought back
	trainings trainings

	message Message

	firstThreads     int // those that the list of models loads its networks for
	window           WindowState
	leftOut          Message // what Restore could not find, until its first photo is open
	preferencesSaver saver
	lastSaver        saver
}

// openPhoto is a photo with its pictures for the screen.
type openPhoto struct {
	*photo.Photo
	colours       *icc.Transform // from the photo's to the screen's
	noise         *photoNoise
	before, after *Pyramid
}

// Message is one sentence for the user.
type Message struct {
	Text    Text
	Problem bool // something failed, as opposed to good news
}

// NewSession starts a session without a photo. Close ends it.
func NewSession(o Options) *Session {
	if o.Queue == nil {
		o.Queue = NewQueue()
	}
	o.Preferences, o.Models = o.Preferences.withDefaults(), slices.Clone(o.Models)
	ctx, cancel := context.WithCancel(context.Background())
	s := &Session{
		options: o, queue: o.Queue, ctx: ctx, cancel: cancel,
		settings: o.Preferences.settings(),
		models:   models{wish: o.Preferences.Model},
	}
	s.firstThreads = o.Threads
	s.histories = newHistories(s.settings, s.models.wish)
	s.mail.wake = o.Wake
	s.preview = newPreview(s)
	s.beside = newBeside(s)
	s.setBudgets()
	s.thumbs = newThumbnails(s)
	s.exports = newExportQueue(s)
	s.pickModel()
	s.openLibrary()
	s.findUnfinished()
	return s
}

// Receive takes in what the workers have finished.
func (s *Session) Receive() {
	for _, item := range s.mail.take() {
		item()
	}
}

// Settle gives the painter a moment to show what is warm at new settings, and takes it in: a slider's thumb and the picture that
// follows it so come in one frame, which is half of the time where a frame takes long.
func (s *Session) Settle(limit time.Duration) {
	start := time.Now()
	s.preview.painter.settle(limit)
	s.beside.preview.painter.settle(limit - time.Since(start))
	s.Receive()
}

// Close cancels everything, waits until it has stopped, and saves the preferences.
func (s *Session) Close() error {
	s.cancel()
	s.preview.close()
	s.beside.preview.close()
	s.thumbs.close()
	s.workers.Wait()
	for _, item := range s.mail.take() { // networks that were loaded in the last moment must be closed too
		item()
	}
	s.exports.closeEngine()
	if s.network != nil {
		s.network.release()
		s.network = nil
	}
	s.beside.close()
	return errors.Join(s.closeLibrary(), s.saveAll())
}

// changed tells the window.
func (s *Session) changed(c Change) {
	if s.ctx.Err() == nil {
		s.options.OnChange(c)
	}
}

// spawn runs work in a goroutine that Close waits for.
func (s *Session) spawn(work func()) {
	s.workers.Add(1)
	go func() {
		defer s.workers.Done()
		work()
	}()
}

// Message is the sentence to show, empty if there is none.
func (s *Session) Message() Message { return s.message }

// DismissMessage removes it.
func (s *Session) DismissMessage() { s.say(Message{}) }

// Complain shows an error that arose in the window itself.
func (s *Session) Complain(err error) { s.fail(err) }

func (s *Session) say(m Message) {
	if m.Problem != s.message.Problem || m.Text.String() != s.message.Text.String() {
		s.message = m
		s.changed(MessageChanged)
	}
}

// fail shows an error unless it is only that of a cancelled job.
func (s *Session) fail(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		s.say(Message{Text: Sentence(advised(err)), Problem: true})
	}
}

// Settings are the current ones.
func (s *Session) Settings() Settings { return s.settings }

// SetSettings changes mode, hole or strength. Warm cells are painted anew without the network.
func (s *Session) SetSettings(n Settings) {
	if err := n.Validate(); err != nil {
		s.fail(err)
		return
	}
	if n == s.settings {
		return
	}
	old := s.settings
	s.settings = n
	if familyOf(old.Mode) != familyOf(n.Mode) {
		s.preview.restart()
		s.beside.preview.restart()
	} else {
		s.preview.settingsChanged()
		s.beside.preview.settingsChanged()
	}
	s.changed(SettingsChanged)
}

// Preferences are what to start with the next time.
func (s *Session) Preferences() Preferences {
	p := s.options.Preferences
	p.Model = s.models.wish
	p.Mode, p.Hole = s.settings.Mode.String(), int(s.settings.Hole)
	p.Luma, p.Colour, p.Texture = s.settings.Luma, s.settings.Colour, s.settings.Texture
	return p
}

// SetCompare remembers how the viewer compares: "split", "side", "single", "removed" or "sensitivity".
func (s *Session) SetCompare(how string) { s.options.Preferences.Compare = how }

// Open opens the photo at path in the background. The photo that is open stays until there is something of the new one to
// see; if it cannot be read the old one stays for good. Opening another one meanwhile gives up the first.
func (s *Session) Open(path string) {
	path = absolute(path)
	s.asked = path
	if s.gathering != nil {
		s.gathering()
	}
	if s.opening != nil {
		s.opening()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.opening, s.openingFor = cancel, path
	s.changed(PhotoChanged)
	s.spawn(func() {
		if g := readGlimpse(ctx, path); g != nil {
			s.mail.post(func() {
				if ctx.Err() == nil {
					s.glimpsed(g)
				}
			})
		}
		opened, err := readPhoto(ctx, path)
		s.mail.post(func() {
			if ctx.Err() != nil { // overtaken by another photo
				return
			}
			cancel()
			s.opening, s.openingFor = nil, ""
			s.opened(path, opened, err)
		})
	})
}

// readPhoto decodes a photo and makes its pictures for the screen.
func readPhoto(ctx context.Context, path string) (*openPhoto, error) {
	p, err := photo.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	full := image.NewRGBA(image.Rect(0, 0, p.Image.W, p.Image.H))
	p.Image.ToRGBA(full, full.Rect)
	colours := screenColours(p)
	colours.RGBA(full, full.Rect)
	before := newPyramid(full)
	return &openPhoto{Photo: p, colours: colours, noise: newPhotoNoise(), before: before, after: before.overlay()}, nil
}

func (s *Session) opened(path string, p *openPhoto, err error) {
	if err != nil {
		s.options.Preferences.Recent = forget(s.options.Preferences.Recent, path)
		s.endGlimpse()
		s.fail(err)
		s.changed(PhotoChanged | PixelsChanged | SettingsChanged)
		return
	}
	s.turnTo(path)
	s.joinAlbum(path)
	s.photo, s.glimpse, s.kept = p, nil, nil
	s.message, s.leftOut = cmp.Or(notice(p.Photo), s.leftOut), Message{}
	s.options.Preferences.Recent = remember(s.options.Preferences.Recent, path)
	s.limitMemory()
	s.measureNoise(p)
	s.saveSession()
	s.resetPictures()
	s.pickModel()
	s.changed(PhotoChanged | PixelsChanged | SettingsChanged | MessageChanged | NoiseChanged)
}

// Opening is the path of the photo that is being read, empty if none is.
func (s *Session) Opening() string { return s.openingFor }

// Recent lists the last photos, the newest first.
func (s *Session) Recent() []string { return s.options.Preferences.Recent }

// PhotoInfo describes the open photo.
type PhotoInfo struct {
	Path, Name   string
	Size         image.Point // pixels, upright
	Depth        int         // bits a sample
	Gray         bool
	Camera, Lens string
	ISO          int
}

// Photo describes the open photo; ok is false while there is none.
func (s *Session) Photo() (info PhotoInfo, ok bool) {
	switch {
	case s.glimpse != nil:
		return s.glimpse.info, true
	case s.photo == nil:
		return PhotoInfo{}, false
	}
	p := s.photo
	return PhotoInfo{
		Path: p.Path, Name: filepath.Base(p.Path), Size: image.Pt(p.Image.W, p.Image.H), Depth: p.Image.Depth,
		Gray: p.Image.C == 1, Camera: p.Meta.Camera, Lens: p.Meta.Lens, ISO: p.Meta.ISO,
	}, true
}

// Pictures are the noisy photo and the denoised one, which is the noisy one where no cell has arrived yet. Both change
// in place; they are nil while there is no photo.
func (s *Session) Pictures() (before, after *Pyramid) {
	switch {
	case s.glimpse != nil:
		return s.glimpse.picture, s.glimpse.picture
	case s.photo == nil:
		return nil, nil
	}
	return s.photo.before, s.photo.after
}
