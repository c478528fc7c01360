// Command blindspot is the window of Blindspot, which removes noise from photographs.
//
//	blindspot [PHOTO|FOLDER]...
//
// opens the photos, and those of the folders. Without any it begins with those of the last time, or the sample photo.
package main

import (
	"flag"
	"fmt"
	"os"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"blindspot/app"
	"blindspot/assets"
	"blindspot/ui"
)

func main() {
	app.RunHelper()
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: blindspot [PHOTO|FOLDER]...") }
	flag.Parse()
	if err := run(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "blindspot:", app.Sentence(err))
		os.Exit(1)
	}
}

// run shows the window until it is closed. What goes wrong while there is a window is said there.
func run(photos []string) error {
	options := ui.Options{Assets: assets.FS, Preferences: app.DefaultPreferences()}
	options.Icon = fyne.NewStaticResource("blindspot.png", assets.Icon)
	library, err := app.OpenLibrary(assets.FS)
	if err != nil {
		return err
	}
	if options.PreferencesPath, err = app.PreferencesPath(); err != nil {
		options.Problem = err
	} else {
		options.Preferences, options.Problem = app.LoadPreferences(options.PreferencesPath)
		options.LastPath = app.LastPath(options.PreferencesPath)
		if options.Last, err = app.LoadLast(options.LastPath); err != nil {
			options.Problem = err
		}
	}
	options.Models, options.Library = library.Choices(options.Preferences.Threads), library
	app.LimitMemory(options.Preferences.CacheMB)
	if err := ui.UseScale(options.Preferences.Scale); err != nil {
		options.Problem = err
	}
	options.App = fyneapp.NewWithID("photo.blindspot.Blindspot")
	window, err := ui.New(options)
	if err != nil {
		return err
	}
	if len(photos) > 0 {
		window.OpenAll(photos)
	} else if !window.Restore() {
		window.OpenSample()
	}
	window.Show()
	options.App.Run()
	window.Stop()
	return nil
}
