package tiff

import (
	"context"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"blindspot/core/pixel"
)

// Decode reads the picture that h, from ReadHeader, describes. The result has
// h's size, channels and depth; its Alpha is nil if every pixel is opaque.
// Errors are of the four kinds, r's, or the context's.
func Decode(ctx context.Context, r io.ReaderAt, h Header) (*pixel.Image, error) {
	if h.layout.across == 0 {
		return nil, fail(ErrCorrupt, "no header of a TIFF was read")
	}
	im := pixel.New(h.W, h.H, h.C, h.Depth)
	if h.Alpha {
		im.Alpha = make([]uint16, h.W*h.H)
	}
	if err := decodeTiles(ctx, r, &h, im); err != nil {
		return nil, err
	}
	dropOpaqueAlpha(im)
	return im, nil
}

// decodeTiles lets every processor take the next tile until none is left.
func decodeTiles(ctx context.Context, r io.ReaderAt, h *Header, im *pixel.Image) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	tiles := h.layout.across * h.layout.down
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), tiles) {
		all.Go(func() {
			d := newTileDecoder(r, h, im)
			for {
				i := int(next.Add(1)) - 1
				if i >= tiles || ctx.Err() != nil {
					return
				}
				if err := d.tile(ctx, i); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// tileDecoder is what one worker reuses from tile to tile.
type tileDecoder struct {
	h        *Header
	im       *pixel.Image
	unpacker unpacker
	row      []byte   // packed samples
	values   []uint16 // one per sample
}

func newTileDecoder(r io.ReaderAt, h *Header, im *pixel.Image) *tileDecoder {
	l := &h.layout
	return &tileDecoder{
		h: h, im: im, unpacker: unpacker{r: r, compression: l.compression},
		row: make([]byte, l.rowBytes(l.tileW)), values: make([]uint16, l.tileW*l.samples),
	}
}

// tile reads tile i row by row into the planes.
func (d *tileDecoder) tile(ctx context.Context, i int) error {
	l := &d.h.layout
	src, err := d.unpacker.open(int64(l.offsets[i]), int64(l.counts[i]))
	if err != nil {
		return err
	}
	left, top := i%l.across*l.tileW, i/l.across*l.tileH
	w := min(l.tileW, d.h.W-left)
	for y := top; y < min(top+l.tileH, d.h.H); y++ {
		if y%16 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := io.ReadFull(src, d.row); err != nil {
			return d.unpacker.explain(err)
		}
		d.unpackRow()
		d.spread(y*d.h.W+left, w)
	}
	return d.unpacker.check(src)
}

func dropOpaqueAlpha(im *pixel.Image) {
	for _, a := range im.Alpha {
		if a != 0xffff {
			return
		}
	}
	im.Alpha = nil
}
