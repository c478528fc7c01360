package train

import (
	"math"
	"strings"
	"testing"

	"blindspot/core/bsn"
)

func TestDefaults(t *testing.T) {
	o, err := Options{Photos: []string{"b", "a", "b"}, Minutes: 1}.filled(jobRun)
	if err != nil {
		t.Fatal(err)
	}
	if o.Width != 48 || o.Channels != 3 || o.Hole != 9 || o.Patch != 64 || o.LastPatch != 128 || o.Batch != 8 {
		t.Errorf("defaults %+v", o)
	}
	if len(o.Photos) != 2 || o.Photos[0] != "a" {
		t.Errorf("photos %q, want a and b once each in order", o.Photos)
	}
	if math.Abs(o.Rate-1e-3/3) > 1e-9 {
		t.Errorf("rate %g at width 48, want a third of the one at width 16", o.Rate)
	}
	c := bsn.Config{Width: 24, Channels: 1}
	from := &bsn.Model{Config: c, Teacher: bsn.NewTeacherParams(c), Info: bsn.Info{KTrain: 11}}
	o, err = Options{Photos: []string{"a"}, Minutes: 1, From: from}.filled(jobRun)
	if err != nil {
		t.Fatal(err)
	}
	if o.Width != 24 || o.Channels != 1 || o.Hole != 11 || o.Rate >= 1e-3*16/24/2 {
		t.Errorf("defaults from a model: %+v", o)
	}
}

func TestOptionsThatCannotWork(t *testing.T) {
	for want, change := range map[string]func(*Options){
		"no photos":      func(o *Options) { o.Photos = nil },
		"width":          func(o *Options) { o.Width = -3 },
		"channels":       func(o *Options) { o.Channels = 4 },
		"not odd":        func(o *Options) { o.Hole = 4 },
		"multiples":      func(o *Options) { o.Patch = 50 },
		"not fall":       func(o *Options) { o.Patch, o.LastPatch = 128, 64 },
		"batch":          func(o *Options) { o.Batch = -1 },
		"learning rate":  func(o *Options) { o.Rate = math.NaN() },
		"warm-up":        func(o *Options) { o.WarmUp = 0.9 },
		"decay":          func(o *Options) { o.Decay = 1 },
		"budget":         func(o *Options) { o.Minutes = math.Inf(1) },
		"how long":       func(o *Options) { o.Minutes = 0; o.Steps = 4 },
		"needs the fold": func(o *Options) { o.Resume = true },
		"no teacher":     func(o *Options) { o.From = &bsn.Model{} },
	} {
		o := Options{Photos: []string{"a"}, Minutes: 1}
		change(&o)
		if _, err := o.filled(jobRun); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestPresets(t *testing.T) {
	last := 0.0
	for _, p := range Presets() {
		o := Options{Photos: []string{"a"}}
		p.Apply(&o)
		if o, err := o.filled(jobRun); err != nil || o.Minutes <= last || o.Width != p.Width || o.LastPatch != p.Last {
			t.Errorf("preset %s: %v, %+v", p.Name, err, o)
		}
		last = p.Minutes
	}
	tuned := Options{From: &bsn.Model{}}
	Presets()[0].Apply(&tuned)
	if tuned.Patch != 128 || tuned.LastPatch != 128 || tuned.Batch != 2 || tuned.Width != 0 {
		t.Errorf("a model to fine-tune is given %+v", tuned)
	}
	if _, err := FindPreset("good"); err != nil {
		t.Error(err)
	}
	if _, err := FindPreset("best"); err == nil {
		t.Error("there is a preset best")
	}
}
