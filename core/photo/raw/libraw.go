//go:build !noraw

package raw

/*
#cgo pkg-config: libraw_r
#include <stdlib.h>
#include "bridge.h"
*/
import "C"

import (
	"fmt"
	"io"
	"strings"
	"unsafe"
)

// This file runs in the child only, Version apart. It is a thin layer over
// LibRaw's C interface.

// Version names the library that decodes, such as "LibRaw 0.20.2".
func Version() string {
	number, _, _ := strings.Cut(C.GoString(C.libraw_version()), "-")
	return "LibRaw " + number
}

// Memory that a child may take: for reading headers, and for each pixel of the
// sensor while it is developed. LibRaw needs 2 bytes a pixel for the sensor's
// values (8 for linear files) and 8 for the picture, and twice that while it
// turns the picture of a rotated sensor.
const (
	headerMemory = 512 << 20
	pixelMemory  = 40
)

// decoder is an opened raw file.
type decoder struct {
	lr      *C.libraw_data_t
	trouble *C.raw_trouble
}

// decodeError is an answer that tells a failure.
type decodeError struct {
	failure failure
	why     string
}

func (e *decodeError) Error() string { return string(e.failure) + ": " + e.why }

// openDecoder opens a file and reads its headers.
func openDecoder(path []byte) (*decoder, error) {
	limitMemory(headerMemory)
	d := &decoder{trouble: (*C.raw_trouble)(C.calloc(1, C.sizeof_raw_trouble))}
	if d.lr = C.raw_new(d.trouble); d.lr == nil {
		d.close()
		return nil, &decodeError{failTooLarge, "there is no memory left"}
	}
	name := C.CString(string(path))
	defer C.free(unsafe.Pointer(name))
	if err := d.check(C.raw_open(d.lr, name)); err != nil {
		d.close()
		return nil, err
	}
	w, h := int(d.lr.sizes.raw_width), int(d.lr.sizes.raw_height)
	w, h = max(w, int(d.lr.sizes.width)), max(h, int(d.lr.sizes.height))
	if w*h > MaxPixels {
		d.close()
		return nil, &decodeError{failTooLarge, fmt.Sprintf("%d by %d pixels, and at most %d million are read", w, h, MaxPixels/1_000_000)}
	}
	if c := &d.lr.color; d.lr.idata.filters == 0 && d.lr.idata.colors == 3 && c.cblack[3] == 0 {
		// LibRaw takes what all four black levels have in common off the white
		// level; the fourth, which a linear file lacks, must not spoil that.
		c.cblack[3] = c.cblack[1]
	}
	pixels := int64(w) * int64(h)
	limitMemory(headerMemory + pixelMemory*pixels)
	C.raw_limit(d.lr, C.uint(64+8*pixels>>20))
	return d, nil
}

func (d *decoder) close() {
	if d.lr != nil {
		C.libraw_close(d.lr)
	}
	C.free(unsafe.Pointer(d.trouble))
}

// check makes an error of what a call of LibRaw returned.
func (d *decoder) check(code C.int) error {
	switch code {
	case C.LIBRAW_SUCCESS:
		return nil
	case C.LIBRAW_FILE_UNSUPPORTED, C.LIBRAW_NOT_IMPLEMENTED, C.LIBRAW_REQUEST_FOR_NONEXISTENT_IMAGE:
		return &decodeError{failUnsupported, Version() + " does not know this camera, or not this kind of its files"}
	case C.LIBRAW_NO_THUMBNAIL, C.LIBRAW_UNSUPPORTED_THUMBNAIL:
		return &decodeError{failNoPreview, ""}
	case C.LIBRAW_UNSUFFICIENT_MEMORY, C.LIBRAW_MEMPOOL_OVERFLOW:
		return &decodeError{failTooLarge, "decoding it takes more memory than is allowed"}
	case C.LIBRAW_TOO_BIG:
		return &decodeError{failTooLarge, ""}
	case C.LIBRAW_DATA_ERROR, C.LIBRAW_IO_ERROR, C.LIBRAW_BAD_CROP:
		return &decodeError{failBroken, ""}
	}
	if code > 0 { // the system's errno
		return &decodeError{failBroken, ""}
	}
	return &decodeError{failBroken, C.GoString(C.libraw_strerror(code))}
}

// unpack decodes the sensor's values. Files in which the decoder stumbles are
// refused: the rest of the picture would be noise or black.
func (d *decoder) unpack() error {
	if err := d.check(C.libraw_unpack(d.lr)); err != nil {
		return err
	}
	switch {
	case d.trouble.early > 0:
		return &decodeError{failTruncated, "part of the picture is missing"}
	case d.trouble.damaged > 0:
		return &decodeError{failBroken, "part of the picture cannot be decoded"}
	}
	return nil
}

// develop decodes the file and writes the answer and the picture.
func (d *decoder) develop(w io.Writer, half bool) error {
	info := d.info()
	const leastXTrans = 512 // LibRaw's tile
	if side := min(d.lr.sizes.width, d.lr.sizes.height); !half && d.lr.idata.filters == xtransFilters && side < leastXTrans {
		return &decodeError{failUnsupported, fmt.Sprintf("X-Trans pictures of less than %d pixels a side cannot be developed", leastXTrans)}
	}
	if half && info.Pattern != "linear" {
		d.lr.params.half_size = 1
		d.lr.sizes.width &^= 1 // a lone last column would lack colours
		d.lr.sizes.height &^= 1
	}
	if err := d.unpack(); err != nil {
		return err
	}
	if err := d.check(C.libraw_dcraw_process(d.lr)); err != nil {
		return err
	}
	p := picture{
		W: int(d.lr.sizes.width), H: int(d.lr.sizes.height), planes: int(d.lr.idata.colors), flip: int(d.lr.sizes.flip),
	}
	if d.lr.image == nil || p.planes != 1 && p.planes != 3 {
		return &decodeError{failUnsupported, fmt.Sprintf("it has %d colours after developing", p.planes)}
	}
	p.samples = unsafe.Slice((*[4]uint16)(unsafe.Pointer(d.lr.image)), p.W*p.H)
	a := answer{Info: info, W: p.W, H: p.H, Planes: p.planes, Peak: peakMemory()}
	if p.flip&flipDiagonal != 0 {
		a.W, a.H = p.H, p.W
	}
	if err := writeJSON(w, answerSignature, a); err != nil {
		return err
	}
	return writePlanes(w, a, p.band)
}

// preview writes the answer and the embedded JPEG.
func (d *decoder) preview(w io.Writer) error {
	info := d.info()
	if err := d.check(C.libraw_unpack_thumb(d.lr)); err != nil {
		return err
	}
	thumb := &d.lr.thumbnail
	if thumb.tformat != C.LIBRAW_THUMBNAIL_JPEG || thumb.thumb == nil || thumb.tlength == 0 {
		return &decodeError{failNoPreview, ""}
	}
	n := int(thumb.tlength)
	if n > standardLimits().preview {
		return &decodeError{failTooLarge, "its preview is larger than any camera's"}
	}
	if err := writeJSON(w, answerSignature, answer{Info: info, Preview: n, Peak: peakMemory()}); err != nil {
		return err
	}
	_, err := w.Write(unsafe.Slice((*byte)(unsafe.Pointer(thumb.thumb)), n))
	return err
}
