package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"blindspot/core/photo"
	"blindspot/core/photo/raw/rawtest"
	"blindspot/core/pixel"
	"blindspot/core/say"
)

func TestScan(t *testing.T) {
	dir := t.TempDir()
	for _, sub := range []string{"holiday", ".cache"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	writePhoto(t, at("colour.png"), 100, 80, false, 100, 5, 1)
	writePhoto(t, at("holiday/gray.png"), 90, 70, true, 100, 5, 2)
	writePhoto(t, at("tiny.png"), 40, 100, true, 100, 5, 3)
	writePhoto(t, at(".cache/hidden.png"), 100, 80, true, 100, 5, 4)
	twin, err := os.ReadFile(at("colour.png"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"zwin.png": twin, "notes.txt": []byte("hello"), "broken.jpg": []byte("\xff\xd8\xff and no more"), "empty.png": nil,
		"text.jpg": []byte("this is no photo, whatever its name says"),
	} {
		if err := os.WriteFile(at(name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Scan(context.Background(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{at("colour.png"), at("holiday/gray.png")}; !slices.Equal(r.Paths(), want) {
		t.Errorf("photos %q, want %q", r.Paths(), want)
	}
	if r.Others != 1 || r.Pixels != 100*80+90*70 || r.Photos[1].C != 1 || r.Photos[0].Depth != 8 {
		t.Errorf("report %+v", r)
	}
	want := map[string]string{
		"broken.jpg": "too early", "empty.png": "empty", "text.jpg": "not a picture",
		"tiny.png": "too few", "zwin.png": "same file as colour.png",
	}
	if len(r.Problems) != len(want) {
		t.Errorf("problems %v", r.Problems)
	}
	for _, p := range r.Problems {
		part := want[filepath.Base(p.Path)]
		if part == "" || !strings.Contains(p.Reason.String(), part) || strings.Contains(p.Reason.String(), dir) || strings.Contains(p.Reason.String(), "\n") {
			t.Errorf("%s: %q, want a sentence with %q and without the path", filepath.Base(p.Path), p.Reason, part)
		}
	}
}

func TestScanOfWhatIsNoFolder(t *testing.T) {
	file := folder(t, 1)[0]
	for _, path := range []string{file, file + " and nothing"} {
		if _, err := Scan(context.Background(), path, nil); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Scan(ctx, filepath.Dir(file), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

func TestLog(t *testing.T) {
	var out bytes.Buffer
	l := NewLog(&out)
	l.Report(Progress{
		Phase: PhaseFit, Step: 20, Steps: 100, Patch: 64, Batch: 8, Rate: 1e-3, Loss: 12.5, HeldOut: 11,
		Best: math.MaxFloat64, Leak: math.NaN(), Elapsed: 1500 * time.Millisecond, Notes: []say.Text{say.Textf("left out: a")},
	})
	l.Report(Progress{Phase: PhaseDistil, LeakAlarm: true})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || l.Err() != nil {
		t.Fatalf("%d lines, error %v", len(lines), l.Err())
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	if got["phase"] != "fit" || got["step"] != 20.0 || got["loss"] != 12.5 || got["elapsed_s"] != 1.5 || got["lr"] != 1e-3 {
		t.Errorf("line %s", lines[0])
	}
	if _, there := got["leak"]; there {
		t.Error("a leak that is no number was written")
	}
	if _, there := got["best"]; there {
		t.Error("a best score that is none was written")
	}
	full := NewLog(failing{})
	full.Report(Progress{})
	full.Report(Progress{})
	if full.Err() == nil {
		t.Error("a failed write was not noticed")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

// mixedFolder fills a folder with 500 photos of a usual size in all formats, every fifth a raw.
func mixedFolder(b *testing.B) string {
	b.Helper()
	folder := b.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	im := pixel.New(1500, 1000, 3, 8)
	for _, plane := range im.Planes {
		for i := range plane {
			plane[i] = uint16(rng.UintN(256)) * 257
		}
	}
	samples := make([]uint16, 1500*1000)
	for i := range samples {
		samples[i] = uint16(rng.UintN(4000))
	}
	dng := rawtest.DNG{W: 1500, H: 1000, Pattern: "RGGB", Samples: samples, White: 4095, Make: "Canon", Model: "Canon EOS D30", ISO: 800}
	kinds := map[string][]byte{".dng": dng.Bytes()}
	for _, ending := range []string{".jpg", ".png", ".tif"} {
		path := filepath.Join(folder, "one"+ending)
		if _, err := photo.Save(b.Context(), path, &photo.Photo{Image: im}, photo.SaveOptions{}); err != nil {
			b.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		kinds[ending] = data
		if err := os.Remove(path); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 500 {
		ending := []string{".jpg", ".jpg", ".png", ".tif", ".dng"}[i%5]
		// A byte behind the end makes every file another one.
		data := append(slices.Clip(kinds[ending]), byte(i), byte(i>>8))
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%03d%s", i, ending)), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return folder
}

// BenchmarkScan500 looks at a folder of 500 mixed photos.
func BenchmarkScan500(b *testing.B) {
	folder := mixedFolder(b)
	for b.Loop() {
		r, err := Scan(context.Background(), folder, nil)
		if err != nil || len(r.Photos) != 500 {
			b.Fatalf("%d photos, %v, %v", len(r.Photos), r.Problems[:min(3, len(r.Problems))], err)
		}
	}
}
