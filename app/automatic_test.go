package app

import (
	"image"
	"testing"
	"time"
)

// trained offers a network of a model of the user's that was trained on photos of some cameras at some ISO values.
func trained(name string, made int, fast bool, cameras []string, iso ...int) ModelChoice {
	c := choice(name, &fakeNetwork{})
	c.info = ModelInfo{Name: name, Path: "/models/" + name, Cameras: cameras, ISO: iso, Fast: fast, Date: time.Unix(int64(made), 0)}
	return c
}

func TestAutomaticChoice(t *testing.T) {
	bundled := choice("bundled", &fakeNetwork{})
	bundled.info = ModelInfo{Name: "bundled", Bundled: true, Cameras: []string{"Sony A7"}, Fast: true}
	models := []ModelChoice{
		bundled,
		trained("low", 1, true, []string{"Fuji X-T5"}, 100, 200, 400),
		trained("high", 1, true, []string{"Fuji X-T5"}, 3200, 6400),
		trained("mixed", 9, true, []string{"Fuji X-T5", "Canon 80D"}, 3200),
		trained("newer", 5, true, []string{"Fuji X-T5"}, 6400),
		trained("unknown ISO", 1, false, []string{"Leica M"}),
	}
	for _, c := range []struct {
		camera string
		iso    int
		mode   Mode
		want   string
		fits   bool
	}{
		{"", 0, Tunable, "bundled", false},
		{"", 3200, Tunable, "bundled", false},
		{"Sony A7", 100, Tunable, "bundled", false}, // trained for, but not the user's
		{"Fuji X-T5", 160, Tunable, "low", true},
		{"fuji x-t5 ", 200, Tunable, "low", true},
		{"Fuji X-T5", 560, Tunable, "low", true},      // half a stop beyond
		{"Fuji X-T5", 800, Tunable, "bundled", false}, // a whole stop
		{"Fuji X-T5", 51200, Tunable, "bundled", false},
		{"Fuji X-T5", 3200, Tunable, "high", true},  // of one camera, before the newer one for two
		{"Fuji X-T5", 6400, Tunable, "newer", true}, // as near as high
		{"Fuji X-T5", 0, Tunable, "newer", true},
		{"Canon 80D", 4000, Tunable, "mixed", true},
		{"Leica M", 12800, Tunable, "unknown ISO", true},
		{"Leica M", 12800, Fast, "bundled", false}, // it could not make Fast
	} {
		b := newStage(t, Options{Models: models})
		b.settings.Mode = c.mode
		b.glimpse = &glimpse{info: PhotoInfo{Camera: c.camera, ISO: c.iso}}
		if got := b.Automatic(); got.Model != c.want || got.Fits != c.fits || !got.On || !got.Own {
			t.Errorf("%s at ISO %d in %v gives %+v, want %s, fits: %v", c.camera, c.iso, c.mode, got, c.want, c.fits)
		}
		b.glimpse = nil
	}
}

// loadedModel waits until a model denoises.
func (b *stage) loadedModel(name string) {
	b.t.Helper()
	b.until("the model "+name, func() bool { return b.modelName() == name && !b.Model().Loading })
}

func TestModelIsKeptPerPhoto(t *testing.T) {
	models := []ModelChoice{choice("bundled", &fakeNetwork{}), choice("mine", &fakeNetwork{})}
	b := newStage(t, Options{Models: models})
	first, second := photoFile(t, 20, 20), photoFile(t, 20, 20)
	b.open(first, image.Point{})
	b.loadedModel("bundled")
	if !b.Automatic().On || b.Automatic().Own {
		t.Errorf("at first the choice is %+v", b.Automatic())
	}
	b.open(second, image.Point{})
	b.ChooseModel(1)
	b.loadedModel("mine")
	if b.Automatic().On || b.Preferences().Model != "mine" {
		t.Errorf("the user's choice is %+v, remembered %q", b.Automatic(), b.Preferences().Model)
	}
	b.open(first, image.Point{})
	b.loadedModel("bundled")
	if !b.Automatic().On {
		t.Error("the first photo has forgotten its automatic choice")
	}
	b.open(second, image.Point{})
	b.loadedModel("mine")
	b.open(photoFile(t, 20, 20), image.Point{}) // a new one begins with that of now
	if b.modelName() != "mine" || b.Automatic().On {
		t.Errorf("a new photo has %s", b.modelName())
	}
	b.ChooseAutomatic()
	b.loadedModel("bundled")
	if b.Preferences().Model != "" {
		t.Errorf("the automatic choice is remembered as %q", b.Preferences().Model)
	}
}

func TestRememberedModelThatIsGone(t *testing.T) {
	p := DefaultPreferences()
	p.Model = "gone"
	b := newStage(t, Options{Models: []ModelChoice{choice("bundled", &fakeNetwork{})}, Preferences: p})
	b.loadedModel("bundled")
	if !b.Automatic().On {
		t.Error("a model that is gone counts as a choice")
	}
}
