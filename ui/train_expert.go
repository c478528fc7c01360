package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"

	"blindspot/app"
)

// expertPart holds the settings that are folded away. What is left empty follows the preset and the folder.
type expertPart struct {
	minutes, width, hole, patch, lastPatch, batch, holes, recharge, seed, threads *keyEntry
	fields                                                                        []expertField
	fold                                                                          *fold
	content                                                                       fyne.CanvasObject
}

// expertField is a setting with its name and what may be written into it.
type expertField struct {
	entry *keyEntry
	name  string
	check func(text string) error
}

func newExpertPart(keys func(*fyne.KeyEvent) bool, changed func()) *expertPart {
	p := &expertPart{}
	field := func(name, usual string, check func(string) error) *keyEntry {
		e := newKeyEntry(keys, func(string) { changed() })
		e.SetPlaceHolder(usual)
		p.fields = append(p.fields, expertField{e, name, check})
		return e
	}
	automatic := lang.L("automatic")
	p.minutes = field(lang.L("Minutes"), lang.L("as above"), fraction)
	p.width = field(lang.L("Width"), automatic, whole)
	p.hole = field(lang.L("Blind spot"), automatic, whole)
	p.patch = field(lang.L("First patch"), automatic, whole)
	p.lastPatch = field(lang.L("Last patch"), automatic, whole)
	p.batch = field(lang.L("Batch"), automatic, whole)
	p.holes = field(lang.L("Teachers"), "0, 1, 3, 5, 7, 9, 11", list)
	p.recharge = field(lang.L("Recharge"), "0 %", fraction)
	p.seed = field(lang.L("Seed"), "0", whole)
	p.threads = field(lang.L("Threads"), lang.L("all"), whole)
	var cells []fyne.CanvasObject
	for _, f := range p.fields {
		t := canvas.NewText(f.name, greyText)
		t.TextSize = 12.5
		cells = append(cells, container.New(layout.NewCustomPaddedLayout(4, 0, 0, 8), t), f.entry)
	}
	p.fold = newFold(keys, container.New(layout.NewFormLayout(), cells...))
	p.fold.title(lang.L("Expert settings"))
	p.content = p.fold.content
	return p
}

// suggest shows which hole the folder suggests.
func (p *expertPart) suggest(hole int) {
	text := lang.L("automatic")
	if hole > 0 {
		text = lang.L("{{.Hole}}, from the photos", with{"Hole": hole})
	}
	if p.hole.PlaceHolder != text {
		p.hole.SetPlaceHolder(text)
	}
}

// budget is the time in minutes, ok only if it was written.
func (p *expertPart) budget() (minutes float64, ok bool) {
	minutes, err := number(p.minutes.Text)
	return minutes, err == nil && minutes > 0
}

// settings are those that were written.
func (p *expertPart) settings() app.TrainingExpert {
	whole := func(e *keyEntry) int {
		n, _ := strconv.Atoi(strings.TrimSpace(e.Text))
		return n
	}
	share, _ := number(strings.TrimSuffix(strings.TrimSpace(p.recharge.Text), "%"))
	return app.TrainingExpert{
		Width: whole(p.width), Hole: whole(p.hole), Patch: whole(p.patch), LastPatch: whole(p.lastPatch), Batch: whole(p.batch),
		Holes: numbers(p.holes.Text), Recharge: share / 100, Seed: uint64(max(whole(p.seed), 0)), Threads: whole(p.threads),
	}
}

// problem says which setting cannot be read, empty if all can.
func (p *expertPart) problem() string {
	for _, f := range p.fields {
		if text := strings.TrimSpace(f.entry.Text); text != "" && f.check(text) != nil {
			return lang.L("{{.Setting}} cannot be “{{.Text}}”: write a number, or leave it empty.", with{"Setting": f.name, "Text": text})
		}
	}
	return ""
}

func whole(text string) error {
	_, err := strconv.ParseUint(text, 10, 31)
	return err
}

func fraction(text string) error {
	n, err := number(strings.TrimSuffix(text, "%"))
	if err == nil && n < 0 {
		return strconv.ErrRange
	}
	return err
}

func list(text string) error {
	for _, word := range words(text) {
		if err := whole(word); err != nil {
			return err
		}
	}
	return nil
}

// number reads a number with a point or a comma.
func number(text string) (float64, error) {
	return strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(text), ",", "."), 64)
}

// numbers reads a list of whole numbers.
func numbers(text string) []int {
	var out []int
	for _, word := range words(text) {
		if n, err := strconv.Atoi(word); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// words parts a list at commas and spaces.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
}
