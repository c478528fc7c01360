package ui

import (
	"fmt"
	"io/fs"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

const (
	aboutWidth      = 440
	licencesWidth   = 720
	licencesColumns = 92
	iconSide        = 72
)

// showAbout says what the program is and what it is made of.
func (w *Window) showAbout() {
	if w.busy() {
		return
	}
	m := w.newModal()
	name := canvas.NewText("Blindspot "+app.Version, greyBright)
	name.TextSize = 18
	what := hint(lang.L("Removes noise from photographs with a network that learns from noisy pictures alone. Nothing leaves this computer."))
	words := container.New(layout.NewCustomPaddedVBoxLayout(2), name, flush(what), quiet(lang.L("MIT licence"), fyne.TextAlignLeading))
	icon := canvas.NewImageFromResource(w.icon)
	icon.FillMode = canvas.ImageFillContain
	icon.SetMinSize(fyne.NewSquareSize(iconSide))
	var cells []fyne.CanvasObject
	for _, p := range append(app.Parts(), app.Part{Name: lang.L("Instruction set"), Version: app.Kernels()}) {
		cells = append(cells, quiet(p.Name, fyne.TextAlignLeading), line(p.Version), quiet(p.Licence, fyne.TextAlignTrailing))
	}
	parts := container.New(layout.NewCustomPaddedVBoxLayout(3))
	for i := 0; i < len(cells); i += 3 {
		parts.Add(container.NewGridWithColumns(3, cells[i:i+3]...))
	}
	content := container.New(layout.NewCustomPaddedVBoxLayout(16), container.New(layout.NewCustomPaddedHBoxLayout(14), icon,
		container.New(fixedWidth(aboutWidth-iconSide-46), words)), parts)
	var copied *dialogButton
	copied = m.button(lang.L("Copy"), func() {
		w.fyne.Clipboard().SetContent(aboutText())
		copied.SetText(lang.L("Copied"))
	})
	left := container.NewHBox(copied, m.button(lang.L("Licences…"), w.showLicences))
	m.show(lang.L("About Blindspot"), aboutWidth, content, left, m.button(lang.L("Close"), m.close))
}

// line is a word of the text's own grey.
func line(text string) *canvas.Text {
	t := quiet(text, fyne.TextAlignLeading)
	t.Color = greyText
	return t
}

// aboutText is what is copied, for a report of a problem.
func aboutText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Blindspot %s\n", app.Version)
	for _, p := range app.Parts() {
		fmt.Fprintln(&b, strings.TrimSpace(p.Name+" "+p.Version))
	}
	fmt.Fprintln(&b, "Kernels", app.Kernels())
	return b.String()
}

// showLicences shows the licences of everything that the program is built of. They have thousands of lines, of which only
// those are drawn that are seen.
func (w *Window) showLicences() {
	m := w.newModal()
	lines := linesOf(w.licences(), licencesColumns)
	list := widget.NewList(func() int { return len(lines) },
		func() fyne.CanvasObject {
			t := quiet("", fyne.TextAlignLeading)
			t.TextStyle.Monospace = true
			return t
		},
		func(i widget.ListItemID, o fyne.CanvasObject) { setText(o.(*canvas.Text), lines[i]) })
	list.HideSeparators = true
	list.OnSelected = func(widget.ListItemID) { list.UnselectAll() }
	room := canvas.NewRectangle(greyDeep)
	room.SetMinSize(fyne.NewSize(0, min(420, max(w.win.Canvas().Size().Height-180, 120))))
	m.show(lang.L("Licences"), licencesWidth, container.NewStack(room, list), nil, m.button(lang.L("Close"), m.close))
}

// linesOf breaks lines between words so that none has more than so many columns, unless a word has.
func linesOf(text string, columns int) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		for len([]rune(line)) > columns {
			runes := []rune(line)
			at := strings.LastIndex(string(runes[:columns+1]), " ")
			if at <= 0 {
				break
			}
			lines, line = append(lines, line[:at]), line[at+1:]
		}
		lines = append(lines, line)
	}
	return lines
}

// licences are the texts among the assets, one after another: the program's own first.
func (w *Window) licences() string {
	names, err := fs.Glob(w.assets, "licences/*.txt")
	if err != nil || len(names) == 0 {
		return lang.L("This build comes without the texts of the licences. They lie in the program's sources.")
	}
	var texts []string
	for _, name := range names {
		text, err := fs.ReadFile(w.assets, name)
		if err != nil {
			text = []byte(sentence(err))
		}
		texts = append(texts, string(text))
	}
	return strings.Join(texts, "\n\n")
}
