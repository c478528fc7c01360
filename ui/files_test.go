//go:build linux || freebsd || openbsd || netbsd

package ui

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/godbus/dbus/v5"
)

// fakePortal answers as a desktop does. It sends the answer before it returns the request, which real ones may do too.
type fakePortal struct {
	bus     *dbus.Conn
	status  uint32
	uris    []string
	mute    bool
	title   string
	options map[string]dbus.Variant
}

// OpenFile is called over the bus.
func (p *fakePortal) OpenFile(sender dbus.Sender, _, title string, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	p.title, p.options = title, options
	name := strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_")
	request := dbus.ObjectPath(portalPath + "/request/" + name + "/" + options["handle_token"].Value().(string))
	if !p.mute {
		answer := map[string]dbus.Variant{"uris": dbus.MakeVariant(p.uris)}
		if err := p.bus.Emit(request, portalRequest+".Response", p.status, answer); err != nil {
			return "", dbus.MakeFailedError(err)
		}
	}
	return request, nil
}

// newBus starts a message bus without services and has it be the session's.
func newBus(t *testing.T) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Fatalf("this test needs a message bus: apt-get install dbus (%v)", err)
	}
	config := filepath.Join(t.TempDir(), "bus.conf")
	text := `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(daemon, "--config-file="+config, "--print-address", "--nofork", "--nopidfile")
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

// newPortal puts a portal on a bus of its own.
func newPortal(t *testing.T) *fakePortal {
	t.Helper()
	newBus(t)
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	p := &fakePortal{bus: bus}
	if err := bus.Export(p, portalPath, portalChooser); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(portalName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPortalAnswers(t *testing.T) {
	p := newPortal(t)
	for _, step := range []struct {
		name   string
		status uint32
		uris   []string
		want   []string
		none   bool // there is no dialog
	}{
		{name: "chosen", uris: []string{"file:///photos/a+b%20c.jpg", "file:///photos/gr%C3%BCn.dng"}, want: []string{"/photos/a+b c.jpg", "/photos/grün.dng"}},
		{name: "cancelled", status: 1},
		{name: "failed", status: 2, none: true},
	} {
		p.status, p.uris = step.status, step.uris
		got, err := askPortal(t.Context(), "", fileQuestion{title: "Open photos", folder: "/photos", kinds: []fileKind{{"Photos", []string{".jpg", ".JPG"}}}, several: true})
		if !slices.Equal(got, step.want) || errors.Is(err, errNoPortal) != step.none || (err != nil) != step.none {
			t.Errorf("%s: %q, %v", step.name, got, err)
		}
	}
	if folder, _ := p.options["current_folder"].Value().([]byte); p.title != "Open photos" || string(folder) != "/photos\x00" {
		t.Errorf("the portal was asked %q in %q", p.title, folder)
	}
	if filters := p.options["filters"].String(); !strings.Contains(filters, "*.[jJ][pP][gG]") || strings.Count(filters, "*") != 1 {
		t.Errorf("the filters are %s", filters)
	}
	p.status, p.uris = 0, []string{"sftp://elsewhere/a.jpg"}
	if _, err := askPortal(t.Context(), "", fileQuestion{}); err == nil || errors.Is(err, errNoPortal) {
		t.Errorf("a file elsewhere gave %v", err)
	}
}

func TestPortalDialogEndsWithTheWindow(t *testing.T) {
	newPortal(t).mute = true
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := askPortal(ctx, "", fileQuestion{}); len(got) > 0 || err != nil && !errors.Is(err, errNoPortal) {
		t.Errorf("%q, %v", got, err)
	}
	w := newWindow(t)
	w.askFolder("Folder", "", func(string) { t.Error("nobody chose anything") })
	if !w.busy() {
		t.Error("keys reach the window under the dialog")
	}
	w.Stop() // and does not wait for ever
}

// Without a portal Fyne's dialog comes, and what is chosen there is taken.
func TestFyneDialogsStandIn(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	w := newWindow(t)
	crossing := make(chan func())
	w.bridge.do = func(f func()) { crossing <- f }
	folder := folderOf(t, 1)
	for _, q := range []fileQuestion{
		{title: "Folder", folder: folder, dir: true},
		{title: "Photo", folder: folder, kinds: photoKinds()},
		{title: "Save", folder: folder, name: "a.png", save: true},
	} {
		w.ask(q, func([]string) {})
		w.ask(q, func([]string) {}) // one at a time
		(<-crossing)()
		if len(w.win.Canvas().Overlays().List()) != 1 || w.asking != nil {
			t.Fatalf("%s: %d dialogs are open", q.title, len(w.win.Canvas().Overlays().List()))
		}
		w.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if w.busy() {
			t.Errorf("%s: Escape does not close it", q.title)
		}
	}
	var got []string
	w.ask(fileQuestion{title: "Folder", folder: folder, dir: true}, func(paths []string) { got = paths })
	(<-crossing)()
	for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
		if b, ok := o.(interface{ Tapped(*fyne.PointEvent) }); ok && strings.Contains(strings.ToLower(textOf(o)), "open") {
			b.Tapped(&fyne.PointEvent{})
		}
	}
	if !slices.Equal(got, []string{folder}) {
		t.Errorf("chosen was %q, want %s", got, folder)
	}
}

// textOf is what is written on a button.
func textOf(o fyne.CanvasObject) string {
	if b, ok := o.(*widget.Button); ok {
		return b.Text
	}
	return ""
}
