package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

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
	if !i.Problem.Empty() {
		add(lang.L("File"), i.Path)
		return list
	}
	if i.Photos > 0 {
		add(lang.L("Trained on"), lang.N("{{.Count}} photos", i.Photos, with{"Count": i.Photos}))
	}
	add(lang.L("Cameras"), strings.Join(i.Cameras, ", "))
	add(lang.L("ISO"), isoText(i.ISO))
	add(lang.L("Noise"), noiseText(i))
	add(lang.L("Score"), scoreText(i))
	add(lang.L("Started from"), i.Base)
	add(lang.L("Training"), stepsText(i))
	fast := lang.L("yes")
	if !i.Fast {
		fast = lang.L("no: only Tunable and Average")
	}
	add(lang.L("Fast network"), fast)
	add(lang.L("Size"), lang.L("width {{.Width}}, {{.Size}}", with{"Width": i.Width, "Size": megabytes(i.Bytes)}))
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

// noiseText writes how strong the noise of the photos was, and how alike that of neighbours.
func noiseText(i app.ModelInfo) string {
	var parts []string
	if i.NoiseLevel > 0 {
		parts = append(parts, lang.L("{{.Level}} of 255", with{"Level": decimal(i.NoiseLevel, 1)}))
	}
	if len(i.Correlation) > 0 {
		parts = append(parts, lang.L("neighbouring pixels {{.Share}} alike", with{"Share": percent(max(i.Correlation[0], 0))}))
	}
	return strings.Join(parts, ", ")
}

func stepsText(i app.ModelInfo) string {
	switch {
	case i.Steps > 0 && i.DistilSteps > 0:
		return lang.L("{{.Steps}} steps, {{.Distil}} for the fast network", with{"Steps": i.Steps, "Distil": i.DistilSteps})
	case i.Steps > 0:
		return lang.L("{{.Steps}} steps", with{"Steps": i.Steps})
	}
	return ""
}

// scoreText is the score on parts of the photos that the training did not see, beside that of the model it started from.
func scoreText(i app.ModelInfo) string {
	switch {
	case i.HeldOut <= 0:
		return ""
	case i.HeldOutBase <= 0:
		return lang.L("{{.Score}}; lower is better", with{"Score": decimal(i.HeldOut, 2)})
	}
	return lang.L("{{.Score}}, was {{.Base}} before the training; lower is better",
		map[string]any{"Score": decimal(i.HeldOut, 2), "Base": decimal(i.HeldOutBase, 2)})
}

// factRows puts names and texts in turn into two columns, the second as wide as it can be.
type factRows struct{}

const factGap, factLine = 14, 7 // between the columns, and between the rows

// Layout gives each row the height of its text.
func (f factRows) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left, y := f.names(o)+factGap, float32(0)
	for i := 0; i+1 < len(o); i += 2 {
		place(o[i+1], left, y, size.Width-left, o[i+1].MinSize().Height) // its height follows from its width
		height := o[i+1].MinSize().Height
		place(o[i+1], left, y, size.Width-left, height)
		place(o[i], 0, y, left-factGap, height)
		y += height + factLine
	}
}

// names is the width of the first column.
func (factRows) names(o []fyne.CanvasObject) float32 {
	width := float32(0)
	for i := 0; i < len(o); i += 2 {
		width = max(width, o[i].MinSize().Width)
	}
	return width
}

// MinSize is that of all rows at the width that they have.
func (f factRows) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(f.names(o)+factGap+80, 0)
	for i := 1; i < len(o); i += 2 {
		size.Height += o[i].MinSize().Height + factLine
	}
	return size
}
