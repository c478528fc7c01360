package photo

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"

	"blindspot/core/colour/icc"
	"blindspot/core/photo/meta"
	"blindspot/core/photo/raw/rawtest"
	"blindspot/core/pixel"
)

// BenchmarkPhotos opens, previews and saves 24-megapixel photos of every kind, and tells the largest memory that the process
// had meanwhile (of raws without that of the decoding process). Run it with -benchtime 1x or a few.
func BenchmarkPhotos(b *testing.B) {
	const w, h = 6000, 4000
	folder := b.TempDir()
	eight, sixteen := scene(w, h, 8), scene(w, h, 16)
	files := map[string]*pixel.Image{
		"jpeg.jpg": eight, "png8.png": eight, "png16.png": sixteen, "tiff8.tif": eight, "tiff16.tif": sixteen,
	}
	paths := []string{}
	for name, im := range files {
		path := filepath.Join(folder, name)
		p := &Photo{Image: im, Meta: Metadata{Set: meta.Set{ICC: icc.SRGB()}}}
		if _, err := Save(b.Context(), path, p, SaveOptions{}); err != nil {
			b.Fatal(err)
		}
		paths = append(paths, path)
	}
	for _, name := range []string{"lossy.webp", "bmp.bmp"} {
		path := filepath.Join(folder, name)
		if out, err := exec.Command("convert", filepath.Join(folder, "png8.png"), "-strip", "-quality", "90", path).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		paths = append(paths, path)
	}
	bayer := rawtest.DNG{W: w, H: h, Pattern: "RGGB", Samples: sixteen.Planes[1], White: 65535, Make: "Canon", Model: "Canon EOS D30"}
	path := filepath.Join(folder, "raw.dng")
	if err := os.WriteFile(path, bayer.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	eight, sixteen, bayer.Samples = nil, nil, nil
	files = nil
	slices.Sort(paths)
	for _, path := range append(paths, path) {
		name := filepath.Base(path)
		b.Run("open/"+name, func(b *testing.B) {
			measure(b, func() { mustOpen(b, path) })
		})
		b.Run("preview/"+name, func(b *testing.B) {
			measure(b, func() {
				if _, _, err := Preview(context.Background(), path, 1600); err != nil {
					b.Fatal(err)
				}
			})
		})
		if !formatOf(path).Writable() {
			continue
		}
		b.Run("save/"+name, func(b *testing.B) {
			p := mustOpen(b, path)
			target := filepath.Join(b.TempDir(), "a"+filepath.Ext(path))
			measure(b, func() {
				if _, err := Save(context.Background(), target, p, SaveOptions{Overwrite: true}); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}

func mustOpen(b *testing.B, path string) *Photo {
	b.Helper()
	p, err := Open(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// scene is a picture with structure and noise, as photos have.
func scene(w, h, depth int) *pixel.Image {
	rng := rand.New(rand.NewPCG(3, 4))
	im := pixel.New(w, h, 3, depth)
	for c, plane := range im.Planes {
		for i := range plane {
			x, y := i%w, i/w
			v := 20000 + 8*(x%2000) + 5*(y%3000) + 3000*c + int(rng.NormFloat64()*1500)
			plane[i] = uint16(min(max(v, 0), 65535))
			if depth == 8 {
				plane[i] = plane[i] >> 8 * 257
			}
		}
	}
	return im
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// measure runs f as a benchmark and reports the process's peak memory during it.
func measure(b *testing.B, f func()) {
	debug.FreeOSMemory()
	// Writing 5 resets the peak (proc(5), clear_refs).
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f()
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	if found := peak.FindSubmatch(status); found != nil {
		kilobytes, err := strconv.Atoi(string(found[1]))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(kilobytes)/1024, "MiB-peak")
	}
}
