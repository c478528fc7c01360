package ui

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// exportDialog asks which photos to save, how and where. Enter exports, Escape leaves.
type exportDialog struct {
	*modal
	order   app.ExportOrder
	choices []exportChoice

	photos, settings *segments
	settingsRow      [2]*fyne.Container
	settingsHint     *canvas.Text
	name, folder     *dialogEntry
	format, depth    *segments
	taken            *segments // what happens where a file has the name
	quality          *slider
	qualityText      *canvas.Text
	example          *canvas.Text
	problem          *widget.Label
	export           *dialogButton
}

// exportChoice is a set of photos that can be exported together.
type exportChoice struct {
	word  string
	paths []string
}

const (
	exportWidth = 560
	exportLabel = 96 // width of the words at the left
)

// depths in the order of the dialog.
var depths = []int{0, 8, 16}

// showExport opens the dialog for the open photo, or the marked ones if there are any.
func (w *Window) showExport() { w.askExport(false) }

// showExportAll opens the dialog for all photos of the strip.
func (w *Window) showExportAll() { w.askExport(true) }

func (w *Window) askExport(all bool) {
	choices := w.exportChoices()
	if w.busy() || len(choices) == 0 || !w.session.Model().Ready {
		return
	}
	chosen := 0
	if all {
		chosen = len(choices) - 1
	}
	d := &exportDialog{modal: w.newModal(), choices: choices, order: w.session.SuggestExport(choices[chosen].paths)}
	w.dialog = d
	d.keys.escape, d.keys.enter = d.close, d.save
	d.build()
	d.photos.choose(chosen)
	d.export = d.button(lang.L("Export"), d.save)
	d.export.Importance = widget.HighImportance
	d.show(lang.L("Export denoised photos"), exportWidth, d.content(), nil, d.button(lang.L("Cancel"), d.close), d.export)
	w.escape = d.close
	d.showOrder()
	w.win.Canvas().Focus(d.name)
}

// exportChoices lists what can be exported: the marked photos, the open one, all.
func (w *Window) exportChoices() []exportChoice {
	var list []exportChoice
	if marked := w.strip.markedPhotos(); len(marked) > 0 {
		list = append(list, exportChoice{lang.L("{{.Count}} marked", with{"Count": len(marked)}), marked})
	}
	if info, open := w.session.Photo(); open {
		list = append(list, exportChoice{lang.L("This photo"), []string{info.Path}})
	}
	if album := w.session.Album(); len(album) > 1 {
		list = append(list, exportChoice{lang.L("All {{.Count}} photos", with{"Count": len(album)}), album})
	}
	return list
}

func (d *exportDialog) build() {
	words := make([]string, len(d.choices))
	for i, c := range d.choices {
		words[i] = c.word
	}
	names, _ := app.Formats()
	d.photos = d.segments(words, d.choosePhotos)
	d.settings = d.segments([]string{lang.L("Each photo's own"), lang.L("The same for all"), lang.L("Suggested for each")},
		func(i int) { d.order.Settings = app.ExportSettings(i) })
	d.settingsHint = quiet("", fyne.TextAlignLeading)
	d.format = d.segments([]string{"JPEG", "PNG", "TIFF"}, func(i int) { d.order.Format = names[i] })
	d.depth = d.segments([]string{lang.L("As the photo"), lang.L("8 bits"), lang.L("16 bits")}, func(i int) { d.order.Depth = depths[i] })
	d.taken = d.segments([]string{lang.L("Add a number"), lang.L("Replace the file")}, func(i int) { d.order.Replace = i == 1 })
	d.name, d.folder = d.entry(d.order.Name, d.typedName), d.entry(d.order.Folder, func(text string) { d.order.Folder = text })
	d.folder.SetPlaceHolder(lang.L("the folder of each photo"))
	d.quality = newSlider(nil, func(v float64) { d.order.Quality = max(int(math.Round(v*100)), 1); d.showOrder() })
	d.quality.keys = d.keys
	d.quality.set(float64(d.order.Quality) / 100)
	d.qualityText = value()
	d.example = quiet("", fyne.TextAlignLeading)
	d.problem = widget.NewLabel("")
	d.problem.Wrapping, d.problem.Importance = fyne.TextWrapWord, widget.DangerImportance
	d.problem.Hide()
}

