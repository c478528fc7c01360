package app

import (
	"os"
	"path/filepath"
	"testing"
)

// supply describes a power supply as the system does.
func supply(t *testing.T, folder, name string, files map[string]string) {
	t.Helper()
	dir := filepath.Join(folder, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOnBattery(t *testing.T) {
	battery := func(status string) map[string]string { return map[string]string{"type": "Battery", "status": status} }
	mains := func(online string) map[string]string { return map[string]string{"type": "Mains", "online": online} }
	mouse := map[string]string{"type": "Battery", "status": "Discharging", "scope": "Device"}
	for _, c := range []struct {
		name     string
		supplies []map[string]string
		want     bool
	}{
		{"no supply is known", nil, false},
		{"desktop", []map[string]string{mains("1")}, false},
		{"laptop on battery", []map[string]string{battery("Discharging"), mains("0")}, true},
		{"laptop on the mains", []map[string]string{battery("Charging"), mains("1")}, false},
		{"more load than the adapter gives", []map[string]string{battery("Discharging"), mains("1")}, false},
		{"full", []map[string]string{battery("Full"), mains("0")}, false},
		{"desktop with a wireless mouse", []map[string]string{mouse}, false},
		{"two batteries", []map[string]string{battery("Unknown"), battery("Discharging")}, true},
	} {
		folder := t.TempDir()
		for i, files := range c.supplies {
			supply(t, folder, string(rune('A'+i)), files)
		}
		if got := onBattery(folder); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if onBattery(filepath.Join(t.TempDir(), "none")) {
		t.Error("on battery without a folder")
	}
}
