package ui

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"blindspot/app"
)

// folderOf makes a folder of n small photos.
func folderOf(t *testing.T, n int) string {
	t.Helper()
	var data bytes.Buffer
	if err := png.Encode(&data, image.NewGray(image.Rect(0, 0, 12, 8))); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for i := range n {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("IMG_%04d.png", i)), data.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// newAlbum opens a folder of n small photos and shows the strip of them, 132×548: five rows.
func newAlbum(t *testing.T, n int) (*strip, *app.Session, fyne.Window) {
	t.Helper()
	s := newSession(t)
	s.OpenAll([]string{folderOf(t, n)})
	receive(t, s, func() bool { _, open := s.Photo(); return open })
	p := newStrip(s)
	w := show(t, p, fyne.NewSize(stripWidth, stripHead+5*stripRow))
	return p, s, w
}

// receive takes in results until the condition holds.
func receive(t *testing.T, s *app.Session, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain:", s.Message().Text)
		}
		s.Receive()
	}
}

// names are those of the rows that can be seen, from the top.
func (r *stripRenderer) names() []string {
	var list []string
	from, to := r.p.seen()
	for i := from; i < to; i++ {
		row := r.pool[i%len(r.pool)]
		if y := row.ground.Position().Y; row.ground.Visible() && y > -stripRow && y < r.p.room() {
			list = append(list, row.name.Text)
		}
	}
	return list
}

func TestStripDrawsWhatIsSeen(t *testing.T) {
	p, s, w := newAlbum(t, 300)
	r := test.WidgetRenderer(p).(*stripRenderer)
	if got := fmt.Sprint(r.names()); got != "[IMG_0000.png IMG_0001.png IMG_0002.png IMG_0003.png IMG_0004.png]" {
		t.Errorf("at the top there are %v", got)
	}
	if r.count.Text != "1 of 300" || p.current != 0 {
		t.Errorf("it counts %q", r.count.Text)
	}
	p.page(1e6)
	if got := r.names(); len(got) != 5 || got[4] != "IMG_0299.png" {
		t.Errorf("at the end there are %v", got)
	}
	receive(t, s, func() bool { picture, _ := s.Thumbnail(s.Album()[299]); return picture != nil })
	p.Refresh()
	if row := r.pool[299%len(r.pool)]; row.photo.Image == nil || !row.photo.Visible() || row.empty.Visible() {
		t.Error("the last thumbnail is not shown")
	}
	if picture, _ := s.Thumbnail(s.Album()[150]); picture != nil {
		t.Error("a thumbnail was made that nobody saw")
	}
	rows := len(r.pool)
	w.Resize(fyne.NewSize(stripWidth, stripHead+2*stripRow))
	if len(r.pool) != rows || rows > 7 {
		t.Errorf("%d rows, then %d", rows, len(r.pool))
	}
	if p.offset != 0 {
		t.Errorf("in a lower window the open photo is out of sight, at %v", p.offset)
	}
}

func TestStripIsScrolledAndClicked(t *testing.T) {
	p, s, _ := newAlbum(t, 40)
	var opened string
	p.onOpen = func(path string) { opened = filepath.Base(path) }
	tap := func(y float32) string {
		opened = ""
		p.Tapped(&fyne.PointEvent{Position: fyne.NewPos(50, y)})
		return opened
	}
	if got := tap(stripHead + stripRow + 3); got != "IMG_0001.png" {
		t.Errorf("the second row opens %q", got)
	}
	if got := tap(stripHead - 3); got != "" {
		t.Errorf("the line above opens %q", got)
	}
	p.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -2*stripRow/stripScroll)})
	if got := tap(stripHead + 3); got != "IMG_0002.png" {
		t.Errorf("scrolled by two rows, the first one opens %q", got)
	}
	p.MouseDown(pressAt(stripWidth-3, stripHead+5*stripRow-1))
	p.Dragged(dragTo(stripWidth-3, 9999))
	p.MouseUp(pressAt(stripWidth-3, 9999))
	if p.offset != p.last() || tap(stripHead+5*stripRow-3) != "IMG_0039.png" {
		t.Errorf("the scroll bar went to %v of %v, where %q is last", p.offset, p.last(), opened)
	}
	s.Open(s.Album()[20])
	p.albumChanged()
	if from, to := p.seen(); p.current != 20 || from > 20 || to <= 20 {
		t.Errorf("photo 20 was opened, %d is marked, and %d to %d are seen", p.current, from, to)
	}
}

func TestNamesAreElidedInTheMiddle(t *testing.T) {
	test.NewTempApp(t)
	for _, name := range []string{"", "IMG_0042.jpg"} {
		if got := elided(name, photoWidth, nameSize); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
	const long = "A very long name of a photo, 0042.jpg"
	got := elided(long, photoWidth, nameSize)
	if width := fyne.MeasureText(got, nameSize, fyne.TextStyle{}).Width; width > photoWidth || width < photoWidth-15 {
		t.Errorf("%q is %v wide", got, width)
	}
	if !strings.HasPrefix(got, "A very") || !strings.HasSuffix(got, "0042.jpg") {
		t.Errorf("%q became %q", long, got)
	}
}
