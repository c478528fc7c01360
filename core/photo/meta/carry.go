package meta

import (
	"bytes"
	"cmp"
	"slices"

	"blindspot/core/say"
)

// CarryEXIF returns an EXIF block for the picture t, made of the block of the photo it came from, and notes on what could
// not be carried, a sentence each. A photo without EXIF gets a small block if something was done to it, otherwise none.
func CarryEXIF(block []byte, t Target) (out []byte, notes []say.Text) {
	if block == nil {
		if t.Done == nil {
			return nil, nil
		}
		return newDraft(t).bytes(), nil
	}
	c, err := newCarrier(block)
	if err != nil {
		return unreadable(t)
	}
	c.setUpright(t)
	c.wipeThumbnail()
	c.trim()
	patched := slices.Clone(c.data)
	if t.Done != nil {
		c.setText(tagSoftware, t.Done.Software)
	}
	if !upright(c.data) || !upright(patched) {
		return unreadable(t)
	}
	if t.Max == 0 || len(c.data) <= t.Max {
		return c.data, nil
	}
	// A tag of ours is not worth losing something else.
	if len(patched) <= t.Max {
		return patched, []say.Text{say.Textf("there was no room for the program's name in the EXIF data")}
	}
	return shrink(c.data, t)
}

// upright reports whether a block can be read and turns no picture. Where directories and values of a broken block lie over
// each other, setting one entry may change another, and the block cannot be believed at all.
func upright(block []byte) bool {
	_, orientation, err := Read(block)
	return err == nil && orientation <= 1
}

// unreadable is the answer to a block that is none.
func unreadable(t Target) ([]byte, []say.Text) {
	out, _ := CarryEXIF(nil, t)
	return out, []say.Text{say.Textf("the EXIF data was unreadable and has been left out")}
}

// carrier is an EXIF block on its way.
type carrier struct {
	*structure
	data []byte
	main []entry
	next int64  // the thumbnail's directory
	kept []span // what the thumbnail does not own
	dead []bool // bytes that mean nothing any more
}

// span is a range of bytes.
type span struct{ from, to int64 }

func newCarrier(block []byte) (*carrier, error) {
	c := &carrier{data: slices.Clone(block)}
	if err := c.open(); err != nil {
		return nil, err
	}
	if len(c.main) == 0 {
		return nil, errNoStructure
	}
	// A directory that is cut short must not go on into what will be written behind the block.
	c.order.PutUint16(c.data[c.first:], uint16(len(c.main)))
	return c, nil
}

// open parses the block as it is now.
func (c *carrier) open() error {
	var err error
	if c.structure, err = openStructure(bytes.NewReader(c.data), int64(len(c.data))); err != nil {
		return err
	}
	c.main, c.next = c.directory(c.first)
	return nil
}

// setUpright tells the picture's size and that it stands upright, where the block says something of that.
func (c *carrier) setUpright(t Target) {
	for _, e := range c.main {
		switch e.tag {
		case tagOrientation:
			c.setNumber(e, 1)
		case tagImageWidth:
			c.setNumber(e, uint32(t.W))
		case tagImageLength:
			c.setNumber(e, uint32(t.H))
		}
	}
	for _, e := range c.follow(c.main, tagEXIF) {
		switch e.tag {
		case tagPixelWidth:
			c.setNumber(e, uint32(t.W))
		case tagPixelHeight:
			c.setNumber(e, uint32(t.H))
		}
	}
}

// setNumber overwrites the first value of an entry that number reads, where v fits. Values outside of their entries are left
// alone: such an entry is broken, and they may be anything else's.
func (c *carrier) setNumber(e entry, v uint32) {
	switch {
	case e.size == 0 || e.at != e.field:
	case e.kind == typeByte && v <= 0xff:
		c.data[e.at] = byte(v)
	case e.kind == typeShort && v <= 0xffff:
		c.order.PutUint16(c.data[e.at:], uint16(v))
	case e.kind == typeLong, e.kind == typeIFD:
		c.order.PutUint32(c.data[e.at:], v)
	}
}

// wipeThumbnail unlinks the directories behind the first one, which hold the thumbnail, and zeroes them and their pictures.
// What other directories use as well stays: some programs share values between both.
func (c *carrier) wipeThumbnail() {
	c.dead = make([]bool, len(c.data))
	if c.next == 0 {
		return
	}
	c.kept = c.inUse()
	clear(c.data[c.first+2+12*int64(len(c.main)):][:4])
	for next, seen := c.next, map[int64]bool{}; next != 0 && !seen[next] && len(seen) < 8; {
		seen[next] = true
		var entries []entry
		at := next
		entries, next = c.directory(at)
		var starts, sizes [2]int64
		for _, e := range entries {
			switch e.tag {
			case tagThumbnail:
				starts[0] = int64(c.number(e))
			case tagThumbnailSize:
				sizes[0] = int64(c.number(e))
			case tagStripOffsets:
				starts[1] = int64(c.number(e))
			case tagStripBytes:
				sizes[1] = int64(c.number(e))
			}
		}
		for i := range starts {
			c.wipe(span{starts[i], starts[i] + sizes[i]})
		}
		for _, e := range entries {
			c.wipe(span{e.at, e.at + e.size})
		}
		if len(entries) > 0 {
			c.wipe(span{at, at + 2 + 12*int64(len(entries)) + 4})
		}
	}
}

