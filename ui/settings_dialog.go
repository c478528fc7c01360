package ui

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"blindspot/app"
)

// settingsDialog shows what holds for the whole program. What is changed in it holds at once, or from the next start on,
// which it says.
type settingsDialog struct {
	*modal
	begun   app.General // what held when the dialog was opened
	pages   []fyne.CanvasObject
	tabs    *segments
	stack   *fyne.Container
	later   *canvas.Text
	current int

	newPhoto                   *dialogSelect
	mode                       *segments
	hole, luma, colour, grain  *slider
	lumaText, colourText, text *canvas.Text
}

const settingsWidth = 500

// showSettings opens the dialog.
func (w *Window) showSettings() {
	if w.busy() {
		return
	}
	d := &settingsDialog{modal: w.newModal(), begun: w.atStart}
	d.later = quiet("", fyne.TextAlignLeading)
	d.build(0)
	d.show(lang.L("Settings"), settingsWidth, container.New(layout.NewCustomPaddedVBoxLayout(14), d.tabs, d.stack),
		d.button(lang.L("Restore the defaults"), d.restoreDefaults), d.button(lang.L("Close"), d.close))
}

// build makes all pages for what holds now, and shows one.
func (d *settingsDialog) build(page int) {
	d.pages = []fyne.CanvasObject{d.generalPage(), d.newPhotoPage(), d.speedPage()}
	if d.tabs == nil {
		d.tabs = newSegments([]string{lang.L("General"), lang.L("New photos"), lang.L("Speed")}, d.turn)
		d.tabs.keys = d.keys
		d.stack = container.New(largest{})
	}
	d.stack.Objects = d.pages
	d.turn(page)
	d.showLater()
}

// turn shows a page.
func (d *settingsDialog) turn(page int) {
	d.current = page
	for i, p := range d.pages {
		if i == page {
			p.Show()
		} else {
			p.Hide()
		}
	}
	d.tabs.choose(page)
	d.stack.Refresh()
}

// set changes what holds.
func (d *settingsDialog) set(change func(*app.General)) {
	g := d.w.session.General()
	change(&g)
	d.w.session.SetGeneral(g)
	d.showLater()
}

// showLater says what the next start is needed for.
func (d *settingsDialog) showLater() {
	g, text := d.w.session.General(), ""
	if g.Language != d.begun.Language || g.Scale != d.begun.Scale {
		text = lang.L("Language and size change when the program starts next.")
	}
	setText(d.later, text)
}

// restoreDefaults takes everything back that the dialog shows.
func (d *settingsDialog) restoreDefaults() {
	d.set(func(g *app.General) { *g = app.DefaultPreferences().General })
	d.build(d.current)
}

func (d *settingsDialog) generalPage() fyne.CanvasObject {
	g := d.w.session.General()
	codes := append([]string{""}, app.Languages()...)
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = languageName(code)
	}
	language := d.choice(names, slices.Index(codes, g.Language), func(i int) { d.set(func(g *app.General) { g.Language = codes[i] }) })
	scales := app.Scales()
	sizes := make([]string, len(scales))
	for i, s := range scales {
		sizes[i] = percent(float64(s))
	}
	size := d.choice(sizes, slices.Index(scales, g.Scale), func(i int) { d.set(func(g *app.General) { g.Scale = scales[i] }) })
	restore := d.check(lang.L("Begin with the photos of the last time"), g.Restore, func(on bool) { d.set(func(g *app.General) { g.Restore = on }) })
	return rows(
		field(lang.L("Language"), language),
		field(lang.L("Size of the window's text and controls"), size),
		container.New(layout.NewCustomPaddedLayout(0, 0, -theme.InnerPadding(), 0), restore),
		d.later,
	)
}

// threadChoices are numbers of threads to choose from on a computer with so many processors; 0 stands for all.
func threadChoices(processors int) []int {
	list := []int{0}
	for _, n := range []int{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64} {
		if n < processors {
			list = append(list, n)
		}
	}
	return list
}

func (d *settingsDialog) speedPage() fyne.CanvasObject {
	g := d.w.session.General()
	threads := threadChoices(app.MaxThreads())
	if !slices.Contains(threads, g.Threads) {
		threads = append(threads, g.Threads)
	}
	words := make([]string, len(threads))
	for i, n := range threads {
		words[i] = fmt.Sprint(n)
		if n == 0 {
			words[i] = lang.L("All {{.Count}}", with{"Count": app.MaxThreads()})
		}
	}
	processors := d.choice(words, slices.Index(threads, g.Threads), func(i int) { d.set(func(g *app.General) { g.Threads = threads[i] }) })
	memory := make([]string, len(app.CacheSizes()))
	for i, mb := range app.CacheSizes() {
		memory[i] = fmt.Sprintf("%d MB", mb)
		if mb >= 1024 {
			memory[i] = fmt.Sprintf("%d GB", mb/1024)
		}
	}
	cache := d.choice(memory, slices.Index(app.CacheSizes(), g.CacheMB), func(i int) { d.set(func(g *app.General) { g.CacheMB = app.CacheSizes()[i] }) })
	return rows(
		field(lang.L("Processors for the network"), processors),
		flush(hint(lang.L("Fewer leave room for other programs; photos then take longer."))),
		field(lang.L("Memory for results"), cache),
		flush(hint(lang.L("What is kept here follows the sliders at once: 512 MB are enough for about 5 megapixels. The rest is computed again when it is needed."))),
	)
}

// field is a control with its name above it.
func field(name string, control fyne.CanvasObject) fyne.CanvasObject {
	t := canvas.NewText(name, greyText)
	t.TextSize = 12.5
	return container.New(layout.NewCustomPaddedVBoxLayout(4), t, control)
}

// rows puts fields under each other.
func rows(fields ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedVBoxLayout(12), fields...)
}

// largest is a layout in which objects lie over each other and have room for the largest, seen or not.
type largest struct{}

// Layout gives each all the space.
func (largest) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, 0, 0, size.Width, size.Height)
	}
}

// MinSize is that of the largest.
func (largest) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range objects {
		least = least.Max(o.MinSize())
	}
	return least
}
