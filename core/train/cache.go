package train

import (
	"runtime"
	"slices"

	"blindspot/core/pixel"
)

// imageCache keeps decoded photos within a bound on their bytes and forgets the least recently used first. It only saves
// time: what training computes does not depend on what it holds.
type imageCache struct {
	limit, used int64
	images      map[int]*pixel.Image
	order       []int // least recently used first
}

func newImageCache(limit int64) *imageCache {
	return &imageCache{limit: limit, images: map[int]*pixel.Image{}}
}

// get returns the image, or nil when it is not there.
func (c *imageCache) get(i int) *pixel.Image {
	im := c.images[i]
	if im != nil {
		c.order = append(slices.DeleteFunc(c.order, func(j int) bool { return j == i }), i)
	}
	return im
}

// collect runs the garbage collector when that many bytes make it worth while. Left to itself it lets garbage grow to the
// size of the live heap before it runs, which would double the memory of training. It is cheap here: the heap is a few
// large slices without pointers.
func collect(bytes int64) {
	const worthwhile = 16 << 20
	if bytes > worthwhile {
		runtime.GC()
	}
}

// makeRoom forgets images until one of that many bytes fits, or none is left.
func (c *imageCache) makeRoom(bytes int64) {
	freed := int64(0)
	for len(c.order) > 0 && c.used+bytes > c.limit {
		oldest := c.order[0]
		n := imageBytes(c.images[oldest])
		c.order = c.order[1:]
		delete(c.images, oldest)
		c.used -= n
		freed += n
	}
	collect(freed)
}

// put keeps an image, unless it is larger than the whole cache.
func (c *imageCache) put(i int, im *pixel.Image) {
	n := imageBytes(im)
	if n > c.limit {
		return
	}
	c.makeRoom(n)
	c.images[i] = im
	c.order = append(c.order, i)
	c.used += n
}

// imageBytes is the memory of an image's samples. Channels that share a plane count once.
func imageBytes(im *pixel.Image) int64 {
	n := int64(0)
	for c, p := range im.Planes {
		if c == 0 || &p[0] != &im.Planes[c-1][0] {
			n += int64(len(p)) * 2
		}
	}
	return n
}
