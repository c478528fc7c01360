package app

import (
	"context"
	"image"
	"path/filepath"

	"blindspot/core/photo"
)

// A raw takes seconds to develop, a large JPEG a moment. Meanwhile the window shows a glimpse: the preview in the raw's
// file, or the JPEG at a fraction of its size. It has the photo's size, so that nothing moves when the photo takes its place.

const (
	// glimpseSide is the longer side of a glimpse in pixels before it is stretched: that of a window.
	glimpseSide = 1600
	// A JPEG with fewer pixels is opened before a glimpse would be seen; a photo with more than the other takes memory that
	// the photo itself needs.
	glimpseFrom, glimpseUpTo = 12_000_000, 100_000_000
)

// glimpse is a photo of which only a small picture is there.
type glimpse struct {
	info    PhotoInfo
	picture *Pyramid
}

// readGlimpse returns nil where there is nothing to show before the photo itself.
func readGlimpse(ctx context.Context, path string) *glimpse {
	info, err := photo.Inspect(ctx, path)
	pixels := info.W * info.H
	if err != nil || pixels > glimpseUpTo || info.Format != photo.Raw && (info.Format != photo.JPEG || pixels < glimpseFrom) {
		return nil // what is wrong with a file is said by whoever opens it
	}
	small, info, err := photo.Preview(ctx, path, glimpseSide)
	if err != nil {
		return nil
	}
	picture := image.NewRGBA(image.Rect(0, 0, small.W, small.H))
	small.ToRGBA(picture, picture.Rect)
	screenColours(&photo.Photo{Image: small, Meta: info.Meta}).RGBA(picture, picture.Rect)
	return &glimpse{describe(path, info), newPyramid(stretched(picture, info.W, info.H))}
}

func describe(path string, i photo.Info) PhotoInfo {
	return PhotoInfo{
		Path: path, Name: filepath.Base(path), Size: image.Pt(i.W, i.H), Depth: i.Depth,
		Gray: i.C == 1, Camera: i.Meta.Camera, Lens: i.Meta.Lens, ISO: i.Meta.ISO,
	}
}

// stretched returns a picture at another size, each pixel the one that lies where it lies.
func stretched(p *image.RGBA, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	from := p.Rect.Size()
	for y := range h {
		row := out.Pix[y*out.Stride:][:4*w]
		source := y * from.Y / h
		if y > 0 && source == (y-1)*from.Y/h {
			copy(row, out.Pix[(y-1)*out.Stride:])
			continue
		}
		line := p.Pix[source*p.Stride:]
		for x := range w {
			copy(row[4*x:4*x+4], line[4*(x*from.X/w):])
		}
	}
	return out
}

// glimpsed shows a glimpse in place of the photo that was open, which is kept in case that the new one cannot be read.
func (s *Session) glimpsed(g *glimpse) {
	if s.glimpse == nil {
		s.kept = s.photo
	}
	s.turnTo(g.info.Path)
	s.glimpse, s.photo = g, nil
	s.resetPictures()
	s.pickModel()
	s.changed(PhotoChanged | PixelsChanged | SettingsChanged)
}

// endGlimpse puts the photo back that was open before.
func (s *Session) endGlimpse() {
	if s.glimpse == nil {
		return
	}
	s.glimpse, s.photo, s.kept = nil, s.kept, nil
	if s.photo != nil {
		s.turnTo(s.photo.Path)
		s.photo.after = s.photo.before.overlay() // its cells are forgotten
	}
	s.resetPictures()
	s.pickModel()
}
