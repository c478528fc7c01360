package tiff

import (
	"bufio"
	"compress/zlib"
	"errors"
	"io"

	"golang.org/x/image/tiff/lzw"
)

// unpacker opens one compressed strip or tile after the other.
type unpacker struct {
	r           io.ReaderAt
	failure     error // what r failed with, as opposed to what its bytes say
	compression int
	in          *bufio.Reader
	zip         io.ReadCloser // reused
}

// ReadAt is r's, with its failure kept: decompressors cannot tell it from bad data.
func (u *unpacker) ReadAt(b []byte, at int64) (int, error) {
	n, err := u.r.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		u.failure = err
	}
	return n, err
}

// open returns the unpacked bytes of a strip. No more is unpacked than is read,
// so that a bomb costs nothing.
func (u *unpacker) open(at, n int64) (io.Reader, error) {
	section := io.NewSectionReader(u, at, n)
	if u.in == nil {
		u.in = bufio.NewReaderSize(section, 1<<16)
	} else {
		u.in.Reset(section)
	}
	switch u.compression {
	case packedLZW:
		// Before 1990 some wrote the bits of each code the other way round.
		if head, err := u.in.Peek(2); err == nil && head[0] == 0 && head[1]&1 == 1 {
			return nil, fail(ErrUnsupported, "a TIFF with LZW compression of the old kind; save it anew first")
		}
		return lzw.NewReader(u.in, lzw.MSB, 8), nil
	case packedDeflate:
		return u.openZip()
	case packedPackBits:
		return &packBits{in: u.in}, nil
	}
	return u.in, nil
}

func (u *unpacker) openZip() (io.Reader, error) {
	if u.zip != nil {
		return u.zip, u.explain(u.zip.(zlib.Resetter).Reset(u.in, nil))
	}
	zip, err := zlib.NewReader(u.in)
	if err != nil {
		return nil, u.explain(err)
	}
	u.zip = zip
	return zip, nil
}

// check compares deflate's checksum, which is read after the last byte.
func (u *unpacker) check(src io.Reader) error {
	if u.compression != packedDeflate {
		return nil
	}
	var one [1]byte
	if _, err := src.Read(one[:]); errors.Is(err, zlib.ErrChecksum) {
		return u.explain(err)
	}
	return nil
}

// explain gives the decompressors' errors a kind.
func (u *unpacker) explain(err error) error {
	var known *failure
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case u.failure != nil:
		return u.failure
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errShort
	}
	return fail(ErrCorrupt, "the TIFF's data is damaged (%v)", err)
}

// packBits unpacks Apple's run-length code (TIFF 6.0, page 42).
type packBits struct {
	in    *bufio.Reader
	left  int  // bytes of the current run
	same  bool // all of them are value
	value byte
}

func (p *packBits) Read(b []byte) (int, error) {
	for p.left == 0 {
		if err := p.nextRun(); err != nil {
			return 0, err
		}
	}
	n := min(len(b), p.left)
	if p.same {
		for i := range n {
			b[i] = p.value
		}
	} else {
		var err error
		if n, err = p.in.Read(b[:n]); err != nil {
			return n, err
		}
	}
	p.left -= n
	return n, nil
}

func (p *packBits) nextRun() (err error) {
	code, err := p.in.ReadByte()
	switch {
	case err != nil:
		return err
	case code < 128:
		p.left, p.same = int(code)+1, false
	case code > 128:
		p.left, p.same = 257-int(code), true
		p.value, err = p.in.ReadByte()
	}
	return err // 128 means nothing
}
