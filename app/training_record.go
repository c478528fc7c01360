package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"blindspot/core/pixel"
	"blindspot/core/say"
	"blindspot/core/train"
)

// Limits of what a record keeps. Points and snapshots are thinned so that those that are left spread evenly over the training.
const (
	recordPoints    = 400
	recordSnapshots = 40
)

// record is what a training has shown so far: its curves, and its snapshots with their pictures. It is kept in files beside the
// checkpoint, so that a resumed training shows its past. A file that is damaged or lost costs what it showed, nothing else.
//
// The slices are replaced, never changed, so that the window may hold on to what it was given.
type record struct {
	curves
	folder   string
	crops    []TrainingCrop
	pictures map[string][]image.Image // of the snapshots, by their keys
}

// curves is the part of a record that is written as JSON.
type curves struct {
	Loss      []TrainingPoint    `json:"loss"`
	HeldOut   []TrainingPoint    `json:"held_out"`
	Snapshots []TrainingSnapshot `json:"snapshots"`
	First     float64            `json:"first"` // score of the model that training began with, 0 if it began from scratch
	Best      float64            `json:"best"`  // of the teacher
}

const curvesName = "curves.json"

// key names a snapshot's files.
func (s TrainingSnapshot) key() string { return fmt.Sprintf("%s-%d", s.Phase, s.Step) }

// openRecord reads what an earlier run has left in a folder up to the share of the training that it will go on from. A fresh training
// begins with an empty record.
func openRecord(folder string, share float64) *record {
	r := &record{folder: folder, pictures: map[string][]image.Image{}}
	var c curves
	text, err := os.ReadFile(filepath.Join(folder, curvesName))
	if err != nil || json.Unmarshal(text, &c) != nil {
		return r
	}
	later := func(p TrainingPoint) bool { return p.Share > share }
	c.Loss, c.HeldOut = slices.DeleteFunc(c.Loss, later), slices.DeleteFunc(c.HeldOut, later)
	for _, s := range c.Snapshots {
		if pictures := r.readPictures(s); s.Share <= share && len(pictures) > 0 {
			r.pictures[s.key()] = pictures
		}
	}
	c.Snapshots = slices.DeleteFunc(c.Snapshots, func(s TrainingSnapshot) bool { return r.pictures[s.key()] == nil })
	r.curves = c
	return r
}

// readPictures reads the pictures of a snapshot, none if one of them is damaged.
func (r *record) readPictures(s TrainingSnapshot) []image.Image {
	var list []image.Image
	for i := 0; ; i++ {
		f, err := os.Open(r.picturePath(s, i))
		if err != nil {
			return list
		}
		im, err := png.Decode(f)
		f.Close()
		if err != nil {
			return nil
		}
		list = append(list, im)
	}
}

func (r *record) picturePath(s TrainingSnapshot, crop int) string {
	return filepath.Join(r.folder, fmt.Sprintf("%s-%d.png", s.key(), crop))
}

// note takes the figures of a report in.
func (r *record) note(p TrainingProgress) {
	if p.Steps == 0 {
		return
	}
	if p.Loss > 0 {
		r.Loss = addPoint(r.Loss, TrainingPoint{p.Share(), p.Phase, p.Loss})
	}
	if p.Sample != nil && p.HeldOut > 0 { // it was judged just now
		r.HeldOut = addPoint(r.HeldOut, TrainingPoint{p.Share(), p.Phase, p.HeldOut})
	}
	if p.Phase == LearningNoise && p.Best > 0 {
		r.Best = p.Best
		if p.Step == 0 {
			r.First = p.Best
		}
	}
}

// addPoint adds a point to a curve, in place of the last one if that is no older.
func addPoint(list []TrainingPoint, p TrainingPoint) []TrainingPoint {
	list = slices.Clone(list)
	if n := len(list); n > 0 && list[n-1].Share >= p.Share {
		list = list[:n-1]
	}
	list = append(list, p)
	if len(list) > recordPoints {
		i := mostCrowded(len(list), func(i int) float64 { return list[i].Share })
		list = slices.Delete(list, i, i+1)
	}
	return list
}

// addSnapshot keeps the pictures of a snapshot. It returns the one that is dropped for it, nil if none is.
func (r *record) addSnapshot(s TrainingSnapshot, pictures []image.Image) (dropped *TrainingSnapshot) {
	list := append(slices.Clone(r.Snapshots), s)
	r.pictures[s.key()] = pictures
	if len(list) > recordSnapshots {
		i := mostCrowded(len(list), func(i int) float64 { return list[i].At.Seconds() })
		gone := list[i]
		dropped, list = &gone, slices.Delete(list, i, i+1)
		delete(r.pictures, gone.key())
	}
	r.Snapshots = list
	return dropped
}

// mostCrowded finds the member of a rising list, neither the first nor the last, whose neighbours are nearest to each other.
func mostCrowded(n int, at func(i int) float64) int {
	best := 1
	for i := 2; i < n-1; i++ {
		if at(i+1)-at(i-1) < at(best+1)-at(best-1) {
			best = i
		}
	}
	return best
}

// write keeps the curves beside the checkpoint, and the pictures of a snapshot, in place of one that was dropped; both may be nil. It
// must not be called under a lock: it waits for the disk.
func (r *record) write(c curves, added, dropped *TrainingSnapshot, pictures []image.Image) error {
	if err := os.Mkdir(r.folder, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if dropped != nil {
		for i := range pictures {
			os.Remove(r.picturePath(*dropped, i))
		}
	}
	for i, im := range pictures {
		if err := writePNG(say.Textf("snapshot"), r.picturePath(*added, i), im); err != nil {
			return err
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(r.folder, curvesName), text)
}

// picture makes a picture for the screen of what the training shows.
func picture(t *pixel.Tile) image.Image {
	im := pixel.New(t.W, t.H, t.C, 8)
	im.Write(t, 0, 0, t.W, t.H, 0, 0)
	out := image.NewRGBA(image.Rect(0, 0, t.W, t.H))
	im.ToRGBA(out, out.Rect)
	return out
}

// setViews takes the crops in.
func (r *record) setViews(views []train.View) {
	r.crops = nil
	for _, v := range views {
		r.crops = append(r.crops, TrainingCrop{v.Photo, picture(v.Noisy)})
	}
}
