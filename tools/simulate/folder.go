package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"blindspot/core/camera"
	"blindspot/core/pixel"
)

// folder is one order for photos.
type folder struct {
	in, out, clean  string
	photos          int
	seed            uint64
	size            string
	side            int
	lowISO, highISO float64 // 0 if drawn with the camera
	noise           bool    // is described beside each photo
}

// source is a clean picture.
type source struct {
	name  string
	image *pixel.Image
}

// make makes the photos, several at a time, and writes a line about each in order.
func (f *folder) make(ctx context.Context, out io.Writer) error {
	sources, err := f.sources()
	if err != nil {
		return err
	}
	for _, dir := range []string{f.out, f.clean} {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	lines := make([]chan string, f.photos)
	for i := range lines {
		lines[i] = make(chan string, 1)
	}
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.NumCPU(), f.photos) {
		workers.Go(func() {
			for i := range next {
				line, err := f.photo(ctx, sources, i)
				if err != nil {
					stop(err)
				}
				lines[i] <- line
			}
		})
	}
	workers.Go(func() {
		defer close(next)
		for i := range f.photos {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	for i := range lines {
		select {
		case line := <-lines[i]:
			if ctx.Err() == nil {
				fmt.Fprintln(out, line)
			}
		case <-ctx.Done():
		}
	}
	workers.Wait()
	return context.Cause(ctx)
}

// sources reads all clean pictures, in the order of their names.
func (f *folder) sources() ([]source, error) {
	if f.photos < 1 {
		return nil, fmt.Errorf("-photos is %d: nothing to make", f.photos)
	}
	for _, dir := range []string{f.out, f.clean} {
		if dir != "" && filepath.Clean(dir) == filepath.Clean(f.in) {
			return nil, errors.New("photos are not written among the clean pictures: name another folder")
		}
	}
	if filepath.Clean(f.out) == filepath.Clean(f.clean) {
		return nil, errors.New("noisy and clean photos have the same names: name two folders")
	}
	entries, err := os.ReadDir(f.in)
	if err != nil {
		return nil, err
	}
	var all []source
	for _, entry := range entries {
		extension := strings.ToLower(filepath.Ext(entry.Name()))
		if !slices.Contains([]string{".png", ".jpg", ".jpeg"}, extension) {
			continue
		}
		img, err := decode(filepath.Join(f.in, entry.Name()))
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(entry.Name(), filepath.Ext(entry.Name()))
		all = append(all, source{name, img})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no PNG or JPEG in %s", f.in)
	}
	return all, nil
}

func decode(path string) (*pixel.Image, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	img, _, err := image.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return pixel.FromGo(img), nil
}

// photo makes photo number i: of each picture in turn, a part of it by a camera
// that both depend on the seed and the number alone.
func (f *folder) photo(ctx context.Context, sources []source, i int) (string, error) {
	rng := rand.New(rand.NewPCG(f.seed, uint64(i)))
	from := sources[i%len(sources)]
	s := camera.Draw(rng)
	if f.lowISO > 0 {
		s.ISO = f.lowISO * math.Pow(f.highISO/f.lowISO, rng.Float64())
	}
	scene, factor, err := f.scene(ctx, from.image, rng)
	if err != nil {
		return "", err
	}
	noisy, clean, err := camera.Shoot(ctx, scene, s)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%04d_%s.png", i+1, from.name)
	if err := write(filepath.Join(f.out, name), noisy); err != nil {
		return "", err
	}
	if f.clean != "" {
		if err := write(filepath.Join(f.clean, name), clean); err != nil {
			return "", err
		}
	}
	if f.noise {
		if err := describeNoise(ctx, strings.TrimSuffix(filepath.Join(f.out, name), ".png")+".json", noisy); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%s %dx%d of %.2f: %s", name, noisy.W, noisy.H, factor, describe(s)), nil
}

// scene draws a part of the picture as light: turned or mirrored, scaled, cropped.
// Half of the parts are about as sharp as the picture, or sharper where it is
// large enough to be made smaller; half are softer, as photos of many megapixels
// are when seen pixel by pixel.
func (f *folder) scene(ctx context.Context, im *pixel.Image, rng *rand.Rand) (*camera.Frame, float64, error) {
	orientations := pixel.Orientations()
	im = im.Oriented(orientations[rng.IntN(len(orientations))])
	smallest := min(max(0.75*float64(f.side)/float64(min(im.W, im.H)), 0.4), 1)
	lo, hi := smallest, 1.1
	if rng.IntN(2) == 1 {
		lo, hi = 1.1, 2
	}
	factor := lo * math.Pow(hi/lo, rng.Float64())
	part := camera.NewScene(im)
	// Only what the crop needs is scaled.
	w, h := min(int(math.Ceil(float64(f.side)/factor)), im.W), min(int(math.Ceil(float64(f.side)/factor)), im.H)
	x, y := rng.IntN(im.W-w+1), rng.IntN(im.H-h+1)
	part, err := part.Crop(image.Rect(x, y, x+w, y+h))
	if err != nil {
		return nil, 0, err
	}
	if part, err = part.Scaled(ctx, factor); err != nil {
		return nil, 0, err
	}
	part, err = part.Crop(image.Rect(0, 0, min(part.W, f.side), min(part.H, f.side)))
	return part, factor, err
}

// describe tells the settings that shape the noise in one line.
func describe(s camera.Settings) string {
	line := fmt.Sprintf("%s, ISO %.0f, %+.1f %+.1f stops, %v, %v, %d bits", s.Sensor.Name, s.ISO, s.Exposure, s.Push, s.Pattern, s.Demosaic, s.Bits)
	for _, step := range []struct {
		name  string
		value float64
	}{{"colour blur", s.ChromaBlur}, {"smoothing", s.LumaSmoothing}, {"sharpening", s.Sharpening}} {
		if step.value > 0 {
			line += fmt.Sprintf(", %s %.1f", step.name, step.value)
		}
	}
	if s.Scale != 1 {
		line += fmt.Sprintf(", size %.2f", s.Scale)
	}
	if s.Quality > 0 {
		line += fmt.Sprintf(", JPEG %d %v", s.Quality, s.Subsampling)
	}
	return line
}

// write makes a PNG file that is whole or not there.
func write(path string, im *pixel.Image) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".simulate-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	err = errors.Join(encoder.Encode(file, im.ToGo(8)), file.Chmod(0o644), file.Close())
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(file.Name(), path)
}
