package photo

import (
	"context"
	"fmt"

	"blindspot/core/photo/raw"
	"blindspot/core/photo/turbo"
	"blindspot/core/pixel"
)

// Preview returns the quickest picture of a photo that is good enough for a first view or a thumbnail: upright, at most
// maxSide pixels a side, but never larger than the photo. Raws give their embedded JPEG or else a half-size development,
// JPEGs are decoded at a fraction of their size, others are decoded in full. The Info is that of Inspect. Errors are those
// of Open.
func Preview(ctx context.Context, path string, maxSide int) (*pixel.Image, Info, error) {
	var im *pixel.Image
	var info Info
	if maxSide < 1 {
		return nil, info, fmt.Errorf("open %s: %w: a preview of %d pixels", path, ErrUnsupported, maxSide)
	}
	err := withSource(ctx, path, func(s *source) error {
		h, err := s.header()
		if err != nil {
			return err
		}
		im, err = s.preview(&h, maxSide)
		info = h.Info
		return err
	})
	if err != nil {
		return nil, Info{}, err
	}
	info.Path = path
	return im, info, nil
}

func (s *source) preview(h *header, maxSide int) (*pixel.Image, error) {
	var im *pixel.Image
	var err error
	switch h.Format {
	case JPEG:
		data, readErr := s.whole()
		if readErr != nil {
			return nil, readErr
		}
		if im, err = turbo.DecodeScaled(s.ctx, data, maxSide); err != nil {
			return nil, err
		}
		im = shrink(im, maxSide).Oriented(h.Sideways)
	case Raw:
		if im, err = s.rawPreview(h, maxSide); err != nil {
			return nil, err
		}
	default:
		if im, err = s.pixels(h); err != nil {
			return nil, err
		}
	}
	return shrink(im, maxSide), nil
}

// rawPreview takes the embedded JPEG if it is a picture of the whole photo.
func (s *source) rawPreview(h *header, maxSide int) (*pixel.Image, error) {
	if h.Raw.Preview {
		data, info, err := raw.PreviewInfo(s.ctx, s.path)
		if err == nil {
			if im := embedded(s, data, info, maxSide); im != nil {
				return im, nil
			}
		}
		if s.ctx.Err() != nil {
			return nil, s.ctx.Err()
		}
	}
	im, _, err := raw.Develop(s.ctx, s.path, raw.Half)
	return im, err
}

// embedded decodes the JPEG of a raw and turns it upright, nil if it is damaged or a thumbnail too small to be looked at.
func embedded(s *source, data []byte, info raw.Info, maxSide int) *pixel.Image {
	inner := &source{ctx: s.ctx, path: s.path, r: bytesAt(data), size: int64(len(data))}
	h, err := readJPEGHeader(inner)
	if err != nil || checkSize(h.W, h.H) != nil {
		return nil
	}
	const enough = 640
	if max(h.W, h.H) < min(enough, maxSide, max(info.W, info.H)) {
		return nil
	}
	im, err := turbo.DecodeScaled(s.ctx, data, maxSide)
	if err != nil {
		return nil
	}
	return shrink(im, maxSide).Oriented(raw.PreviewOrientation(data, info))
}

// shrink returns im with its longer side at most maxSide, each pixel the mean of those it stands for.
func shrink(im *pixel.Image, maxSide int) *pixel.Image {
	long := max(im.W, im.H)
	if long <= maxSide {
		return im
	}
	w, h := max(1, im.W*maxSide/long), max(1, im.H*maxSide/long)
	out := pixel.New(w, h, im.C, im.Depth)
	for c := range im.Planes {
		shrinkPlane(out.Planes[c], im.Planes[c], w, h, im.W, im.H)
	}
	if im.Alpha != nil {
		out.Alpha = make([]uint16, w*h)
		shrinkPlane(out.Alpha, im.Alpha, w, h, im.W, im.H)
	}
	return out
}

// shrinkPlane averages boxes of whole samples: pixel x of w stands for the samples from x·fullW/w to the next one's first.
func shrinkPlane(out, in []uint16, w, h, fullW, fullH int) {
	sums := make([]uint64, w)
	for y := range h {
		clear(sums)
		top, bottom := y*fullH/h, (y+1)*fullH/h
		for row := top; row < bottom; row++ {
			line := in[row*fullW:][:fullW]
			for x := range sums {
				for _, v := range line[x*fullW/w : (x+1)*fullW/w] {
					sums[x] += uint64(v)
				}
			}
		}
		for x, sum := range sums {
			n := uint64((bottom - top) * ((x+1)*fullW/w - x*fullW/w))
			out[y*w+x] = uint16((sum + n/2) / n)
		}
	}
}
