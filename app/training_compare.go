package app

import (
	"image"

	"blindspot/core/noise"
	"blindspot/core/photo"
	"blindspot/core/pixel"
	"blindspot/core/say"
	"blindspot/core/train"
)

const (
	comparedSamples = 3
	// compareMargin is how many pixels around a crop the networks see besides.
	compareMargin = 128
)

// compare denoises a few of the training's crops with the new model and the old one, and says what is to be thought of the new.
// What cannot be compared any more is left out.
func (r *trainingRun) compare() (*TrainingResult, error) {
	result := &TrainingResult{Name: r.options.Name}
	result.HeldOutOld, result.HeldOutNew = r.record.First, r.record.Best
	r.mu.Lock()
	alarm := r.state.LeakAlarm
	r.mu.Unlock()
	result.Advice = afterAdvice(r.record.curves, r.options.Noise, alarm)
	made, err := r.openOutput()
	if err != nil {
		return nil, err
	}
	defer made.close()
	old, name := r.openOld()
	if old != nil {
		result.Old = name
		defer old.close()
	}
	for _, v := range r.views[:min(r.samples, len(r.views))] {
		if err := r.yield(r.ctx); err != nil {
			break
		}
		sample, err := r.compareAt(v, made, old)
		if err != nil {
			r.noteOnce(say.Textf("%s cannot be compared: %v", v.Photo, err))
			continue
		}
		result.Samples = append(result.Samples, sample)
	}
	return result, nil
}

// openOutput prepares the model that was trained.
func (r *trainingRun) openOutput() (network, error) {
	path := r.options.Output
	if path == "" {
		path = r.library.ModelPath(r.options.Name)
	}
	m, err := r.library.Find(path)
	if err != nil {
		return nil, err
	}
	return newEngine(m.model, r.options.Threads)
}

// openOld prepares the model to compare with: the one that training started from, or the program's own; nil if there is none.
func (r *trainingRun) openOld() (network, string) {
	from := r.options.From
	if from == nil {
		var err error
		if from, err = r.library.FirstBundled(); err != nil || from == nil {
			return nil, ""
		}
	}
	n, err := newEngine(from.model, r.options.Threads)
	if err != nil {
		return nil, ""
	}
	return n, from.Name
}

// compareAt denoises a crop, with what surrounds it in the photo, with both models in the same mode.
func (r *trainingRun) compareAt(v train.View, made, old network) (ComparedSample, error) {
	p, err := photo.Open(r.ctx, v.Photo)
	if err != nil {
		return ComparedSample{}, err
	}
	crop := image.Rectangle{v.At, v.At.Add(image.Pt(v.Noisy.W, v.Noisy.H))}.Intersect(image.Rect(0, 0, p.Image.W, p.Image.H))
	seen := crop.Inset(-compareMargin).Intersect(image.Rect(0, 0, p.Image.W, p.Image.H))
	if crop.Empty() {
		return ComparedSample{}, say.Errorf("the photo has changed")
	}
	im := cutOut(p.Image, seen)
	report, err := noise.Measure(r.ctx, im, noise.Options{})
	if err != nil {
		return ComparedSample{}, err
	}
	fast := made.fast() == nil && (old == nil || old.fast() == nil)
	settings := suggestSettings(report, fast)
	inner := crop.Sub(seen.Min)
	sample := ComparedSample{Photo: v.Photo, Noisy: cutPicture(im, inner)}
	for _, by := range []struct {
		network
		picture *image.Image
	}{{old, &sample.Old}, {made, &sample.New}} {
		if by.network == nil {
			continue
		}
		by.useNoise(im, report)
		out, err := by.photo(r.ctx, im, settings, func(int, int) { _ = r.yield(r.ctx) }) // its error is that of ctx
		if err != nil {
			return ComparedSample{}, err
		}
		*by.picture = cutPicture(out, inner)
	}
	return sample, nil
}

// cutOut copies a rectangle of a photo.
func cutOut(im *pixel.Image, r image.Rectangle) *pixel.Image {
	out := pixel.New(r.Dx(), r.Dy(), im.C, im.Depth)
	for c, plane := range im.Planes {
		for y := range out.H {
			copy(out.Planes[c][y*out.W:][:out.W], plane[(r.Min.Y+y)*im.W+r.Min.X:])
		}
	}
	return out
}

// cutPicture is a rectangle of a photo for the screen.
func cutPicture(im *pixel.Image, r image.Rectangle) image.Image {
	out := image.NewRGBA(image.Rectangle{Max: r.Size()})
	im.ToRGBA(out, r)
	return out
}

// afterAdvice says in what a new model disappoints, from its held-out score, the level of the noise, and the alarm.
func afterAdvice(c curves, sigma float64, alarm bool) Text {
	switch {
	case alarm:
		return say.Textf("The new model rebuilds some of the noise: train again with a wider hole.")
	case c.First > 0 && c.Best >= c.First:
		return say.Textf("The training has not made the model better on these photos; the new model is the old one.")
	case sigma > 0 && c.Best > 0 && train.GuessError(c.Best, sigma) > sigma:
		return say.Textf("The new model is not good enough for these photos yet: its guess is further from the picture than the noise is. " +
			"Train longer, or start from an existing model.")
	}
	return Text{}
}
