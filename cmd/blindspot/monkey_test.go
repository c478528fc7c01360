package main

import (
	"bytes"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What the monkey does when it is asked for more than the usual quarter of a minute: how long it plays, and the seed of its
// dice. The same seed does the same things.
const (
	monkeyVariable = "BLINDSPOT_MONKEY"
	seedVariable   = "BLINDSPOT_MONKEY_SEED"
)

// TestMonkey clicks, drags, scrolls and types at random, on copies of photos in a home of its own. The program may end only
// by itself and in order; it is started again then. At the end it must still answer, and end when it is told to.
func TestMonkey(t *testing.T) {
	length, seed := 15*time.Second, uint64(1)
	var err error
	if text := os.Getenv(monkeyVariable); text != "" {
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatalf("%s: %v", monkeyVariable, err)
		}
	}
	if text := os.Getenv(seedVariable); text != "" {
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s: %v", seedVariable, err)
		}
	}
	home := t.TempDir()
	folder := monkeyFolder(t, prepare(t, home))
	s := newScreen(t)
	// Neither the desktop's file dialogs nor other programs: all that it can reach lies in its home.
	s.env = []string{"PATH=" + home, "DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(home, "no-bus")}
	m := &monkey{screen: s, dice: rand.New(rand.NewPCG(seed, 0))}
	defer func() {
		if t.Failed() {
			s.shot("monkey")
			t.Logf("%d things done with %s=%d; the last of them:\n%s", len(m.done), seedVariable, seed, m.last(60))
		}
	}()
	program := buildProgram(t)
	m.start(program, home, folder)
	for began := time.Now(); time.Since(began) < length; {
		m.act()
		if m.ended() {
			m.start(program, home)
		}
	}
	t.Logf("%d things done with %s=%d, %d starts, load %.1f", len(m.done), seedVariable, seed, m.starts, load())
	m.answers()
	m.quits()
	for _, word := range []string{"panic", "DATA RACE", "fatal error"} {
		if strings.Contains(m.said.String()+s.output.String(), word) {
			t.Errorf("the program said %q", word)
		}
	}
}

