package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"blindspot/app"
	"blindspot/core/photo/raw/rawtest"
)

type inspection struct {
	Photos       []app.PhotoReport
	Done, Failed int
	Stopped      bool
}

// dng writes a camera raw.
func (d *desk) dng(name string) {
	d.t.Helper()
	raw := rawtest.DNG{
		W: 64, H: 48, Pattern: "RGGB", Samples: slices.Repeat([]uint16{2000}, 64*48), Black: 512, White: 4095, Orientation: 6,
		Make: "Canon", Model: "Canon EOS D30", Lens: "EF50mm f/1.8", ISO: 800, Exposure: [2]uint32{1, 125}, Aperture: 2.8, FocalLength: 50,
		Taken: "2024:05:17 18:30:05", Latitude: 48.137, Longitude: 11.575, Altitude: 519,
	}
	d.write(name, string(raw.Bytes()))
}

func TestInspect(t *testing.T) {
	d := newDesk(t)
	d.photo("a.jpg", 90, 60, 1)
	d.dng("b.dng")
	d.write("broken.png", "x")
	d.photo("folder/c.png", 50, 40, 2)
	tag := exec.Command("exiftool", "-q", "-overwrite_original", "-Make=Canon", "-Model=EOS", "-ISO=1600", "-ExposureTime=1/60", "-FNumber=4",
		"-DateTimeOriginal=2026:01:02 03:04:05", "-OffsetTimeOriginal=+01:00", "-Orientation#=8", "-IPTC:Headline=News", "-XMP-dc:Title=x", d.path("a.jpg"))
	if out, err := tag.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var list inspection
	d.expect(exitSome, []string{"broken.png", "gone.jpg"}, "inspect", "--json", "a.jpg", "b.dng", "broken.png", "folder", "gone.jpg").document(t, &list)
	if list.Done != 3 || list.Failed != 2 || list.Stopped || len(list.Photos) != 5 {
		t.Fatalf("the document says %+v", list)
	}
	a, b := list.Photos[0], list.Photos[1]
	if a.Format != "JPEG" || a.Width != 60 || a.Height != 90 || a.Orientation != 8 || a.Camera != "Canon EOS" || a.ISO != 1600 || a.Depth != 8 ||
		a.Aperture != 4 || a.Taken != "2026-01-02T03:04:05+01:00" || a.IPTC != 2 || a.XMPBytes == 0 || a.EXIFBytes == 0 || a.Channels != 3 {
		t.Errorf("the JPEG is %+v", a)
	}
	if stat, err := os.Stat(d.path("a.jpg")); err != nil || a.FileBytes != stat.Size() {
		t.Errorf("the JPEG has %d bytes, %v", a.FileBytes, err)
	}
	if b.Format != "camera raw" || b.Width != 48 || b.Height != 64 || b.Depth != 16 || b.Raw == nil || b.Raw.Pattern != "RGGB" ||
		len(b.Raw.Black) == 0 || b.Raw.Black[0] != 512 || b.Raw.White[0] != 4095 || b.Lens != "EF50mm f/1.8" || b.ISO != 800 {
		t.Errorf("the raw is %+v, sensor %+v", b, b.Raw)
	}
	if b.GPS == nil || b.GPS.Latitude < 48.1369 || b.GPS.Latitude > 48.1371 || b.GPS.Altitude == nil || *b.GPS.Altitude != 519 {
		t.Errorf("the raw was taken at %+v", b.GPS)
	}
	if n := a.Noise; n == nil || n.Level < 5 || n.Level > 40 || len(n.Right) != 9 || n.Map[4][4] != 1 || n.TrainingHole < 9 || len(n.ByBrightness) != 3 {
		t.Errorf("the JPEG's noise is %+v", n)
	}
	if b.Noise == nil || b.Noise.Level > 0.1 { // all its samples are equal
		t.Errorf("the raw's noise is %+v", b.Noise)
	}
	if list.Photos[2].Error == "" || list.Photos[4].Error == "" || !strings.HasSuffix(list.Photos[3].Path, "c.png") {
		t.Errorf("the others are %+v", list.Photos[2:])
	}
	o := d.expect(exitDone, nil, "inspect", "--maps", "maps", "a.jpg", "b.dng")
	for name, format := range map[string]string{"maps/a-noise.png": "PNG 288x288", "maps/b-noise.png": "PNG 288x288"} {
		if out, err := exec.Command("identify", "-format", "%m %wx%h", d.path(name)).CombinedOutput(); err != nil || string(out) != format {
			t.Errorf("%s is %s, %v", name, out, err)
		}
	}
	for _, word := range []string{"of 255", "to train with", "JPEG, 60 × 90, 8 bit, colour", "ISO 1600, 1/60 s, f/4", "2026-01-02 03:04:05+01:00", "RGGB, black 512, white 4095", "48.13700° 11.57500°, 519 m"} {
		if !strings.Contains(o.stdout, word) {
			t.Errorf("%q is not in\n%s", word, o.stdout)
		}
	}
	d.expect(exitUsage, []string{"Name the photos"}, "inspect")
}

// TestFormats denoises a raw and saves every format; the command line's formats and depths arrive in the files.
func TestFormats(t *testing.T) {
	d := newDesk(t)
	d.dng("raw.dng")
	d.photo("a.png", 70, 60, 1)
	if out, err := exec.Command("convert", d.path("a.png"), d.path("b.webp")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	d.expect(exitDone, nil, "denoise", "--model", "tiny", "raw.dng", "b.webp")
	d.expect(exitDone, nil, "denoise", "--model", "tiny", "raw.dng", "--format", "tif", "--keep-times")
	d.expect(exitDone, nil, "denoise", "--model", "tiny", "raw.dng", "--depth", "8", "-o", "eight.png")
	for name, want := range map[string]string{
		"raw-denoised.jpg": "JPEG, 48 × 64, 8 bit", "raw-denoised.tif": "TIFF, 48 × 64, 16 bit", "eight.png": "PNG, 48 × 64, 8 bit",
		"b-denoised.png": "PNG, 70 × 60, 8 bit",
	} {
		o := d.expect(exitDone, nil, "inspect", name)
		if !strings.Contains(o.stdout, want) || !strings.Contains(o.stdout, "Blindspot ") {
			t.Errorf("%s: %q is not in\n%s", name, want, o.stdout)
		}
		if strings.Contains(want, "48 × 64") && !strings.Contains(o.stdout, "Canon EOS D30") {
			t.Errorf("%s lost its camera:\n%s", name, o.stdout)
		}
	}
	before, err := os.Stat(d.path("raw.dng"))
	if err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(d.path("raw-denoised.tif")); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the time is %v, want %v", after.ModTime(), before.ModTime())
	}
	// At strength 0 not one bit changes.
	for _, name := range []string{"raw-denoised.tif", "eight.png", "a.png"} {
		for _, ending := range []string{".png", ".tif"} {
			d.expect(exitDone, nil, "denoise", "--model", "tiny", "--luma", "0", "--colour", "0", name, "-o", "same"+ending, "--overwrite")
			out, err := exec.Command("compare", "-quiet", "-metric", "AE", d.path(name), d.path("same"+ending), "null:").CombinedOutput()
			if err != nil || strings.TrimSpace(string(out)) != "0" {
				t.Errorf("%s as %s: %s pixels differ, %v", name, ending, out, err)
			}
		}
	}
	d.expect(exitUsage, []string{"12 bits"}, "denoise", "raw.dng", "--depth", "12")
}
