package train

import (
	"context"
	"image"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"blindspot/core/bsn"
	"blindspot/core/pixel"
)

// Judging without clean pictures. A few crops are taken out of the photos before training and never trained on. The
// blind-spot loss there is the distance of the guess from a noisy value that the network did not see: its noise part is the
// same for every network, so a lower score means a better guess of the picture.
//
// The held-out crops are places, not whole photos. Noise at different places of one photo is independent, so a place
// that was never seen is as new as another photo, and a folder of five photos keeps all five for training.

const (
	heldOutCrops = 8
	roomFor      = 3 // a photo gives a crop up only if its sides hold this many: at most a ninth of it is lost
)

// heldOut is the crops that judge the training.
type heldOut struct {
	crops  []*tensor.Dense           // 1×C×P×P
	photos []int                     // whose they are
	where  map[int][]image.Rectangle // their places by photo, kept out of training
	flat   []flatBlock
	views  []view // what lies around each crop, if it was asked for

	giveWay func(ctx context.Context) error // between crops; nil does nothing
}

// rest lets more urgent work go first.
func (h *heldOut) rest(ctx context.Context) error {
	if h.giveWay == nil {
		return ctx.Err()
	}
	return h.giveWay(ctx)
}

// holdOut chooses the crops: the same for the same seed and photos. Photos too small to give one up are asked only when all
// are; then the crops are trained on too, and the score still falls only when the network guesses better, but it can no
// longer show that it learned its photos by heart.
//
// With views what lies around the crops is kept too.
func (a *album) holdOut(ctx context.Context, seed uint64, patch int, views bool) (*heldOut, error) {
	roomy := func(i int) bool {
		return min(a.entries[i].info.W, a.entries[i].info.H) >= roomFor*patch
	}
	anyRoomy := false
	for i := range a.entries {
		anyRoomy = anyRoomy || roomy(i)
	}
	h := &heldOut{where: map[int][]image.Rectangle{}}
	for visit := 0; len(h.crops) < heldOutCrops; visit++ {
		i, err := a.draw(seed, "held out", visit)
		if err != nil {
			return nil, err
		}
		// The search ends: visits spread over all photos, and after 64 of them any photo will do.
		if anyRoomy && !roomy(i) && visit < 64 {
			continue
		}
		im, err := a.get(ctx, i)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			if a.gone(i) {
				return nil, ErrPhotosGone
			}
			a.drop(i, 0, err)
			continue
		}
		tile, r := h.choose(im, i, seed, visit, patch)
		if roomy(i) {
			h.where[i] = append(h.where[i], r)
		}
		h.crops = append(h.crops, dense(tile.Pix, 1, a.channels, patch, patch))
		h.photos = append(h.photos, i)
		if views {
			h.views = append(h.views, lookAround(im, i, r))
		}
	}
	h.flat = flattest(h.crops)
	return h, nil
}

// choose looks for a place that is not clipped and touches no other held-out place.
func (h *heldOut) choose(im *pixel.Image, photo int, seed uint64, visit, patch int) (*pixel.Tile, image.Rectangle) {
	rng := draw(seed, "held-out place", visit, photo)
	tile := pixel.NewTile(im.C, patch, patch)
	var r image.Rectangle
	for range cropTries {
		x, y := place(rng.Float64(), im.W, patch), place(rng.Float64(), im.H, patch)
		r = image.Rect(x, y, x+patch, y+patch)
		if slices.ContainsFunc(h.where[photo], r.Overlaps) {
			continue
		}
		im.Read(tile, x, y)
		if clipped(tile) <= 0.5 {
			return tile, r
		}
	}
	im.Read(tile, r.Min.X, r.Min.Y)
	return tile, r
}

// verdict is what the held-out crops say about a network.
type verdict struct {
	Score float64 // mean L1, lower is better; math.MaxFloat64 for a network that no longer gives numbers
	Leak  float64 // deviation of the output in flat blocks as a share of the input's
	Shown *Sample // the first crop, before and after
}

// judge runs denoise over the crops, or what stands for them, in patches of the given side. distance is the loss of crop i's result.
// The pixels that are judged are the same whatever the side, so scores of all stages of a training can be compared.
func (h *heldOut) judge(ctx context.Context, crops []*tensor.Dense, patch int, denoise func(x *tensor.Dense) (*tensor.Dense, error),
	distance func(i int, out []float32) float64,
) (verdict, error) {
	var v verdict
	outputs := make([][]float32, len(crops))
	for i, x := range crops {
		if err := h.rest(ctx); err != nil {
			return v, err
		}
		results, err := inPatches(x, patch, func(x *tensor.Dense) ([]*tensor.Dense, error) {
			y, err := denoise(x)
			return []*tensor.Dense{y}, err
		})
		if err != nil {
			return v, err
		}
		outputs[i] = results[0]
		v.Score += distance(i, outputs[i]) / float64(len(crops))
	}
	if math.IsNaN(v.Score) || math.IsInf(v.Score, 0) {
		v.Score = math.MaxFloat64
	}
	v.Leak = leak(h.flat, crops, outputs)
	v.Shown = beforeAndAfter(crops[0], outputs[0])
	return v, nil
}

func beforeAndAfter(crop *tensor.Dense, out []float32) *Sample {
	s := crop.Shape()
	tile := func(values []float32) *pixel.Tile {
		return &pixel.Tile{C: s[1], H: s[2], W: s[3], Pix: values}
	}
	return &Sample{Noisy: tile(slices.Clone(floats(crop))), Denoised: tile(out)}
}

// floats is the values of a float32 tensor.
func floats(t *tensor.Dense) []float32 { return t.Data().([]float32) }

// meanL1 is the mean distance of two pictures.
func meanL1(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		sum += math.Abs(float64(v) - float64(b[i]))
	}
	return sum / float64(len(a))
}

// blindSpot judges a teacher by its loss at hole k.
func (h *heldOut) blindSpot(ctx context.Context, t teacherNet, k bsn.Hole, patch int) (verdict, error) {
	return h.judge(ctx, h.crops, patch, func(x *tensor.Dense) (*tensor.Dense, error) {
		out, err := t.Forward(ctx, x, []bsn.Hole{k})
		if err != nil {
			return nil, err
		}
		return out[0], nil
	}, func(i int, out []float32) float64 { return meanL1(out, floats(h.crops[i])) })
}

// agreement judges a student by the loss it is trained with: the distance between what it makes of the halves of pairs that it
// sees and the targets. The noisy crop itself cannot judge a student, which sees the pixel it denoises: the best score would be
// to leave it as it is.
func (h *heldOut) agreement(ctx context.Context, s studentNet, seen []*tensor.Dense, targets [][]float32, patch int) (verdict, error) {
	return h.judge(ctx, seen, patch, func(x *tensor.Dense) (*tensor.Dense, error) { return s.Forward(ctx, x) },
		func(i int, out []float32) float64 { return meanL1(out, targets[i]) })
}
