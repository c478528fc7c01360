package app

import (
	"image"
	"os"
	"path/filepath"
	"testing"
)

func TestGeneralIsValidated(t *testing.T) {
	odd := General{Language: "xx", Scale: 17, CacheMB: 3, Threads: 100000, NewPhoto: "whatever", Start: SavedSettings{Mode: "slow", Hole: 4, Luma: 4}}
	want := defaultGeneral()
	want.Restore, want.Threads = false, MaxThreads()
	if got := odd.withDefaults(); got != want {
		t.Errorf("values that make no sense become %+v, want %+v", got, want)
	}
	if d := defaultGeneral(); d != d.withDefaults() {
		t.Errorf("the defaults %+v are not valid", d)
	}
}

// What is set in the dialog holds at once: the cache gives memory back, and the network runs on other threads.
func TestGeneralHoldsAtOnce(t *testing.T) {
	fake := &fakeNetwork{}
	path := filepath.Join(t.TempDir(), "settings.json")
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", fake)}, PreferencesPath: path})
	b.open(photoFile(t, 3*fakeSide, fakeSide), image.Point{})
	b.complete()
	g := b.General()
	g.CacheMB = 128
	b.SetGeneral(g)
	if cacheOf(b.preview) != 128<<20 {
		t.Errorf("the cache may take %d bytes", cacheOf(b.preview))
	}
	b.preview.setBudget(2 * fakeSide * fakeSide)
	if b.preview.used > b.preview.budget {
		t.Errorf("%d bytes are kept over a smaller budget of %d", b.preview.used, b.preview.budget)
	}
	g.Threads = 1
	b.SetGeneral(g)
	b.until("the other network", func() bool { return b.network.network != network(fake) })
	b.complete()
	fake.mu.Lock()
	if fake.twins != 1 || !fake.closed {
		t.Errorf("%d networks were made of the first, which is closed: %v", fake.twins, fake.closed)
	}
	fake.mu.Unlock()
	b.ChooseModel(0) // loaded anew, for as many threads
	b.workers.Wait() // for what is saved in the background
	if saved, err := LoadPreferences(path); err != nil || saved.General != g {
		t.Errorf("saved are %+v, %v", saved.General, err)
	}
}

func TestModelsAreLoadedForTheThreadsOfNow(t *testing.T) {
	second := &fakeNetwork{}
	b := newStage(t, Options{Models: []ModelChoice{choice("first", &fakeNetwork{}), choice("second", second)}})
	b.until("the model", func() bool { return b.Model().Ready })
	g := b.General()
	g.Threads = 1
	b.SetGeneral(g)
	b.ChooseModel(1)
	b.until("the second model", func() bool { return b.modelName() == "second" })
	if second.twins != 1 {
		t.Errorf("the second model was made for other threads %d times", second.twins)
	}
}

func TestNewPhotosBeginAsChosen(t *testing.T) {
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", &fakeNetwork{})}})
	photos := []string{photoFile(t, fakeSide, fakeSide), photoFile(t, fakeSide, fakeSide), photoFile(t, fakeSide, fakeSide)}
	b.open(photos[0], image.Point{})
	b.strength(0.3)
	g := b.General()
	g.NewPhoto, g.Start = ChosenSettings, Saved(Settings{Mode: Average, Hole: 7, Luma: 0.5, Colour: 0.25, Texture: 0})
	b.SetGeneral(g)
	b.open(photos[1], image.Point{})
	if got := b.Settings(); got != g.Start.Settings() {
		t.Errorf("a new photo begins with %+v", got)
	}
	b.strength(0.9)
	b.ResetSettings()
	if got := b.Settings(); got != g.Start.Settings() {
		t.Errorf("a reset leads to %+v", got)
	}
	g.NewPhoto = SuggestedSettings
	b.SetGeneral(g)
	b.open(photos[2], image.Point{})
	b.until("the noise", func() bool { return b.Noise() != nil })
	suggested, _ := b.Suggested()
	if got := b.Settings(); got != suggested || suggested == g.Start.Settings() {
		t.Errorf("a new photo has %+v, suggested are %+v", got, suggested)
	}
	b.strength(0.7)
	b.open(photos[0], image.Point{})
	b.until("the noise", func() bool { return b.Noise() != nil })
	if got := b.Settings().Luma; got != 0.3 {
		t.Errorf("a photo that was open before has luminance %v", got)
	}
	b.open(photos[2], image.Point{})
	b.until("the noise", func() bool { return b.Noise() != nil })
	if got := b.Settings().Luma; got != 0.7 {
		t.Errorf("coming back, the photo has luminance %v", got)
	}
}

func TestRecentFolders(t *testing.T) {
	b := newStage(t, Options{})
	folder := filepath.Dir(photoFile(t, 8, 8))
	b.OpenAll([]string{folder})
	b.until("the photo", func() bool { _, ok := b.Photo(); return ok })
	if got := b.RecentFolders(); len(got) != 1 || got[0] != folder {
		t.Errorf("the folders are %q", got)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	b.OpenAll([]string{folder})
	b.until("the complaint", func() bool { return b.Message().Problem })
	if got := b.RecentFolders(); len(got) != 0 {
		t.Errorf("a folder that is gone stays: %q", got)
	}
	b.ForgetRecent()
	if len(b.Recent()) != 0 {
		t.Errorf("forgotten photos are %q", b.Recent())
	}
}

// TestMemoryLimit: it never lies below what a photo and the cache need by themselves.
func TestMemoryLimit(t *testing.T) {
	for _, megapixels := range []int{0, 1, 24, 100, 250} {
		pixels := megapixels * 1e6
		// Six bytes a pixel for the photo, and two pyramids of four, each a third larger than its base.
		need := int64(512)<<20 + int64(pixels)*(6+2*4*4/3)
		if limit := memoryLimit(512, pixels); limit < need+400<<20 {
			t.Errorf("%d megapixels need %d MB and may take %d", megapixels, need>>20, limit>>20)
		}
	}
}

// cacheOf is what a preview may keep, begun cells included.
func cacheOf(p *preview) int64 { return p.budget + p.sums }
