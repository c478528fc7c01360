package denoise

import (
	"container/list"
	"weak"

	"blindspot/core/pixel"
)

// tileKey names the results of one tile. Tunable and Average share theirs. The
// weak pointer does not keep a closed photo in memory.
type tileKey struct {
	photo   weak.Pointer[pixel.Image]
	teacher bool
	tile    int
}

// cacheBytes bounds the results kept. One cell of the preview needs about 20 MB;
// neighbours asked for next share most of it.
const cacheBytes = 96 << 20

// tileCache keeps the results of the tiles that were used last.
type tileCache struct {
	byKey map[tileKey]*list.Element
	order *list.List // of cacheEntry, last used first
	bytes int
	limit int
}

type cacheEntry struct {
	key    tileKey
	layers layers
}

func newTileCache(limit int) *tileCache {
	return &tileCache{byKey: map[tileKey]*list.Element{}, order: list.New(), limit: limit}
}

func (c *tileCache) get(k tileKey) (layers, bool) {
	e, ok := c.byKey[k]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(cacheEntry).layers, true
}

// put keeps the results of a tile that was not there and drops the oldest ones.
func (c *tileCache) put(k tileKey, l layers) {
	c.byKey[k] = c.order.PushFront(cacheEntry{k, l})
	c.bytes += l.bytes()
	for c.bytes > c.limit {
		e := c.order.Back()
		old := c.order.Remove(e).(cacheEntry)
		delete(c.byKey, old.key)
		c.bytes -= old.layers.bytes()
	}
}

// bytes is the memory of the values.
func (l layers) bytes() int {
	n := 0
	for _, t := range l {
		n += 4 * len(t.Pix)
	}
	return n
}
