package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// notice is a sentence with a bar at its left, for what the user should know. Without a text it takes no room.
type notice struct {
	label   *widget.Label
	bar     *canvas.Rectangle
	content *fyne.Container
}

func newNotice() *notice {
	n := &notice{label: widget.NewLabel(""), bar: canvas.NewRectangle(problemRed)}
	n.label.Wrapping = fyne.TextWrapWord
	n.bar.SetMinSize(fyne.NewSize(3, 1))
	n.content = container.NewStack(canvas.NewRectangle(greyRaised), container.New(beside{}, n.label, gap(1)),
		container.NewHBox(n.bar))
	n.content.Hide()
	return n
}

// set shows sentences, each on a line of its own, or nothing.
func (n *notice) set(sentences ...string) {
	text := strings.Join(withoutEmpty(sentences), "\n")
	if n.label.Text != text {
		n.label.SetText(text)
	}
	n.content.Hidden = text == ""
}

// settle lays a part of the view out anew: wrapped text knows its height only once it has its width.
func settle(o fyne.CanvasObject) {
	o.Refresh()
	o.Refresh()
}

// wrapped is a part of the view with texts that wrap. It is laid out anew only when they changed: that is slow.
type wrapped struct{ last string }

func (w *wrapped) settle(o fyne.CanvasObject, texts ...string) {
	if text := strings.Join(texts, "\n"); text != w.last {
		w.last = text
		settle(o)
	}
}

func withoutEmpty(list []string) []string {
	var kept []string
	for _, s := range list {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// fold is a line that shows and hides what is under it.
type fold struct {
	button  *keyButton
	inside  fyne.CanvasObject
	changed func() // it was opened or closed
	content *fyne.Container
}

func newFold(keys func(*fyne.KeyEvent) bool, inside fyne.CanvasObject) *fold {
	f := &fold{inside: inside, changed: func() {}}
	f.button = newKeyButton("", keys, func() { f.open(!f.inside.Visible()) })
	f.button.stays = true
	f.button.Importance, f.button.Alignment = widget.LowImportance, widget.ButtonAlignLeading
	f.content = container.New(layout.NewCustomPaddedVBoxLayout(4), outdented(f.button), inside)
	f.open(false)
	return f
}

// outdented takes away a quiet button's margin at its left, so that its words stand under the heading above it.
func outdented(b fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, -theme.InnerPadding(), 0), b)
}

func (f *fold) open(on bool) {
	f.inside.Hide()
	icon := theme.MenuExpandIcon()
	if on {
		f.inside.Show()
		icon = theme.MenuDropDownIcon()
	}
	f.button.SetIcon(icon)
	settle(f.content)
	f.changed()
}

// title writes the line; without a text the whole is hidden.
func (f *fold) title(text string) {
	if f.button.Text != text {
		f.button.SetText(text)
	}
	f.content.Hidden = text == ""
}

// titleSize is that of titles. At 15 Fyne cuts off the feet of letters on an ordinary screen.
const titleSize = 16

// shortLine is one line of text that is shortened in its middle where there is no room for it.
type shortLine struct {
	widget.BaseWidget
	full string
	text *canvas.Text
}

func newShortLine(size float32, c color.Color) *shortLine {
	l := &shortLine{text: canvas.NewText("", c)}
	l.text.TextSize = size
	l.ExtendBaseWidget(l)
	return l
}

func (l *shortLine) set(text string) {
	if l.full != text {
		l.full = text
		l.fit()
	}
}

func (l *shortLine) fit() { setText(l.text, elided(l.full, l.Size().Width, l.text.TextSize)) }

// Resize is told by the layout.
func (l *shortLine) Resize(size fyne.Size) {
	l.BaseWidget.Resize(size)
	l.fit()
}

// MinSize is told to the layout: any width will do.
func (l *shortLine) MinSize() fyne.Size {
	return fyne.NewSize(40, fyne.MeasureText("Ay", l.text.TextSize, fyne.TextStyle{}).Height)
}

// CreateRenderer is called by Fyne.
func (l *shortLine) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(l.text) }

// plain is a wrapped sentence.
func plain(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// setLabel changes a label's text.
func setLabel(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

// setButton makes a button usable or not.
func setButton(b fyne.Disableable, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}
