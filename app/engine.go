package app

import (
	"context"
	"image"
	"runtime"
	"sync"

	"blindspot/core/bsn"
	"blindspot/core/denoise"
	"blindspot/core/noise"
	"blindspot/core/pixel"
)

// engine is the network of a real model.
type engine struct {
	model *bsn.Model
	net   *denoise.Engine
}

// newEngine prepares a model to run on the given number of threads, 0 for all processors.
func newEngine(m *bsn.Model, threads int) (network, error) {
	if threads <= 0 {
		threads = runtime.NumCPU()
	}
	net, err := denoise.NewEngine(m, threads)
	if err != nil {
		return nil, err
	}
	return &engine{model: m, net: net}, nil
}

func (e *engine) plan(w, h int, mode Mode) plan { return e.net.Plan(w, h, mode) }

func (e *engine) cell(ctx context.Context, im *pixel.Image, p plan, i int, current Hole) (cellResult, error) {
	r, err := e.net.Cell(ctx, im, p.(*denoise.Plan), i, current)
	if err != nil {
		return nil, err
	}
	return engineCell{r}, nil
}

func (e *engine) photo(ctx context.Context, im *pixel.Image, s Settings, progress func(done, total int)) (*pixel.Image, error) {
	return e.net.Photo(ctx, im, s, progress)
}

// twin is a second engine of the same model: an export that has been overtaken in the middle of a tile must not have its
// buffers changed by the preview.
func (e *engine) twin(threads int) (network, error) { return newEngine(e.model, threads) }

func (e *engine) useNoise(im *pixel.Image, r *noise.Report) { e.net.UseNoise(im, r) }

func (e *engine) limitSums(bytes int64) { e.net.LimitSums(bytes) }

func (e *engine) fast() error {
	if !e.net.HasFast() {
		return errNoFast
	}
	return nil
}

func (e *engine) textured() bool { return e.net.TexturedFast() }

func (e *engine) trunkPasses() int64 { return e.net.TrunkPasses() }
func (e *engine) close()             { e.net.Close() }

// engineCell is a result of denoise.
type engineCell struct{ *denoise.CellResult }

func (c engineCell) render(s Settings, im *pixel.Image) (*pixel.Image, error) {
	out := pixel.New(c.Rect.Dx(), c.Rect.Dy(), im.C, im.Depth)
	if err := c.Render(s, out, image.Point{}); err != nil {
		return nil, err
	}
	return out, nil
}

// scratch is the memory that a picture passes through. Fresh memory for each cell would cost more than the arithmetic.
type scratch struct {
	tile  *pixel.Tile
	image *pixel.Image
}

var scratches = sync.Pool{New: func() any { return &scratch{tile: &pixel.Tile{}, image: &pixel.Image{}} }}

// picture takes the same steps as Render, strengths and then rounding, without allocating.
func (c engineCell) picture(s Settings, im *pixel.Image) (*image.RGBA, error) {
	w, h := c.Rect.Dx(), c.Rect.Dy()
	m := scratches.Get().(*scratch)
	defer scratches.Put(m)
	if m.tile.C != im.C || m.tile.W != w || m.tile.H != h {
		m.tile = pixel.NewTile(im.C, h, w)
	}
	if m.image.C != im.C || m.image.W != w || m.image.H != h || m.image.Depth != im.Depth {
		m.image = pixel.New(w, h, im.C, im.Depth)
	}
	if err := c.RenderTile(s, m.tile); err != nil {
		return nil, err
	}
	m.image.Write(m.tile, 0, 0, w, h, 0, 0)
	picture := takePicture(w, h)
	m.image.ToRGBA(picture, picture.Rect)
	return picture, nil
}

func (c engineCell) bytes() int64 { return int64(c.Bytes()) }
