package app

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folderOf copies one small photo under many names, and puts beside it what is no photo.
func folderOf(t *testing.T, names ...string) string {
	t.Helper()
	data, err := os.ReadFile(photoFile(t, 30, 20))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, name := range append(names, "notes.txt", ".hidden.png") {
		content := data
		if strings.HasPrefix(name, "bad") {
			content = bytes.Repeat([]byte{7}, 100)
		}
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func (b *stage) wantAlbum(what string, current int, names ...string) {
	b.t.Helper()
	var got []string
	for _, path := range b.Album() {
		got = append(got, filepath.Base(path))
	}
	if !slices.Equal(got, names) || b.Current() != current {
		b.t.Errorf("%s: album %v at %d, want %v at %d", what, got, b.Current(), names, current)
	}
}

func (b *stage) opens(name string) {
	b.t.Helper()
	b.until(name, func() bool { info, ok := b.Photo(); return ok && info.Name == name && b.Opening() == "" })
}

func TestAFolderBecomesTheAlbum(t *testing.T) {
	b := newStage(t, Options{})
	folder := folderOf(t, "b.png", "A.png", "c.PNG", "d.png")
	b.OpenAll([]string{folder})
	b.opens("A.png")
	b.wantAlbum("the folder", 0, "A.png", "b.png", "c.PNG", "d.png")
	if b.Neighbour(-1) != "" || filepath.Base(b.Neighbour(2)) != "c.PNG" || b.Neighbour(4) != "" {
		t.Errorf("the neighbours are %q, %q, %q", b.Neighbour(-1), b.Neighbour(2), b.Neighbour(4))
	}
	b.Open(b.Neighbour(1))
	if b.Current() != 1 {
		t.Error("the photo being opened is not the current one")
	}
	b.opens("b.png")
	b.OpenAll([]string{filepath.Join(folder, "d.png")}) // one of the album
	b.opens("d.png")
	b.wantAlbum("a photo of the album", 3, "A.png", "b.png", "c.PNG", "d.png")

	other := folderOf(t, "x.png", "bad.png")
	b.Open(filepath.Join(other, "bad.png"))
	b.until("the complaint", func() bool { return b.Message().Problem })
	b.wantAlbum("a photo that cannot be read", 3, "A.png", "b.png", "c.PNG", "d.png")
	b.Open(filepath.Join(other, "x.png"))
	b.opens("x.png")
	b.wantAlbum("a photo from elsewhere", 0, "x.png")

	b.OpenAll([]string{filepath.Join(folder, "c.PNG"), filepath.Join(folder, "notes.txt"), other, filepath.Join(folder, "c.PNG")})
	b.opens("c.PNG")
	b.wantAlbum("files and a folder", 0, "c.PNG", "bad.png", "x.png")
	b.Open(b.Neighbour(1))
	b.until("the complaint", func() bool { return b.Message().Problem })
	b.wantAlbum("a photo of the album that cannot be read", 0, "c.PNG", "bad.png", "x.png")
	if next := filepath.Base(b.Neighbour(1)); next != "x.png" {
		t.Errorf("the way past a photo that cannot be read leads to %s", next)
	}
}

func TestWhatHoldsNoPhotos(t *testing.T) {
	folder := folderOf(t)
	for _, paths := range [][]string{{folder}, {folder, filepath.Join(folder, "notes.txt")}} {
		b := newStage(t, Options{})
		b.OpenAll(paths)
		b.until("the complaint", func() bool { return b.Message().Problem })
		if text := b.Message().Text.String(); !strings.Contains(text, "no photos") {
			t.Errorf("the sentence is %q", text)
		}
	}
}

func TestThumbnailsAreMadeWhereTheyAreSeen(t *testing.T) {
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprintf("%03d.png", i))
	}
	names[201] = "201-bad.png"
	folder := folderOf(t, append(names, "bad.png")...)
	if err := os.Rename(filepath.Join(folder, "bad.png"), filepath.Join(folder, "201-bad.png")); err != nil {
		t.Fatal(err)
	}
	b := newStage(t, Options{})
	b.OpenAll([]string{folder})
	b.opens("000.png")
	album := b.Album()
	there := func(i int) bool { p, _ := b.Thumbnail(album[i]); return p != nil }
	if _, ok := b.Thumbnail(album[0]); !ok || there(0) {
		t.Error("there is a thumbnail that nobody wanted")
	}
	b.WantThumbnails(200, 208)
	b.until("the thumbnails", func() bool { return there(200) && there(207) && there(215) && there(192) })
	if there(100) || there(250) {
		t.Error("thumbnails are made that nobody sees")
	}
	if p, ok := b.Thumbnail(album[201]); ok || p != nil {
		t.Error("a photo that cannot be read has a thumbnail")
	}
	if p, _ := b.Thumbnail(album[200]); p.Bounds() != image.Rect(0, 0, 30, 20) {
		t.Errorf("the thumbnail of a small photo is %v", p.Bounds())
	}
	for i := 0; i < 300; i += 10 { // scrolling through
		b.WantThumbnails(i, i+10)
		b.until("the thumbnails", func() bool { return there(i) || i == 200 && there(i+2) })
	}
	if n := len(b.thumbs.kept); n > thumbnailLimit {
		t.Errorf("%d thumbnails are kept", n)
	}
	b.WantThumbnails(290, 300)
	b.until("the last ones", func() bool { return there(295) })
	if there(0) && len(b.thumbs.kept) == thumbnailLimit {
		t.Error("those farthest away were not the first to go")
	}
}

func TestThumbnailsAreSmallAndInProportion(t *testing.T) {
	p := thumbnail(t.Context(), photoFile(t, 1000, 500))
	if p == nil || p.Bounds() != image.Rect(0, 0, thumbnailSide, thumbnailSide/2) {
		t.Fatalf("the thumbnail is %v", p)
	}
	if r, _, _, a := p.At(100, 60).RGBA(); r>>8 != noisyGray || a>>8 != 255 {
		t.Errorf("its gray is %d, opacity %d", r>>8, a>>8)
	}
}

func TestExportStates(t *testing.T) {
	release := make(chan error)
	n := &fakeNetwork{before: func(ctx context.Context, what string) error {
		if what != "step" {
			return nil
		}
		select {
		case err := <-release:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
	b := newStage(t, Options{Models: []ModelChoice{choice("fake", n)}})
	b.until("the model", func() bool { return b.Model().Ready })
	b.Open(photoFile(t, 20, 10)) // no view: no cells, so that exports run the network
	b.until("the photo", func() bool { _, ok := b.Photo(); return ok })
	info, _ := b.Photo()
	export := func(name string) {
		if err := b.Export(b.toPNG(filepath.Join(t.TempDir(), name))); err != nil {
			t.Fatal(err)
		}
		b.until("the run", func() bool { return b.ExportState(info.Path) == ExportRunning })
	}
	ends := func(want ExportState) {
		t.Helper()
		b.exportsEnd()
		if got := b.ExportState(info.Path); got != want {
			t.Errorf("the export ended in state %d, want %d", got, want)
		}
	}
	export("failed.png")
	release <- os.ErrPermission
	ends(ExportFailed)
	export("cancelled.png")
	b.CancelExport(b.Exports()[len(b.Exports())-1].ID)
	ends(NotExported)
	export("done.png")
	close(release)
	ends(ExportDone)
}
