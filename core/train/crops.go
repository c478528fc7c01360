package train

import (
	"context"
	"image"

	"gorgonia.org/tensor"

	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// Random crops from a folder that does not fit into memory, without decoding a photo for every crop.
//
// Training draws from a pool of visits. A visit is one decoded photo of which a few regions are kept and the rest is
// forgotten. Every few steps the next visit joins the pool; once the pool is full, the oldest leaves it. A crop is a random
// place in a random region of a random visit in the pool. Which visits are in the pool at a step, which photo a visit sees
// and which regions it keeps are pure functions of the seed, so nothing depends on when a visit is really decoded: that
// happens when a crop first asks for it.

const (
	regionsPerVisit = 4 // spread over the photo; four of 512×512 RGB pixels take 6 MB
	regionSide      = 512
	firstVisits     = 4   // in the pool at step 0: few, because training waits for them
	poolLimit       = 512 // visits; more would not be seen often enough to matter
	cropTries       = 16  // for a crop that is neither clipped nor held out
)

// cropper draws the batches of one phase.
type cropper struct {
	album   *album
	seed    uint64
	phase   string
	keepOut map[int][]image.Rectangle // held-out places by photo
	stride  int                       // steps between new visits
	window  int                       // visits in the full pool
	pool    map[int][]region
	pairs   bool // noise is drawn for each crop, and such are preferred whose photo lets it be known
}

// region is a part of a photo at full resolution.
type region struct {
	photo int
	at    image.Point // of its top left pixel in the photo
	im    *pixel.Image
	noise *noise.Model // of the photo; nil if it is not known, or not wanted
}

// newCropper sizes the pool so that it takes about poolBytes.
func newCropper(a *album, seed uint64, phase string, keepOut map[int][]image.Rectangle, poolBytes int64) *cropper {
	all, squares := 0.0, 0.0
	for _, e := range a.entries {
		all += float64(e.pixels())
		squares += float64(e.pixels()) * float64(e.pixels())
	}
	typical := squares / all // pixels of a photo drawn by area
	perVisit := min(typical, regionsPerVisit*regionSide*regionSide) * float64(2*a.channels)
	c := &cropper{
		album: a, seed: seed, phase: phase, keepOut: keepOut,
		// Decoding takes about 30 ms a megapixel on one core, beside steps of some 100 ms on all of them.
		stride: min(max(int(typical/2e6+0.5), 1), 8),
		window: min(max(int(float64(poolBytes)/perVisit), firstVisits), poolLimit),
		pool:   map[int][]region{},
		pairs:  phase == PhaseDistil,
	}
	if all*float64(2*a.channels) <= float64(a.cacheBytes) {
		c.stride = 1 // every photo is decoded only once
	}
	return c
}

// visits is the range of visits in the pool at a step.
func (c *cropper) visits(step int) (oldest, newest int) {
	newest = firstVisits - 1 + step/c.stride
	return max(0, newest-c.window+1), newest
}

// batch returns the crops of a step.
func (c *cropper) batch(ctx context.Context, step, patch, n int) (crops, error) {
	oldest, newest := c.visits(step)
	for v := range c.pool {
		if v < oldest {
			delete(c.pool, v)
		}
	}
	size := c.album.channels * patch * patch
	values := make([]float32, n*size)
	b := crops{x: dense(values, n, c.album.channels, patch, patch)}
	if c.pairs {
		b.noise, b.drawn = make([]*noise.Model, n), make([]float32, n*size)
	}
	for i := range n {
		tile, model, err := c.crop(ctx, step, i, patch, oldest, newest)
		if err != nil {
			return crops{}, err
		}
		copy(values[i*size:], tile.Pix)
		if model != nil {
			b.noise[i] = model
			copy(b.drawn[i*size:], model.Draw(tile, draw(c.seed, c.phase+" noise", step, i)).Pix)
		}
	}
	return b, nil
}

func dense(values []float32, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))
}

