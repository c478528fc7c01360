package app

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
)

func TestPreferencesSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "settings.json")
	first, err := LoadPreferences(path)
	if err != nil || !reflect.DeepEqual(first, DefaultPreferences()) {
		t.Fatalf("the first start gives %+v, %v", first, err)
	}
	general := defaultGeneral()
	general.Language, general.Scale, general.CacheMB, general.NewPhoto = "de", 1.5, 1024, SuggestedSettings
	want := Preferences{
		General: general, Folders: []string{"/photos"},
		Mode: "average", Hole: 9, Luma: 0.25, Colour: 0.75, Model: "mine", Compare: "side",
		Format: "png", Quality: 80, Depth: 16, Name: "{name} {iso}", Folder: "/photos", Recent: []string{"/a.jpg", "/b.png"},
	}
	if err := want.Save(path); err != nil {
		t.Fatal(err)
	}
	if got, err := LoadPreferences(path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("saving left %v, %v", left, err)
	}
}

func TestDamagedPreferencesBecomeDefaults(t *testing.T) {
	for _, test := range []struct {
		text    string
		problem bool
	}{
		{"", true},
		{"{", true},
		{`{"hole": "three"}`, true},
		{`{"compare": "upside down", "quality": 900, "format": "bmp"}`, false},
	} {
		path := filepath.Join(t.TempDir(), "settings.json")
		if err := os.WriteFile(path, []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := LoadPreferences(path)
		if (err != nil) != test.problem || !reflect.DeepEqual(got, DefaultPreferences()) {
			t.Errorf("%q gives %+v, %v", test.text, got, err)
		}
	}
	odd := Preferences{Mode: "slow", Hole: 4, Luma: 2, Colour: -1}
	if got, want := odd.settings(), DefaultPreferences().settings(); got != want {
		t.Errorf("settings that make no sense become %+v, want %+v", got, want)
	}
}

func TestRecentPhotos(t *testing.T) {
	var list []string
	for i := range 12 {
		list = remember(list, fmt.Sprintf("/photos/%d.jpg", i))
	}
	list = remember(list, "/photos/5.jpg")
	if len(list) != recentLimit || list[0] != "/photos/5.jpg" || list[1] != "/photos/11.jpg" {
		t.Errorf("the list is %v", list)
	}
	if list = forget(list, "/photos/11.jpg"); slices.Contains(list, "/photos/11.jpg") || len(list) != recentLimit-1 {
		t.Errorf("after forgetting one it is %v", list)
	}
}
