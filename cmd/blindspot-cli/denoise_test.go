package main

import (
	"bufio"
	"bytes"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// result is the JSON document of denoise.
type result struct {
	Model, Mode  string
	Hole         *int
	Done, Failed int
	Stopped      bool
	Photos       []struct {
		Input, Output, Error string
		Seconds              float64
	}
}

func TestDenoiseBesideThePhoto(t *testing.T) {
	d := newDesk(t)
	d.photo("a.png", 130, 90, 1)
	before := d.read("a.png")
	o := d.expect(exitDone, nil, "denoise", "a.png")
	if !strings.HasPrefix(o.stdout, "a-denoised.png") || o.stderr != "" {
		t.Errorf("it says %q and %q", o.stdout, o.stderr)
	}
	if !bytes.Equal(before, d.read("a.png")) {
		t.Error("the photo itself was changed")
	}
	noisy, out := d.decode("a.png"), d.decode("a-denoised.png")
	if out.Bounds() != noisy.Bounds() || samePixels(noisy, out) {
		t.Errorf("the result is %v and denoised: %v", out.Bounds(), !samePixels(noisy, out))
	}
}

func samePixels(a, b image.Image) bool {
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			ar, ag, ab, aa := a.At(x, y).RGBA()
			br, bg, bb, ba := b.At(x, y).RGBA()
			if ar != br || ag != bg || ab != bb || aa != ba {
				return false
			}
		}
	}
	return true
}

func TestOneBadPhotoAmongGoodOnes(t *testing.T) {
	d := newDesk(t)
	d.photo("in/a.png", 80, 70, 1)
	d.photo("in/c.jpg", 80, 70, 3)
	d.write("in/b.png", string(d.read("in/a.png")[:1500])) // cut short
	d.write("in/d.jpg", "this is no picture")
	d.write("in/e.png", "")
	o := d.expect(exitSome, []string{"b.png", "d.jpg", "e.png", "gone.png"},
		"denoise", "--model", "tiny", "in/a.png", "in/b.png", "in/d.jpg", "--json", "in/e.png", "in/gone.png", "in/c.jpg", "-o", "out")
	var r result
	o.document(t, &r)
	if r.Done != 2 || r.Failed != 4 || len(r.Photos) != 6 || r.Stopped || r.Mode != "fast" || r.Model != "tiny" {
		t.Errorf("the document says %+v", r)
	}
	for _, p := range r.Photos {
		good := strings.HasSuffix(p.Input, "a.png") || strings.HasSuffix(p.Input, "c.jpg")
		if good != (p.Error == "") || good != (p.Output != "") {
			t.Errorf("photo %+v", p)
		}
	}
	entries, err := os.ReadDir(d.path("out"))
	if err != nil || len(entries) != 2 || !d.exists("out/a.png") || !d.exists("out/c.jpg") {
		t.Errorf("the folder holds %v (%v)", entries, err)
	}
	if n := strings.Count(o.stderr, "\n"); n != 4 {
		t.Errorf("%d lines for 4 problems: %s", n, o.stderr)
	}
}

