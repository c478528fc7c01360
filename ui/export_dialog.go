package ui

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// formatWords are the formats as the dialog calls them, in the order of app.Formats.
var formatWords = []string{"JPEG", "PNG", "TIFF"}

// exportDialog asks where and how to save. Enter in one of its fields exports.
type exportDialog struct {
	w       *Window
	options app.ExportOptions

	name, folder *dialogEntry
	format       *segments
	quality      *slider
	qualityText  *canvas.Text
	qualityRow   *fyne.Container
	problem      *widget.Label
	popup        *widget.PopUp
}

// showExport opens the dialog with a suggestion.
func (w *Window) showExport() {
	if w.busy() || w.panel.export.Disabled() {
		return
	}
	d := &exportDialog{w: w, options: w.session.SuggestExport()}
	w.dialog = d
	d.build()
	w.escape = d.close
	d.popup.Show()
	w.win.Canvas().Focus(d.name)
}

func (d *exportDialog) build() {
	d.name, d.folder = d.entry(filepath.Base(d.options.Path)), d.entry(filepath.Dir(d.options.Path))
	names, _ := app.Formats()
	d.name.OnChanged = d.typedName
	d.format = newSegments(formatWords, func(i int) { d.setFormat(names[i]) })
	d.quality = newSlider(nil, func(v float64) { d.setQuality(v) })
	d.quality.set(float64(d.options.Quality) / 100)
	d.qualityText = value()
	d.qualityRow = container.NewBorder(nil, nil, nil, container.New(fixedWidth(30), d.qualityText), d.quality)
	d.problem = widget.NewLabel("")
	d.problem.Wrapping, d.problem.Importance = fyne.TextWrapWord, widget.DangerImportance
	d.problem.Hide()
	d.showFormat()

	label := func(text string) fyne.CanvasObject {
		return widget.NewLabelWithStyle(text, fyne.TextAlignTrailing, fyne.TextStyle{})
	}
	browse := widget.NewButton(lang.L("Browse…"), d.browse)
	form := container.New(layout.NewFormLayout(),
		label(lang.L("Name")), d.name,
		label(lang.L("Folder")), container.NewBorder(nil, nil, nil, browse, d.folder),
		label(lang.L("Format")), container.NewHBox(d.format),
		label(lang.L("Quality")), d.qualityRow)
	title := canvas.NewText(lang.L("Export the denoised photo"), greyText)
	title.TextSize = 15
	cancel := widget.NewButton(lang.L("Cancel"), d.close)
	save := widget.NewButton(lang.L("Export"), d.save)
	save.Importance = widget.HighImportance
	buttons := container.NewHBox(layout.NewSpacer(), cancel, save)
	content := container.New(fixedWidth(460), container.New(layout.NewCustomPaddedLayout(14, 12, 16, 16),
		container.New(layout.NewCustomPaddedVBoxLayout(12), title, form, d.problem, buttons)))
	d.popup = widget.NewModalPopUp(content, d.w.win.Canvas())
}

// entry is a field in which Enter exports and Escape closes.
func (d *exportDialog) entry(text string) *dialogEntry {
	e := &dialogEntry{escape: d.close}
	e.ExtendBaseWidget(e)
	e.SetText(text)
	e.OnSubmitted = func(string) { d.save() }
	return e
}

// dialogEntry is an entry that knows Escape.
type dialogEntry struct {
	widget.Entry
	escape func()
}

// TypedKey closes the dialog on Escape.
func (e *dialogEntry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.escape()
		return
	}
	e.Entry.TypedKey(k)
}

func (d *exportDialog) setFormat(format string) {
	d.options.Path = d.path()
	d.options = d.options.WithFormat(format)
	d.name.SetText(filepath.Base(d.options.Path))
	d.showFormat()
}

// typedName follows the ending that the user writes: a PNG must not be called .jpg.
func (d *exportDialog) typedName(name string) {
	if format := app.FormatOf(name); format != "" && format != d.options.Format {
		d.options.Format = format
		d.showFormat()
	}
}

func (d *exportDialog) showFormat() {
	names, _ := app.Formats()
	d.format.choose(slices.Index(names, d.options.Format))
	jpeg := d.options.Format == names[0]
	d.quality.setDisabled(!jpeg)
	text := "–"
	if jpeg {
		text = fmt.Sprint(d.options.Quality)
	}
	setText(d.qualityText, text)
}

func (d *exportDialog) setQuality(v float64) {
	d.options.Quality = max(int(math.Round(v*100)), 1)
	d.showFormat()
}

func (d *exportDialog) path() string { return filepath.Join(d.folder.Text, d.name.Text) }

// browse lets the user pick the folder.
func (d *exportDialog) browse() {
	d.w.askFolder(lang.L("Folder for the export"), d.folder.Text, d.folder.SetText)
}

// save starts the export, after a question if it would replace a file.
func (d *exportDialog) save() {
	if d.name.Text == "" {
		d.complain(errors.New(lang.L("The export needs a file name.")))
		return
	}
	d.options.Path, d.options.Overwrite, d.options.OverwriteSource = d.path(), false, false
	if app.FormatOf(d.options.Path) == "" { // a name without an ending, or one with another dot
		d.options = d.options.WithFormat(d.options.Format)
	}
	d.try()
}

func (d *exportDialog) try() {
	err := d.w.session.Export(d.options)
	switch {
	case errors.Is(err, app.ErrSource):
		d.ask(lang.L("Replace the original?"), lang.L("{{.Name}} is the photo you opened. The original would be lost.", map[string]any{"Name": filepath.Base(d.options.Path)}),
			&d.options.OverwriteSource)
	case errors.Is(err, app.ErrExists):
		d.ask(lang.L("Replace the file?"), lang.L("There is a file {{.Name}} already. It would be lost.", map[string]any{"Name": filepath.Base(d.options.Path)}),
			&d.options.Overwrite)
	case err != nil:
		d.complain(err)
	default:
		d.close()
	}
}

// ask puts the question of replacing, and remembers a yes. Keeping the old file is what Enter does.
func (d *exportDialog) ask(title, question string, yes *bool) {
	q := dialog.NewConfirm(title, question, func(replace bool) {
		if replace {
			*yes = true
			d.try()
		}
	}, d.w.win)
	q.SetConfirmText(lang.L("Replace"))
	q.SetDismissText(lang.L("Keep it"))
	q.SetConfirmImportance(widget.DangerImportance)
	d.w.showDialog(q)
}

func (d *exportDialog) complain(err error) {
	d.problem.SetText(app.Sentence(err))
	d.problem.Show()
	d.popup.Resize(d.popup.MinSize())
}

func (d *exportDialog) close() {
	d.popup.Hide()
	d.w.dialog, d.w.escape = nil, nil
	d.w.releaseKeys()
}
