package ui

import (
	"fmt"
	"math"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2/lang"

	"blindspot/app"
)

// The presets as the train view calls them, by their keys.
func presetWord(key string) string {
	switch key {
	case "quick":
		return lang.L("Quick")
	case "good":
		return lang.L("Good")
	case "overnight":
		return lang.L("Overnight")
	}
	return capital(key)
}

// presetHint says what a preset is good for.
func presetHint(key string) string {
	switch key {
	case "quick":
		return lang.L("Fits a model that is there to your camera.")
	case "good":
		return lang.L("Learns your camera's noise thoroughly.")
	case "overnight":
		return lang.L("The best that this computer can do by tomorrow.")
	}
	return ""
}

// phaseWord names a phase of a training.
func phaseWord(phase string) string {
	if phase == app.MakingFast {
		return lang.L("Making the fast model")
	}
	return lang.L("Learning the noise")
}

// span is a length of time as people say it.
func span(d time.Duration) string {
	minutes := int(math.Round(d.Minutes()))
	switch {
	case d < 50*time.Second:
		return lang.L("less than a minute")
	case minutes < 60:
		return lang.L("{{.N}} min", with{"N": minutes})
	case minutes%60 == 0:
		return lang.L("{{.N}} h", with{"N": minutes / 60})
	}
	return lang.L("{{.H}} h {{.M}} min", with{"H": minutes / 60, "M": minutes % 60})
}

// timeLeft says how long something takes yet, rounded to what can be promised; empty if nothing is known.
func timeLeft(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d > 2*time.Hour:
		d = d.Round(10 * time.Minute)
	case d > 20*time.Minute:
		d = d.Round(5 * time.Minute)
	}
	if d < 50*time.Second {
		return lang.L("less than a minute left")
	}
	return lang.L("about {{.Time}} left", with{"Time": span(d)})
}

// clock is the time of a day, and the day if that is not today.
func clock(t, now time.Time) string {
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return lang.L("tomorrow at {{.Time}}", with{"Time": t.Format("15:04")})
}

// photos counts photos.
func photos(n int) string {
	if n == 1 {
		return lang.L("1 photo")
	}
	return lang.L("{{.N}} photos", with{"N": grouped(n)})
}

// grouped writes a number with the mark between thousands that the language has.
func grouped(n int) string {
	text, mark := fmt.Sprint(n), lang.X("thousands separator", ",")
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + mark + text[i:]
	}
	return text
}

// shortened is a folder for a line of text: its last two parts.
func shortened(folder string) string {
	if folder == "" {
		return ""
	}
	return filepath.Join(filepath.Base(filepath.Dir(folder)), filepath.Base(folder))
}

// baseName is a photo's name without its folder; empty stays empty.
func baseName(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(path)
}

func twoDigits(n int) string { return fmt.Sprintf("%02d", n) }
