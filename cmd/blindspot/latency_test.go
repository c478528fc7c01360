package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// latencyVariable says how often each thing is measured.
const latencyVariable = "BLINDSPOT_LATENCY"

// BenchmarkWindow measures what a user waits for: a photo of 24 megapixels at 100 %, in a real window, with the bundled model,
// first alone and then while the same window trains. It prints a table, and leaves it with the artefacts. Times run from
// the event in the program to the end of the frame that shows it, those of the start from the system's call.
func BenchmarkWindow(b *testing.B) {
	count := 20
	if text := os.Getenv(latencyVariable); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil || count < 2 {
			b.Fatalf("%s=%s: a number from 2 on is wanted", latencyVariable, text)
		}
	}
	folder := noisyFolder(b, 4)
	large := largePhoto(b, folder, "large.jpg")
	program, home := buildProgram(b), b.TempDir()
	m := &meter{screen: newScreen(b), count: count}
	m.starts(program, home)
	m.starts(program, home, large)
	n := len(m.events())
	m.run(program, home, large, largePhoto(b, folder, "other.jpg"))
	m.enlarge(n)
	m.wait(n, "preview", "")
	m.locate()
	m.quiet()
	memory := m.memory()
	processor := m.processor(10 * time.Second)
	m.use()
	full := m.memory()
	m.train()
	n = len(m.events())
	m.key("Right") // the other photo, nothing of which is in the cache
	m.enlarge(n)
	m.use()
	m.stillTrains()
	trained := m.memory()
	m.key("ctrl+q")
	time.Sleep(2 * settle)
	m.key("Return") // keep it for later
	m.end()

	table := m.table() + fmt.Sprintf(`
Idle, it takes %.1f %% of a core. Resident memory in MiB: %d with the photo open, %d with the cache in use, %d while it trains.
Each figure is of %d. Load of the machine at the end: %.1f.
`, processor*100, memory, full, trained, count, load())
	fmt.Print(table)
	if err := os.WriteFile(filepath.Join(m.artefacts, "latency.md"), []byte(table), 0o644); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op") // the table says more
}

// starts measures how long the program takes until its first photo is seen, be it noisy.
func (m *meter) starts(program, home string, args ...string) {
	name := "start to the sample photo"
	if len(args) > 0 {
		name = "start to 24 megapixels"
	}
	for range min(m.count, 10) {
		n, began := len(m.events()), time.Now()
		m.run(program, home, args...)
		m.wait(n, "picture", "")
		m.add(name, float64(time.Since(began).Milliseconds()))
		time.Sleep(2 * settle)
		m.key("ctrl+q")
		m.end()
		if err := os.RemoveAll(filepath.Join(home, "config")); err != nil { // or it would begin with what was open
			m.t.Fatal(err)
		}
	}
}

// enlarge goes to 100 % once a photo is open: the network would take minutes for the whole.
func (m *meter) enlarge(n int) {
	m.add("open 24 megapixels to the first tile, once", m.wait(n, "first", "opened").PaintMS)
	m.key("2")
}

// use measures all that a user does with an open photo.
func (m *meter) use() {
	m.click("mode", 0.5, 0.5)
	m.pan("first tile, Tunable")
	m.quiet()
	m.drag("hole", "blind spot", 0.28, func(i int) float64 { // from stop to stop, there and back
		stop := (i + 3) % 12
		return (7 + float64(min(stop, 12-stop))*(248-14)/6) / 248
	})
	m.drag("luminance", "strength", 0.5, func(i int) float64 { return 0.2 + 0.6*float64(i%11)/10 })
	m.drag("divider", "divider", 0.5, func(i int) float64 { // back to the middle at the end
		return 0.5 + 0.3*float64(i%m.count)/float64(m.count)
	})
	m.click("mode", 0.17, 0.5)
	m.pan("first tile, Fast")
}

// drag holds a control and moves to the places that at says, as parts of its width.
func (m *meter) drag(event, name string, height float64, at func(i int) float64) {
	control := event
	if event == "divider" {
		control = "viewer"
	}
	m.look()
	x, y := m.at(control, at(0), height)
	m.do("mousemove", x, y, "mousedown", "1")
	time.Sleep(settle)
	for i := 1; i <= m.count; i++ {
		n := len(m.events())
		x, y := m.at(control, at(i), height)
		m.do("mousemove", x, y)
		m.add(name+" on warm tiles", m.wait(n, event, "").PaintMS)
		time.Sleep(settle / 3)
	}
	m.do("mouseup", "1")
}

// pan drags the photo in lines to and fro, so that there are cells that the network has not seen, and waits for all of them
// before it goes on. Where there are none after all, there is nothing to measure.
func (m *meter) pan(name string) {
	m.key("f", "2")
	m.rest()
	const near, far, line = 0.1, 0.9, 5
	for range 3 { // to the upper left
		m.pull([2]float64{near, near}, [2]float64{far, far})
		time.Sleep(settle)
	}
	m.rest()
	for i := range min(m.count, 6*(line+1)) { // the photo has no more
		from, to := [2]float64{far, 0.7}, [2]float64{near, 0.7}
		switch {
		case i%(line+1) == line:
			from, to = [2]float64{0.7, far}, [2]float64{0.7, near}
		case i/(line+1)%2 == 1:
			from, to = to, from
		}
		n := len(m.events())
		m.pull(from, to)
		m.wait(n, "pan", "")                                  // all that the pull brought to the screen is there
		if list := m.events()[n:]; list[0].Event == "first" { // or the program had computed it beforehand
			m.add(name, list[0].PaintMS)
		}
		m.rest()
	}
}

// pull drags the photo from one part of the viewer to another.
func (m *meter) pull(from, to [2]float64) {
	x, y := m.at("viewer", from[0], from[1])
	u, v := m.at("viewer", to[0], to[1])
	m.do("mousemove", x, y, "mousedown", "1", "sleep", "0.05", "mousemove", u, v, "sleep", "0.05", "mouseup", "1")
}

// look finds out where the controls are now: some have moved since the program started.
func (m *meter) look() {
	for _, e := range m.events() {
		if e.Event == "layout" {
			m.places = e.Places
		}
	}
}

// rest waits until all is there: that is when a tiny pull counts as shown.
func (m *meter) rest() {
	n := len(m.events())
	m.pull([2]float64{0.8, 0.8}, [2]float64{0.802, 0.8})
	m.wait(n, "pan", "")
}

// train begins a training of an hour on the folder of the open photo, and goes back to the photo.
func (m *meter) train() {
	n := len(m.events())
	m.key("ctrl+t")
	m.wait(n, "training", "ready")
	time.Sleep(settle)
	m.key("Tab", "Tab", "Tab", "Tab", "Tab", "Right", "Return") // past the folder to the time: the longer one
	m.wait(n, "training", "snapshots")                          // it learns
	m.shot("latency-training")
	m.key("Escape")
	m.wait(n, "training", "closed")
	m.training = true
}

// stillTrains checks that the training has not ended in the meantime.
func (m *meter) stillTrains() {
	n := len(m.events())
	m.key("ctrl+t")
	if stage := m.wait(n, "training", "").Value; stage != "running" && stage != "snapshots" {
		m.t.Errorf("after the measurements the training is at %q", stage)
	}
}
