package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"blindspot/ui"
)

// screen is an X display of its own with the program's window on it, driven as a user would.
type screen struct {
	t         testing.TB
	display   string
	trace     string
	artefacts string
	env       []string // of the program, beside what every test wants
	program   *exec.Cmd
	exited    chan error
	output    *bytes.Buffer // of the program; whole once it has ended
	places    map[string][4]int
	corner    image.Point // of the window's canvas on the screen
}

// patience is how long anything may take before the test gives up: machines that build other things at once are slow.
const patience = 3 * time.Minute

// event is a line of the trace, see package ui.
type event struct {
	Event       string            `json:"event"`
	Value       string            `json:"value"`
	PaintMS     float64           `json:"paint_ms"`
	TrunkPasses int64             `json:"trunk_passes"`
	Places      map[string][4]int `json:"places"`
}

// buildProgram builds the window as it is released.
func buildProgram(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "blindspot")
	if out, err := exec.Command("go", "build", "-tags", "migrated_fynedo", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// newScreen starts Xvfb on a free display, with a window manager if there is one: it gives windows the keyboard.
func newScreen(t testing.TB) *screen {
	t.Helper()
	for _, tool := range []string{"Xvfb", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("this test drives a real window: apt-get install xvfb xdotool imagemagick openbox libgl1-mesa-dri (%v)", err)
		}
	}
	artefacts, err := filepath.Abs("../../artefacts")
	if err == nil {
		err = os.MkdirAll(artefacts, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1400x900x24", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{write}
	start(t, server)
	write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb does not start: %v", err)
	}
	s := &screen{t: t, display: ":" + strings.TrimSpace(number), artefacts: artefacts, trace: filepath.Join(t.TempDir(), "trace.jsonl")}
	if _, err := exec.LookPath("openbox"); err == nil {
		manager := exec.Command("openbox")
		manager.Env = append(os.Environ(), "DISPLAY="+s.display)
		start(t, manager)
	}
	return s
}

// start runs a helper program until the test ends.
func start(t testing.TB, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait() // its exit status is that of the signal
	})
}

// run starts the program in a home of its own.
func (s *screen) run(program, home string, args ...string) {
	s.t.Helper()
	s.program = exec.Command(program, args...)
	s.program.Env = append(os.Environ(), "DISPLAY="+s.display, "LIBGL_ALWAYS_SOFTWARE=1", "FYNE_SCALE=1", "LANG=en_US.UTF-8",
		"HOME="+home, "XDG_DATA_HOME="+home+"/data", "XDG_CONFIG_HOME="+home+"/config", "XDG_CACHE_HOME="+home+"/cache",
		ui.TraceVariable+"="+s.trace)
	s.program.Env = append(s.program.Env, s.env...)
	output := &bytes.Buffer{}
	s.output = output
	s.program.Stdout, s.program.Stderr = output, output
	if err := s.program.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.exited = make(chan error, 1)
	go func() { s.exited <- s.program.Wait() }()
	s.t.Cleanup(func() {
		if s.program.ProcessState == nil {
			_ = s.program.Process.Kill()
			<-s.exited
		}
		if s.t.Failed() {
			s.t.Logf("output of the program:\n%s", output.String())
		}
	})
}

// events reads the trace so far.
func (s *screen) events() []event {
	s.t.Helper()
	text, err := os.ReadFile(s.trace)
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	var list []event
	for line := range bytes.Lines(text) {
		var e event
		if bytes.HasSuffix(line, []byte("\n")) {
			if err := json.Unmarshal(line, &e); err != nil {
				s.t.Fatalf("the trace says %q: %v", line, err)
			}
			list = append(list, e)
		}
	}
	return list
}

// wait waits for an event with a value (any, if it is empty) after the first n events, and returns it.
func (s *screen) wait(n int, name, value string) event {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if list := s.events(); len(list) > n {
			for _, e := range list[n:] {
				if e.Event == name && (value == "" || e.Value == value) {
					return e
				}
			}
		}
		select {
		case err := <-s.exited:
			s.exited <- err
			s.t.Fatalf("the program ended: %v", err)
		default:
		}
	}
	s.t.Fatalf("waited in vain for %s %s; the trace is %+v", name, value, s.events())
	return event{}
}

