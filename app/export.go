package app

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"blindspot/core/photo"
	"blindspot/core/pixel"
)

// ErrExists says that an export would replace a file; ask, then export again with Overwrite.
var ErrExists = photo.ErrExists

// ErrSource says that an export would replace the photo itself; ask, then export again with OverwriteSource.
var ErrSource = photo.ErrSource

// progressPause is the least time between two reports of progress: 15 a second are plenty for the eye.
const progressPause = time.Second / 15

// ExportOptions says where and how to save the denoised photo.
type ExportOptions struct {
	Path            string
	Format          string // one of Formats
	Quality         int    // of JPEG, 1..100
	Overwrite       bool   // replace a file of that name
	OverwriteSource bool   // even if it is the open photo
}

// Formats lists the formats of exports and their usual file name endings.
func Formats() (names, endings []string) {
	return []string{"jpeg", "png", "tiff"}, []string{photo.JPEG.Extension(), photo.PNG.Extension(), photo.TIFF.Extension()}
}

// JobInfo describes a running export.
type JobInfo struct {
	ID          int
	Name        string // what it does, such as "Exporting garden.jpg"
	Done, Total int    // steps; Total is 0 before the first report
}

// job is an export that runs. Its fields belong to the session's goroutine.
type job struct {
	info   JobInfo
	photo  string // its path
	cancel context.CancelFunc
}

// SuggestExport proposes where to save the open photo: beside the original, under a name that is free, in the format
// that was used last.
func (s *Session) SuggestExport() ExportOptions {
	p := s.options.Preferences
	o := ExportOptions{Format: p.Format, Quality: p.Quality}
	if s.photo == nil {
		return o
	}
	folder := filepath.Dir(s.photo.Path)
	if s.isSample(s.photo.Path) {
		folder = p.Folder
		if folder == "" {
			folder = pictureFolder()
		}
	}
	stem := strings.TrimSuffix(filepath.Base(s.photo.Path), filepath.Ext(s.photo.Path)) + "-denoised"
	ending := endingOf(o.Format)
	o.Path = filepath.Join(folder, stem+ending)
	for n := 2; exists(o.Path); n++ {
		o.Path = filepath.Join(folder, fmt.Sprintf("%s-%d%s", stem, n, ending))
	}
	return o
}

// PhotoEndings lists the file name endings of photos that can be opened, in small letters and in capitals.
func PhotoEndings() []string {
	var all []string
	for _, ending := range photo.Extensions() {
		all = append(all, ending, strings.ToUpper(ending))
	}
	return all
}

// WithFormat changes the format of an export and the ending of its path with it.
func (o ExportOptions) WithFormat(format string) ExportOptions {
	o.Format = format
	if ext := filepath.Ext(o.Path); photo.Supported("x" + ext) {
		o.Path = strings.TrimSuffix(o.Path, ext)
	}
	o.Path += endingOf(format)
	return o
}

// FormatOf is the format that the ending of a file name stands for, empty if it stands for none.
func FormatOf(name string) string {
	format, err := photo.ParseFormat(filepath.Ext(name))
	if names, _ := Formats(); err == nil {
		return map[photo.Format]string{photo.JPEG: names[0], photo.PNG: names[1], photo.TIFF: names[2]}[format]
	}
	return ""
}

func endingOf(format string) string {
	names, endings := Formats()
	if i := slices.Index(names, format); i >= 0 {
		return endings[i]
	}
	return ""
}

// savedText tells that a photo has been saved, and what of its metadata could not be kept.
func savedText(path string, notes []string) string {
	text := "Saved " + path
	for _, n := range notes {
		text += ". " + strings.TrimSuffix(Sentence(errors.New(n)), ".")
	}
	return text
}

// sameFile reports whether two paths lead to the same file.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// pictureFolder is the user's folder for pictures, or the home folder.
func pictureFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return "."
	}
	pictures := filepath.Join(home, "Pictures")
	if stat, err := os.Stat(pictures); err == nil && stat.IsDir() {
		return pictures
	}
	return home
}

// Export saves the photo denoised with the current settings, in the background. What can be said at once comes as an
// error, ErrExists among it; what fails later becomes a message.
func (s *Session) Export(o ExportOptions) error {
	switch {
	case s.glimpse != nil:
		return errors.New("the photo is still being read: try again in a moment")
	case s.photo == nil:
		return errors.New("there is no photo to export")
	case s.network == nil && s.models.loading != nil:
		return errors.New("the model is still loading: try again in a moment")
	case s.network == nil:
		return errNoModel
	case strings.TrimSpace(o.Path) == "":
		return errors.New("the export needs a file name")
	}
	format, err := photo.ParseFormat(o.Format)
	if err != nil {
		return err
	}
	if s.settings.Mode == Fast {
		if err := s.network.fast(); err != nil {
			return err
		}
	}
	o.Path, err = filepath.Abs(o.Path)
	if err != nil {
		return fmt.Errorf("export to %s: %w", o.Path, err)
	}
	switch {
	case sameFile(o.Path, s.photo.Path) && !o.OverwriteSource:
		return fmt.Errorf("export to %s: %w", o.Path, ErrSource)
	case exists(o.Path) && !o.Overwrite && !o.OverwriteSource:
		return fmt.Errorf("export to %s: %w", o.Path, ErrExists)
	}
	p := &s.options.Preferences
	p.Format, p.Quality, p.Folder = o.Format, o.Quality, filepath.Dir(o.Path)
	s.startExport(o, photo.SaveOptions{
		Format: format, Quality: o.Quality,
		Overwrite: o.Overwrite || o.OverwriteSource, OverwriteSource: o.OverwriteSource,
		Done: edit(s.modelName(), s.settings),
	})
	return nil
}

