package photo

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"blindspot/core/photo/meta"
)

// TestDeepPixelsSurvive: 16 bits go through PNG and TIFF unchanged, as ImageMagick and libtiff read them.
func TestDeepPixelsSurvive(t *testing.T) {
	for _, c := range []int{1, 3} {
		for _, alpha := range []bool{false, true} {
			for _, depth := range []int{8, 16} {
				name := fmt.Sprintf("%d channels, %d bits, alpha %v", c, depth, alpha)
				folder := t.TempDir()
				im := picture(41, 29, c, depth, alpha)
				paths := map[Format]string{PNG: filepath.Join(folder, "a.png"), TIFF: filepath.Join(folder, "a.tif")}
				for _, path := range paths {
					mustSave(t, path, &Photo{Image: im}, SaveOptions{})
					if !open(t, path).Image.Equal(im) {
						t.Errorf("%s: %s came back changed", name, filepath.Base(path))
					}
				}
				cmd := exec.Command("compare", "-metric", "AE", paths[PNG], paths[TIFF], "null:")
				if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "0" {
					t.Errorf("%s: ImageMagick sees a difference of %s pixels, %v", name, out, err)
				}
				raw, err := exec.Command("convert", paths[PNG], "-depth", fmt.Sprint(depth), "-endian", "MSB", "txt:").Output()
				if err != nil || !strings.Contains(string(raw), "# ImageMagick pixel enumeration: 41,29") {
					t.Errorf("%s: %v", name, err)
				}
				if info := run(t, "tiffinfo", paths[TIFF]); !strings.Contains(info, fmt.Sprintf("Bits/Sample: %d", depth)) || !strings.Contains(info, "Image Width: 41 Image Length: 29") {
					t.Errorf("%s: tiffinfo says %s", name, info)
				}
			}
		}
	}
}

// TestWebPColours: lossy WebP has its black and white where ImageMagick's libwebp has them.
func TestWebPColours(t *testing.T) {
	folder := t.TempDir()
	source, webp := filepath.Join(folder, "a.png"), filepath.Join(folder, "a.webp")
	im := smooth(63, 49, 3)
	im.Alpha = slices.Repeat([]uint16{0x8080}, 63*49)
	im.Planes[0][0], im.Planes[1][0], im.Planes[2][0] = 65535, 65535, 65535
	mustSave(t, source, &Photo{Image: im}, SaveOptions{})
	for _, lossless := range []string{"false", "true"} {
		run(t, "convert", source, "-quality", "90", "-define", "webp:lossless="+lossless, "-define", "webp:alpha-quality=100", webp)
		p := open(t, webp)
		reference := filepath.Join(folder, "reference.png")
		run(t, "convert", webp, reference)
		want := open(t, reference).Image
		if p.Format != WebP || p.Image.Alpha == nil || p.Image.W != 63 {
			t.Fatalf("lossless %s: opened as %v of %d pixels, alpha %v", lossless, p.Format, p.Image.W, p.Image.Alpha != nil)
		}
		worst := 0
		for c, plane := range p.Image.Planes {
			for i, v := range plane {
				worst = max(worst, absolute(int(v)/257-int(want.Planes[c][i])/257))
			}
		}
		// The fixed-point conversions differ by one in rounding.
		if limit := map[string]int{"true": 0, "false": 2}[lossless]; worst > limit {
			t.Errorf("lossless %s: a sample is off by %d", lossless, worst)
		}
		if !slices.Equal(p.Image.Alpha, want.Alpha) {
			t.Errorf("lossless %s: the transparency differs", lossless)
		}
	}
}

func absolute(n int) int { return max(n, -n) }

// TestMetadataOfOtherFormats: what WebP carries, and what ImageMagick writes into PNG in its own ways.
func TestMetadataOfOtherFormats(t *testing.T) {
	path, _ := rich(t)
	folder := t.TempDir()
	webp, png, bmp := filepath.Join(folder, "a.webp"), filepath.Join(folder, "a.png"), filepath.Join(folder, "a.bmp")
	run(t, "convert", path, bmp)
	if p := open(t, bmp); p.Format != BMP || !bytes.Equal(p.Meta.ICC, largeProfile(3)) {
		t.Errorf("the BMP is a %v and has a profile of %d bytes", p.Format, len(p.Meta.ICC))
	}
	run(t, "convert", path, webp)
	run(t, "exiftool", "-q", "-overwrite_original", "-tagsFromFile", path, "-xmp", webp) // which ImageMagick forgets
	run(t, "convert", path, png)
	for _, file := range []string{webp, png} {
		p := open(t, file)
		if p.Meta.Camera != "Canon EOS 5D Mark II" || p.Meta.ISO != 3200 || p.Meta.ICC == nil || !bytes.Contains(p.Meta.XMP, []byte("urn:example:mine")) {
			t.Errorf("%s: camera %q, ISO %d, profile %d bytes, XMP %d bytes", filepath.Base(file), p.Meta.Camera, p.Meta.ISO, len(p.Meta.ICC), len(p.Meta.XMP))
		}
		if p.Image.W != 48 || p.Image.H != 64 {
			t.Errorf("%s: does not stand upright: %d×%d", filepath.Base(file), p.Image.W, p.Image.H)
		}
		if file == png && meta.CountIPTC(p.Meta.IPTC) < 4 {
			t.Errorf("the PNG's IPTC has %d records", meta.CountIPTC(p.Meta.IPTC))
		}
		saved := filepath.Join(folder, "saved.jpg")
		mustSave(t, saved, p, SaveOptions{Overwrite: true})
		if after := tags(t, saved); after["GPS:GPSLatitude"] == "" || after["ExifIFD:LensModel"] != "EF50mm f/1.8 II" {
			t.Errorf("%s: saved without its place or lens", filepath.Base(file))
		}
	}
}
