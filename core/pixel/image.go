// Package pixel holds photos and the windows that the network sees of them.
//
// An Image is the whole photo: planar, 16 bits a sample, one plane per channel
// and perhaps one for transparency. A Tile is a float32 window of it with
// values 0..255, the scale the network was trained on. Image.Read cuts a tile
// out of a photo, mirroring where the window leaves the picture; Image.Write
// puts one back, rounded to the depth that the photo came with. A photo that is
// read and written without change in between comes back bit for bit.
//
// Nothing here knows of files, colour spaces or networks.
package pixel

import "slices"

// Image is a planar photo of 1 (gray) or 3 (red, green, blue) channels with
// gamma-encoded 16-bit samples. Sources of 8 bits are stored as v*257, so that
// 0 stays 0 and 255 becomes 65535.
type Image struct {
	W, H, C int
	Planes  [][]uint16 // C planes of W*H samples, row by row
	Alpha   []uint16   // nil for opaque photos, otherwise W*H samples, not premultiplied
	Depth   int        // 8 or 16: bits a sample of the source had
}

// New returns a black, opaque image of w by h pixels with c channels whose
// samples are rounded to depth bits (8 or 16) when they are written.
func New(w, h, c, depth int) *Image {
	planes := make([][]uint16, c)
	for i := range planes {
		planes[i] = make([]uint16, w*h)
	}
	return &Image{W: w, H: h, C: c, Planes: planes, Depth: depth}
}

// Clone returns a copy that shares no memory with im.
func (im *Image) Clone() *Image {
	out := *im
	out.Planes = make([][]uint16, len(im.Planes))
	for i, p := range im.Planes {
		out.Planes[i] = slices.Clone(p)
	}
	out.Alpha = slices.Clone(im.Alpha)
	return &out
}

// Equal reports whether both images have the same size, channels, transparency
// and samples. The depth of the source is not compared.
func (im *Image) Equal(other *Image) bool {
	if im.W != other.W || im.H != other.H || im.C != other.C {
		return false
	}
	for i, p := range im.Planes {
		if !slices.Equal(p, other.Planes[i]) {
			return false
		}
	}
	return (im.Alpha == nil) == (other.Alpha == nil) && slices.Equal(im.Alpha, other.Alpha)
}

// Gray returns the one-channel image whose only plane is the first of im. It
// shares im's memory: meant for gray pictures that a decoder delivered as RGB.
func (im *Image) Gray() *Image {
	out := *im
	out.C = 1
	out.Planes = im.Planes[:1:1]
	return &out
}
