//go:build linux || freebsd || openbsd || netbsd

package ui

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/lang"
	"github.com/godbus/dbus/v5"
)

// The desktop's file dialogs come through the portal for it, which GNOME, KDE and others serve, over D-Bus:
// https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.FileChooser.html.
//
// It is spoken to directly: the library rymdport/portal begins to listen for the answer only after it has asked, takes any
// program's answer for its own, and makes a space of each plus in a file's name.
const (
	portalName    = "org.freedesktop.portal.Desktop"
	portalPath    = "/org/freedesktop/portal/desktop"
	portalChooser = "org.freedesktop.portal.FileChooser"
	portalRequest = "org.freedesktop.portal.Request"
)

// portalPatience is how long the portal may take to come up. On a desktop that has one it mostly runs already.
const portalPatience = 3 * time.Second

// windowHandle names the window to the portal, so that the dialog stays over it; empty if it cannot be named.
func windowHandle(w fyne.Window) (handle string) {
	if native, ok := w.(driver.NativeWindow); ok {
		native.RunNative(func(context any) {
			if x, ok := context.(driver.X11WindowContext); ok {
				handle = fmt.Sprintf("x11:%x", x.WindowHandle)
			}
		})
	}
	return handle
}

// askPortal shows the desktop's dialog and returns what was chosen, nothing if it was cancelled. The error is errNoPortal
// if there is no such dialog. When ctx is done the dialog is closed, as the portal does when nobody waits for it any more.
func askPortal(ctx context.Context, window string, q fileQuestion) ([]string, error) {
	bus, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, errNoPortal
	}
	defer bus.Close()
	if bus.Auth(nil) != nil || bus.Hello() != nil {
		return nil, errNoPortal
	}
	token := fmt.Sprintf("blindspot%d", os.Getpid())
	sender := strings.ReplaceAll(strings.TrimPrefix(bus.Names()[0], ":"), ".", "_")
	request := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + token)
	answers := make(chan *dbus.Signal, 8)
	bus.Signal(answers)
	if bus.AddMatchSignal(dbus.WithMatchObjectPath(request), dbus.WithMatchInterface(portalRequest)) != nil {
		return nil, errNoPortal
	}
	soon, cancel := context.WithTimeout(ctx, portalPatience)
	defer cancel()
	method := portalChooser + ".OpenFile"
	if q.save {
		method = portalChooser + ".SaveFile"
	}
	call := bus.Object(portalName, portalPath).CallWithContext(soon, method, 0, window, q.title, portalOptions(q, token))
	if call.Err != nil {
		return nil, errNoPortal
	}
	for {
		select {
		case <-ctx.Done():
			return nil, nil
		case answer, ok := <-answers:
			if !ok {
				return nil, errors.New(lang.L("The desktop's file dialog went away: please try again."))
			}
			if answer.Path == request { // the bus itself sends greetings
				return portalAnswer(answer.Body)
			}
		}
	}
}

// portalOptions puts a question into the portal's words.
func portalOptions(q fileQuestion, token string) map[string]dbus.Variant {
	options := map[string]dbus.Variant{
		"handle_token": dbus.MakeVariant(token),
		"modal":        dbus.MakeVariant(true),
	}
	if q.save {
		options["current_name"] = dbus.MakeVariant(q.name)
	} else {
		options["multiple"], options["directory"] = dbus.MakeVariant(q.several), dbus.MakeVariant(q.dir)
	}
	if q.folder != "" {
		options["current_folder"] = dbus.MakeVariant(append([]byte(q.folder), 0))
	}
	type rule struct {
		Kind    uint32 // 0 is a pattern for names
		Pattern string
	}
	type filter struct {
		Name  string
		Rules []rule
	}
	var filters []filter
	for _, kind := range q.kinds {
		f := filter{Name: kind.name}
		for _, ending := range kind.endings {
			if ending == strings.ToLower(ending) {
				f.Rules = append(f.Rules, rule{0, pattern(ending)})
			}
		}
		filters = append(filters, f)
	}
	if len(filters) > 0 && !q.dir {
		options["filters"] = dbus.MakeVariant(filters)
	}
	return options
}

// portalAnswer reads the paths out of the portal's answer.
func portalAnswer(body []any) ([]string, error) {
	if len(body) != 2 {
		return nil, errNoPortal
	}
	status, _ := body[0].(uint32)
	results, _ := body[1].(map[string]dbus.Variant)
	const chosen, cancelled = 0, 1
	switch status {
	case chosen:
	case cancelled:
		return nil, nil
	default:
		return nil, errNoPortal
	}
	uris, _ := results["uris"].Value().([]string)
	var paths []string
	for _, uri := range uris {
		u, err := url.Parse(uri)
		if err != nil || u.Scheme != "file" {
			return nil, errors.New(lang.L("{{.File}} is no file on this computer: copy it to a folder of yours first.", with{"File": uri}))
		}
		paths = append(paths, filepath.FromSlash(u.Path))
	}
	return paths, nil
}
