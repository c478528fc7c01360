// Command simulate makes a folder of noisy photos, as many different cameras
// would have taken them, from a folder of clean pictures: for the training of the
// bundled model and for measuring. Package core/camera is the camera; this
// command draws parts of the pictures, turned, mirrored and scaled, and cameras
// for them, and writes files. The seed makes it repeatable: the same seed gives
// the same photos, and the first N of a larger number of photos.
//
//	go run ./tools/simulate -in DIR -out DIR -photos N [-clean DIR] [-seed N] [-size N] [-iso N|N-N] [-noise]
//
// With two file names instead it is the older, simpler camera that made the
// sample photo:
//
//	go run ./tools/simulate [-electrons N] [-readout N] [-exposure F] [-size W×H] [-seed N] CLEAN NOISY
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"strconv"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

// run is the command with its arguments; out gets a line for each photo.
func run(ctx context.Context, arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	var f folder
	flags.StringVar(&f.in, "in", "", "folder of clean pictures, PNG or JPEG")
	flags.StringVar(&f.out, "out", "", "folder for the noisy photos")
	flags.StringVar(&f.clean, "clean", "", "folder for the same photos without noise")
	flags.IntVar(&f.photos, "photos", 300, "how many to make")
	flags.Uint64Var(&f.seed, "seed", 0xB11D, "of everything that is drawn")
	flags.StringVar(&f.size, "size", "640", "longest side in pixels; with two files WIDTHxHEIGHT to fill with the middle of the picture")
	flags.BoolVar(&f.noise, "noise", false, "write what the photo shows of its noise beside it, for tools/pytorch")
	iso := flags.String("iso", "", "one ISO or a range such as 400-6400, instead of what is drawn")
	exposure := flags.Float64("exposure", 0.62, "two files: share of the original's light")
	electrons := flags.Float64("electrons", 150, "two files: electrons of a full sensel: the fewer, the higher the ISO")
	readout := flags.Float64("readout", 3, "two files: deviation of the read noise in electrons")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if flags.NArg() == 2 && f.in == "" && f.out == "" {
		size := f.size
		if !given["size"] {
			size = ""
		}
		s := sensor{*exposure, *electrons, *readout, rand.New(rand.NewPCG(f.seed, 0))}
		return s.convert(flags.Arg(0), flags.Arg(1), size)
	}
	if flags.NArg() > 0 || f.in == "" || f.out == "" {
		return fmt.Errorf("name a folder of clean pictures with -in and one for the photos with -out")
	}
	var err error
	if f.lowISO, f.highISO, err = parseISO(*iso); err != nil {
		return err
	}
	if f.side, err = strconv.Atoi(f.size); err != nil || f.side < 16 || f.side > 16384 {
		return fmt.Errorf("-size is a number of pixels from 16 to 16384, not %q", f.size)
	}
	return f.make(ctx, out)
}

// parseISO reads "", "800" or "400-6400"; zeros mean that none was asked for.
func parseISO(s string) (low, high float64, err error) {
	if s == "" {
		return 0, 0, nil
	}
	first, second, isRange := strings.Cut(s, "-")
	if !isRange {
		second = first
	}
	low, errLow := strconv.ParseFloat(first, 64)
	high, errHigh := strconv.ParseFloat(second, 64)
	if errLow != nil || errHigh != nil || !(low >= 50 && high <= 102400 && low <= high) {
		return 0, 0, fmt.Errorf("-iso is a number from 50 to 102400 or a range such as 400-6400, not %q", s)
	}
	return low, high, nil
}
