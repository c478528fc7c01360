//go:build !noturbo

package turbo

import (
	"bytes"
	"context"
	"image/jpeg"
	"image/png"
	"os"
	"testing"

	"blindspot/core/photo/benchmem"
	"blindspot/core/pixel"
)

// benchPhoto is a noisy photo of 24 megapixels: testdata's, side by side.
func benchPhoto(b *testing.B) *pixel.Image {
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
	im := pixel.New(6000, 4000, 3, 8)
	for c := range 3 {
		for y := range im.H {
			row := small.Planes[c][y%small.H*small.W:][:small.W]
			for x := 0; x < im.W; x += small.W {
				copy(im.Planes[c][y*im.W+x:(y+1)*im.W], row)
			}
		}
	}
	return im
}

// BenchmarkDecode24MP: the planes of 16 bits alone are 137 MiB.
func BenchmarkDecode24MP(b *testing.B) {
	ctx := context.Background()
	im := benchPhoto(b)
	for _, kind := range []struct {
		name string
		o    Options
	}{{"444", Options{Quality: 92}}, {"420", Options{Quality: 92, Subsampling: Sub420}}, {"420progressive", Options{Quality: 92, Subsampling: Sub420, Progressive: true}}} {
		data := encode(b, im, kind.o)
		b.Run(kind.name+"/turbo", func(b *testing.B) {
			benchmem.Measure(b, func() error { _, err := Decode(ctx, data); return err })
		})
		b.Run(kind.name+"/standard", func(b *testing.B) {
			benchmem.Measure(b, func() error {
				img, err := jpeg.Decode(bytes.NewReader(data))
				if err == nil {
					pixel.FromGo(img)
				}
				return err
			})
		})
		b.Run(kind.name+"/turbo1600", func(b *testing.B) {
			benchmem.Measure(b, func() error { _, err := DecodeScaled(ctx, data, 1600); return err })
		})
		b.Run(kind.name+"/turbo256", func(b *testing.B) {
			benchmem.Measure(b, func() error { _, err := DecodeScaled(ctx, data, 256); return err })
		})
	}
}

func BenchmarkEncode24MP(b *testing.B) {
	ctx := context.Background()
	im := benchPhoto(b)
	for _, kind := range []struct {
		name string
		o    Options
	}{{"444", Options{}}, {"420", Options{Subsampling: Sub420}}, {"444progressive", Options{Progressive: true}}} {
		b.Run(kind.name+"/turbo", func(b *testing.B) {
			var n counter
			benchmem.Measure(b, func() error { n = 0; return Encode(ctx, &n, im, kind.o) })
			b.ReportMetric(float64(n)/(1<<20), "file-MiB")
		})
	}
	b.Run("420/standard", func(b *testing.B) {
		var n counter
		benchmem.Measure(b, func() error {
			n = 0
			return jpeg.Encode(&n, im.ToGo(8), &jpeg.Options{Quality: DefaultQuality})
		})
		b.ReportMetric(float64(n)/(1<<20), "file-MiB")
	})
}

// counter counts bytes.
type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}