// crop draws crop i of a step, turned or mirrored at random, and says what is known of its noise. A place that is held out or
// mostly clipped is drawn anew, and for pairs one whose noise is not known; after cropTries the best of the bad ones is taken,
// so that a folder of night skies still trains.
func (c *cropper) crop(ctx context.Context, step, i, patch, oldest, newest int) (*pixel.Tile, *noise.Model, error) {
	rng := draw(c.seed, c.phase+" crop", step, i)
	orientation := pixel.Orientation(1 + rng.IntN(8))
	tile := pixel.NewTile(c.album.channels, patch, patch)
	var second *pixel.Tile
	var model, secondModel *noise.Model
	for range cropTries {
		regions, err := c.visit(ctx, oldest+rng.IntN(newest-oldest+1))
		if err != nil {
			return nil, nil, err
		}
		r := regions[rng.IntN(len(regions))]
		x, y := place(rng.Float64(), r.im.W, patch), place(rng.Float64(), r.im.H, patch)
		free := !c.heldOut(r.photo, image.Rect(x, y, x+patch, y+patch).Add(r.at))
		r.im.Read(tile, x, y)
		model = r.noise
		if free && clipped(tile) <= 0.5 && (model != nil || !c.pairs) {
			return tile.Oriented(orientation), turned(model, orientation), nil
		}
		if free && second == nil {
			second, secondModel = tile, model
			tile = pixel.NewTile(c.album.channels, patch, patch)
		}
	}
	if second != nil {
		tile, model = second, secondModel
	}
	return tile.Oriented(orientation), turned(model, orientation), nil
}

// place is a random position of a window in a line of n pixels. A window longer than the line is put around it.
func place(u float64, n, window int) int {
	if n < window {
		return -int(u * float64(window-n+1))
	}
	return int(u * float64(n-window+1))
}

// heldOut reports whether a rectangle of a photo touches a held-out place.
func (c *cropper) heldOut(photo int, r image.Rectangle) bool {
	for _, k := range c.keepOut[photo] {
		if r.Overlaps(k) {
			return true
		}
	}
	return false
}

// clipped is the share of samples at either end of the scale. Their noise is cut off: the network would learn that the
// mean of what it sees there is the picture, and it is not.
func clipped(t *pixel.Tile) float64 {
	n := 0
	for _, v := range t.Pix {
		if v < 0.5 || v > 254.5 {
			n++
		}
	}
	return float64(n) / float64(len(t.Pix))
}

// visit returns the regions of a visit, decoding its photo if need be. A photo that cannot be decoded is dropped and
// another drawn in its place.
func (c *cropper) visit(ctx context.Context, v int) ([]region, error) {
	if regions, ok := c.pool[v]; ok {
		return regions, nil
	}
	for {
		i, err := c.album.draw(c.seed, c.phase+" visit", v)
		if err != nil {
			return nil, err
		}
		im, err := c.album.get(ctx, i)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			if c.album.gone(i) {
				return nil, ErrPhotosGone
			}
			c.album.drop(i, v, err)
			continue
		}
		regions := c.regions(im, i, v)
		if c.pairs {
			model, err := c.album.noiseOf(ctx, i, im)
			if err != nil {
				return nil, err
			}
			for k := range regions {
				regions[k].noise = model
			}
		}
		c.pool[v] = regions
		return regions, nil
	}
}

// regions cuts the regions of a visit out of its photo.
func (c *cropper) regions(im *pixel.Image, photo, visit int) []region {
	w, h := min(im.W, regionSide), min(im.H, regionSide)
	n := min(max(im.W*im.H/(w*h), 1), regionsPerVisit)
	rng := draw(c.seed, c.phase+" region", visit, photo)
	list := make([]region, n)
	for k := range list {
		at := image.Pt(place(rng.Float64(), im.W, w), place(rng.Float64(), im.H, h))
		list[k] = region{photo: photo, at: at, im: cut(im, image.Rectangle{at, at.Add(image.Pt(w, h))})}
	}
	return list
}

// cut copies a rectangle of an image. Channels that share a plane share it in the copy too.
func cut(im *pixel.Image, r image.Rectangle) *pixel.Image {
	out := &pixel.Image{W: r.Dx(), H: r.Dy(), C: im.C, Depth: im.Depth}
	for c, src := range im.Planes {
		if c > 0 && &src[0] == &im.Planes[c-1][0] {
			out.Planes = append(out.Planes, out.Planes[c-1])
			continue
		}
		plane := make([]uint16, 0, out.W*out.H)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			plane = append(plane, src[y*im.W+r.Min.X:][:out.W]...)
		}
		out.Planes = append(out.Planes, plane)
	}
	return out
}