// do runs xdotool.
func (s *screen) do(args ...string) string {
	s.t.Helper()
	c := exec.Command("xdotool", args...)
	c.Env = append(os.Environ(), "DISPLAY="+s.display)
	out, err := c.CombinedOutput()
	if err != nil {
		s.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// locate finds out where the controls are on the screen.
func (s *screen) locate() {
	s.t.Helper()
	s.places = s.wait(0, "layout", "").Places
	s.locateWindow()
}

// locateWindow finds out where its canvas is.
func (s *screen) locateWindow() {
	s.t.Helper()
	ids := strings.Fields(s.do("search", "--onlyvisible", "--name", "Blindspot"))
	if len(ids) == 0 {
		s.t.Fatal("there is no window")
	}
	// The geometry that xdotool tells counts a window manager's frame twice; the pointer knows better.
	s.do("mousemove", "--window", ids[0], "0", "0")
	for line := range strings.Lines(s.do("getmouselocation", "--shell")) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		number, _ := strconv.Atoi(value)
		switch key {
		case "X":
			s.corner.X = number
		case "Y":
			s.corner.Y = number
		}
	}
}

// at is the place on the screen that is this part of a control's width and height.
func (s *screen) at(control string, x, y float64) (string, string) {
	s.t.Helper()
	p, ok := s.places[control]
	if !ok {
		s.t.Fatalf("there is no control %q in %v", control, s.places)
	}
	return strconv.Itoa(s.corner.X + p[0] + int(x*float64(p[2]))), strconv.Itoa(s.corner.Y + p[1] + int(y*float64(p[3])))
}

// click clicks on a part of a control.
func (s *screen) click(control string, x, y float64) {
	s.t.Helper()
	px, py := s.at(control, x, y)
	s.do("mousemove", px, py, "click", "1")
}

// key types a key.
func (s *screen) key(names ...string) { s.t.Helper(); s.do(append([]string{"key"}, names...)...) }

// viewer takes a picture of the viewer.
func (s *screen) viewer() *image.RGBA {
	s.t.Helper()
	p := s.places["viewer"]
	r := image.Rect(0, 0, p[2], p[3])
	out := image.NewRGBA(r)
	draw.Draw(out, r, s.shot(""), s.corner.Add(image.Pt(p[0], p[1])), draw.Src)
	return out
}

// shot takes a picture of the screen and keeps it under a name, unless that is empty.
func (s *screen) shot(name string) image.Image {
	s.t.Helper()
	c := exec.Command("import", "-window", "root", "png:-")
	c.Env = append(os.Environ(), "DISPLAY="+s.display)
	data, err := c.Output()
	if err != nil {
		s.t.Fatalf("screenshot: %v", err)
	}
	if name != "" {
		if err := os.WriteFile(filepath.Join(s.artefacts, "window-"+name+".png"), data, 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	return img
}

// until takes pictures of the viewer until one satisfies.
func (s *screen) until(what string, satisfies func(*image.RGBA) error) {
	s.t.Helper()
	var err error
	for deadline := time.Now().Add(patience / 3); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = satisfies(s.viewer()); err == nil {
			return
		}
	}
	s.t.Fatalf("%s: %v", what, err)
}

// end waits until the program has ended by itself.
func (s *screen) end() {
	s.t.Helper()
	select {
	case err := <-s.exited:
		s.exited <- err
		if err != nil {
			s.t.Errorf("the program ended with %v", err)
		}
	case <-time.After(patience):
		s.t.Error("the program did not end")
	}
}

// load is the machine's load in busy processors' worth of work, at least 1.
func load() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 1
	}
	value := 1.0
	if _, err := fmt.Sscan(string(text), &value); err != nil {
		return 1
	}
	return max(value, 1)
}
