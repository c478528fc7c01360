package tiff

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"math"
	"runtime"
	"sync"

	"blindspot/core/pixel"
)

const (
	// stripBytes is the size of a strip before it is packed: large enough for
	// deflate's window, small enough that a batch of them needs no memory.
	stripBytes = 256 << 10
	// level packs noise, which no level packs well, almost as tightly as the
	// highest in a fraction of the time.
	level = zlib.BestSpeed
)

// Encode writes im from the beginning of w: gray or RGB, transparency not
// multiplied in, at a depth of 8 or 16 bits, deflated with a predictor, the
// right way up, with one directory that holds tags. The same input gives the
// same bytes, however many processors there are. Memory does not grow with the
// picture. Errors are w's, or of the kinds ErrUnsupported and ErrTooLarge.
func Encode(w io.WriteSeeker, im *pixel.Image, depth int, tags Tags) error {
	switch {
	case depth != 8 && depth != 16:
		return fail(ErrUnsupported, "a TIFF of %d bits a sample, where 8 and 16 are possible", depth)
	case im.C != 1 && im.C != 3 || im.W < 1 || im.H < 1:
		return fail(ErrUnsupported, "a picture of %d by %d pixels in %d channels cannot be a TIFF", im.W, im.H, im.C)
	case im.W > MaxSide || im.H > MaxSide || im.W*im.H > MaxPixels:
		return fail(ErrTooLarge, "%d by %d pixels are too many for a TIFF", im.W, im.H)
	}
	block := parseBlock(tags.EXIF)
	f := &file{w: w, order: block.order}
	f.write(block.header())
	f.pad()
	p := newPacker(im, depth, f.order)
	if err := p.writeStrips(f); err != nil {
		return err
	}
	entries := append(pictureEntries(f.order, p), tags.entries()...)
	at := f.writeDirectory(append(entries, block.entries(entries)...))
	if f.err != nil {
		return f.err
	}
	// The header says where the directory is, which is known only now.
	if _, err := w.Seek(4, io.SeekStart); err != nil {
		return err
	}
	if _, err := w.Write(f.order.AppendUint32(nil, uint32(at))); err != nil {
		return err
	}
	_, err := w.Seek(0, io.SeekEnd)
	return err
}

// byteOrder is what both orders of encoding/binary are.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// file counts what is written and keeps the first error.
type file struct {
	w     io.Writer
	order byteOrder
	at    int64
	err   error
}

func (f *file) write(b []byte) {
	if f.err == nil && f.at+int64(len(b)) > math.MaxUint32 {
		f.err = fail(ErrTooLarge, "the picture does not fit into the 4 GB of a TIFF")
	}
	if f.err == nil {
		_, f.err = f.w.Write(b)
	}
	f.at += int64(len(b))
}

// pad makes the next offset even, as values and directories want it.
func (f *file) pad() {
	if f.at%2 == 1 {
		f.write([]byte{0})
	}
}

// packer turns rows of a picture into strips.
type packer struct {
	im      *pixel.Image
	depth   int
	order   byteOrder
	samples int // a pixel, transparency included
	rows    int // of a strip; the last may have fewer

	offsets, counts []uint32
}

func newPacker(im *pixel.Image, depth int, order byteOrder) *packer {
	p := &packer{im: im, depth: depth, order: order, samples: im.C}
	if im.Alpha != nil {
		p.samples++
	}
	p.rows = min(im.H, max(1, stripBytes/p.rowBytes()))
	return p
}

func (p *packer) rowBytes() int { return p.im.W * p.samples * p.depth / 8 }

// writeStrips packs as many strips at a time as there are processors and writes
// them in their order.
func (p *packer) writeStrips(f *file) error {
	strips := (p.im.H + p.rows - 1) / p.rows
	workers := make([]stripPacker, min(strips, runtime.GOMAXPROCS(0)))
	for i := range workers {
		workers[i] = stripPacker{packer: p, row: make([]byte, p.rowBytes()), values: make([]uint16, p.im.W*p.samples)}
	}
	for first := 0; first < strips; first += len(workers) {
		batch := workers[:min(len(workers), strips-first)]
		var all sync.WaitGroup
		for i := range batch {
			all.Go(func() { batch[i].pack(first + i) })
		}
		all.Wait()
		for i := range batch {
			if batch[i].err != nil {
				return batch[i].err
			}
			f.pad()
			p.offsets = append(p.offsets, uint32(f.at))
			p.counts = append(p.counts, uint32(batch[i].packed.Len()))
			f.write(batch[i].packed.Bytes())
		}
		if f.err != nil {
			return f.err
		}
	}
	f.pad()
	return nil
}

// stripPacker is what one worker reuses from strip to strip.
type stripPacker struct {
	*packer
	row    []byte
	values []uint16
	zip    *zlib.Writer
	packed bytes.Buffer
	err    error
}

func (s *stripPacker) pack(strip int) {
	s.packed.Reset()
	if s.zip == nil {
		s.zip, s.err = zlib.NewWriterLevel(&s.packed, level)
		if s.err != nil {
			return
		}
	} else {
		s.zip.Reset(&s.packed)
	}
	for y := strip * s.rows; y < min((strip+1)*s.rows, s.im.H); y++ {
		s.packRow(y)
		if _, s.err = s.zip.Write(s.row); s.err != nil {
			return
		}
	}
	s.err = s.zip.Close()
}

// packRow writes the differences of row y's samples to those on their left.
func (s *stripPacker) packRow(y int) {
	im, n := s.im, s.samples
	for c := range n {
		plane := im.Alpha
		if c < im.C {
			plane = im.Planes[c]
		}
		for x, v := range plane[y*im.W:][:im.W] {
			s.values[x*n+c] = v
		}
	}
	if s.depth == 8 {
		for i, v := range s.values {
			s.values[i] = uint16((uint32(v) + 128) / 257)
		}
	}
	for i := len(s.values) - 1; i >= n; i-- {
		s.values[i] -= s.values[i-n]
	}
	switch {
	case s.depth == 8:
		for i, v := range s.values {
			s.row[i] = byte(v)
		}
	case s.order == byteOrder(binary.BigEndian):
		for i, v := range s.values {
			binary.BigEndian.PutUint16(s.row[2*i:], v)
		}
	default:
		for i, v := range s.values {
			binary.LittleEndian.PutUint16(s.row[2*i:], v)
		}
	}
}
