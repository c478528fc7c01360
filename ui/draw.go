package ui

import (
	"image"
	"image/color"
	"math"
	"runtime"
	"sync"

	"blindspot/app"
)

// drawPhoto draws the part of a picture that lies in clip. The photo's top left lies at origin; both are places in dst.
// At whole zooms pixels are copied, over 200 % always, so that single pixels can be judged; between them, and in a
// reduced view, neighbours are mixed, so that nothing is skipped. It returns the part of clip that the photo covers.
func drawPhoto(dst *image.RGBA, clip image.Rectangle, p *app.Pyramid, origin image.Point, zoom float64) image.Rectangle {
	level := 0
	for zoom <= 0.5 && level+1 < p.Levels() {
		zoom *= 2
		level++
	}
	size := p.LevelSize(level)
	area := image.Rectangle{Min: origin, Max: origin.Add(image.Pt(
		int(math.Ceil(float64(size.X)*zoom)), int(math.Ceil(float64(size.Y)*zoom)),
	))}
	clip = clip.Intersect(area).Intersect(dst.Rect)
	if clip.Empty() {
		return clip
	}
	if zoom == 1 || zoom > 2 {
		columns := nearest(clip.Min.X-origin.X, clip.Dx(), size.X, zoom)
		rows := nearest(clip.Min.Y-origin.Y, clip.Dy(), size.Y, zoom)
		from, to := columns[0], columns[len(columns)-1]+1
		for i := range columns {
			columns[i] -= from
		}
		eachRow(clip.Dy(), 4*(to-from), func(y int, buffer []uint8) {
			out := dst.Pix[dst.PixOffset(clip.Min.X, clip.Min.Y+y):][:4*clip.Dx()]
			copyRow(out, p.Row(level, rows[y], from, to, buffer), columns)
		})
		return clip
	}
	columns := between(clip.Min.X-origin.X, clip.Dx(), size.X, zoom)
	rows := between(clip.Min.Y-origin.Y, clip.Dy(), size.Y, zoom)
	from, to := columns[0].first, columns[len(columns)-1].second+1
	for i := range columns {
		columns[i].first -= from
		columns[i].second -= from
	}
	width := 4 * (to - from)
	eachRow(clip.Dy(), 2*width, func(y int, buffer []uint8) {
		out := dst.Pix[dst.PixOffset(clip.Min.X, clip.Min.Y+y):][:4*clip.Dx()]
		upper := p.Row(level, rows[y].first, from, to, buffer[:width])
		lower := p.Row(level, rows[y].second, from, to, buffer[width:])
		mixRow(out, upper, lower, rows[y].weight, columns)
	})
	return clip
}

// drawRemoved draws over the noisy photo in dst what was taken away from it. The denoised photo passes through scratch,
// which is as large as dst.
func drawRemoved(dst, scratch *image.RGBA, clip image.Rectangle, denoised *app.Pyramid, origin image.Point, zoom float64) {
	clip = drawPhoto(scratch, clip, denoised, origin, zoom)
	eachRow(clip.Dy(), 0, func(y int, _ []uint8) {
		out := dst.Pix[dst.PixOffset(clip.Min.X, clip.Min.Y+y):][:4*clip.Dx()]
		app.Removed(out, out, scratch.Pix[scratch.PixOffset(clip.Min.X, clip.Min.Y+y):])
	})
}

// nearest lists the source pixel for each of n pixels from the given one on.
func nearest(from, n, size int, zoom float64) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = min(int((float64(from+i)+0.5)/zoom), size-1)
	}
	return list
}

// neighbours are two source pixels and the weight of the second, 0..256.
type neighbours struct{ first, second, weight int }

// between lists the source pixels on both sides of each of n pixels from the given one on.
func between(from, n, size int, zoom float64) []neighbours {
	list := make([]neighbours, n)
	for i := range list {
		at := max((float64(from+i)+0.5)/zoom-0.5, 0)
		first := min(int(at), size-1)
		list[i] = neighbours{first: first, second: min(first+1, size-1), weight: int((at - float64(first)) * 256)}
	}
	return list
}

// copyRow writes one opaque row.
func copyRow(out, src []uint8, columns []int) {
	for x, column := range columns {
		from, to := src[4*column:][:4], out[4*x:][:4]
		to[0], to[1], to[2], to[3] = from[0], from[1], from[2], 255
	}
}

// mixRow writes one opaque row between two rows of the source.
func mixRow(out, upper, lower []uint8, weight int, columns []neighbours) {
	for x, c := range columns {
		a, b := upper[4*c.first:][:4], upper[4*c.second:][:4]
		d, e := lower[4*c.first:][:4], lower[4*c.second:][:4]
		to := out[4*x:][:4]
		for i := range 3 {
			above := int(a[i])*(256-c.weight) + int(b[i])*c.weight
			below := int(d[i])*(256-c.weight) + int(e[i])*c.weight
			to[i] = uint8((above*(256-weight) + below*weight + 1<<15) >> 16)
		}
		to[3] = 255
	}
}

// eachRow calls row for 0..n-1 on all processors and waits. Each call has the bytes of a buffer to itself.
func eachRow(n, bytes int, row func(y int, buffer []uint8)) {
	const least = 64 // rows that are worth a goroutine
	workers := min(runtime.GOMAXPROCS(0), (n+least-1)/least)
	if workers <= 1 {
		buffer := make([]uint8, bytes)
		for y := range n {
			row(y, buffer)
		}
		return
	}
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			buffer := make([]uint8, bytes)
			for y := n * w / workers; y < n*(w+1)/workers; y++ {
				row(y, buffer)
			}
		})
	}
	all.Wait()
}

// fill paints a rectangle in one colour.
func fill(dst *image.RGBA, r image.Rectangle, c color.NRGBA) {
	r = r.Intersect(dst.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := dst.Pix[dst.PixOffset(r.Min.X, y):][:4*r.Dx()]
		for x := 0; x < len(row); x += 4 {
			row[x], row[x+1], row[x+2], row[x+3] = c.R, c.G, c.B, 255
		}
	}
}
