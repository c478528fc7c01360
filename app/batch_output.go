package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"blindspot/core/photo"
)

// This file decides where the photos of a batch go, and refuses places where they must not go.

// checkOutput finds out whether Output is a folder and refuses what cannot work.
func (b *batch) checkOutput() error {
	out := b.o.Output
	if out == "" {
		return nil
	}
	stat, err := os.Stat(out)
	there := err == nil
	b.folder = there && stat.IsDir() || !there && (os.IsPathSeparator(out[len(out)-1]) || len(b.inputs) > 1)
	switch {
	case b.folder:
		return nil
	case len(b.inputs) > 1:
		return usage("the output %s is a file, but there are %d photos: name a folder", out, len(b.inputs))
	case b.format == 0 && formatByName(out, 0) == 0:
		return usage("the output %s must end in .jpg, .png or .tif, or choose a format", out)
	}
	return nil
}

// formatByName is the format to be written that a file name asks for, or the given one.
func formatByName(path string, or photo.Format) photo.Format {
	if f, err := photo.ParseFormat(filepath.Ext(path)); err == nil {
		return f
	}
	return or
}

// outputFor is the path of a photo's result.
func (b *batch) outputFor(input string, format photo.Format) string {
	if b.o.Output != "" && !b.folder {
		return b.o.Output
	}
	ending := filepath.Ext(input)
	stem := strings.TrimSuffix(filepath.Base(input), ending)
	switch {
	case b.format != 0 && formatByName(input, 0) != b.format:
		ending = b.format.Extension()
	case b.format == 0 && (formatByName(input, 0) == 0 || !format.Writable()):
		ending = format.OrWritable().Extension()
	}
	if b.folder {
		return filepath.Join(b.o.Output, stem+ending)
	}
	return filepath.Join(filepath.Dir(input), stem+"-denoised"+ending)
}

// claim refuses an output that is one of the photos, that another photo of the batch has, or that exists.
func (b *batch) claim(output, input string) error {
	if stat, err := os.Stat(output); err == nil {
		same := func(other batchInput) bool { return other.file != nil && os.SameFile(stat, other.file) }
		if slices.ContainsFunc(b.inputs, same) {
			return fmt.Errorf("%s would be written over the photo %s, which is never done: choose another output", input, output)
		}
		if stat.IsDir() {
			return fmt.Errorf("save %s: it is a folder", output)
		}
	}
	key, err := filepath.Abs(output)
	if err != nil {
		key = output
	}
	if other, ok := b.taken[key]; ok {
		return fmt.Errorf("%s and %s would both become %s: denoise them into different folders", other, input, output)
	}
	b.taken[key] = input
	if _, err := os.Stat(output); err == nil && !b.o.Overwrite {
		return fmt.Errorf("save %s: %w", output, photo.ErrExists)
	}
	return nil
}
