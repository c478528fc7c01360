package ui

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// heading is the small title above a group of controls.
func heading(text string) fyne.CanvasObject {
	t := canvas.NewText(strings.ToUpper(text), greyQuiet)
	t.TextSize, t.TextStyle.Bold = 10.5, true
	return t
}

const quietSize = 11.5

// quiet is secondary text in one line.
func quiet(text string, align fyne.TextAlign) *canvas.Text {
	t := canvas.NewText(text, greyQuiet)
	t.TextSize, t.Alignment = quietSize, align
	return t
}

// setText changes a line of text.
func setText(t *canvas.Text, text string) {
	if t.Text != text {
		t.Text = text
		t.Refresh()
	}
}

// hint is a wrapped explanation under a control.
func hint(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping, l.SizeName = fyne.TextWrapWord, theme.SizeNameCaptionText
	return l
}

// flush takes away a label's own margin, so that its text stands under the heading above it.
func flush(l *widget.Label) fyne.CanvasObject {
	inner := theme.InnerPadding()
	return container.New(layout.NewCustomPaddedLayout(-inner/2, -inner/2, -inner, -inner), l)
}

// with are the values in a translated sentence.
type with = map[string]any

// zoomText is the zoom as the status bar shows it.
func zoomText(zoom float64, fit bool) string {
	percent := fmt.Sprintf("%.0f %%", math.Round(zoom*100))
	if zoom < 0.1 {
		percent = decimal(zoom*100, 1) + " %"
	}
	if fit {
		return lang.L("Fit") + "  ·  " + percent
	}
	return percent
}

// decimal writes a number with the digits behind the point that the language has.
func decimal(v float64, digits int) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', digits, 64), ".", lang.X("decimal point", "."), 1)
}

// ofText counts: 3 of 12.
func ofText(n, of int) string { return lang.L("{{.N}} of {{.All}}", with{"N": n, "All": of}) }

// capital begins a word with a capital.
func capital(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

// holeName is what a stop of the blind-spot slider is called on the photo.
func holeName(k app.Hole) string { return lang.L("Hole {{.Hole}}", with{"Hole": k.String()}) }

// photoText describes a photo in one line.
func photoText(p app.PhotoInfo) string {
	const room = 280 // for the name
	parts := []string{elided(p.Name, room, quietSize), fmt.Sprintf("%d × %d", p.Size.X, p.Size.Y)}
	if p.Depth == 16 {
		parts = append(parts, lang.L("16 bit"))
	}
	if p.Gray {
		parts = append(parts, lang.L("gray"))
	}
	if p.Camera != "" {
		parts = append(parts, p.Camera)
	}
	if p.ISO > 0 {
		parts = append(parts, fmt.Sprintf("ISO %d", p.ISO))
	}
	return strings.Join(parts, "  ·  ")
}

// shortPath is a path for a menu: name and folder.
func shortPath(path string) string {
	return filepath.Base(path) + "   " + filepath.Base(filepath.Dir(path))
}
