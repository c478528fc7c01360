package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// These tests run the real program on real files. It is built once; a small model is trained once, by the program itself,
// and every test gets a data directory of its own that holds it as "tiny".

var (
	binary    string // the built program
	tinyModel string // a model file of width 16
)

func TestMain(m *testing.M) {
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "blindspot-cli-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := prepare(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// prepare builds the program and trains the small model.
func prepare(dir string) error {
	binary, tinyModel = filepath.Join(dir, "blindspot-cli"), filepath.Join(dir, "tiny.safetensors")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	photos := filepath.Join(dir, "photos")
	if err := os.Mkdir(photos, 0o755); err != nil {
		return err
	}
	if err := writePhoto(filepath.Join(photos, "a.png"), 96, 96, 1); err != nil {
		return err
	}
	train := exec.Command(binary, "train", "--photos", photos, "--name", "tiny", "--from", "scratch", "--width", "16",
		"--patch", "32", "--last-patch", "32", "--batch", "1", "--steps", "20", "--distil-steps", "10", "-o", tinyModel)
	train.Env = append(os.Environ(), "XDG_DATA_HOME="+filepath.Join(dir, "data"))
	if out, err := train.CombinedOutput(); err != nil {
		return fmt.Errorf("train the model for the tests: %w\n%s", err, out)
	}
	return nil
}

// picture is a smooth scene with noise on it, the same for the same seed.
func picture(w, h int, seed uint64, noise float64) image.Image {
	rng := rand.New(rand.NewPCG(seed, 7))
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	value := func(x, y, c int) uint8 {
		v := 128 + 60*math.Sin(float64(x*(c+1))/17) + 50*math.Cos(float64(y)/11) + noise*rng.NormFloat64()
		return uint8(min(max(v, 0), 255))
	}
	for y := range h {
		for x := range w {
			im.SetRGBA(x, y, color.RGBA{value(x, y, 0), value(x, y, 1), value(x, y, 2), 255})
		}
	}
	return im
}

// writePhoto writes a noisy photo in the format that its name says.
func writePhoto(path string, w, h int, seed uint64) error {
	return writePicture(path, picture(w, h, seed, 20))
}

func writePicture(path string, im image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if filepath.Ext(path) == ".jpg" {
		err = jpeg.Encode(f, im, &jpeg.Options{Quality: 97})
	} else {
		err = png.Encode(f, im)
	}
	return errors.Join(err, f.Close())
}

// desk is a folder with the program's data directory beside the photos of one test.
type desk struct {
	t   *testing.T
	dir string
}

// newDesk has the model tiny in its library.
func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t, t.TempDir()}
	data, err := os.ReadFile(tinyModel)
	if err != nil {
		t.Fatal(err)
	}
	d.write("data/blindspot/models/tiny.safetensors", string(data))
	return d
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *desk) write(name, content string) {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Dir(d.path(name)), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(d.path(name), []byte(content), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) photo(name string, w, h int, seed uint64) {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Dir(d.path(name)), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := writePhoto(d.path(name), w, h, seed); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) read(name string) []byte {
	d.t.Helper()
	data, err := os.ReadFile(d.path(name))
	if err != nil {
		d.t.Fatal(err)
	}
	return data
}

func (d *desk) exists(name string) bool {
	_, err := os.Stat(d.path(name))
	return err == nil
}

// decode reads a picture with the standard library.
func (d *desk) decode(name string) image.Image {
	d.t.Helper()
	im, _, err := image.Decode(bytes.NewReader(d.read(name)))
	if err != nil {
		d.t.Fatalf("%s: %v", name, err)
	}
	return im
}

// outcome is what a run of the program left.
type outcome struct {
	code           int
	stdout, stderr string
}

// command prepares a run in the desk's folder.
func (d *desk) command(args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Dir = d.dir
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+d.path("data"))
	return cmd
}

func (d *desk) run(args ...string) outcome {
	d.t.Helper()
	cmd := d.command(args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		d.t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// expect runs the program and checks its exit code, and that words are in what it says on standard error. A problem must
// be one sentence.
func (d *desk) expect(code int, words []string, args ...string) outcome {
	d.t.Helper()
	o := d.run(args...)
	if o.code != code {
		d.t.Fatalf("%q ended with %d, want %d\nstdout: %s\nstderr: %s", args, o.code, code, o.stdout, o.stderr)
	}
	for _, word := range words {
		if !strings.Contains(o.stderr, word) {
			d.t.Errorf("%q does not say %q: %s", args, word, o.stderr)
		}
	}
	if code == exitUsage {
		if strings.Count(o.stderr, "\n") != 1 || !strings.HasSuffix(o.stderr, ".\n") {
			d.t.Errorf("%q does not say one sentence: %q", args, o.stderr)
		}
		if o.stdout != "" {
			d.t.Errorf("%q prints on standard output although nothing was done: %q", args, o.stdout)
		}
	}
	return o
}

// document reads the one JSON document of a run.
func (o outcome) document(t *testing.T, into any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(o.stdout))
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("standard output is no JSON: %v\n%s", err, o.stdout)
	}
	if decoder.More() {
		t.Fatalf("standard output goes on after its document:\n%s", o.stdout)
	}
}
