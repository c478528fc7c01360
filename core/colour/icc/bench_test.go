//go:build !nolcms

package icc

import (
	"image"
	"testing"
)

// BenchmarkRGBA24MP transforms a whole photo for the screen on one processor.
func BenchmarkRGBA24MP(b *testing.B) {
	tr, err := ToSRGB(adobe(), 3)
	if err != nil {
		b.Fatal(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, 6000, 4000))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 31 >> 3)
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	for b.Loop() {
		tr.RGBA(img, img.Rect)
	}
}

// BenchmarkToSRGB opens a profile and finds out whether it is sRGB's.
func BenchmarkToSRGB(b *testing.B) {
	profile := adobe()
	for b.Loop() {
		if _, err := ToSRGB(profile, 3); err != nil {
			b.Fatal(err)
		}
	}
}
