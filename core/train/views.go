package train

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
	"time"

	"blindspot/core/pixel"
)

// Views show people how a training gets on: a few places of their photos, denoised by the average weights every few
// seconds. Each has a held-out place in its middle, and the places with most detail are taken, from different photos.
// Nothing that is computed here enters the training.

const (
	viewSide = 256
	// viewShare is how much of the work views may take: the time between two looks is at least this many times the cost
	// of one.
	viewShare = 20
)

// View is a place of a photo.
type View struct {
	Photo string      // path
	At    image.Point // of its top left pixel in the photo
	Noisy *pixel.Tile
}

// view is a place with what choosing it needs.
type view struct {
	View
	photo  int
	detail float64
}

// lastLook is when views were denoised last in this phase, and what it cost.
type lastLook struct {
	done bool
	step int
	at   time.Time
	cost time.Duration
}

// lookAround cuts the view around a held-out place out of its photo. A photo that is smaller is continued by reflection up
// to the size of the place.
func lookAround(im *pixel.Image, photo int, r image.Rectangle) view {
	side := max(min(im.W, im.H, viewSide), r.Dx())
	at := func(middle, n int) int { return min(max(middle-side/2, 0), max(n-side, 0)) }
	middle := r.Min.Add(r.Max).Div(2)
	v := View{At: image.Pt(at(middle.X, im.W), at(middle.Y, im.H)), Noisy: pixel.NewTile(im.C, side, side)}
	im.Read(v.Noisy, v.At.X, v.At.Y)
	return view{View: v, photo: photo, detail: detail(v.Noisy)}
}

// detail rates how much there is to see: the mean step between neighbouring blocks of 4×4 pixels, in which noise is small. A
// tile that is mostly clipped has nothing to show.
func detail(t *pixel.Tile) float64 {
	const block = 4
	w, h := t.W/block, t.H/block
	if clipped(t) > 0.5 {
		return 0
	}
	means := make([]float64, w*h)
	for y := range h * block {
		for x := range w * block {
			means[y/block*w+x/block] += float64(t.Pix[y*t.W+x]) / (block * block)
		}
	}
	sum := 0.0
	for i := range means {
		if i%w > 0 {
			sum += math.Abs(means[i] - means[i-1])
		}
		if i >= w {
			sum += math.Abs(means[i] - means[i-w])
		}
	}
	return sum / float64(len(means))
}

// chooseViews takes the most detailed views, from as many photos as possible.
func (h *heldOut) chooseViews(a *album, n int) []view {
	list := slices.Clone(h.views)
	slices.SortStableFunc(list, func(x, y view) int { return cmp.Compare(y.detail, x.detail) })
	var first, more []view
	taken := map[int]bool{}
	for _, v := range list {
		v.Photo = a.entries[v.photo].path
		if taken[v.photo] {
			more = append(more, v)
		} else {
			first = append(first, v)
		}
		taken[v.photo] = true
	}
	list = append(first, more...)
	h.views = nil
	return list[:min(n, len(list))]
}

// shown are the views as the receiver of a report may keep them.
func shown(views []view) []View {
	list := make([]View, len(views))
	for i, v := range views {
		list[i] = v.View
		list[i].Noisy = &pixel.Tile{C: v.Noisy.C, H: v.Noisy.H, W: v.Noisy.W, Pix: slices.Clone(v.Noisy.Pix)}
	}
	return list
}

// lookNow reports whether it is time to denoise the views. Random weights have nothing to show.
func (t *trainer) lookNow(st *state) bool {
	switch {
	case len(t.views) == 0 || st.Step == 0 && st.Fresh && st.Phase == PhaseFit:
		return false
	case !t.seen.done:
		return true
	}
	return t.clock().Sub(t.seen.at) >= max(t.o.ViewEvery, viewShare*t.seen.cost)
}

// look denoises the views with the average weights, in patches of the side that they saw last, and reports them; not twice
// at the same step.
func (t *trainer) look(ctx context.Context, st *state, p pupil) error {
	if len(t.views) == 0 || t.seen.done && t.seen.step == st.Step {
		return nil
	}
	began := t.clock()
	var pictures []*pixel.Tile
	err := st.withAverage(p, func() error {
		for _, v := range t.views {
			picture, err := v.denoise(ctx, p, st.knows(t.o), t.giveWay)
			if err != nil {
				return err
			}
			pictures = append(pictures, picture)
		}
		return nil
	})
	if err != nil {
		return err
	}
	now := t.clock()
	t.seen = lastLook{done: true, step: st.Step, at: now, cost: now.Sub(began)}
	st.Elapsed += t.seen.cost
	report := t.progress(st, nil)
	report.Denoised = pictures
	t.report(report)
	return nil
}
