package main

import (
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// bar is a line on a terminal that shows how far something is. Where there is no terminal it shows nothing.
type bar struct {
	file  *os.File // nil without a terminal
	drawn bool
	last  time.Time
}

// barPause is the least time between two drawings.
const barPause = 100 * time.Millisecond

func newBar(f *os.File) *bar {
	stat, err := f.Stat()
	if err != nil || stat.Mode()&os.ModeCharDevice == 0 || os.Getenv("TERM") == "dumb" {
		return &bar{}
	}
	// The null device is a character device too.
	if null, err := os.Stat(os.DevNull); err == nil && os.SameFile(null, stat) {
		return &bar{}
	}
	return &bar{file: f}
}

// show draws how many of total steps are done, with a text before and after the bar.
func (b *bar) show(before string, done, total int, after string) {
	if b.file == nil || (b.drawn && done < total && time.Since(b.last) < barPause) {
		return
	}
	const width = 24
	full := 0
	if total > 0 {
		full = min(width*done/total, width)
	}
	line := fmt.Sprintf("%s [%s%s] %s", before, strings.Repeat("█", full), strings.Repeat("·", width-full), after)
	const columns = 100
	if utf8.RuneCountInString(line) > columns {
		line = string([]rune(line)[:columns-1]) + "…"
	}
	fmt.Fprint(b.file, "\r\x1b[K"+line)
	b.drawn, b.last = true, time.Now()
}

// clear removes the bar, so that a line can be printed.
func (b *bar) clear() {
	if b.drawn {
		fmt.Fprint(b.file, "\r\x1b[K")
		b.drawn = false
	}
}