// monkeyFolder is a folder with photos of some sorts, and one that is damaged.
func monkeyFolder(t *testing.T, first string) string {
	t.Helper()
	folder := filepath.Join(filepath.Dir(first), "photos")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{
		first, "../../testdata/photos/coffee.png", "../../testdata/photos/bliznaca.png", "../../testdata/photos/raw/canon_d30_crop_640x528.dng",
	} {
		data, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, filepath.Base(from)), data, 0o644)
		}
		if err == nil && from == first {
			err = os.WriteFile(filepath.Join(folder, "half.png"), data[:len(data)/2], 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// monkey is a user who does anything.
type monkey struct {
	*screen
	dice   *rand.Rand
	done   [][]string   // arguments of xdotool
	asked  int          // events of the trace that were looked at for file dialogs
	starts int          // of the program
	said   bytes.Buffer // by programs that have ended
}

// Rarer than the others are the keys that open something. Ctrl+Q and the file dialogs are left out: the one would end
// the play, the others lead out of the monkey's home.
var (
	monkeyKeys = strings.Fields("Left Right Up Down Home End Page_Up Page_Down Tab Tab shift+Tab Return Escape Escape " +
		"backslash y Y d s z f 1 2 3 4 plus minus comma period bracketleft bracketright t space BackSpace shift+Left shift+Right")
	monkeyShortcuts = strings.Fields("ctrl+z ctrl+z ctrl+shift+z ctrl+y ctrl+a ctrl+c ctrl+v ctrl+x ctrl+e ctrl+shift+e ctrl+m ctrl+t ctrl+comma q question Delete")
	monkeyWords     = []string{"12", "0", "-5", "{name}", "{iso", "noir", "ä é", "99999", "1.5"}
	monkeyWindow    = image.Pt(1280, 800)
)

// start starts the program and waits until it shows itself.
func (m *monkey) start(program, home string, args ...string) {
	m.t.Helper()
	if m.output != nil {
		m.said.Write(m.output.Bytes())
	}
	m.starts++
	n := len(m.events())
	m.run(program, home, args...)
	m.wait(n, "picture", "")
	m.locateWindow()
}

// act does one thing. A file dialog that it opened is closed again.
func (m *monkey) act() {
	m.t.Helper()
	args := m.choose()
	m.done = append(m.done, args)
	m.do(args...)
	time.Sleep(time.Duration(10+m.dice.IntN(40)) * time.Millisecond)
	list := m.events()
	for _, e := range list[m.asked:] {
		if e.Event == "asked" {
			time.Sleep(settle)
			m.key("Escape")
		}
	}
	m.asked = len(list)
}

// choose throws the dice for what to do.
func (m *monkey) choose() []string {
	one := func(of []string) string { return of[m.dice.IntN(len(of))] }
	place := func() []string {
		at := m.corner.Add(image.Pt(1+m.dice.IntN(monkeyWindow.X-2), 1+m.dice.IntN(monkeyWindow.Y-2)))
		return []string{"mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y)}
	}
	switch n := m.dice.IntN(100); {
	case n < 30:
		return append(place(), "click", "1")
	case n < 33:
		return append(place(), "click", "3")
	case n < 37:
		return append(place(), "click", "--repeat", "2", "--delay", "60", "1")
	case n < 47:
		args := append(place(), "mousedown", "1")
		for range 1 + m.dice.IntN(4) {
			args = append(append(args, "sleep", "0.02"), place()...)
		}
		return append(args, "mouseup", "1")
	case n < 55:
		button := strconv.Itoa(4 + m.dice.IntN(4)) // up, down, left, right
		return append(place(), "click", "--repeat", strconv.Itoa(1+m.dice.IntN(8)), "--delay", "10", button)
	case n < 58:
		return append(append([]string{"keydown", "space"}, place()...), "click", "1", "keyup", "space")
	case n < 61:
		return []string{"type", "--delay", "10", "--", one(monkeyWords)}
	case n < 72:
		return []string{"key", one(monkeyShortcuts)}
	default:
		args := []string{"key", "--delay", "15"}
		for range 1 + m.dice.IntN(3) {
			args = append(args, one(monkeyKeys))
		}
		return args
	}
}

// ended reports whether the program has ended, which it may do only by its menu.
func (m *monkey) ended() bool {
	m.t.Helper()
	select {
	case err := <-m.exited:
		m.exited <- err
		if err != nil {
			m.t.Fatalf("the program ended: %v", err)
		}
		return true
	default:
		return false
	}
}

// answers checks that the window still does what it is told.
func (m *monkey) answers() {
	m.t.Helper()
	for range 12 { // dialogs, menus and views may lie over each other
		m.key("Escape")
		time.Sleep(settle / 3)
	}
	n := len(m.events())
	m.key("ctrl+t")
	for deadline := time.Now().Add(patience / 3); time.Now().Before(deadline); time.Sleep(settle) {
		if m.ended() {
			m.t.Fatal("the program ended when the train view was asked for")
		}
		for _, e := range m.events()[n:] {
			if e.Event == "training" {
				m.key("Escape")
				return
			}
		}
	}
	m.hangs("the window answers no more")
}

// quits has the program end; a training that runs is kept for later.
func (m *monkey) quits() {
	m.t.Helper()
	m.key("ctrl+q")
	for deadline := time.Now().Add(patience / 3); time.Now().Before(deadline); time.Sleep(10 * settle) {
		if m.ended() {
			return
		}
		m.key("Return")
	}
	m.hangs("the program does not end")
}

// hangs fails, and has the program say what its goroutines do.
func (m *monkey) hangs(what string) {
	m.t.Helper()
	m.shot("monkey")
	_ = m.program.Process.Signal(syscall.SIGQUIT)
	select {
	case err := <-m.exited:
		m.exited <- err
	case <-time.After(patience / 3):
	}
	m.t.Fatal(what)
}

// last lists the last things that were done, as commands.
func (m *monkey) last(n int) string {
	var b strings.Builder
	for _, args := range m.done[max(0, len(m.done)-n):] {
		fmt.Fprintf(&b, "xdotool %s\n", strings.Join(args, " "))
	}
	return b.String()
}
