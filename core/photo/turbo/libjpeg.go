//go:build !noturbo

package turbo

// #cgo pkg-config: libjpeg
// #cgo CFLAGS: -O3 -std=gnu11 -Wall
// #include "jpeg.h"
import "C"

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"unsafe"

	"blindspot/core/pixel"
)

// Version names the library, such as "libjpeg-turbo 2.1.5".
func Version() string { return "libjpeg-turbo " + C.GoString(C.bs_jpeg_version()) }

// ReadHeader reads size and channels; data may end after the first scan's
// header. Errors are of the four kinds.
func ReadHeader(data []byte) (Header, error) {
	h, _, err := readHeader(data)
	return h, err
}

func readHeader(data []byte) (Header, int64, error) {
	if len(data) == 0 {
		return Header{}, 0, fail(ErrTruncated, "the JPEG is empty")
	}
	var header C.bs_jpeg_header
	var result C.bs_jpeg_result
	C.bs_jpeg_read_header(bytePointer(data), C.size_t(len(data)), &header, &result)
	if err := failed(context.Background(), &result); err != nil {
		return Header{}, 0, err
	}
	h := Header{int(header.width), int(header.height), int(header.channels)}
	switch {
	case header.cmyk != 0:
		return h, 0, fail(ErrUnsupported, "a JPEG in CMYK, which is meant for printing; convert it to RGB first")
	case h.C != 1 && h.C != 3:
		return h, 0, fail(ErrUnsupported, "a JPEG with %d channels", h.C)
	}
	return h, int64(header.blocks), nil
}

// Decode reads a picture: 1 or 3 channels, depth 8. Errors are of the four
// kinds or the context's; no part of a picture is returned with one.
func Decode(ctx context.Context, data []byte) (*pixel.Image, error) {
	return decode(ctx, data, func(Header) int { return 8 })
}

// DecodeScaled reads a picture at the smallest of libjpeg's eight scales whose
// longer side still has side pixels, or at full size where the picture itself
// is smaller.
func DecodeScaled(ctx context.Context, data []byte, side int) (*pixel.Image, error) {
	return decode(ctx, data, func(h Header) int { return eighths(h.W, h.H, side) })
}

func decode(ctx context.Context, data []byte, scaleFor func(Header) int) (*pixel.Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	h, blocks, err := readHeader(data)
	if err != nil {
		return nil, err
	}
	if err := h.check(blocks, len(data)); err != nil {
		return nil, err
	}
	scale := scaleFor(h)
	im := pixel.New(scaled(h.W, scale), scaled(h.H, scale), h.C, 8)
	stop, done := stopper(ctx)
	defer done()
	var result C.bs_jpeg_result
	red, green, blue := planes(im)
	C.bs_jpeg_decode(bytePointer(data), C.size_t(len(data)), C.int(scale), C.int(im.W), C.int(im.H), red, green, blue, stop, &result)
	if err := failed(ctx, &result); err != nil {
		return nil, err
	}
	return im, nil
}

// optimiseUpTo is the size in pixels up to which Huffman tables are made for the
// picture. That takes a few per cent off the file, and holds all coefficients
// in memory meanwhile, 6 bytes a pixel.
const optimiseUpTo = 64_000_000

// Encode writes im as a JPEG of 8 bits, rounded from 16; what it says of
// transparency is ignored. The same picture and options give the same bytes.
//
// The stream is bare: the start marker is followed by tables and frame, without
// a JFIF or any other application segment. Those belong between the start
// marker and the rest. Writing begins when everything has been encoded.
func Encode(ctx context.Context, w io.Writer, im *pixel.Image, o Options) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o, err := o.complete(im)
	if err != nil {
		return err
	}
	stop, done := stopper(ctx)
	defer done()
	options := C.bs_jpeg_options{
		quality:     C.int(o.Quality),
		progressive: flag(o.Progressive),
		halved:      flag(o.Subsampling == Sub420),
		optimise:    flag(im.W*im.H <= optimiseUpTo),
	}
	var result C.bs_jpeg_result
	red, green, blue := planes(im)
	first := C.bs_jpeg_encode(C.int(im.W), C.int(im.H), red, green, blue, &options, stop, &result)
	defer C.bs_jpeg_free(first)
	if err := failed(ctx, &result); err != nil {
		return err
	}
	for chunk := first; chunk != nil; chunk = chunk.next {
		// A copy, because a writer might keep what it is given.
		if _, err := w.Write(C.GoBytes(unsafe.Pointer(&chunk.data), C.int(chunk.used))); err != nil {
			return err
		}
	}
	return nil
}

// stopper returns a flag for C that is raised when ctx is done. done must be
// called when C has returned.
func stopper(ctx context.Context) (flag *C.int32_t, done func()) {
	raised := new(int32)
	over := make(chan struct{})
	release := context.AfterFunc(ctx, func() {
		atomic.StoreInt32(raised, 1)
		close(over)
	})
	return (*C.int32_t)(raised), func() {
		if !release() {
			<-over
		}
	}
}

// failed turns an outcome into an error.
func failed(ctx context.Context, r *C.bs_jpeg_result) error {
	message := strings.TrimPrefix(C.GoString(&r.message[0]), "Corrupt JPEG data: ")
	switch r.outcome {
	case C.BS_JPEG_FINE:
		return nil
	case C.BS_JPEG_TRUNCATED:
		return fail(ErrTruncated, "the JPEG ends before its picture is complete")
	case C.BS_JPEG_UNSUPPORTED:
		return fail(ErrUnsupported, "a JPEG of a rare kind (%s)", message)
	case C.BS_JPEG_ENDLESS:
		return fail(ErrCorrupt, "the JPEG sends its picture over and over again")
	case C.BS_JPEG_MEMORY:
		return fail(ErrTooLarge, "there is not enough memory for the JPEG")
	case C.BS_JPEG_STOPPED:
		return ctx.Err()
	}
	if message == "" {
		message = "data is missing in the middle"
	}
	return fail(ErrCorrupt, "the JPEG's data is damaged (%s)", message)
}

func planes(im *pixel.Image) (red, green, blue *C.uint16_t) {
	red = (*C.uint16_t)(&im.Planes[0][0])
	if im.C == 3 {
		green, blue = (*C.uint16_t)(&im.Planes[1][0]), (*C.uint16_t)(&im.Planes[2][0])
	}
	return red, green, blue
}

func bytePointer(data []byte) *C.uchar { return (*C.uchar)(&data[0]) }

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
