package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// modelDetails is what a model says of itself: where it comes from, what it was trained on, and how well.
type modelDetails struct {
	manager *modelManager

	name    *widget.Label
	field   *dialogEntry // in place of the name while it is changed
	facts   *fyne.Container
	picture *canvas.Image
	noise   *fyne.Container // the picture with what it is
	problem *widget.Label
	empty   *widget.Label
	scroll  *container.Scroll
	content fyne.CanvasObject
}

const detailsMap = 99 // eleven units for each of nine lags

func newModelDetails(m *modelManager) *modelDetails {
	d := &modelDetails{manager: m}
	d.name = widget.NewLabel("")
	d.name.Truncation, d.name.SizeName = fyne.TextTruncateEllipsis, theme.SizeNameHeadingText
	d.field = &dialogEntry{escape: d.giveUpRename}
	d.field.ExtendBaseWidget(d.field)
	d.field.OnSubmitted = m.renameTo
	d.field.Hide()
	d.facts = container.New(layout.NewFormLayout())
	d.picture = &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScalePixels}
	d.picture.SetMinSize(fyne.NewSquareSize(detailsMap))
	d.noise = container.New(layout.NewCustomPaddedVBoxLayout(6),
		container.NewHBox(container.NewStack(canvas.NewRectangle(greyDeep), d.picture)), quiet(lang.L("alike with the pixels around"), fyne.TextAlignLeading))
	d.problem = widget.NewLabel("")
	d.problem.Wrapping, d.problem.Importance = fyne.TextWrapWord, widget.DangerImportance
	d.empty = hint(lang.L("There is no model yet. Train one on a folder of your photos, or import one from a file."))
	head := container.NewStack(d.name, d.field)
	body := container.New(layout.NewCustomPaddedVBoxLayout(12), d.problem, d.facts, inset(d.noise), d.empty)
	d.scroll = container.NewVScroll(body)
	d.content = container.NewBorder(head, nil, nil, nil, d.scroll)
	return d
}

// inset moves an object to where the text of a label begins.
func inset(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding(), 0), o)
}

// show tells of a model; ok is false where there is none.
func (d *modelDetails) show(info app.ModelInfo, ok bool) {
	changed := d.name.Text != info.Name
	d.name.SetText(info.Name)
	d.facts.Objects = nil
	d.picture.Image = nil
	if ok {
		for _, f := range facts(info) {
			d.facts.Add(factName(f[0]))
			d.facts.Add(factText(f[1]))
		}
		d.picture.Image = info.MapPicture()
	}
	d.picture.Refresh()
	d.noise.Hidden = d.picture.Image == nil
	d.problem.SetText(info.Problem)
	d.problem.Hidden = info.Problem == ""
	d.empty.Hidden = ok
	d.facts.Refresh()
	if changed {
		d.scroll.ScrollToTop()
	}
	d.scroll.Refresh()
}

func factName(text string) fyne.CanvasObject {
	l := widget.NewLabel(text)
	l.Importance = widget.LowImportance
	return l
}

func factText(text string) fyne.CanvasObject {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// facts are what a model says of itself, each a name and a text, without those that it does not know.
func facts(i app.ModelInfo) [][2]string {
	var list [][2]string
	add := func(name, text string) {
		if text != "" {
			list = append(list, [2]string{name, text})
		}
	}
	if i.Bundled {
		add(lang.L("Origin"), lang.L("comes with the program"))
	} else {
		add(lang.L("Made"), dayText(i.Date))
	}
	if i.Problem != "" {
		add(lang.L("File"), i.Path)
		return list
	}
	if i.Photos > 0 {
		add(lang.L("Trained on"), lang.N("{{.Count}} photos", i.Photos, map[string]any{"Count": i.Photos}))
	}
	add(lang.L("Cameras"), strings.Join(i.Cameras, ", "))
	add(lang.L("ISO"), isoText(i.ISO))
	if i.NoiseLevel > 0 {
		add(lang.L("Noise"), lang.L("{{.Level}} of 255", map[string]any{"Level": fmt.Sprintf("%.1f", i.NoiseLevel)}))
	}
	add(lang.L("Alike"), correlationText(i.Correlation))
	add(lang.L("Steps"), stepsText(i))
	add(lang.L("Score"), scoreText(i))
	add(lang.L("Started from"), i.Base)
	fast := lang.L("yes")
	if !i.Fast {
		fast = lang.L("no: only Tunable and Average")
	}
	add(lang.L("Fast network"), fast)
	add(lang.L("Size"), lang.L("width {{.Width}}, {{.Size}}", map[string]any{"Width": i.Width, "Size": megabytes(i.Bytes)}))
	add(lang.L("Licence"), i.Licence)
	return list
}

func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02  15:04")
}

// isoText names few values and the range of many.
func isoText(iso []int) string {
	const few = 4
	switch {
	case len(iso) == 0:
		return ""
	case len(iso) > few:
		return fmt.Sprintf("%d – %d", slices.Min(iso), slices.Max(iso))
	}
	words := make([]string, len(iso))
	for i, v := range iso {
		words[i] = strconv.Itoa(v)
	}
	return strings.Join(words, ", ")
}

// correlationText writes how alike the noise of neighbouring pixels is.
func correlationText(lags []float64) string {
	var words []string
	for _, v := range lags[:min(len(lags), 4)] {
		words = append(words, percent(v))
	}
	if len(words) == 0 {
		return ""
	}
	return lang.L("{{.Shares}} at 1, 2, 3, … pixels", map[string]any{"Shares": strings.Join(words, ", ")})
}

func stepsText(i app.ModelInfo) string {
	switch {
	case i.Steps > 0 && i.DistilSteps > 0:
		return lang.L("{{.Steps}}, then {{.Distil}} for the fast network", map[string]any{"Steps": i.Steps, "Distil": i.DistilSteps})
	case i.Steps > 0:
		return strconv.Itoa(i.Steps)
	}
	return ""
}

// scoreText is the score on parts of the photos that the training did not see, beside that of the model it started from.
func scoreText(i app.ModelInfo) string {
	switch {
	case i.HeldOut <= 0:
		return ""
	case i.HeldOutBase <= 0:
		return lang.L("{{.Score}} on unseen places, lower is better", map[string]any{"Score": fmt.Sprintf("%.2f", i.HeldOut)})
	}
	return lang.L("{{.Score}} on unseen places, {{.Base}} before the training; lower is better",
		map[string]any{"Score": fmt.Sprintf("%.2f", i.HeldOut), "Base": fmt.Sprintf("%.2f", i.HeldOutBase)})
}

// startRename puts a field in the name's place.
func (d *modelDetails) startRename(name string) {
	d.name.Hide()
	d.field.SetText(name)
	d.field.Show()
	d.manager.w.win.Canvas().Focus(d.field)
	d.field.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// giveUpRename leaves the name as it is.
func (d *modelDetails) giveUpRename() {
	d.endRename()
	d.manager.quiet()
	d.manager.w.win.Canvas().Focus(d.manager.list)
}

func (d *modelDetails) endRename() {
	d.field.Hide()
	d.name.Show()
}
