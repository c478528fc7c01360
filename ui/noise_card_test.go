package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"blindspot/app"
	"blindspot/core/say"
)

func TestNoiseCard(t *testing.T) {
	pressed := 0
	c := newNoiseCard(func() { pressed++ })
	show(t, c.content, fyne.NewSize(248, 100))
	if c.level.Text != "–" || !c.apply.Disabled() {
		t.Errorf("without a photo it says %q", c.level.Text)
	}
	report := &app.NoiseReport{Level: 2.04, Strength: say.Textf("weak"), Width: 2, Confidence: 1}
	report.Map[4][4] = 1
	suggested := app.Settings{Mode: app.Average}
	c.show(report)
	c.suggest(&suggested, false)
	if c.level.Text != "Weak, 2.0 of 255" || c.grain.Text != "alike over 2 pixels" || c.advice.Text != "suggested: Average" || c.apply.Disabled() {
		t.Errorf("it says %q, %q, %q", c.level.Text, c.grain.Text, c.advice.Text)
	}
	if b := c.picture.Image.Bounds(); b.Dx() != b.Dy() || b.Dx()%9 != 0 {
		t.Errorf("the map has %v", b)
	}
	c.apply.Tapped(nil)
	if pressed != 1 {
		t.Errorf("Apply was heard %d times", pressed)
	}
	report.Confidence = 0.1
	c.show(report)
	c.suggest(&suggested, true)
	if c.grain.Text != "a rough guess: little flat area" || !c.apply.Disabled() {
		t.Errorf("of a doubtful photo it says %q", c.grain.Text)
	}
}

func TestSliderMarksTheSuggestedStop(t *testing.T) {
	s := newSlider([]string{"0", "1", "3"}, func(float64) {})
	show(t, s, fyne.NewSize(248, 40))
	r := s.CreateRenderer().(*sliderRenderer)
	r.Refresh()
	if !r.mark.Hidden {
		t.Error("a stop is marked without a suggestion")
	}
	s.setMark(1)
	r.Refresh()
	middle := r.mark.Position().X + r.mark.Size().Width/2
	if r.mark.Hidden || middle < 123 || middle > 125 {
		t.Errorf("the mark stands at %v, want the middle, 124", middle)
	}
}
