// Package benchmem measures the peak memory of benchmarks.
package benchmem

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

// Measure times work and reports by how much the process grew meanwhile at
// most, in MiB. The kernel is asked to forget the peak so far.
func Measure(b *testing.B, work func() error) {
	b.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Log("peak memory is not known here:", err)
	}
	before := peakMiB()
	for b.Loop() {
		if err := work(); err != nil {
			b.Fatal(err)
		}
		b.StopTimer() // what the last round left behind is not this one's need
		debug.FreeOSMemory()
		b.StartTimer()
	}
	b.ReportMetric(peakMiB()-before, "peak-MiB")
}

// peakMiB is the largest resident memory since the peak was reset.
func peakMiB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kilobytes); n == 1 {
			return kilobytes / 1024
		}
	}
	return 0
}
