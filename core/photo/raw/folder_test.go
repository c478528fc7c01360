//go:build !noraw

package raw

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestFolder opens every raw of testdata and, if BLINDSPOT_RAWS names a folder,
// of that, in all ways, and compares what comes out with dcraw_emu.
func TestFolder(t *testing.T) {
	folders := []string{photos + "raw"}
	if more := os.Getenv("BLINDSPOT_RAWS"); more != "" {
		folders = append(folders, more)
	}
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		opened := 0
		for _, entry := range entries {
			if HasExtension(entry.Name()) {
				openInAllWays(t, filepath.Join(folder, entry.Name()))
				opened++
			}
		}
		if opened == 0 {
			t.Errorf("%s holds no raws", folder)
		}
	}
}

func openInAllWays(t *testing.T, path string) {
	t.Helper()
	name := filepath.Base(path)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	stat, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if !Sniff(f, stat.Size(), "") || endsEarly(f, stat.Size()) || missesPixels(f, stat.Size()) {
		t.Errorf("%s: not known as a whole raw", name)
	}
	f.Close()
	info, err := Inspect(t.Context(), path)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	t.Logf("%s: %+v", name, info)
	preview, err := Preview(t.Context(), path)
	if info.Preview && err != nil && !errors.Is(err, ErrNoPreview) || err == nil && !info.Preview {
		t.Errorf("%s: preview %v: %v", name, info.Preview, err)
	}
	if err == nil {
		o, w, h := scanJPEG(preview)
		t.Logf("%s: preview of %d by %d, %d bytes, its own orientation %d", name, w, h, len(preview), o)
	}
	full := develop(t, path, Full)
	if full.W != info.W || full.H != info.H {
		t.Errorf("%s: said %d by %d, is %d by %d", name, info.W, info.H, full.W, full.H)
	}
	m, err := ReadMosaic(t.Context(), path)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	} else if m.Black[0] >= m.White[0] || m.White[0] == 0 || (len(m.Planes) == 1 && info.Colours > 1) != (len(m.Pattern) > 0) {
		t.Errorf("%s: mosaic with levels %v to %v, pattern %v", name, m.Black, m.White, m.Pattern)
	}
	compareWithDcraw(t, path)
}
