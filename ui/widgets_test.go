package ui

import (
	"image/color"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"blindspot/app"
)

// show puts an object of a size into a window that is drawn in memory.
func show(t *testing.T, o fyne.CanvasObject, size fyne.Size) fyne.Window {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(darkroom{})
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(size)
	return w
}

func pressAt(x, y float32) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary}
}

func dragTo(x, y float32) *fyne.DragEvent {
	return &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}}
}

func TestSliderGoesThroughAllStops(t *testing.T) {
	var seen []float64
	s := newSlider([]string{"0", "1", "3", "5", "7", "9", "11"}, func(v float64) { seen = append(seen, v) })
	show(t, s, fyne.NewSize(248, 36))
	s.MouseDown(pressAt(0, 10)) // it is there already
	for x := float32(0); x <= 260; x++ {
		s.Dragged(dragTo(x, 10))
	}
	if !slices.Equal(seen, []float64{1, 2, 3, 4, 5, 6}) {
		t.Errorf("dragging over it passes %v", seen)
	}
	seen = nil
	for _, key := range []fyne.KeyName{fyne.KeyLeft, fyne.KeyHome, fyne.KeyLeft, fyne.KeyRight, fyne.KeyEnd, fyne.KeyUp} {
		s.TypedKey(&fyne.KeyEvent{Name: key})
	}
	if !slices.Equal(seen, []float64{5, 0, 1, 6}) {
		t.Errorf("the keys go to %v", seen)
	}
	seen = nil
	s.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -25)})
	s.setDisabled(true)
	s.Dragged(dragTo(0, 0))
	s.set(2)
	if !slices.Equal(seen, []float64{5}) || s.value != 2 {
		t.Errorf("wheel, disabled and set gave %v, value %v", seen, s.value)
	}
}

// A slider at rest is woken by a press, be it where its knob lies, and by keys, but not by the wheel.
func TestSliderAtRest(t *testing.T) {
	var seen []float64
	s := newSlider([]string{"0", "1", "3"}, func(v float64) { seen = append(seen, v) })
	show(t, s, fyne.NewSize(214, 40))
	s.set(1)
	s.setResting(true)
	s.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 25)})
	if len(seen) > 0 || !s.resting {
		t.Errorf("the wheel led to %v", seen)
	}
	s.MouseDown(pressAt(107, 5))
	s.MouseUp(pressAt(107, 5))
	s.MouseDown(pressAt(107, 5))
	s.setResting(true)
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if !slices.Equal(seen, []float64{1, 2}) || s.resting {
		t.Errorf("a press, a second one and a key gave %v", seen)
	}
}

// Who moves the blind spot in a mode that has none chooses the mode that has one, in one step.
func TestBlindSpotChoosesItsMode(t *testing.T) {
	s := newSession(t)
	p := newPanel(s, func() {}, func() {})
	show(t, p.content, fyne.NewSize(panelWidth, 700))
	p.showSettings()
	began := s.Settings()
	if began.Mode != app.Fast || !p.hole.resting || p.hole.Disabled() {
		t.Fatalf("at first the settings are %+v", began)
	}
	p.hole.jump(p.hole.value)
	p.showSettings()
	if got := s.Settings(); got.Mode != app.Tunable || got.Hole != began.Hole || p.hole.resting {
		t.Errorf("then they are %+v", got)
	}
	s.Undo()
	p.showSettings()
	if got := s.Settings(); got != began || !p.hole.resting {
		t.Errorf("one step back they are %+v", got)
	}
}

func TestSliderTellsWhenItIsLetGo(t *testing.T) {
	done := 0
	s := newSlider(nil, func(float64) {})
	s.onDone = func() { done++ }
	show(t, s, fyne.NewSize(214, 20))
	s.MouseDown(pressAt(20, 5))
	s.Dragged(dragTo(60, 5))
	s.Dragged(dragTo(90, 5))
	if done != 0 {
		t.Error("it was let go during the drag")
	}
	s.MouseUp(pressAt(90, 5))
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	s.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 5)})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	if done != 4 {
		t.Errorf("a drag, two keys and the wheel ended %d times", done)
	}
}

func TestStrengthMovesInHundredths(t *testing.T) {
	var last float64
	s := newSlider(nil, func(v float64) { last = v })
	show(t, s, fyne.NewSize(214, 20))
	s.MouseDown(pressAt(7+0.333*200, 5))
	if last != 0.33 {
		t.Errorf("a third is %v", last)
	}
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if last != 0.38 {
		t.Errorf("one step on is %v", last)
	}
}

func TestSegments(t *testing.T) {
	chosen := -1
	s := newSegments([]string{"Fast", "Tunable", "Average"}, func(i int) { chosen = i })
	show(t, s, fyne.NewSize(300, segmentHeight))
	test.TapAt(s, fyne.NewPos(150, 10))
	if chosen != 1 || s.chosen != 1 {
		t.Errorf("a tap in the middle chose %d", chosen)
	}
	s.disable(2, true)
	test.TapAt(s, fyne.NewPos(290, 10))
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if chosen != 1 {
		t.Errorf("a disabled word was chosen: %d", chosen)
	}
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if chosen != 0 {
		t.Errorf("the left key chose %d", chosen)
	}
}

