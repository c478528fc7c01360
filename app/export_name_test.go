package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"blindspot/core/photo"
)

func TestExportNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "IMG_0042.CR3")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	known := exportFacts{photo: path, model: "my/camera", settings: Settings{Mode: Tunable, Hole: 5}, number: 7, total: 120}
	known.meta.Camera, known.meta.ISO, known.meta.Taken = "Acme X", 3200, time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	bare := exportFacts{photo: path, settings: Settings{Mode: Average}, number: 1, total: 1, meta: photo.Metadata{}}
	for _, test := range []struct {
		name  string
		facts exportFacts
		want  string
	}{
		{"{name}-denoised", known, "IMG_0042-denoised"},
		{"{date} {number} {camera} ISO{iso}", known, "2026-02-03 007 Acme X ISO3200"},
		{"{name}_{mode}_{hole}_{model}", known, "IMG_0042_tunable_5_my-camera"},
		{"{name}_{iso}_{hole}_{mode}", bare, "IMG_0042_average"},
		{"{camera}-{name}", bare, "IMG_0042"},
		{"{camera}{iso}", bare, "photo"},
		{"{number}", bare, "1"},
		{strings.Repeat("{name}", 30), known, strings.Repeat("IMG_0042", 25)},
	} {
		if got, err := expandName(test.name, test.facts.values()); err != nil || got != test.want {
			t.Errorf("%s became %q, %v; want %q", test.name, got, err, test.want)
		}
	}
	for name, want := range map[string]string{
		"": "needs a file name", "  ": "needs a file name", ".hidden": "begin with a dot", "a/b": "character", "a:b": "character", "a\tb": "character",
		"{name": "without a }", "name}": "without a {", "{nmae}": "no field {nmae}: use {name}", "{}": "no field {}", strings.Repeat("x", 300): "longer",
	} {
		if err := CheckExportName(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, want %q", name, err, want)
		}
	}
}
