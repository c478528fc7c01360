package photo

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"io"
	"runtime"
	"sync"

	"blindspot/core/photo/meta"
	"blindspot/core/pixel"
)

// This file writes PNG. Go's encoder knows no gray with transparency, needs the whole picture a second time in its own
// layout, and uses one processor. Here bands of rows are filtered and packed side by side: each ends on a byte, so that they
// join to one stream. The result does not depend on the number of processors.

// bandBytes is about how much of the picture is packed at once.
const bandBytes = 1 << 20

// pngWriter knows how rows look.
type pngWriter struct {
	im     *pixel.Image
	depth  int
	planes [][]uint16 // in the order of the samples
	stride int        // bytes of a row without its filter's number
	pixel  int        // bytes of a pixel
}

// encodePNG writes im at a depth of 8 or 16 bits with the metadata right after the header, where every reader looks for it.
func encodePNG(ctx context.Context, w io.Writer, im *pixel.Image, m meta.Set, depth int) error {
	p := &pngWriter{im: im, depth: depth, planes: im.Planes[:im.C:im.C]}
	if im.Alpha != nil {
		p.planes = append(p.planes, im.Alpha)
	}
	p.pixel = len(p.planes) * depth / 8
	p.stride = p.pixel * im.W
	head := binary.BigEndian.AppendUint32(nil, uint32(im.W))
	head = binary.BigEndian.AppendUint32(head, uint32(im.H))
	kind := map[int]byte{1: 0, 2: 4, 3: 2, 4: 6}[len(p.planes)]
	head = append(head, byte(depth), kind, 0, 0, 0)
	start := appendChunk([]byte(pngSignature), "IHDR", head)
	if _, err := w.Write(append(start, pngChunks(m)...)); err != nil {
		return err
	}
	if err := p.pixels(ctx, w); err != nil {
		return err
	}
	_, err := w.Write(appendChunk(nil, "IEND", nil))
	return err
}

// band is some rows on their way.
type band struct {
	packed []byte
	sum    uint32 // Adler-32 of the unpacked bytes
	size   int
	done   chan error
}

