package tiff

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"testing"

	"golang.org/x/image/tiff"

	"blindspot/core/photo/benchmem"
	"blindspot/core/pixel"
)

// benchPhoto is a noisy photo of 24 megapixels: testdata's, side by side; with
// 16 bits its lower 8 are noise.
func benchPhoto(b *testing.B, depth int) *pixel.Image {
	b.Helper()
	f, err := os.Open("../../../testdata/photos/bliznaca.png")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		b.Fatal(err)
	}
	small := pixel.FromGo(img)
	im := pixel.New(6000, 4000, 3, depth)
	state := uint32(1)
	for c := range 3 {
		for i := range im.Planes[c] {
			v := small.Planes[c][i/im.W%small.H*small.W+i%im.W%small.W]
			if depth == 16 {
				state = state*1664525 + 1013904223
				v = v&0xff00 | uint16(state>>24)
			}
			im.Planes[c][i] = v
		}
	}
	return im
}

// BenchmarkEncode24MP writes to nowhere.
func BenchmarkEncode24MP(b *testing.B) {
	for _, depth := range []int{8, 16} {
		im := benchPhoto(b, depth)
		b.Run(fmt.Sprintf("%d/ours", depth), func(b *testing.B) {
			var n nowhere
			benchmem.Measure(b, func() error { n = 0; return Encode(&n, im, depth, Tags{}) })
			b.ReportMetric(float64(n)/(1<<20), "file-MiB")
		})
		b.Run(fmt.Sprintf("%d/ximage", depth), func(b *testing.B) {
			var n nowhere
			benchmem.Measure(b, func() error {
				n = 0
				return tiff.Encode(&n, im.ToGo(depth), &tiff.Options{Compression: tiff.Deflate, Predictor: true})
			})
			b.ReportMetric(float64(n)/(1<<20), "file-MiB")
		})
	}
}

// BenchmarkDecode24MP: the planes of 16 bits alone are 137 MiB.
func BenchmarkDecode24MP(b *testing.B) {
	for _, depth := range []int{8, 16} {
		packed := encode(b, benchPhoto(b, depth), depth, Tags{})
		path := save(b, packed)
		for _, way := range []string{"zip:2", "lzw:2", "none"} {
			data := packed
			if way != "zip:2" {
				data = load(b, tiffcp(b, path, "-c", way))
			}
			b.Run(fmt.Sprintf("%d/%s/ours", depth, way), func(b *testing.B) {
				benchmem.Measure(b, func() error {
					r := bytes.NewReader(data)
					h, err := ReadHeader(r, int64(len(data)))
					if err == nil {
						_, err = Decode(context.Background(), r, h)
					}
					return err
				})
			})
			b.Run(fmt.Sprintf("%d/%s/ximage", depth, way), func(b *testing.B) {
				benchmem.Measure(b, func() error {
					img, err := tiff.Decode(bytes.NewReader(data))
					if err == nil {
						pixel.FromGo(img)
					}
					return err
				})
			})
		}
	}
}

// nowhere counts the bytes that are written to it.
type nowhere int64

func (n *nowhere) Write(b []byte) (int, error) {
	*n += nowhere(len(b))
	return len(b), nil
}

func (n *nowhere) Seek(offset int64, whence int) (int64, error) { return offset, nil }
