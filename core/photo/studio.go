package photo

import (
	"image"

	"blindspot/core/pixel"
)

// fromStudio converts the brightness and colour of a lossy WebP picture to RGB. They lie between 16 and 235 (ITU-R BT.601),
// while Go's image package takes all YCbCr for that of JPEG, between 0 and 255: white would become light gray. Colour comes
// at half the resolution and is interpolated, as the format recommends (RFC 6386 leaves it open; libwebp does so).
func fromStudio(src *image.YCbCr) *pixel.Image {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	im := pixel.New(w, h, 3, 8)
	cb, cr := make([]int32, w), make([]int32, w)
	for y := range h {
		upsample(cb, src.Cb, src.CStride, (w+1)/2, (h+1)/2, y)
		upsample(cr, src.Cr, src.CStride, (w+1)/2, (h+1)/2, y)
		at := y * w
		for x, v := range src.Y[y*src.YStride:][:w] {
			bright := 298 * (int32(v) - 16)
			b, r := cb[x]-128, cr[x]-128
			im.Planes[0][at+x] = clip8((bright + 409*r + 128) >> 8)
			im.Planes[1][at+x] = clip8((bright - 100*b - 208*r + 128) >> 8)
			im.Planes[2][at+x] = clip8((bright + 516*b + 128) >> 8)
		}
	}
	return im
}

// upsample interpolates row y at twice the resolution: nine parts of the nearest sample, three each of the nearest ones
// beside and above or below it, and one of that at the corner. At the edges samples repeat.
func upsample(out []int32, plane []uint8, stride, w, h, y int) {
	near := plane[y/2*stride:][:w]
	far := plane[min(max(y/2-1+y%2*2, 0), h-1)*stride:][:w]
	column := func(x int) int32 { return 3*int32(near[x]) + int32(far[x]) }
	for x := range out {
		beside := min(max(x/2-1+x%2*2, 0), w-1)
		out[x] = (3*column(x/2) + column(beside) + 8) >> 4
	}
}

// clip8 brings a value into 0..255 and returns it as 16 bits.
func clip8(v int32) uint16 { return uint16(min(max(v, 0), 255)) * 257 }