// pixels packs the bands and writes each as a chunk, in order.
func (p *pngWriter) pixels(ctx context.Context, w io.Writer) (err error) {
	rows := max(1, bandBytes/(p.stride+1))
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	// As many bands are under way as fit in here: what is finished waits for its turn.
	queue := make(chan *band, runtime.GOMAXPROCS(0))
	workers.Add(1)
	go func() {
		defer workers.Done()
		defer close(queue)
		for y := 0; y < p.im.H; y += rows {
			b := &band{done: make(chan error, 1)}
			select {
			case queue <- b:
			case <-ctx.Done():
				return
			}
			workers.Add(1)
			go func() {
				defer workers.Done()
				b.done <- b.pack(p, y, min(y+rows, p.im.H))
			}()
		}
	}()
	sum, first := uint32(1), true
	for b := range queue {
		if err := <-b.done; err != nil {
			return err
		}
		if first {
			b.packed = append([]byte{0x78, 0x9c}, b.packed...) // zlib's header
		}
		first = false
		sum = joinAdler(sum, b.sum, b.size)
		if _, err := w.Write(appendChunk(nil, "IDAT", b.packed)); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err = w.Write(appendChunk(nil, "IDAT", binary.BigEndian.AppendUint32(nil, sum)))
	return err
}

// pack filters and packs the rows from y on. The last band ends the stream.
func (b *band) pack(p *pngWriter, y, end int) error {
	raw := make([]byte, 0, (end-y)*(p.stride+1))
	above, row := make([]byte, p.stride), make([]byte, p.stride)
	if y > 0 {
		p.row(above, y-1)
	}
	tries := [3][]byte{make([]byte, p.stride), make([]byte, p.stride), make([]byte, p.stride)}
	last := end == p.im.H
	for ; y < end; y++ {
		p.row(row, y)
		raw = p.filter(raw, row, above, tries)
		row, above = above, row
	}
	b.sum, b.size = adler32.Checksum(raw), len(raw)
	var packed bytes.Buffer
	z, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(raw); err != nil {
		return err
	}
	if last {
		err = z.Close()
	} else {
		err = z.Flush()
	}
	b.packed = packed.Bytes()
	return err
}

// row writes the samples of row y, high bytes first.
func (p *pngWriter) row(out []byte, y int) {
	at := y * p.im.W
	for c, plane := range p.planes {
		samples := plane[at : at+p.im.W]
		if p.depth == 8 {
			for x, v := range samples {
				out[x*p.pixel+c] = uint8((uint32(v) + 128) / 257)
			}
			continue
		}
		for x, v := range samples {
			out[x*p.pixel+2*c], out[x*p.pixel+2*c+1] = uint8(v>>8), uint8(v)
		}
	}
}

// filter appends row with the filter whose output is smallest in sum, as the specification recommends (12.7). "Up" and
// "Average" are left out but for pictures whose rows repeat: noise never gains from them.
func (p *pngWriter) filter(raw, row, above []byte, tries [3][]byte) []byte {
	const sub, up, paeth = 1, 2, 4
	filterSub(tries[0], row, p.pixel)
	filterUp(tries[1], row, above)
	filterPaeth(tries[2], row, above, p.pixel)
	best, least := 0, 1<<62
	for i, t := range tries {
		if sum := magnitude(t, least); sum < least {
			best, least = i, sum
		}
	}
	raw = append(raw, [3]byte{sub, up, paeth}[best])
	return append(raw, tries[best]...)
}

// magnitude is the sum of bytes as signed numbers, or anything not less than enough once that is reached.
func magnitude(b []byte, enough int) int {
	sum := 0
	for len(b) > 0 && sum < enough {
		n := min(len(b), 1024)
		for _, v := range b[:n] {
			d := int(int8(v))
			sum += max(d, -d)
		}
		b = b[n:]
	}
	return sum
}

func filterSub(out, row []byte, pixel int) {
	copy(out[:pixel], row)
	for i := pixel; i < len(row); i++ {
		out[i] = row[i] - row[i-pixel]
	}
}

func filterUp(out, row, above []byte) {
	for i, v := range row {
		out[i] = v - above[i]
	}
}

func filterPaeth(out, row, above []byte, pixel int) {
	for i := range pixel {
		out[i] = row[i] - above[i]
	}
	for i := pixel; i < len(row); i++ {
		left, top, corner := int(row[i-pixel]), int(above[i]), int(above[i-pixel])
		// Distances to left + top - corner.
		dLeft, dTop := top-corner, left-corner
		dCorner := dLeft + dTop
		dLeft, dTop, dCorner = max(dLeft, -dLeft), max(dTop, -dTop), max(dCorner, -dCorner)
		guess := corner
		if dLeft <= dTop && dLeft <= dCorner {
			guess = left
		} else if dTop <= dCorner {
			guess = top
		}
		out[i] = row[i] - byte(guess)
	}
}

// joinAdler returns the Adler-32 checksum of two pieces from theirs and the length of the second: the second sum counts the
// first piece's low sum once for each byte, and both start at 1.
func joinAdler(first, second uint32, size int) uint32 {
	const base = 65521
	a1, b1 := uint64(first&0xffff), uint64(first>>16)
	a2, b2 := uint64(second&0xffff), uint64(second>>16)
	n := uint64(size) % base
	a := (a1 + a2 + base - 1) % base
	b := (b1 + b2 + n*(a1+base-1)) % base
	return uint32(b<<16 | a)
}

func deflate(data []byte) []byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	// Writing into a buffer cannot fail.
	_, _ = z.Write(data)
	_ = z.Close()
	return packed.Bytes()
}

func appendChunk(out []byte, kind string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	start := len(out)
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}
