// Command blindspot is the window of Blindspot, which removes noise from photographs.
//
//	blindspot [PHOTO|FOLDER]...
//
// opens the photos, and those of the folders, or on a start without any the sample photo.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"blindspot/app"
	"blindspot/assets"
	"blindspot/ui"
)

// memoryLimit makes the garbage collector work harder before a large photo and its results take more than this.
const memoryLimit = 1500 << 20

func main() {
	app.RunHelper()
	debug.SetMemoryLimit(memoryLimit)
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: blindspot [PHOTO|FOLDER]...") }
	flag.Parse()
	if err := run(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "blindspot:", app.Sentence(err))
		os.Exit(1)
	}
}

// run shows the window until it is closed. What goes wrong while there is a window is said there.
func run(photos []string) error {
	options := ui.Options{App: fyneapp.NewWithID("photo.blindspot.Blindspot"), Assets: assets.FS, Preferences: app.DefaultPreferences()}
	options.Icon = fyne.NewStaticResource("blindspot.png", assets.Icon)
	library, err := app.OpenLibrary(assets.FS)
	if err != nil {
		return err
	}
	options.Models, options.Library = library.Choices(0), library
	if options.PreferencesPath, err = app.PreferencesPath(); err != nil {
		options.Problem = err
	} else {
		options.Preferences, options.Problem = app.LoadPreferences(options.PreferencesPath)
	}
	window, err := ui.New(options)
	if err != nil {
		return err
	}
	if len(photos) > 0 {
		window.OpenAll(photos)
	} else {
		window.OpenSample()
	}
	window.Show()
	options.App.Run()
	window.Stop()
	return nil
}