func TestPanelShowsAndChangesTheSettings(t *testing.T) {
	s := newSession(t)
	p := newPanel(s, func() {}, func() {})
	show(t, p.content, fyne.NewSize(panelWidth, 700))
	p.showSettings()
	p.showModel()
	if !p.export.Disabled() || !p.model.Disabled() || !strings.Contains(p.modelHint.Text, "No model") {
		t.Errorf("without a model: export %v, list %v, hint %q", p.export.Disabled(), p.model.Disabled(), p.modelHint.Text)
	}
	p.hole.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	p.luma.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	p.texture.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	p.mode.pick(2)
	if got, want := s.Settings(), (app.Settings{Mode: app.Average, Hole: 11, Luma: 0, Colour: 1}); got != want {
		t.Errorf("the settings are %+v, want %+v", got, want)
	}
	p.showSettings()
	if p.reset.Disabled() {
		t.Error("there is nothing to reset")
	}
	if !p.hole.resting || p.lumaText.Text != "0 %" || p.colourText.Text != "100 %" || p.textureText.Text != "0 %" {
		t.Errorf("slider resting %v, strengths %q %q", p.hole.resting, p.lumaText.Text, p.colourText.Text)
	}
	s.Undo()
	s.Undo()
	s.Undo()
	if got := s.Settings(); got.Luma != 1 || got.Hole != 11 {
		t.Errorf("without its last three steps the settings are %+v", got)
	}
	test.Tap(p.reset)
	p.showSettings()
	if got := s.Settings(); got.Hole != app.Hole(app.DefaultPreferences().Hole) || !p.reset.Disabled() {
		t.Errorf("reset, the settings are %+v", got)
	}
}

// Text must be readable: WCAG 2.1 asks for a contrast of 4.5 for text and 3 for what is disabled or a control's edge.
func TestContrast(t *testing.T) {
	for _, test := range []struct {
		name        string
		text, under color.NRGBA
		least       float64
	}{
		{"text on the panel", greyText, greyPanel, 7},
		{"secondary text on the panel", greyQuiet, greyPanel, 4.5},
		{"secondary text on the status bar", greyQuiet, greyDeep, 4.5},
		{"words of a row", greyQuiet, greyRaised, 4.5},
		{"the chosen word", greyBright, greySelected, 4.5},
		{"a problem", problemRed, greyRaised, 4.5},
		{"disabled text", greyFaint, greyPanel, 3},
		{"the knob", greyText, greySelected, 4.5},
	} {
		if got := contrast(test.text, test.under); got < test.least {
			t.Errorf("%s has a contrast of %.2f, less than %.1f", test.name, got, test.least)
		}
	}
	for name, c := range colours { // neutral greys, but for problems
		r, g, b, _ := c.RGBA()
		if c != color.Color(problemRed) && (r != g || g != b) {
			t.Errorf("colour %s is tinted: %v", name, c)
		}
	}
}

// contrast is the ratio of relative luminances of two greys or nearly greys, with a gamma of 2.2.
func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 { f := float64(v) / 255; return f * f * (0.2 + 0.8*f) }
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// Fyne takes the low bytes of the text's colour for shortcuts in menus, see menuText.
func TestShortcutsInMenusCanBeRead(t *testing.T) {
	over := func(c, under color.NRGBA) color.NRGBA {
		v := uint8((int(c.R)*int(c.A) + int(under.R)*(255-int(c.A))) / 255)
		return color.NRGBA{v, v, v, 0xff}
	}
	r, g, b, a := (darkroom{}).Color(theme.ColorNameForeground, theme.VariantDark).RGBA()
	shortcut := color.NRGBA{uint8(r), uint8(g), uint8(b), uint8(uint32(float32(a) * 0.95))}
	if got := contrast(over(shortcut, greyDeep), greyDeep); got < 3 {
		t.Errorf("a shortcut has a contrast of %.2f", got)
	}
	if got := over(menuText, greyPanel); got.R < greyText.R-4 || got.R > greyText.R+4 {
		t.Errorf("text is drawn in %v, want %v", got, greyText)
	}
}

func TestHeadingsAreInCapitals(t *testing.T) {
	if text := heading("Blind spot").(*canvas.Text).Text; text != "BLIND SPOT" {
		t.Errorf("the heading is %q", text)
	}
}

func TestToolbarGivesWay(t *testing.T) {
	a, b := newSegments(compareWords(), nil), newSegments(zoomWords(), nil)
	box := container.New(yielding{}, a, b)
	w := show(t, box, fyne.NewSize(a.least()+b.least()+yieldingGap, segmentHeight))
	if !b.Visible() || b.Position().X+b.Size().Width != box.Size().Width {
		t.Errorf("the zoom lies at %v, visible %v", b.Position(), b.Visible())
	}
	w.Resize(fyne.NewSize(a.least()+b.least(), segmentHeight))
	if b.Visible() || box.MinSize().Width != a.least() {
		t.Errorf("in a narrow window the zoom is visible: %v", b.Visible())
	}
	narrow := a.least() - 40
	box.Resize(fyne.NewSize(narrow, segmentHeight))
	if end := a.edge(len(a.words)); end > narrow+0.1 || a.edge(1) < fyne.MeasureText(a.words[0], segmentText, fyne.TextStyle{}).Width {
		t.Errorf("in %g of %g the words end at %g, the first at %g", narrow, a.least(), end, a.edge(1))
	}
}

// What the status bar says must not make the window wider.
func TestStatusBarIsModest(t *testing.T) {
	b := newStatusBar(newSession(t), container.NewHBox(), func() {})
	show(t, b.content, fyne.NewSize(700, 30))
	least := b.content.MinSize().Width
	setText(b.photo, strings.Repeat("photo ", 10))
	b.photoBox.Refresh()
	if !b.photo.Visible() || b.content.MinSize().Width != least {
		t.Errorf("the photo is described: %v; the least width went from %v to %v", b.photo.Visible(), least, b.content.MinSize().Width)
	}
	setText(b.photo, strings.Repeat("photo ", 40))
	b.photoBox.Refresh()
	if b.photo.Visible() || b.content.MinSize().Width != least {
		t.Error("a description without room is shown")
	}
}
