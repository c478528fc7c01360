package ui

import (
	"os"
	"path/filepath"
	"testing"

	"blindspot/app"
	"blindspot/app/apptest"
)

// With a fast network that shows texture by itself the slider rests, in its mode alone, and says so.
func TestTextureRestsWhereTheNetworkShowsIt(t *testing.T) {
	for _, textured := range []bool{false, true} {
		m, data := apptest.Model(), t.TempDir()
		m.Info.Textured = textured
		models := filepath.Join(data, "models")
		if err := os.MkdirAll(models, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := m.WriteFile(filepath.Join(models, "soft.safetensors")); err != nil {
			t.Fatal(err)
		}
		s := app.NewSession(app.Options{
			Wake: func() {}, OnChange: func(app.Change) {}, Preferences: app.DefaultPreferences(),
			Models: app.NewLibrary(nil, data).Choices(2),
		})
		p := newPanel(s, func() {}, func() {})
		receive(t, s, func() bool { return s.Model().Ready })
		for _, mode := range []app.Mode{app.Fast, app.Average} {
			settings := s.Settings()
			settings.Mode = mode
			s.SetSettings(settings)
			p.showSettings()
			p.showModel()
			rests := textured && mode == app.Fast
			if p.texture.disabled != rests || (p.textureText.Text == "by itself") != rests {
				t.Errorf("textured %v, %v: the slider rests %v and says %q", textured, mode, p.texture.disabled, p.textureText.Text)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