// content puts the controls into rows.
func (d *exportDialog) content() fyne.CanvasObject {
	browse := d.button(lang.L("Browse…"), func() {
		d.w.askFolder(lang.L("Folder for the export"), d.folder.Text, d.folder.SetText)
	})
	var fields *dialogButton
	fields = d.button(lang.L("Fields"), func() { d.showFields(fields) })
	fields.Icon, fields.IconPlacement = theme.MenuDropDownIcon(), widget.ButtonIconTrailingText
	photos := d.row(lang.L("Photos"), container.NewHBox(d.photos))
	photos.Hidden = len(d.choices) < 2
	d.settingsRow = [2]*fyne.Container{d.row(lang.L("Settings"), container.NewHBox(d.settings)), d.row("", d.settingsHint)}
	return container.New(layout.NewCustomPaddedVBoxLayout(8),
		photos, d.settingsRow[0], d.settingsRow[1],
		d.row(lang.L("Format"), container.NewHBox(d.format, d.depth)),
		d.row(lang.L("Quality"), container.NewBorder(nil, nil, nil, container.New(fixedWidth(30), d.qualityText), d.quality)),
		d.row(lang.L("Folder"), container.NewBorder(nil, nil, nil, browse, d.folder)),
		d.row(lang.L("Name"), container.NewBorder(nil, nil, nil, fields, d.name)),
		d.row("", d.example),
		d.row(lang.L("If taken"), container.NewHBox(d.taken)),
		d.problem)
}

// row is a word and a control.
func (d *exportDialog) row(word string, control fyne.CanvasObject) *fyne.Container {
	t := canvas.NewText(word, greyQuiet)
	t.TextSize = 12.5
	return container.NewBorder(nil, nil, container.New(fixedWidth(exportLabel), t), nil, control)
}

func (d *exportDialog) segments(words []string, chosen func(int)) *segments {
	s := newSegments(words, func(i int) { chosen(i); d.showOrder() })
	s.keys = d.keys
	return s
}

// entry is a field in which Enter exports and Escape closes.
func (d *exportDialog) entry(text string, changed func(string)) *dialogEntry {
	e := &dialogEntry{escape: d.close}
	e.ExtendBaseWidget(e)
	e.SetText(text)
	e.OnChanged = func(text string) { changed(text); d.showOrder() }
	e.OnSubmitted = func(string) { d.save() }
	return e
}

func (d *exportDialog) choosePhotos(i int) {
	before := d.w.session.SuggestExport(d.order.Photos).Folder
	d.order.Photos = d.choices[i].paths
	if d.order.Folder == before { // the user has not chosen another
		d.folder.SetText(d.w.session.SuggestExport(d.order.Photos).Folder)
	}
}

// typedName follows the ending that the user writes: a PNG must not be called .jpg.
func (d *exportDialog) typedName(text string) {
	name, format := app.SplitEnding(text)
	d.order.Name = name
	if format != "" {
		d.order.Format = format
	}
}

// showOrder brings everything up to date with the order, and says what will become of it.
func (d *exportDialog) showOrder() {
	o := d.order
	names, _ := app.Formats()
	d.format.choose(slices.Index(names, o.Format))
	jpeg := o.Format == names[0]
	d.depth.choose(slices.Index(depths, o.Depth))
	if jpeg {
		d.depth.choose(1)
	}
	for i := range depths {
		d.depth.disable(i, jpeg && depths[i] != 8)
	}
	d.quality.setDisabled(!jpeg)
	quality := "–"
	if jpeg {
		quality = fmt.Sprint(o.Quality)
	}
	setText(d.qualityText, quality)
	d.settings.choose(int(o.Settings))
	setText(d.settingsHint, map[app.ExportSettings]string{
		app.OwnForEach:     lang.L("Photos that were not opened yet get what new photos begin with."),
		app.SameForAll:     lang.L("All photos get the settings of now."),
		app.SuggestForEach: lang.L("Mode and blind spot follow the noise of each photo; strengths are full."),
	}[o.Settings])
	for _, row := range d.settingsRow {
		row.Hidden = len(o.Photos) < 2
	}
	d.showExample()
	d.problem.Hide()
	d.popup.Resize(d.popup.MinSize())
}

// showExample says where the first photo will go, or what is wrong.
func (d *exportDialog) showExample() {
	path, replaces, err := d.w.session.ExportExample(d.order)
	d.example.Color = greyQuiet
	const room, words = exportWidth - exportLabel - 44, 120
	name := elided(filepath.Base(path), room-words, quietSize)
	text := "→  " + name
	switch {
	case err != nil:
		d.example.Color, text = problemRed, sentence(err)
	case replaces:
		d.example.Color = problemRed
		text = lang.L("replaces {{.Name}}", with{"Name": name})
	}
	if more := len(d.order.Photos) - 1; more > 0 && err == nil {
		text += "   " + lang.L("and {{.Count}} more", with{"Count": more})
	}
	d.example.Text = cut(text, room, quietSize)
	d.example.Refresh()
	if err != nil {
		d.export.Disable()
	} else {
		d.export.Enable()
	}
}

// save starts the export.
func (d *exportDialog) save() {
	if err := d.w.session.Export(d.order); err != nil {
		d.complain(err)
		return
	}
	d.close()
	d.w.strip.unmark()
}

func (d *exportDialog) complain(err error) {
	d.problem.SetText(sentence(err))
	d.problem.Show()
	d.popup.Resize(d.popup.MinSize())
}

func (d *exportDialog) close() {
	d.modal.close()
	d.w.dialog = nil
}
