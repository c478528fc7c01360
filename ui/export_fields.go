package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// fieldWords tells what the fields of a name stand for.
func fieldWords() map[string]string {
	return map[string]string{
		"name": lang.L("name of the photo"), "model": lang.L("model"), "mode": lang.L("mode"), "hole": lang.L("blind spot"),
		"iso": lang.L("ISO"), "camera": lang.L("camera"), "date": lang.L("date it was taken"), "number": lang.L("number in the order"),
	}
}

// showFields offers the fields that the name may hold.
func (d *exportDialog) showFields(under fyne.CanvasObject) {
	var items []*fyne.MenuItem
	words := fieldWords()
	for _, field := range app.ExportFields() {
		items = append(items, fyne.NewMenuItem("{"+field+"}   "+words[field], func() { d.insert("{" + field + "}") }))
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(under).AddXY(0, under.Size().Height)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), d.w.win.Canvas(), at)
}

// insert writes a field into the name where the cursor stands.
func (d *exportDialog) insert(field string) {
	text := []rune(d.name.Text)
	at := min(d.name.CursorColumn, len(text))
	d.name.SetText(string(text[:at]) + field + string(text[at:]))
	d.name.CursorColumn = at + len(field)
	d.name.Refresh()
	d.w.win.Canvas().Focus(d.name)
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
