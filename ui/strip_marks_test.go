package ui

import (
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
)

// marked lists the numbers of the marked photos.
func (p *strip) marked() []int {
	var list []int
	for i, path := range p.session.Album() {
		if slices.Contains(p.markedPhotos(), path) {
			list = append(list, i)
		}
	}
	return list
}

func TestMarksByMouseAndKeyboard(t *testing.T) {
	p, _, _ := newAlbum(t, 8)
	opened := ""
	p.onOpen = func(path string) { opened = filepath.Base(path) }
	for _, step := range []struct {
		what string
		do   func()
		want []int
	}{
		{"Ctrl+click", func() { p.clicked(2, fyne.KeyModifierShortcutDefault) }, []int{2}},
		{"another", func() { p.clicked(5, fyne.KeyModifierShortcutDefault) }, []int{2, 5}},
		{"the first again", func() { p.clicked(2, fyne.KeyModifierShortcutDefault) }, []int{5}},
		{"Shift+click below", func() { p.clicked(7, fyne.KeyModifierShift) }, []int{2, 3, 4, 5, 6, 7}},
		{"Shift+click above", func() { p.clicked(1, fyne.KeyModifierShift) }, []int{1, 2}},
		{"Shift+arrow", func() { p.extend(1) }, []int{2}},
		{"and on", func() { p.extend(2) }, []int{2, 3, 4}},
		{"beyond the end", func() { p.extend(99) }, []int{2, 3, 4, 5, 6, 7}},
		{"all", p.markAll, []int{0, 1, 2, 3, 4, 5, 6, 7}},
		{"a click", func() { p.clicked(3, 0) }, nil},
		{"Shift+arrow from the open photo", func() { p.extend(2) }, []int{0, 1, 2}},
	} {
		step.do()
		if got := p.marked(); !slices.Equal(got, step.want) {
			t.Errorf("after %s photos %v are marked, want %v", step.what, got, step.want)
		}
	}
	if opened != "IMG_0003.png" || p.count() != "3 marked" {
		t.Errorf("%q was opened, the line says %q", opened, p.count())
	}
	if !p.unmark() || p.unmark() || p.count() != "1 of 8" {
		t.Errorf("unmarked, the line says %q", p.count())
	}
}

// TestMarkedPhotosLeaveTheStrip: the files stay, and the next photo is opened.
func TestMarkedPhotosLeaveTheStrip(t *testing.T) {
	w := newWindow(t)
	w.OpenAll([]string{folderOf(t, 5)})
	w.opens(t, "IMG_0000.png")
	w.typedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	if n := len(w.session.Album()); n != 5 {
		t.Fatalf("without marks %d photos stay", n)
	}
	w.strip.extend(1)
	w.typedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	w.opens(t, "IMG_0002.png")
	if got := len(w.session.Album()); got != 3 || len(w.strip.marked()) > 0 || w.strip.count() != "1 of 3" {
		t.Errorf("%d photos stay: %s", got, w.strip.count())
	}
	w.Open(w.session.Album()[2])
	w.opens(t, "IMG_0004.png")
	w.strip.toggleMark(2)
	w.typedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	w.opens(t, "IMG_0003.png")
	w.markAll()
	w.leaveStrip()
	if len(w.session.Album()) > 0 || w.strip.Visible() {
		t.Errorf("%d photos stay in the strip", len(w.session.Album()))
	}
}
