package photo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"blindspot/core/photo/raw/rawtest"
)

// TestTruncatedFiles cuts a file of every format at 20 points.
func TestTruncatedFiles(t *testing.T) {
	folder := t.TempDir()
	files := map[string][]byte{"a.webp": nil, "b.webp": nil, "c.bmp": nil}
	source := filepath.Join(folder, "source.png")
	p := &Photo{Image: picture(90, 70, 3, 8, false), Meta: Metadata{Set: fullMetadata(3)}}
	for _, name := range []string{"d.jpg", "e.png", "f.tif", "source.png"} {
		mustSave(t, filepath.Join(folder, name), p, SaveOptions{})
		files[name] = nil
	}
	run(t, "convert", source, "-quality", "80", filepath.Join(folder, "a.webp"))
	run(t, "convert", source, "-define", "webp:lossless=true", filepath.Join(folder, "b.webp"))
	run(t, "convert", source, "-strip", filepath.Join(folder, "c.bmp"))
	for name := range files {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
	}
	samples := make([]uint16, 96*80)
	for i := range samples {
		samples[i] = uint16(500 + i%3000)
	}
	dng := rawtest.DNG{W: 96, H: 80, Pattern: "RGGB", Samples: samples, White: 4095, Make: "Canon", Model: "Canon EOS D30"}
	files["g.dng"] = dng.Bytes()
	for name, data := range files {
		whole := write(t, name, data)
		if p, err := openBounded(t, name, whole); err != nil || len(p.Notes) > 0 {
			t.Fatalf("%s: the whole file: %v", name, err)
		}
		for point := range 20 {
			n := max(1, len(data)*point/20)
			path := write(t, name, data[:n])
			what := fmt.Sprintf("%s, cut at %d of %d bytes", name, n, len(data))
			p, err := openBounded(t, what, path)
			if p != nil || !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrCorrupt) && (n > 64 || !errors.Is(err, ErrUnsupported)) {
				t.Errorf("%s: got %v", what, err)
				continue
			}
			checkSentence(t, what, err.Error(), path, "")
			if _, _, err := Preview(t.Context(), path, 32); err == nil {
				t.Errorf("%s: there is a preview", what)
			}
		}
	}
}