// inUse lists the bytes of the header and of all directories but the thumbnail's, with their values, in order.
func (c *carrier) inUse() []span {
	spans := []span{{0, 8}}
	add := func(at int64, entries []entry) {
		if len(entries) > 0 {
			spans = append(spans, span{at, at + 2 + 12*int64(len(entries)) + 4})
		}
		for _, e := range entries {
			spans = append(spans, span{e.at, e.at + e.size})
		}
	}
	add(c.first, c.main)
	for _, pointer := range []uint16{tagEXIF, tagGPS} {
		if e, ok := find(c.main, pointer); ok {
			entries := c.follow(c.main, pointer)
			add(int64(c.number(e)), entries)
			if inner, ok := find(entries, tagInterop); ok {
				add(int64(c.number(inner)), c.follow(entries, tagInterop))
			}
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return spans
}

// wipe zeroes the bytes of a span that nobody else uses.
func (c *carrier) wipe(s span) {
	s.from, s.to = max(s.from, 8), min(s.to, int64(len(c.data)))
	for _, k := range c.kept {
		if s.from >= s.to {
			return
		}
		if k.from > s.from {
			c.zero(s.from, min(k.from, s.to))
		}
		s.from = max(s.from, k.to)
	}
	if s.from < s.to {
		c.zero(s.from, s.to)
	}
}

func (c *carrier) zero(from, to int64) {
	clear(c.data[from:to])
	for i := from; i < to; i++ {
		c.dead[i] = true
	}
}

// trim cuts zeroed bytes off the end.
func (c *carrier) trim() {
	n := len(c.data)
	for n > 0 && c.dead[n-1] {
		n--
	}
	c.data, c.dead = c.data[:n], c.dead[:n]
	c.reopen()
}

// setText sets a text of the first directory: in place if there is one as long, otherwise where there is room. The value
// that it had is overwritten or unlinked; no other value moves.
func (c *carrier) setText(tag uint16, text string) {
	v := append([]byte(text), 0)
	old, ok := find(c.main, tag)
	switch {
	case ok && old.kind == typeASCII && old.size >= int64(len(v)) && !c.overlapsDirectory(old):
		clear(c.data[old.at : old.at+old.size])
		copy(c.data[old.at:], v)
		return
	case ok && len(v) > 4:
		at := c.place(v)
		c.order.PutUint16(c.data[old.field-6:], typeASCII)
		c.order.PutUint32(c.data[old.field-4:], uint32(len(v)))
		c.order.PutUint32(c.data[old.field:], uint32(at))
	default:
		c.insert(tag, v)
	}
	c.reopen()
}

// overlapsDirectory reports whether a value lies over the header or the first directory, as in broken files only.
func (c *carrier) overlapsDirectory(e entry) bool {
	return e.at < 8 || e.at != e.field && e.at < c.first+2+12*int64(len(c.main))+4 && e.at+e.size > c.first
}

// insert writes the first directory anew with one more entry, in order of tags.
func (c *carrier) insert(tag uint16, text []byte) {
	b := c.order.AppendUint16(nil, tag)
	b = c.order.AppendUint16(b, typeASCII)
	b = c.order.AppendUint32(b, uint32(len(text)))
	if len(text) > 4 {
		b = c.order.AppendUint32(b, uint32(c.place(text)))
	} else {
		b = append(append(b, text...), make([]byte, 4-len(text))...)
	}
	entries := [][]byte{b}
	for _, e := range c.main {
		if e.tag != tag {
			entries = append(entries, c.data[e.field-8:e.field+4])
		}
	}
	slices.SortStableFunc(entries, func(a, b []byte) int { return cmp.Compare(c.order.Uint16(a), c.order.Uint16(b)) })
	dir := c.order.AppendUint16(nil, uint16(len(entries)))
	dir = append(append(dir, bytes.Join(entries, nil)...), 0, 0, 0, 0)
	at := c.place(dir)
	c.order.PutUint32(c.data[4:], uint32(at))
}

// place puts a piece where the thumbnail was if it fits there, otherwise behind the block. Directories lie at even offsets.
func (c *carrier) place(piece []byte) int {
	free := 0
	for i := range c.data {
		if !c.dead[i] {
			free = 0
			continue
		}
		if free > 0 || i%2 == 0 {
			free++
		}
		if free == len(piece) {
			at := i + 1 - free
			copy(c.data[at:], piece)
			clear(c.dead[at : i+1])
			return at
		}
	}
	if len(c.data)%2 != 0 {
		c.data = append(c.data, 0)
	}
	at := len(c.data)
	c.data = append(c.data, piece...)
	c.dead = append(c.dead, make([]bool, len(c.data)-len(c.dead))...)
	return at
}

// reopen parses the block after a change. What is broken by one in spite of all is found when the block is finished.
func (c *carrier) reopen() {
	old := c.structure
	if c.open() != nil {
		c.structure, c.main, c.next = old, nil, 0
	}
}