func TestFolderAsInput(t *testing.T) {
	d := newDesk(t)
	d.photo("in/a.png", 70, 60, 1)
	d.photo("in/b.jpg", 70, 60, 2)
	d.photo("in/deeper/c.png", 70, 60, 3)
	d.write("in/notes.txt", "not a photo")
	d.expect(exitDone, nil, "denoise", "in", "-o", "out/", "--format", "png", "--mode", "average")
	if !d.exists("out/a.png") || !d.exists("out/b.png") || d.exists("out/c.png") {
		t.Error("the wrong photos were denoised")
	}
	if err := os.Mkdir(d.path("empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	d.expect(exitSome, []string{"empty", "no photos"}, "denoise", "empty")
	d.expect(exitSome, []string{"nowhere"}, "denoise", "nowhere")
}

func TestOutputThatExists(t *testing.T) {
	d := newDesk(t)
	d.photo("a.png", 70, 60, 1)
	d.write("out.png", "precious")
	d.expect(exitSome, []string{"out.png", "exists"}, "denoise", "a.png", "-o", "out.png")
	if string(d.read("out.png")) != "precious" {
		t.Fatal("the file was replaced without being asked")
	}
	d.expect(exitDone, nil, "denoise", "a.png", "-o", "out.png", "--overwrite")
	if string(d.read("out.png")) == "precious" {
		t.Error("the file was not replaced")
	}
}

func TestNeverOverThePhoto(t *testing.T) {
	d := newDesk(t)
	d.photo("in/a.png", 70, 60, 1)
	d.photo("in/b.png", 70, 60, 2)
	if err := os.Symlink(d.path("in/a.png"), d.path("link.png")); err != nil {
		t.Fatal(err)
	}
	a, b := d.read("in/a.png"), d.read("in/b.png")
	for _, args := range [][]string{
		{"in/a.png", "-o", "in/a.png"},
		{"in/a.png", "-o", "link.png"},
		{"link.png", "-o", "in/a.png"},
		{"in/a.png", "-o", "in"},
		{"in", "-o", "in"},
	} {
		d.expect(exitSome, []string{"over the photo"}, append([]string{"denoise", "--overwrite"}, args...)...)
	}
	if !bytes.Equal(a, d.read("in/a.png")) || !bytes.Equal(b, d.read("in/b.png")) {
		t.Error("a photo was replaced")
	}
	// A result must not replace another photo of the batch either.
	d.photo("other/b.png", 70, 60, 3)
	d.expect(exitSome, []string{"over the photo"}, "denoise", "--overwrite", "other/b.png", "in/b.png", "-o", "in")
	if !bytes.Equal(b, d.read("in/b.png")) {
		t.Error("a photo of the batch was replaced by the result of another")
	}
}

func TestTwoPhotosOfOneName(t *testing.T) {
	d := newDesk(t)
	d.photo("one/a.png", 70, 60, 1)
	d.photo("two/a.png", 70, 60, 2)
	d.expect(exitSome, []string{"one/a.png", "two/a.png", "both"}, "denoise", "--overwrite", "one/a.png", "two/a.png", "-o", "out")
	first := d.read("out/a.png")
	d.expect(exitDone, nil, "denoise", "one/a.png", "-o", "single.png")
	if !bytes.Equal(first, d.read("single.png")) {
		t.Error("the second photo replaced the result of the first")
	}
}

func TestStrengthZeroGivesThePhoto(t *testing.T) {
	d := newDesk(t)
	d.photo("a.png", 101, 67, 1)
	d.expect(exitDone, nil, "denoise", "a.png", "--luma", "0", "--colour", "0%", "-o", "b.png", "--mode", "tunable")
	if !samePixels(d.decode("a.png"), d.decode("b.png")) {
		t.Error("strength 0 changed the photo")
	}
	d.expect(exitDone, nil, "denoise", "a.png", "--luma", "50%", "-o", "c.png")
	d.expect(exitDone, nil, "denoise", "a.png", "--luma", "0.5", "-o", "d.png")
	if !bytes.Equal(d.read("c.png"), d.read("d.png")) || samePixels(d.decode("a.png"), d.decode("c.png")) {
		t.Error("50% is not the same as 0.5, or does nothing")
	}
}

func TestThreadsDoNotChangeTheResult(t *testing.T) {
	d := newDesk(t)
	d.photo("a.png", 150, 110, 1)
	d.expect(exitDone, nil, "denoise", "a.png", "--threads", "1", "--mode", "average", "-o", "one.png")
	d.expect(exitDone, nil, "denoise", "a.png", "--threads", "3", "--mode", "average", "-o", "three.png")
	if !bytes.Equal(d.read("one.png"), d.read("three.png")) {
		t.Error("threads change the result")
	}
}

func TestHoleChoosesTheMode(t *testing.T) {
	d := newDesk(t)
	d.photo("a.png", 70, 60, 1)
	var r result
	d.expect(exitDone, nil, "denoise", "a.png", "--hole", "7", "--json", "-o", "7.png").document(t, &r)
	if r.Mode != "tunable" || r.Hole == nil || *r.Hole != 7 {
		t.Errorf("--hole 7 gives %+v", r)
	}
	d.expect(exitDone, nil, "denoise", "a.png", "--mode", "tunable", "-o", "3.png")
	if samePixels(d.decode("3.png"), d.decode("7.png")) {
		t.Error("the hole makes no difference")
	}
}

func TestSixteenBitsAndTransparencyStay(t *testing.T) {
	d := newDesk(t)
	im := image.NewNRGBA64(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			im.SetNRGBA64(x, y, color.NRGBA64{uint16(x*1000 + y), uint16(y * 1300), uint16(x*y*20 + 3), uint16(65535 - x*512)})
		}
	}
	if err := writePicture(d.path("deep.png"), im); err != nil {
		t.Fatal(err)
	}
	d.expect(exitDone, nil, "denoise", "deep.png", "-o", "out.png")
	out, ok := d.decode("out.png").(*image.NRGBA64)
	if !ok {
		t.Fatalf("the result is a %T", d.decode("out.png"))
	}
	low := 0
	for y := range 48 {
		for x := range 64 {
			got := out.NRGBA64At(x, y)
			if got.A != im.NRGBA64At(x, y).A {
				t.Fatalf("transparency at %d,%d became %d", x, y, got.A)
			}
			if got.R%257 != 0 {
				low++
			}
		}
	}
	if low < 1000 {
		t.Errorf("only %d of 3072 samples use more than 8 bits", low)
	}
}

func TestDamagedModels(t *testing.T) {
	d := newDesk(t)
	d.photo("a.png", 70, 60, 1)
	model := d.read("data/blindspot/models/tiny.safetensors")
	d.write("short.safetensors", string(model[:len(model)/2]))
	d.write("text.safetensors", "not a model at all")
	d.write("data/blindspot/models/broken.safetensors", string(model[:1000]))
	for _, name := range []string{"short.safetensors", "text.safetensors", "broken"} {
		o := d.expect(exitSome, []string{name}, "denoise", "a.png", "--model", name)
		if strings.Count(o.stderr, "\n") != 1 {
			t.Errorf("not one sentence: %q", o.stderr)
		}
		d.expect(exitSome, []string{name}, "train", "--photos", ".", "--name", "x", "--minutes", "1", "--from", name)
	}
	if d.exists("a-denoised.png") {
		t.Error("something was saved without a model")
	}
	bare := &desk{t, t.TempDir()}
	bare.photo("a.png", 70, 60, 1)
	bare.write("good.safetensors", string(model))
	bare.expect(exitDone, nil, "denoise", "a.png", "--model", "good.safetensors")
}

func TestCtrlCKeepsWhatIsFinished(t *testing.T) {
	d := newDesk(t)
	args := []string{"denoise", "--mode", "average", "--threads", "1", "-o", "out"}
	names := []string{"a.png", "b.png", "c.png", "d.png", "e.png", "f.png"}
	for i, name := range names {
		d.photo(name, 300, 240, uint64(i))
		args = append(args, name)
	}
	cmd := d.command(args...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatalf("nothing was denoised: %s", stderr.String())
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	finished := []string{strings.Fields(lines.Text())[0]}
	for lines.Scan() {
		finished = append(finished, strings.Fields(lines.Text())[0])
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != exitSome {
		t.Fatalf("it ended with %v after %d photos: %s", cmd.ProcessState, len(finished), stderr.String())
	}
	if stderr.String() != "Stopped.\n" {
		t.Errorf("it says %q", stderr.String())
	}
	left, err := filepath.Glob(d.path("out/*"))
	hidden, _ := filepath.Glob(d.path("out/.*"))
	if err != nil || len(left) != len(finished) || len(hidden) != 0 {
		t.Errorf("the folder holds %v and %v, finished were %v", left, hidden, finished)
	}
	for _, name := range finished {
		d.decode(name)
	}
}
