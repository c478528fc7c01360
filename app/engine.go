package app

import (
	"context"
	"image"
	"runtime"

	"blindspot/core/bsn"
	"blindspot/core/denoise"
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

func (e *engine) fast() error {
	if !e.net.HasFast() {
		return errNoFast
	}
	return nil
}

func (e *engine) trunkPasses() int64 { return e.net.TrunkPasses() }
func (e *engine) close()             { e.net.Close() }

type engineCell struct{ *denoise.CellResult }

func (c engineCell) render(s Settings, im *pixel.Image) (*pixel.Image, error) {
	out := pixel.New(c.Rect.Dx(), c.Rect.Dy(), im.C, im.Depth)
	if err := c.Render(s, out, image.Point{}); err != nil {
		return nil, err
	}
	return out, nil
}

func (c engineCell) bytes() int64 { return int64(c.Bytes()) }