func (s *Session) startExport(o ExportOptions, save photo.SaveOptions) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.nextJob++
	j := &job{info: JobInfo{ID: s.nextJob, Name: "Exporting " + filepath.Base(o.Path)}, photo: s.photo.Path, cancel: cancel}
	s.jobs = append(s.jobs, j)
	x := &exporter{
		queue: s.queue, network: s.network.retain(), threads: s.options.Threads,
		photo: s.photo.Photo, settings: s.settings, warm: s.preview.warm(),
		progress: s.reporter(j),
	}
	s.setExport(j.photo, ExportQueued)
	s.changed(JobsChanged)
	s.spawn(func() {
		notes, err := x.run(ctx, o.Path, save)
		x.network.release()
		s.mail.post(func() {
			cancel()
			s.jobs = slices.DeleteFunc(s.jobs, func(other *job) bool { return other == j })
			switch {
			case errors.Is(err, context.Canceled):
				s.setExport(j.photo, NotExported)
			case err != nil:
				s.setExport(j.photo, ExportFailed)
				s.fail(err)
			default:
				s.setExport(j.photo, ExportDone)
				s.say(Message{Text: savedText(o.Path, notes)})
			}
			s.changed(JobsChanged)
		})
	})
}

// reporter returns a function that tells the session how far a job is, not too often.
func (s *Session) reporter(j *job) func(done, total int) {
	var last time.Time
	return func(done, total int) {
		if now := time.Now(); now.Sub(last) >= progressPause || done == total {
			if total > 0 { // the beginning has not cost the first report its turn
				last = now
			}
			s.mail.post(func() {
				j.info.Done, j.info.Total = done, total
				s.setExport(j.photo, ExportRunning)
				s.changed(JobsChanged)
			})
		}
	}
}

// Jobs lists the running exports, the oldest first.
func (s *Session) Jobs() []JobInfo {
	infos := make([]JobInfo, len(s.jobs))
	for i, j := range s.jobs {
		infos[i] = j.info
	}
	return infos
}

// CancelJob stops a job. Nothing of its file will be there.
func (s *Session) CancelJob(id int) {
	for _, j := range s.jobs {
		if j.info.ID == id {
			j.cancel()
		}
	}
}

// warm returns the results of all cells of the current mode, nil if one is missing.
func (p *preview) warm() []warmCell {
	cells := make([]warmCell, len(p.cells))
	for i, r := range p.cells {
		result, ok := p.results[p.key(i)]
		if !ok {
			return nil
		}
		cells[i] = warmCell{r.Min, result}
	}
	return cells
}

// warmCell is a result with its place in the photo.
type warmCell struct {
	at     image.Point
	result cellResult
}

// exporter denoises and saves one photo. It works on copies of what the session had when the user asked.
type exporter struct {
	queue    *Queue
	network  *sharedNetwork
	threads  int
	photo    *photo.Photo
	settings Settings
	warm     []warmCell // all of the photo's, or nil
	progress func(done, total int)
}

func (x *exporter) run(ctx context.Context, path string, o photo.SaveOptions) (notes []string, err error) {
	denoised, err := x.denoise(ctx)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", filepath.Base(path), err)
	}
	out := *x.photo
	out.Image = denoised
	return photo.Save(ctx, path, &out, o)
}

// denoise gives way to previews between two tiles.
func (x *exporter) denoise(ctx context.Context) (*pixel.Image, error) {
	if x.warm != nil {
		return x.assemble(ctx)
	}
	turn, err := x.queue.Enter(ctx, Exporting)
	if err != nil {
		return nil, err
	}
	defer turn.Leave()
	x.progress(0, 0)
	n, err := x.network.twin(x.threads)
	if err != nil {
		return nil, err
	}
	defer n.close()
	return n.photo(ctx, x.photo.Image, x.settings, func(done, total int) {
		x.progress(done, total)
		_ = turn.Yield(ctx) // its error is that of ctx, which ends the denoising by itself
	})
}

// assemble puts the photo together from results that the preview has: they are the same, bit for bit.
func (x *exporter) assemble(ctx context.Context) (*pixel.Image, error) {
	im := x.photo.Image
	out := pixel.New(im.W, im.H, im.C, im.Depth)
	out.Alpha = slices.Clone(im.Alpha)
	for i, c := range x.warm {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part, err := c.result.render(x.settings, im)
		if err != nil {
			return nil, err
		}
		paste(out, part, c.at.X, c.at.Y)
		x.progress(i+1, len(x.warm))
	}
	return out, nil
}
