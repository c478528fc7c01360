package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"blindspot/core/photo"
	"blindspot/core/pixel"
)

// meter drives the window and writes down how long things take.
type meter struct {
	*screen
	count    int
	training bool
	rows     []*latencies
}

// latencies are times in milliseconds of one thing, alone and while a training runs.
type latencies struct {
	name  string
	times [2][]float64
}

func (m *meter) add(name string, ms float64) {
	i := slices.IndexFunc(m.rows, func(r *latencies) bool { return r.name == name })
	if i < 0 {
		i = len(m.rows)
		m.rows = append(m.rows, &latencies{name: name})
	}
	column := 0
	if m.training {
		column = 1
	}
	m.rows[i].times[column] = append(m.rows[i].times[column], ms)
}

// table is in Markdown.
func (m *meter) table() string {
	var b strings.Builder
	b.WriteString("| ms | alone: median | 95th percentile | while training: median | 95th percentile |\n|---|---|---|---|---|\n")
	for _, r := range m.rows {
		fmt.Fprintf(&b, "| %s |", r.name)
		for _, times := range r.times {
			if len(times) == 0 {
				b.WriteString(" – | – |")
				continue
			}
			slices.Sort(times)
			rank := func(share float64) float64 { return times[int(math.Ceil(share*float64(len(times))))-1] }
			fmt.Fprintf(&b, " %.0f | %.0f |", rank(0.5), rank(0.95))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// memory is what the program holds resident, in MiB.
func (m *meter) memory() int {
	m.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.program.Process.Pid))
	if err != nil {
		m.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var kilobytes int
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kilobytes); err == nil {
			return kilobytes / 1024
		}
	}
	m.t.Fatal("the system does not say how much memory the program holds")
	return 0
}

// quiet waits until the network has seen what is near to the view, too. Beside a training there is no telling.
func (m *meter) quiet() {
	for deadline := time.Now().Add(patience); !m.training && time.Now().Before(deadline); {
		if m.processor(2*time.Second) < 0.1 {
			return
		}
	}
}

// processor is the share of one processor that the program takes while nobody does anything.
func (m *meter) processor(during time.Duration) float64 {
	m.t.Helper()
	const ticks = 100 // a second, on every Linux
	taken := func() (sum int) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", m.program.Process.Pid))
		if err != nil {
			m.t.Fatal(err)
		}
		_, numbers, _ := strings.Cut(string(text), ") ") // the name may hold anything
		for _, text := range strings.Fields(numbers)[11:13] {
			n, err := strconv.Atoi(text)
			if err != nil {
				m.t.Fatal(err)
			}
			sum += n
		}
		return sum
	}
	before := taken()
	time.Sleep(during)
	return float64(taken()-before) / ticks / during.Seconds()
}

// largeWidth, largeHeight are the sides of a photo of 24 megapixels.
const largeWidth, largeHeight = 6000, 4000

// largePhoto makes a noisy JPEG in the folder.
func largePhoto(b *testing.B, folder, name string) string {
	b.Helper()
	im := pixel.New(largeWidth, largeHeight, 3, 8)
	rng := rand.New(rand.NewPCG(5, 6))
	noise := make([]float64, 1<<16+1) // a prime length, so that no row looks like another
	for i := range noise {
		noise[i] = 12 * rng.NormFloat64()
	}
	for c, plane := range im.Planes {
		for y := range largeHeight {
			for x := range largeWidth {
				i := y*largeWidth + x
				v := 128 + 70*math.Sin(float64(x)/97+float64(c))*math.Cos(float64(y)/131) + noise[(i+c*977)%len(noise)]
				plane[i] = uint16(math.Round(min(max(v, 0), 255))) * 257
			}
		}
	}
	path := filepath.Join(folder, name)
	if _, err := photo.Save(b.Context(), path, &photo.Photo{Image: im}, photo.SaveOptions{}); err != nil {
		b.Fatal(err)
	}
	return path
}
