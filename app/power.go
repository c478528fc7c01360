package app

import (
	"os"
	"path/filepath"
	"strings"
)

// systemPower is where Linux describes them. Other systems have no such folder, and a training there never waits for the mains.
const systemPower = "/sys/class/power_supply"

// onBattery reports whether the computer runs on its battery: one that supplies the whole system is discharging, and no other supply
// is connected.
func onBattery(folder string) bool {
	supplies, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return false
	}
	discharging := false
	for _, dir := range supplies {
		read := func(name string) string {
			text, _ := os.ReadFile(filepath.Join(dir, name)) // not every supply has every file
			return strings.TrimSpace(string(text))
		}
		switch {
		case read("type") != "Battery":
			if read("online") == "1" {
				return false
			}
		case read("scope") != "Device": // the battery of a mouse
			discharging = discharging || read("status") == "Discharging"
		}
	}
	return discharging
}
