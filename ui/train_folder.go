package ui

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"blindspot/app"
)

// folderPart is the half of the choosing page that asks for a folder and tells what is in it.
type folderPart struct {
	session  trainer
	keys     func(*fyne.KeyEvent) bool
	path     *keyEntry
	browse   *keyButton
	offered  func() bool // an interrupted training is
	progress *widget.ProgressBar
	looking  *canvas.Text
	lookBox  *fyne.Container
	welcome  *fyne.Container
	problem  *notice
	warnings *notice
	facts    *fyne.Container
	groups   *fyne.Container
	groupBox *fyne.Container
	checks   []*keyCheck
	leftOut  *fold
	leftList *fyne.Container
	content  fyne.CanvasObject
	wrapped  wrapped
	shown    app.TrainingFolder
}

func newFolderPart(s trainer, keys func(*fyne.KeyEvent) bool, browse func(), offers fyne.CanvasObject) *folderPart {
	p := &folderPart{session: s, keys: keys, offered: offers.Visible}
	p.path = newKeyEntry(keys, func(string) {})
	p.path.SetPlaceHolder(lang.L("Folder of noisy photos"))
	p.looking = quiet("", fyne.TextAlignLeading)
	p.progress = widget.NewProgressBar()
	p.progress.TextFormatter = func() string { return "" }
	p.lookBox = container.New(layout.NewCustomPaddedVBoxLayout(4), p.looking, container.New(fixedHeight(6), p.progress))
	p.problem, p.warnings = newNotice(), newNotice()
	p.facts, p.groups, p.leftList = container.NewVBox(), container.NewVBox(), container.NewVBox()
	p.facts.Layout = layout.NewCustomPaddedVBoxLayout(0)
	p.groups.Layout = layout.NewCustomPaddedVBoxLayout(0)
	p.leftList.Layout = layout.NewCustomPaddedVBoxLayout(2)
	p.leftOut = newFold(keys, p.leftList)
	p.groupBox = container.New(layout.NewCustomPaddedVBoxLayout(4), gap(4), heading(lang.L("Train on")), p.groups)
	p.welcome = container.New(layout.NewCustomPaddedVBoxLayout(0), gap(8),
		flush(plain(lang.L("Choose a folder of noisy photos from one camera, at the ISO that you want to clean up. Clean photos are not needed, and nothing leaves this computer."))),
		flush(plain(lang.L("A few dozen photos are plenty. You can also drop a folder here."))))
	p.browse = newKeyButton(lang.L("Browse…"), keys, browse)
	row := container.New(beside{}, p.path, container.New(layout.NewCustomPaddedLayout(0, 0, 8, 0), p.browse))
	column := container.New(layout.NewCustomPaddedVBoxLayout(10),
		offers, heading(lang.L("Folder")), row, p.lookBox, p.problem.content, p.welcome, p.facts, p.warnings.content, p.groupBox, p.leftOut.content)
	p.content = container.NewStack(canvas.NewRectangle(greyPit), container.NewVScroll(container.New(column1{}, container.New(layout.NewCustomPaddedLayout(16, 20, 24, 24), column))))
	p.show(app.TrainingFolder{})
	return p
}

// look has the folder looked at that is written in the field, if it is not the one that was.
func (p *folderPart) look() bool {
	if p.path.Text == "" || filepath.Clean(p.path.Text) == filepath.Clean(p.shown.Folder) {
		return false
	}
	p.session.CheckTrainingFolder(p.path.Text)
	return true
}

// show tells of a folder.
func (p *folderPart) show(f app.TrainingFolder) {
	if f.Folder != p.shown.Folder {
		p.path.SetText(f.Folder)
		p.leftOut.open(false)
	}
	p.shown = f
	p.welcome.Hidden = f.Folder != ""
	p.lookBox.Hidden = !f.Looking
	if f.Looking {
		text := lang.L("Looking at the photos…")
		p.progress.Hidden = f.Total == 0 || f.Done == f.Total
		switch {
		case f.Total > 0 && f.Done == f.Total:
			text = lang.L("Measuring the noise. You can start already.")
		case f.Total > 0:
			text = lang.L("Looking at the photos, {{.Done}} of {{.Total}}…", with{"Done": f.Done, "Total": f.Total})
			p.progress.SetValue(float64(f.Done) / float64(f.Total))
		}
		setText(p.looking, text)
	}
	problem, facts, warnings := said(f.Problem), saidAll(f.Facts), saidAll(f.Warnings)
	p.problem.set(problem)
	p.warnings.set(warnings...)
	p.showFacts(facts)
	p.showGroups(f.Groups)
	p.showLeftOut(f.LeftOut)
	p.wrapped.settle(p.content, slices.Concat([]string{
		f.Folder, problem, p.leftOut.button.Text, fmt.Sprint(f.Looking, len(f.Groups), p.progress.Visible(), p.offered()),
	}, facts, warnings)...)
}

func (p *folderPart) showFacts(facts []string) {
	for len(p.facts.Objects) < len(facts) {
		p.facts.Add(flush(plain("")))
	}
	p.facts.Objects = p.facts.Objects[:len(facts)]
	for i, fact := range facts {
		setLabel(p.facts.Objects[i].(*fyne.Container).Objects[0].(*widget.Label), fact)
	}
	p.facts.Hidden = len(facts) == 0
}

// showGroups lists cameras and ISO where the folder mixes them.
func (p *folderPart) showGroups(groups []app.PhotoGroup) {
	p.groupBox.Hidden = len(groups) < 2
	for len(p.checks) < len(groups) {
		i := len(p.checks)
		p.checks = append(p.checks, newKeyCheck("", p.keys, func(on bool) {
			if now := p.session.TrainingFolderState().Groups; i < len(now) && now[i].Chosen != on {
				p.session.ChooseGroup(i, on)
			}
		}))
	}
	p.groups.Objects = nil
	for i, g := range groups {
		text := lang.L("{{.Group}}, {{.Photos}}", with{"Group": said(g.Name), "Photos": photos(g.Photos)})
		if c := p.checks[i]; c.Text != text || c.Checked != g.Chosen {
			c.Text, c.Checked = text, g.Chosen
			c.Refresh()
		}
		p.groups.Objects = append(p.groups.Objects, p.checks[i])
	}
}

// leftOutShown is how many of the photos that are left out are named: nobody reads a thousand.
const leftOutShown = 50

func (p *folderPart) showLeftOut(list []app.LeftOutPhoto) {
	title := ""
	switch {
	case len(list) == 1:
		title = lang.L("1 photo is left out")
	case len(list) > 1:
		title = lang.L("{{.N}} photos are left out", with{"N": strconv.Itoa(len(list))})
	}
	p.leftOut.title(title)
	p.leftList.Objects = nil
	for i, photo := range list {
		if i == leftOutShown {
			p.leftList.Add(quiet(lang.L("and {{.N}} more", with{"N": len(list) - i}), fyne.TextAlignLeading))
			break
		}
		line := newShortLine(quietSize, greyQuiet)
		line.set(filepath.Base(photo.Path) + ": " + said(photo.Reason))
		p.leftList.Add(container.New(layout.NewCustomPaddedLayout(0, 0, theme.IconInlineSize(), 0), line))
	}
}

// column1 is a layout for one object that grows no wider than is good to read.
type column1 struct{}

const readable = 760

// Layout leaves the rest of the width empty.
func (column1) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(min(size.Width, readable), size.Height))
}

// MinSize is the object's.
func (column1) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }
