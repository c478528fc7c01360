package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"blindspot/core/say"
	"blindspot/core/train"
)

// FolderReport says in what state a folder of photos is before training begins.
type FolderReport struct{ scan train.Report }

// CheckFolder looks at every photo of a folder and of the folders in it. Photos that cannot be used, and further copies
// of the same file, become problems of the report; the error is for a folder that cannot be read or has no photo to
// train on.
func CheckFolder(ctx context.Context, folder string) (*FolderReport, error) {
	scan, err := train.Scan(ctx, folder, nil)
	if err == nil {
		err = usableScan(scan)
	}
	if err != nil {
		return nil, err
	}
	return &FolderReport{scan}, nil
}

// usableScan says why there is nothing to train on, if there is not.
func usableScan(scan train.Report) error {
	switch {
	case len(scan.Photos) > 0:
		return nil
	case len(scan.Problems) == 0:
		return say.Errorf("the folder %s holds no photos", scan.Folder)
	}
	first := scan.Problems[0]
	return say.Errorf("none of the %d photos in %s can be used: %s: %v", len(scan.Problems), scan.Folder, first.Path, first.Reason)
}

// Paths lists the usable photos.
func (r *FolderReport) Paths() []string { return r.scan.Paths() }

// Lines is the report in plain words, a line for each fact.
func (r *FolderReport) Lines() []string {
	s := r.scan
	lines := plain(scanFacts(s))
	lines[0] = s.Folder + ": " + lines[0]
	for _, p := range s.Problems {
		lines = append(lines, fmt.Sprintf("Left out: %s: %v.", p.Path, p.Reason))
	}
	if s.Others > 0 {
		lines = append(lines, fmt.Sprintf("Not looked at: %v of other kinds.", countFiles(s.Others)))
	}
	return lines
}

// scanFacts is what the headers of the photos say.
func scanFacts(s train.Report) []Text {
	lines := []Text{say.Textf("%v to train on, %.1f megapixels in all, %v pixels.",
		countPhotos(len(s.Photos)), float64(s.Pixels)/1e6, sizes(s.Photos))}
	if len(s.Cameras) > 0 {
		lines = append(lines, say.Textf("Cameras: %s.", strings.Join(s.Cameras, ", ")))
	}
	if len(s.ISO) > 0 {
		words := make([]string, len(s.ISO))
		for i, iso := range s.ISO {
			words[i] = strconv.Itoa(iso)
		}
		lines = append(lines, say.Textf("ISO: %s.", strings.Join(words, ", ")))
	}
	return lines
}

// sizes names the size of the photos, or the smallest and the largest.
func sizes(photos []train.Found) Text {
	byArea := func(a, b train.Found) int { return a.W*a.H - b.W*b.H }
	small, large := slices.MinFunc(photos, byArea), slices.MaxFunc(photos, byArea)
	if small.W == large.W && small.H == large.H {
		return say.Textf("%d × %d", small.W, small.H)
	}
	return say.Textf("%d × %d to %d × %d", small.W, small.H, large.W, large.H)
}
