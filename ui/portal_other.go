//go:build !linux && !freebsd && !openbsd && !netbsd

package ui

import (
	"context"

	"fyne.io/fyne/v2"
)

func windowHandle(fyne.Window) string { return "" }

// askPortal is for desktops with portals, which Linux and its relatives have.
func askPortal(context.Context, string, fileQuestion) ([]string, error) { return nil, errNoPortal }
