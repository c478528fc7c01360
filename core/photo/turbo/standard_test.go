//go:build noturbo

package turbo

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"blindspot/core/pixel"
)

// ramp rises to the right, by another slope in each channel.
func ramp(w, h, c int) *pixel.Image {
	im := pixel.New(w, h, c, 8)
	for ch := range c {
		for i := range im.Planes[ch] {
			im.Planes[ch][i] = uint16(i%w*255/w*(ch+1)/c) * 257
		}
	}
	return im
}

func TestStandardLibrary(t *testing.T) {
	ctx := context.Background()
	for _, c := range []int{1, 3} {
		im := ramp(100, 60, c)
		var out bytes.Buffer
		if err := Encode(ctx, &out, im, Options{}); err != nil {
			t.Fatal(err)
		}
		data := out.Bytes()
		got, err := Decode(ctx, data)
		if err != nil || got.W != 100 || got.H != 60 || got.C != c {
			t.Fatalf("%+v, %v", got, err)
		}
		small, err := DecodeScaled(ctx, data, 25)
		if err != nil || small.W != 25 || small.H != 15 {
			t.Fatalf("%+v, %v", small, err)
		}
		for ch := range c {
			for x := range 25 {
				d := int(small.Planes[ch][x])/257 - (4*x+2)*255/100*(ch+1)/c
				if d < -6 || d > 6 { // the mean of a part of a ramp, through JPEG
					t.Errorf("channel %d of %d at %d is off by %d", ch, c, x, d)
				}
			}
		}
		if _, err := Decode(ctx, data[:len(data)/2]); !errors.Is(err, ErrTruncated) {
			t.Errorf("half a file: %v", err)
		}
	}
	if _, err := Decode(ctx, []byte("text")); !errors.Is(err, ErrCorrupt) {
		t.Errorf("text: %v", err)
	}
	if err := Encode(ctx, &bytes.Buffer{}, ramp(8, 8, 3), Options{Progressive: true}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("progressive: %v", err)
	}
}
